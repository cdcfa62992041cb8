"""How decisions add up: one person, one place, and any seating that fills the gate is enough."""

import itertools
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.decision import Decision, Verdict, tally
from tests.making import START, make_gate

ROLES = ("finance", "legal", "support")
PEOPLE = ("U0A", "U0B", "U0C", "U0D", "U0E")


def approves(reviewer, *roles, verdict=Verdict.approve):
    return Decision(reviewer=reviewer, verdict=verdict, revision=1, round=1, at=START, roles=tuple(sorted(roles)))


GATES = st.builds(
    lambda roles, approvals: make_gate(roles=tuple(sorted(roles)), approvals=approvals),
    st.sets(st.sampled_from(ROLES), min_size=1),
    st.integers(1, 2),
)
DECISIONS = st.lists(
    st.builds(
        lambda who, roles, verdict: approves(who, *roles, verdict=verdict),
        st.sampled_from(PEOPLE),
        st.sets(st.sampled_from(ROLES)),
        st.sampled_from([Verdict.approve] * 5 + [Verdict.reject]),
    ),
    max_size=7,
)


def most_seats(decisions, gate):
    """The most places that can be filled, by trying every way of seating people."""
    people = {}
    for decision in decisions:
        if decision.verdict is Verdict.approve:
            people.setdefault(decision.reviewer, set()).update(decision.roles)
    best = 0
    for chosen in itertools.product(*([None, *sorted(roles & set(gate.roles))] for roles in people.values())):
        best = max(best, sum(min(chosen.count(role), gate.approvals) for role in gate.roles))
    return best


def open_places(count):
    return sum(number for _, number in count.missing)


def test_nobody_has_decided_and_every_place_is_open():
    count = tally([], make_gate(roles=("finance", "support"), approvals=2))
    assert count.missing == (("finance", 2), ("support", 2))
    assert not count.filled


def test_one_approval_fills_the_one_place():
    count = tally([approves("U0A", "support")], make_gate())
    assert count.filled
    assert count.approved_by == ("U0A",)


def test_one_person_with_two_roles_fills_one_place():
    count = tally([approves("U0A", "finance", "support")], make_gate(roles=("finance", "support")))
    assert not count.filled
    assert open_places(count) == 1


def test_the_same_person_twice_fills_one_place():
    count = tally([approves("U0A", "support"), approves("U0A", "support")], make_gate(approvals=2))
    assert count.missing == (("support", 1),)


def test_a_person_moves_to_their_other_role_when_somebody_needs_the_place():
    gate = make_gate(roles=("finance", "support"))
    assert tally([approves("U0A", "finance", "support"), approves("U0B", "finance")], gate).filled
    assert tally([approves("U0A", "finance", "support"), approves("U0B", "support")], gate).filled


def test_a_whole_chain_of_people_moves_to_seat_the_last():
    gate = make_gate(roles=("finance", "legal", "support"))
    made = [approves("U0A", "finance", "legal"), approves("U0B", "legal", "support"), approves("U0C", "finance")]
    assert all(tally(order, gate).filled for order in itertools.permutations(made))


def test_one_role_does_not_fill_the_place_of_another():
    count = tally([approves("U0A", "finance"), approves("U0B", "finance")], make_gate(roles=("finance", "support")))
    assert count.missing == (("support", 1),)


def test_an_approval_without_a_role_of_the_gate_fills_nothing():
    count = tally([approves("U0A"), approves("U0B", "legal")], make_gate())
    assert count.missing == (("support", 1),)


def test_one_no_outweighs_every_yes():
    count = tally([approves("U0A", "support"), approves("U0B", verdict=Verdict.reject)], make_gate())
    assert count.missing == ()
    assert count.rejected_by == "U0B"
    assert not count.filled


def test_what_is_still_missing_does_not_depend_on_who_came_first():
    gate = make_gate(roles=("finance", "legal", "support"))
    one, other = approves("U0A", "finance", "legal"), approves("U0B", "finance", "support")
    assert tally([one, other], gate) == tally([other, one], gate)


def test_who_changed_it_is_not_enough_where_a_second_person_is_asked():
    gate = make_gate(second_person=True)
    alone = tally([approves("U0A", "support")], gate, {"U0A"})
    assert (alone.missing, alone.second_person, alone.filled) == ((), True, False)
    both = tally([approves("U0A", "support"), approves("U0B", "support")], gate, {"U0A"})
    assert (both.second_person, both.filled) == (False, True)


def test_two_who_both_changed_it_are_still_not_enough():
    made = [approves("U0A", "support"), approves("U0B", "support")]
    assert not tally(made, make_gate(second_person=True, approvals=2), {"U0A", "U0B"}).filled
    assert tally([*made, approves("U0C", "support")], make_gate(second_person=True), {"U0A", "U0B"}).filled


def test_a_second_person_is_asked_only_where_somebody_changed_it():
    assert tally([approves("U0A", "support")], make_gate(second_person=True)).filled
    assert tally([approves("U0A", "support")], make_gate(), {"U0A"}).filled


def test_a_second_person_fills_no_place_of_a_role_they_have_not():
    gate = make_gate(roles=("finance", "support"), second_person=True)
    count = tally([approves("U0A", "finance"), approves("U0B", "finance")], gate, {"U0A"})
    assert (count.second_person, count.missing) == (False, (("support", 1),))


@given(DECISIONS, GATES, st.sets(st.sampled_from(PEOPLE)))
def test_to_ask_a_second_person_never_makes_it_easier(decisions, gate, editors):
    count, plain = tally(decisions, replace(gate, second_person=True), editors), tally(decisions, gate, editors)
    assert (count.missing, count.approved_by) == (plain.missing, plain.approved_by)
    assert count.filled <= plain.filled
    assert count.filled == (plain.filled and (not editors or bool(set(count.approved_by) - editors)))


@given(DECISIONS, GATES, st.randoms(use_true_random=False))
def test_the_order_of_decisions_does_not_matter(decisions, gate, chance):
    shuffled = list(decisions)
    chance.shuffle(shuffled)
    assert tally(decisions, gate) == tally(shuffled, gate)


@given(DECISIONS, GATES)
def test_it_seats_as_many_as_anybody_could(decisions, gate):
    places = len(gate.roles) * gate.approvals
    assert places - open_places(tally(decisions, gate)) == most_seats(decisions, gate)


@given(DECISIONS, GATES)
def test_there_are_never_more_seats_taken_than_people(decisions, gate):
    count = tally(decisions, gate)
    assert len(gate.roles) * gate.approvals - open_places(count) <= len(count.approved_by)
    assert count.filled <= (len(count.approved_by) >= len(gate.roles) * gate.approvals)


@given(DECISIONS, GATES)
def test_an_approval_more_never_opens_a_place(decisions, gate):
    before = open_places(tally(decisions, gate))
    for role in ROLES:
        assert open_places(tally([*decisions, approves("U0NEW", role)], gate)) <= before


@pytest.mark.parametrize("verdict", Verdict)
def test_a_verdict_is_written_as_it_is_said(verdict):
    assert str(verdict) in ("approve", "reject")
