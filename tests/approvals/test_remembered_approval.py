"""Remembered approvals, the pure rules: what is like what was approved, and that nothing stricter passes."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals.gate import Fact, Reason, StandIn, Tier
from approvals.moves.reviewer import approve
from approvals.proposal import Action, Cause, Source, Status
from approvals.refusals import (
    AlreadyResolved,
    CannotRemember,
    Changed,
    Expired,
    NotYourRole,
    OwnProposal,
)
from approvals.remembered import approval as rules_of
from approvals.remembered.approval import approve_and_next, left_by, may_remember, still_satisfied
from approvals.remembered.likeness import alike
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from tests.approvals.remembering import OPEN, TERMS
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    NONCE,
    OWNER,
    after,
    approved,
    edited,
    gate,
    handed,
    pending,
    refund,
)
from tests.making import make_ask

VALUES = st.one_of(st.integers(0, 2), st.text(max_size=1), st.none(), st.just([1]), st.just({"b": 1}))
PAYLOADS = st.dictionaries(st.sampled_from(["a", "note", "to"]), VALUES, max_size=3)
DEEP = st.fixed_dictionaries({}, optional={"meta": st.one_of(VALUES, PAYLOADS), "to": VALUES})


def given_for(proposal=None, reviewer=ALICE, at=10):
    """The approval that stands after a refund was approved with the next like it."""
    return approve_and_next(proposal or pending(**OPEN), reviewer, NONCE, after(at))[1]


def covers(approval, ask, action, gate, first=None):
    """Whether it covers what is asked, where it came with a refund for a late parcel."""
    return rules_of.covers(approval, first or pending(**OPEN), ask, action, gate)


def like(**payload):
    return Action(name="refund.create", payload={"amount": 250, "note": "late parcel"} | payload)


ASK = make_ask(agent="support-bot")


def test_the_approval_is_one_as_any_and_the_remembered_one_is_on_the_terms_of_the_gate():
    proposal = pending(**OPEN)
    events, approval = approve_and_next(proposal, ALICE, NONCE, after(10))
    done = after_all(proposal, events)
    assert (done.status, done.cause, done.resolved_by) == (Status.approved, Cause.reviewer, "U0ALICE")
    assert (approval.id, approval.agent, approval.action, approval.by) == (
        proposal.id,
        "support-bot",
        "refund.create",
        "U0ALICE",
    )
    assert (approval.at, approval.until, approval.most, approval.left) == (after(10), after(3610), 2, 2)
    assert approval.may_differ == ("payload.note",)


@pytest.mark.parametrize(
    ("proposal", "reviewer", "nonce", "at", "no"),
    [
        (pending(**OPEN), CAROL, NONCE, 10, NotYourRole),
        (pending(**OPEN), OWNER, NONCE, 10, OwnProposal),
        (pending(**OPEN), ALICE, "another", 10, Changed),
        (pending(**OPEN), ALICE, NONCE, 3600, Expired),
        (approved(**OPEN), BOB, NONCE, 20, AlreadyResolved),
        (pending(), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, approvals=2), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, roles=("finance", "support")), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, second_person=True), ALICE, NONCE, 10, CannotRemember),
        (handed(pending(**OPEN)), ALICE, NONCE, 10, CannotRemember),
        (pending(**OPEN, self_review=frozenset({"support"})), OWNER, NONCE, 10, CannotRemember),
    ],
    ids=lambda value: getattr(value, "__name__", None),
)
def test_who_or_what_cannot_be_approved_with_the_next_is_refused(proposal, reviewer, nonce, at, no):
    with pytest.raises(no):
        approve_and_next(proposal, reviewer, nonce, after(at))


def test_whoever_stands_in_for_another_approves_one_at_a_time():
    """The place that was lent ends with the delegation; what stands would go on."""
    proposal = pending(**OPEN)
    delegated = replace(
        CAROL, user="U0DAVE", roles=frozenset(), delegated=(DelegatedRoles(by="U0BOB", roles=BOB.roles, proof=()),)
    )
    assert approve(proposal, delegated, NONCE, after(10))
    with pytest.raises(CannotRemember):
        approve_and_next(proposal, delegated, NONCE, after(10))


def test_what_was_edited_counts_for_nothing_else():
    proposal = pending(**OPEN, approvals=2)
    proposal = after_all(proposal, edited(proposal, refund(90), approvals=1, roles=("finance",)))
    assert proposal.edited
    assert not may_remember(proposal)
    with pytest.raises(CannotRemember):
        approve_and_next(proposal, CAROL, proposal.nonce, after(20))


def test_it_is_offered_while_it_waits_and_never_afterwards():
    assert may_remember(pending(**OPEN))
    assert not may_remember(approved(**OPEN))
    assert not may_remember(pending())


def test_what_is_like_it_is_covered():
    assert covers(given_for(), ASK, like(note="another"), gate(**OPEN))
    assert covers(given_for(), ASK, Action(name="refund.create", payload={"amount": 250}), gate(**OPEN))
    assert covers(given_for(), ASK, like(amount=250.0), gate(**OPEN)), "numbers are alike as their digests are"


@pytest.mark.parametrize(
    "changes",
    [{"amount": 251}, {"order": "1"}, {"note2": None}],
)
def test_any_other_field_is_not_covered(changes):
    assert not covers(given_for(), ASK, like(**changes), gate(**OPEN))


@pytest.mark.parametrize(
    ("approved", "kept", "lost"),
    [
        ("late", ["", "other"], [{"sudo": ["x"]}, ["late"], 1, True, None]),
        (1, [2, 2.5, -1.0], ["1", True, None, [1], {"n": 1}]),
        (True, [False], [0, 1, "true", None]),
        (None, [], [0, "", False, [], {}]),
        ([], [[]], [[1], "", None]),
        (["a"], [[], ["b", "c"]], [[{"sudo": "a"}], ["a", 1], [["a"]], "a"]),
        ([1, "a"], [["b", 2.5]], [[None]]),
        ([{"a": 1}], [[{"a": 2}, {"a": 3}]], [[{"a": 2, "b": 1}], [{"a": "2"}], [{}]]),
        ([["a"], []], [[["b"]], [[]]], [[[1]], ["b"]]),
        (
            {"text": "a", "to": {"id": 1}},
            [{}, {"text": "b"}, {"text": "b", "to": {"id": 2.0}}],
            [{"text": 1}, {"text": "a", "sudo": "b"}, {"to": {"id": 1, "sudo": True}}, {"to": "me"}, ["a"], "a", None],
        ),
    ],
    ids=str,
)
def test_what_may_differ_keeps_the_type_that_people_saw(approved, kept, lost):
    first = pending(refund(250, note=approved), **OPEN)
    approval = given_for(first)
    for value in [approved, *kept]:
        assert covers(approval, ASK, like(note=value), gate(**OPEN), first), value
    for value in lost:
        assert not covers(approval, ASK, like(note=value), gate(**OPEN), first), value


def test_what_may_differ_may_be_left_out_but_not_come_where_nobody_saw_it():
    bare = pending(refund(250), **OPEN)
    without = Action(name="refund.create", payload={"amount": 250})
    assert covers(given_for(), ASK, without, gate(**OPEN))
    assert covers(given_for(bare), ASK, without, gate(**OPEN), bare)
    for note in ("late", None, {}):
        assert not covers(given_for(bare), ASK, like(note=note), gate(**OPEN), bare)


def test_a_field_inside_another_keeps_its_type_too():
    terms = {"remember_approval": replace(TERMS, may_differ=("payload.meta.note", "payload.order.no"))}
    first = pending(refund(250, meta={"note": "a"}, order="x"), **terms)

    def covered(**payload):
        action = Action(name="refund.create", payload={"amount": 250, "order": "x"} | payload)
        return covers(given_for(first), ASK, action, gate(**terms), first)

    assert covered(meta={"note": "b"})
    assert covered(meta={})
    assert not covered(meta={"note": ["b"]})
    assert not covered(meta={"note": "b"}, order={"no": "x"})


@pytest.mark.parametrize(
    ("first", "then", "same"),
    [
        (None, None, True),
        ({"required": ["amount"]}, {"required": ["amount"]}, True),
        ({"properties": {"note": {"maxLength": 9}}}, None, False),
        ({"properties": {"note": {"maxLength": 9}}}, {}, False),
        ({"properties": {"note": {"maxLength": 9}}}, {"properties": {"note": {"maxLength": 90}}}, False),
        (None, {}, False),
        ({"const": 1}, {"const": True}, False),
    ],
)
def test_the_agents_schema_is_the_one_under_which_people_approved(first, then, same):
    approved = replace(pending(**OPEN), ask=replace(pending(**OPEN).ask, payload_schema=first))
    ask = replace(ASK, payload_schema=then)
    assert covers(given_for(), ask, like(), gate(**OPEN), approved) is same


@pytest.mark.parametrize(
    "ask",
    [
        make_ask(agent="other-bot"),
        make_ask(on_behalf_of="U0ERIN"),
        make_ask(source=Source.untrusted),
    ],
    ids=["agent", "person", "source"],
)
def test_another_asker_is_not_covered(ask):
    assert covers(given_for(), ASK, like(), gate(**OPEN))
    assert not covers(given_for(), ask, like(), gate(**OPEN))


def test_a_trusted_source_is_covered_by_what_was_allowed_to_an_untrusted_one():
    untrusted = replace(given_for(), source=Source.untrusted)
    assert covers(untrusted, make_ask(source=Source.untrusted), like(), gate(**OPEN))
    assert covers(untrusted, make_ask(source=Source.trusted), like(), gate(**OPEN))


@pytest.mark.parametrize(
    "changes",
    [
        {"remember_approval": None},
        {"remember_approval": replace(TERMS, may_differ=())},
        {"tier": Tier.block},
        {"tier": Tier.auto},
        {"approvals": 2},
        {"roles": ("finance",)},
        {"roles": ("finance", "support")},
        {"second_person": True},
        {"quorum_unreachable": "There are not enough people."},
        {"excluded": frozenset({"U0ALICE", "U0OWNER"})},
        {"excluded": frozenset({"U0ALICE"})},
        {"excluded": frozenset()},
        {"self_review": frozenset({"support"})},
        {"rules": ("more",)},
        {"risk": (Reason(rule="repeat", reason="A person rejected exactly this before."),)},
        {"facts": (Fact(rule="repeat", name="repeat_of_rejected", value="U0BOB rejected exactly this"),)},
        {"facts": (Fact(rule="often", name="rate", value="21 such proposals"),)},
        {"facts": (Fact(rule="new", name="first_time payload.to", value="never approved before"),)},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_nothing_that_the_present_policy_asks_more_is_passed(changes):
    assert not covers(given_for(), ASK, like(), gate(**OPEN | changes))


def test_a_gate_that_excludes_who_allowed_it_is_not_passed_even_if_it_was_the_same_then():
    excluding = gate(**OPEN, excluded=frozenset({"U0ALICE"}))
    assert not covers(replace(given_for(), gate=excluding), ASK, like(), excluding)


def test_a_gate_with_fewer_rules_is_passed_and_stand_ins_of_then_have_to_be_there_still():
    stricter = gate(**OPEN, rules=("one", "two"))
    approval = given_for(pending(**OPEN, rules=("one", "two")))
    assert still_satisfied(approval, stricter)
    assert still_satisfied(approval, gate(**OPEN, rules=("one",)))
    backed = given_for(pending(**OPEN, stand_ins=(StandIn(role="support", by="lead"),)))
    assert not still_satisfied(backed, gate(**OPEN))


@pytest.mark.parametrize(
    ("terms", "until", "most"),
    [
        (TERMS, 3610, 2),
        (replace(TERMS, lasts=60), 70, 2),
        (replace(TERMS, lasts=9000, most=1), 3610, 1),
        (replace(TERMS, most=50), 3610, 2),
    ],
)
def test_of_the_terms_then_and_now_the_narrower_count(terms, until, most):
    assert left_by(gate(remember_approval=terms), given_for()) == (after(until), most)


@given(PAYLOADS, PAYLOADS)
def test_two_payloads_are_alike_exactly_where_all_but_the_named_field_is_the_same(one, other):
    def rest(payload):
        return Action(name="a", payload={name: value for name, value in payload.items() if name != "note"}).digest

    made = [alike(Action(name="a", payload=each), ("payload.note",)) for each in (one, other)]
    assert (made[0] == made[1]) == (rest(one) == rest(other))


@given(DEEP, DEEP)
def test_a_field_inside_another_is_left_out_alone(one, other):
    def rest(payload):
        meta = payload.get("meta")
        inside = {"meta": {k: v for k, v in meta.items() if k != "note"}} if isinstance(meta, dict) else {}
        return Action(name="a", payload={**payload, **inside}).digest

    made = [alike(Action(name="a", payload=each), ("payload.meta.note",)) for each in (one, other)]
    assert (made[0] == made[1]) == (rest(one) == rest(other))


def test_the_payload_that_is_compared_stays_as_it_is():
    payload = {"meta": {"note": 1}}
    alike(Action(name="a", payload=payload), ("payload.meta.note", "payload.gone.too"))
    assert payload == {"meta": {"note": 1}}
