"""What a gate asks, of whom, and when it asks more than another."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.gate import EscalatedTo, Escalation, Gate, StandIn, Tier
from tests.making import make_gate, make_reviewer

ROLES = ["finance", "legal", "support"]
PEOPLE = ["U0ALICE", "U0BOB", "U0OWNER"]
GATES = st.builds(
    lambda tier, roles, approvals, excluded, self_review, second_person, stand_ins: make_gate(
        tier=tier,
        roles=tuple(sorted(roles)),
        approvals=approvals,
        excluded=excluded,
        self_review=self_review,
        second_person=second_person,
        stand_ins=tuple(StandIn(role=role, by=by) for role, by in sorted(stand_ins)),
    ),
    st.sampled_from(Tier),
    st.sets(st.sampled_from(ROLES)),
    st.integers(1, 3),
    st.frozensets(st.sampled_from(PEOPLE)),
    st.frozensets(st.sampled_from(ROLES)),
    st.booleans(),
    st.sets(
        st.tuples(st.sampled_from(ROLES), st.sampled_from(ROLES)).filter(lambda pair: pair[0] != pair[1]), max_size=2
    ),
)


def test_tiers_are_ordered_from_free_to_never():
    order = [Tier.auto, Tier.watch, Tier.approve, Tier.block]
    assert sorted([Tier.block, Tier.auto, Tier.approve, Tier.watch]) == order
    assert max(Tier.auto, Tier.approve) is Tier.approve
    assert not Tier.auto < Tier.auto


@pytest.mark.parametrize("tier", Tier)
def test_a_tier_is_written_as_in_the_policy(tier):
    assert str(tier) == tier.value


def test_a_person_counts_in_those_roles_of_theirs_that_the_gate_names():
    gate = make_gate(roles=("finance", "support"))
    assert gate.seats_of(make_reviewer(roles=frozenset({"support", "legal"}))) == {"support"}


def test_the_excluded_count_nowhere():
    gate = make_gate(excluded=frozenset({"U0OWNER"}))
    assert gate.seats_of(make_reviewer(user="U0OWNER", roles=frozenset({"support"}))) == frozenset()


def test_self_review_lets_the_excluded_count_in_that_role_only():
    gate = make_gate(roles=("finance", "support"), excluded=frozenset({"U0OWNER"}), self_review=frozenset({"support"}))
    owner = make_reviewer(user="U0OWNER", roles=frozenset({"finance", "support"}))
    assert gate.seats_of(owner) == {"support"}


def test_self_review_gives_nobody_a_role_they_have_not():
    gate = make_gate(excluded=frozenset({"U0OWNER"}), self_review=frozenset({"support"}))
    assert gate.seats_of(make_reviewer(user="U0OWNER", roles=frozenset({"legal"}))) == frozenset()


def test_whoever_has_a_role_of_the_gate_may_refuse():
    assert make_gate().may_refuse(make_reviewer(roles=frozenset({"support"})))


def test_the_excluded_may_always_refuse_even_without_a_role():
    assert make_gate(excluded=frozenset({"U0OWNER"})).may_refuse(make_reviewer(user="U0OWNER", roles=frozenset()))


def test_strangers_to_the_gate_may_not_refuse():
    assert not make_gate().may_refuse(make_reviewer(roles=frozenset({"legal"})))


def test_words_and_hours_are_no_other_demand():
    gate = make_gate()
    other = make_gate(expires_in=1, execute_within=1, report_within=1, edit=(), rules=("r",), policy_version="v2")
    assert not gate.asks_otherwise_than(other)
    assert not gate.stricter_than(other)


def test_self_review_in_a_role_the_gate_does_not_name_is_no_other_demand():
    assert not make_gate(self_review=frozenset({"legal"})).asks_otherwise_than(make_gate())


@pytest.mark.parametrize(
    "changes",
    [
        {"tier": Tier.block},
        {"roles": ("finance", "support")},
        {"roles": ("finance",)},
        {"approvals": 2},
        {"second_person": True},
        {"excluded": frozenset({"U0ALICE"})},
        {"self_review": frozenset()},
        {"stand_ins": ()},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_it_is_stricter_to_ask_for_anything_more(changes):
    asked = {"self_review": frozenset({"support"}), "stand_ins": (StandIn(role="support", by="lead"),)}
    gate = make_gate(**asked)
    stricter = make_gate(**{**asked, **changes})
    assert stricter.stricter_than(gate)
    assert stricter.asks_otherwise_than(gate)


def test_another_owner_makes_no_gate_stricter_that_asks_nobody():
    gate = make_gate(tier=Tier.auto, roles=(), channels=())
    assert not make_gate(tier=Tier.auto, roles=(), channels=(), excluded=frozenset({"U0OWNER"})).stricter_than(gate)


@given(GATES, GATES)
def test_approvals_of_one_gate_meet_any_that_is_not_stricter(one: Gate, other: Gate):
    """Whoever fills `other` also fills `one`, unless `one` is stricter; tried with every set of two people."""
    if one.stricter_than(other) or one.tier is not Tier.approve or other.tier is not Tier.approve:
        return
    for person, count in itertools.product(PEOPLE, range(len(ROLES) + 1)):
        for roles in itertools.combinations(ROLES, count):
            reviewer = make_reviewer(user=person, roles=frozenset(roles))
            assert other.seats_of(reviewer) & frozenset(one.roles) <= one.seats_of(reviewer)
    assert set(one.roles) <= set(other.roles)
    assert one.approvals <= other.approvals
    assert one.second_person <= other.second_person


@given(GATES)
def test_no_gate_is_stricter_than_itself(gate: Gate):
    assert not gate.stricter_than(gate)
    assert not gate.asks_otherwise_than(gate)


@given(GATES, GATES)
def test_a_stricter_gate_that_asks_people_asks_otherwise(one: Gate, other: Gate):
    if one.stricter_than(other):
        assert one.asks_otherwise_than(other)


LEAD = make_reviewer(user="U0LEAD", roles=frozenset({"lead"}))
STANDS_IN = StandIn(role="support", by="lead")


def test_a_stand_in_counts_and_may_refuse_where_they_stand_in_and_nowhere_else():
    gate = make_gate(roles=("finance", "support"), stand_ins=(STANDS_IN,))
    assert gate.seats_of(LEAD) == {"support"}
    assert gate.may_refuse(LEAD)
    assert gate.asked == {"finance", "support", "lead"}


def test_standing_in_for_a_role_that_is_not_asked_is_nothing():
    gate = make_gate(roles=("finance",), stand_ins=(STANDS_IN,))
    assert gate.seats_of(LEAD) == frozenset()
    assert not gate.may_refuse(LEAD)
    assert gate.asked == {"finance"}


def test_the_excluded_stand_in_for_nobody_not_even_where_self_review_is_allowed():
    gate = make_gate(
        stand_ins=(STANDS_IN,), excluded=frozenset({LEAD.user}), self_review=frozenset({"support", "lead"})
    )
    assert gate.seats_of(LEAD) == frozenset()
    assert gate.may_refuse(LEAD)


def called(to="lead", **changes):
    return EscalatedTo(to=to, channel=f"C0{to.upper()}", **changes)


def test_whoever_was_handed_each_role_may_fill_each_but_stands_in_for_nobody_of_their_own_role():
    every = {"roles": ("finance", "support"), "by": "U0BOB"}
    gate = make_gate(roles=("finance", "support")).with_stand_ins([called("finance", **every), called(**every)])
    assert [(each.role, each.by) for each in gate.stand_ins] == [
        ("finance", "lead"),
        ("support", "finance"),
        ("support", "lead"),
    ]
    assert gate.channels == ("C0FINANCE", "C0LEAD", "C0SUPPORT")


def test_whoever_a_step_calls_in_fills_places_of_its_roles_as_long_as_the_gate_has_the_step():
    step = Escalation(after=600, to="lead", channel="C0LEAD", roles=("support",))
    asked = make_gate(roles=("finance", "support"), escalate=(step,))
    assert asked.with_stand_ins([called(roles=("support",))]).stand_ins == (STANDS_IN,)
    assert asked.with_stand_ins([called(roles=("finance", "support"))]).stand_ins == (STANDS_IN,)
    without = replace(asked, escalate=()).with_stand_ins([called(roles=("support",))])
    assert (without.stand_ins, without.channels) == ((), ("C0LEAD", "C0SUPPORT"))


def test_what_was_handed_over_is_the_place_of_whoever_did():
    gate = make_gate(roles=("finance", "support"), approvals=2)
    gate = gate.with_stand_ins([called(roles=("support",), by="U0ALICE"), called(roles=("support",), by="U0BOB")])
    assert [(each.role, each.giver) for each in gate.stand_ins] == [("support", "U0ALICE"), ("support", "U0BOB")]
    assert gate.handed_to(frozenset({"lead"})) == {"U0ALICE": {"support"}, "U0BOB": {"support"}}
    assert gate.seats_of(make_reviewer(user="U0LEAD", roles=frozenset({"lead"}))) == frozenset()
    assert gate.covered(frozenset({"lead"})) == {"support"}, "whoever may approve in whatever place may say no"


def test_being_called_in_twice_is_being_called_in_once():
    twice = [called(roles=("support",), by="U0BOB")] * 2
    once = make_gate().with_stand_ins(twice)
    assert once.stand_ins == (replace(STANDS_IN, giver="U0BOB"),)
    assert once.with_stand_ins(twice) == once


@pytest.mark.parametrize(
    ("own", "other", "covered"),
    [
        ({}, {}, True),
        ({}, {"most": 1}, True),
        ({}, {"giver": "U0BOB"}, True),
        ({"most": 1}, {}, False),
        ({"most": 1}, {"most": 1}, True),
        ({"most": 2}, {"most": 1}, True),
        ({"most": 0}, {"most": 1}, False),
        ({"giver": "U0BOB"}, {}, False),
        ({"giver": "U0BOB"}, {"giver": "U0BOB"}, True),
        ({"giver": "U0BOB"}, {"giver": "U0ALICE"}, False),
        ({"by": "boss"}, {}, False),
    ],
)
def test_one_stand_in_covers_another_where_whoever_sits_by_that_may_sit_by_it(own, other, covered):
    assert replace(STANDS_IN, **own).covers(replace(STANDS_IN, **other)) is covered
    gate, before = (make_gate(stand_ins=(replace(STANDS_IN, **each),)) for each in (own, other))
    assert gate.asks_otherwise_than(before) is not covered


def test_a_backup_sits_only_where_a_place_is_missing():
    backup = replace(STANDS_IN, most=1)
    gate = make_gate(approvals=2, stand_ins=(backup,))
    assert (gate.missing("support"), gate.missing("finance")) == (1, 0)
    assert gate.backed(frozenset({"lead"})) == {"support"}
    assert gate.backed(frozenset({"lead", "support"})) == frozenset()
    assert replace(gate, stand_ins=(backup, STANDS_IN)).backed(frozenset({"lead"})) == frozenset()


def test_somebody_more_who_may_decide_is_no_other_demand():
    assert not make_gate(stand_ins=(STANDS_IN,)).asks_otherwise_than(make_gate())
    assert not make_gate(stand_ins=(STANDS_IN,)).stricter_than(make_gate())


def test_to_be_watched_is_not_to_be_asked():
    watched = make_gate(tier=Tier.watch, approvals=2)
    for other in (make_gate(tier=Tier.auto), make_gate()):
        assert not watched.stricter_than(other)
    assert make_gate().stricter_than(watched)
