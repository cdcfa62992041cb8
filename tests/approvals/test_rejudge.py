"""rejudge: what a new policy makes of what waits and of what was approved."""

import pytest

from approvals import moves
from approvals.events import Rejected, Rejudged, Revoked
from approvals.gate import Reason, StandIn, Tier
from approvals.proposal import Cause, Status
from approvals.refusals import Changed
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    LEAD,
    NONCE,
    OWNED,
    after,
    approved,
    by_itself,
    gate,
    in_status,
    pending,
    refund,
    watched,
)

NOW = after(20)
LARGE = (Reason(rule="refund-large", reason="Refund above 100"),)


def judged(proposal, new_gate, at=NOW):
    return moves.rejudge(proposal, new_gate, "nonce-of-round-2", at)


def test_the_same_gate_of_another_version_changes_nothing():
    assert judged(pending(), gate(policy_version="v2")) == []


@pytest.mark.parametrize(
    "changes",
    [
        {"roles": ("finance",), "channels": ("C0FINANCE",)},
        {"approvals": 2},
        {"second_person": True},
        {"excluded": OWNED | {"U0BOB"}},
        {"self_review": frozenset({"support"})},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_who_must_agree_changed_so_deciding_begins_anew(changes):
    waiting = pending(approvals=1)
    (event,) = judged(waiting, gate(**changes))
    proposal = after_all(waiting, [event])
    assert (proposal.round, proposal.nonce) == (2, "nonce-of-round-2")
    with pytest.raises(Changed):
        moves.approve(proposal, ALICE, NONCE, after(21))


def test_approvals_under_the_old_gate_do_not_carry_over():
    waiting = pending(approvals=2)
    once = after_all(waiting, moves.approve(waiting, ALICE, NONCE, after(5)))
    proposal = after_all(once, judged(once, gate(approvals=1)))
    assert (proposal.status, proposal.active_decisions) == (Status.pending, ())


@pytest.mark.parametrize(
    "changes",
    [{"risk": LARGE}, {"edit": ()}, {"execute_within": 9}, {"channels": ("C0ELSEWHERE",)}],
    ids=lambda changes: next(iter(changes)),
)
def test_other_words_or_hours_let_the_round_go_on(changes):
    (event,) = judged(pending(), gate(policy_version="v2", **changes))
    assert event == Rejudged(at=after(20), gate=gate(policy_version="v2", **changes), nonce=None)
    proposal = after_all(pending(), [event])
    assert after_all(proposal, moves.approve(proposal, BOB, NONCE, after(21))).status is Status.approved


def test_the_deadline_of_what_waits_does_not_move():
    proposal = after_all(pending(), judged(pending(), gate(expires_in=99_999)))
    assert proposal.expires_at == pending().expires_at


def test_what_is_blocked_now_is_rejected_with_the_words_of_the_rule():
    (event,) = judged(pending(), gate(tier=Tier.block, risk=LARGE))
    assert event == Rejected(
        at=after(20), cause=Cause.policy_changed, by=None, reason="The policy changed: Refund above 100"
    )


@pytest.mark.parametrize(("proposal", "ended"), [(pending, Rejected), (approved, Revoked), (by_itself, Revoked)])
def test_an_agent_that_is_gone_gets_nothing(proposal, ended):
    (event,) = judged(proposal(), None)
    assert type(event) is ended
    assert (event.cause, event.reason) == (Cause.policy_changed, "The policy no longer lets the agent ask for this.")


@pytest.mark.parametrize(
    "changes",
    [
        {"tier": Tier.block},
        {"roles": ("finance", "support")},
        {"roles": ("finance",)},
        {"approvals": 2},
        {"excluded": OWNED | {ALICE.user}},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_an_approval_under_a_gate_that_became_stricter_is_revoked(changes):
    (event,) = judged(approved(), gate(**changes))
    assert (type(event), event.cause, event.by) == (Revoked, Cause.policy_changed, None)
    assert event.reason == "The policy changed: it asks for more now."


@pytest.mark.parametrize(
    "changes",
    [{"excluded": OWNED | {BOB.user}}, {"second_person": True}, {"excluded": frozenset({"U0NEW"}), "risk": LARGE}],
    ids=["another-excluded", "second-person", "another-owner"],
)
def test_an_approval_stands_under_a_stricter_gate_that_its_people_fill(changes):
    assert gate(**changes).stricter_than(approved().gate)
    assert judged(approved(), gate(**changes)) == []


def test_two_who_approved_in_other_roles_fill_no_place_of_a_new_one():
    once = pending(roles=("finance", "support"), channels=("C0FINANCE", "C0SUPPORT"))
    for reviewer in (CAROL, ALICE):
        once = after_all(once, moves.approve(once, reviewer, NONCE, after(5)))
    assert once.status is Status.approved
    (event,) = judged(once, gate(roles=("finance", "legal"), channels=("C0FINANCE",)))
    assert type(event) is Revoked


def test_an_edit_that_now_needs_a_second_person_is_revoked_where_its_editor_alone_approved():
    asked = pending()
    told = moves.edit(
        asked, ALICE, refund(200, note="less"), gate(), (), nonce=NONCE, new_nonce="nonce-2", now=after(5)
    )
    proposal = after_all(asked, told)
    assert proposal.status is Status.approved
    (event,) = judged(proposal, gate(second_person=True))
    assert type(event) is Revoked


def test_a_stand_in_who_may_stand_in_no_more_is_not_enough():
    waiting = pending(stand_ins=(StandIn(role="support", by="lead"),))
    proposal = after_all(waiting, moves.approve(waiting, LEAD, NONCE, after(5)))
    assert proposal.status is Status.approved
    (event,) = judged(proposal, gate())
    assert type(event) is Revoked


def test_what_ran_free_and_needs_people_now_is_revoked():
    (event,) = judged(by_itself(), gate(risk=LARGE))
    assert (type(event), event.reason) == (Revoked, "The policy changed: Refund above 100")


@pytest.mark.parametrize(
    "changes",
    [{}, {"policy_version": "v2"}, {"risk": LARGE}, {"tier": Tier.auto, "roles": ()}, {"execute_within": 9}],
    ids=str,
)
def test_an_approval_stands_under_a_gate_that_asks_no_more(changes):
    assert judged(approved(), gate(**changes)) == []


@pytest.mark.parametrize(
    "status", [status for status in Status if status not in (Status.pending, Status.approved)], ids=str
)
def test_what_is_claimed_or_over_is_left_alone(status):
    assert judged(in_status(status), None, at=after(31)) == []


@pytest.mark.parametrize("proposal", [pending, approved])
def test_what_time_has_ended_already_is_left_to_the_sweep(proposal):
    assert judged(proposal(), None, at=after(99_999)) == []


STANDS_IN = (StandIn(role="support", by="lead"),)


def test_what_nobody_can_approve_any_more_is_rejected_with_why():
    (event,) = judged(pending(), gate(quorum_unreachable="Everybody in support has left."))
    assert event == Rejected(at=NOW, cause=Cause.quorum_unreachable, by=None, reason="Everybody in support has left.")


def test_an_approval_is_not_taken_back_because_nobody_could_give_it_again():
    assert judged(approved(), gate(quorum_unreachable="Everybody in support has left.")) == []


def test_an_approval_by_somebody_who_no_longer_stands_in_does_not_carry_over():
    waiting = pending(approvals=2, stand_ins=STANDS_IN)
    once = after_all(waiting, moves.approve(waiting, LEAD, NONCE, after(5)))
    (event,) = judged(once, gate(approvals=2))
    proposal = after_all(once, [event])
    assert (proposal.active_decisions, proposal.round) == ((), 2)
    agreed = pending(stand_ins=STANDS_IN)
    agreed = after_all(agreed, moves.approve(agreed, LEAD, NONCE, after(5)))
    (event,) = judged(agreed, gate())
    assert (type(event), event.reason) == (Revoked, "The policy changed: it asks for more now.")


def test_somebody_more_who_stands_in_lets_the_round_go_on():
    (event,) = judged(pending(), gate(stand_ins=STANDS_IN))
    assert event == Rejudged(at=NOW, gate=gate(stand_ins=STANDS_IN), nonce=None)


def test_an_approval_by_somebody_who_was_called_in_stands_though_the_policy_names_them_not():
    waiting = pending()
    called = after_all(waiting, moves.hand_over(waiting, BOB, "lead", "C0LEAD", NONCE, after(5)))
    agreed = after_all(called, moves.approve(called, LEAD, NONCE, after(6)))
    assert agreed.status is Status.approved
    assert judged(agreed, gate(policy_version="v2")) == []


def test_what_ran_without_waiting_is_revoked_when_people_are_asked_now_and_else_left():
    (event,) = judged(watched(), gate())
    assert type(event) is Revoked
    assert judged(watched(), gate(tier=Tier.auto, roles=())) == []
    assert judged(by_itself(), gate(tier=Tier.watch, object_within=60)) == []
