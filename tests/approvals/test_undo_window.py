"""What people approved settles: until then nobody claims it, and whoever approved can take that back."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.events import Rejected, Retracted
from approvals.gate import ApprovalTerms
from approvals.moves.deadlines import undoable_until
from approvals.proposal import Cause, Status
from approvals.refusals import AlreadyResolved, Changed, DigestMismatch, InUndoWindow, NotApprover, UndoWindowOver
from approvals.remembered.approval import approve_and_next
from approvals.reviewer import DelegatedRoles
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CLAIMANT,
    MILLISECOND,
    NONCE,
    after,
    approved,
    by_itself,
    edited,
    gate,
    pending,
    refund,
    watched,
)

SETTLES = after(20)
"""Approved at 10 with ten seconds to settle."""


def undone(proposal, user="U0ALICE", nonce=NONCE, at=None):
    return moves.retract(proposal, user, nonce, "nonce-after", at or after(15))


def settling(**changes):
    return approved(**{"undo_window": 10, **changes})


def test_an_approval_settles_before_it_can_be_claimed_and_lapses_so_much_later():
    proposal = settling(execute_within=60)
    assert (proposal.claimable_at, proposal.execute_by) == (SETTLES, after(80))
    assert undoable_until(proposal, SETTLES - MILLISECOND) == SETTLES
    assert undoable_until(proposal, SETTLES) is None


@pytest.mark.parametrize("proposal", [by_itself(undo_window=10), watched(undo_window=10)], ids=["auto", "watch"])
def test_where_nobody_clicked_nothing_settles(proposal):
    assert proposal.claimable_at is None
    assert moves.claim(proposal, proposal.digest, None, after(1))


@pytest.mark.parametrize(("at", "seconds"), [(after(10), 10), (after(17.5), 3), (SETTLES - MILLISECOND, 1)])
def test_until_it_has_settled_a_claim_is_refused_and_told_when_to_come_again(at, seconds):
    proposal = settling()
    with pytest.raises(InUndoWindow) as no:
        moves.claim(proposal, proposal.digest, CLAIMANT, at)
    assert (no.value.until, no.value.retry_after) == (SETTLES, seconds)


def test_a_claim_of_something_else_is_told_so_while_it_settles():
    with pytest.raises(DigestMismatch):
        moves.claim(settling(), refund(1).digest, CLAIMANT, after(15))


def test_from_the_moment_on_it_is_claimed():
    proposal = settling()
    assert after_all(proposal, moves.claim(proposal, proposal.digest, None, SETTLES)).claimed_at == SETTLES


def test_whoever_approved_takes_it_back_and_it_waits_as_before():
    before, proposal = settling(), after_all(settling(), undone(settling()))
    assert (proposal.status, proposal.cause, proposal.resolved_at, proposal.resolved_by) == (
        Status.pending,
        None,
        None,
        None,
    )
    assert (proposal.claimable_at, proposal.execute_by) == (None, None)
    assert (proposal.expires_at, proposal.round, proposal.nonce) == (before.expires_at, before.round, "nonce-after")
    assert proposal.active_decisions == ()
    assert [(each.reviewer, each.retracted_at) for each in proposal.decisions] == [("U0ALICE", after(15))]


def test_the_same_person_may_approve_it_again_and_take_that_back_too():
    proposal = after_all(settling(), undone(settling()))
    again = after_all(proposal, moves.approve(proposal, ALICE, "nonce-after", after(30)))
    assert (again.status, again.claimable_at) == (Status.approved, after(40))
    twice = after_all(again, moves.retract(again, "U0ALICE", "nonce-after", "third", after(35)))
    assert [each.retracted_at for each in twice.decisions] == [after(15), after(35)]


def test_a_button_from_before_does_nothing_afterwards():
    proposal = after_all(settling(), undone(settling()))
    with pytest.raises(Changed):
        moves.approve(proposal, ALICE, NONCE, after(16))
    with pytest.raises(Changed):
        undone(proposal, at=after(16))


def test_what_others_approved_stands():
    first = after_all(
        pending(approvals=2, undo_window=10), moves.approve(pending(approvals=2), ALICE, NONCE, after(10))
    )
    both = after_all(first, moves.approve(first, BOB, NONCE, after(12)))
    proposal = after_all(both, undone(both))
    assert [each.reviewer for each in proposal.active_decisions] == ["U0BOB"]
    again = after_all(proposal, moves.approve(proposal, ALICE, "nonce-after", after(20)))
    assert again.status is Status.approved


def test_a_lent_place_is_free_again():
    bob = replace(BOB, roles=frozenset(), delegated=(DelegatedRoles(by="U0ALICE", roles=ALICE.roles),))
    waiting = pending(undo_window=10)
    proposal = after_all(waiting, moves.approve(waiting, bob, NONCE, after(10)))
    assert proposal.decisions[0].stands_in_for == "U0ALICE"
    with pytest.raises(NotApprover):
        undone(proposal, "U0ALICE")
    proposal = after_all(proposal, undone(proposal, "U0BOB"))
    assert after_all(proposal, moves.approve(proposal, ALICE, "nonce-after", after(20))).status is Status.approved


def test_an_edit_with_its_approval_settles_and_stays_when_that_is_taken_back():
    waiting = pending(undo_window=10)
    proposal = after_all(waiting, edited(waiting, refund(9)))
    assert proposal.claimable_at == SETTLES
    back = after_all(proposal, undone(proposal, nonce="nonce-of-round-2"))
    assert (back.status, back.revision, back.action) == (Status.pending, 2, refund(9))


@pytest.mark.parametrize("user", ["U0BOB", "U0OWNER", "U0STRANGER"])
def test_nobody_takes_back_what_somebody_else_approved(user):
    with pytest.raises(NotApprover):
        undone(settling(), user)


def test_what_somebody_approved_before_an_edit_is_none_of_theirs_now():
    first = pending(undo_window=10, approvals=2)
    first = after_all(first, moves.approve(first, BOB, NONCE, after(5)))
    proposal = after_all(first, edited(first, refund(9), approvals=1))
    with pytest.raises(NotApprover):
        undone(proposal, "U0BOB", nonce="nonce-of-round-2")


@pytest.mark.parametrize("at", [SETTLES, SETTLES + timedelta(minutes=5)])
def test_once_it_has_settled_it_is_too_late(at):
    with pytest.raises(UndoWindowOver) as no:
        undone(settling(), at=at)
    assert no.value.since == SETTLES


def test_what_never_had_to_settle_is_not_taken_back():
    with pytest.raises(UndoWindowOver) as no:
        undone(approved())
    assert (no.value.since, str(no.value)) == (None, "at once")


def test_what_ended_otherwise_is_not_taken_back():
    proposal = settling()
    revoked = after_all(proposal, moves.revoke(proposal, BOB, "Wait.", NONCE, after(12)))
    with pytest.raises(AlreadyResolved):
        undone(revoked)
    with pytest.raises(AlreadyResolved):
        undone(proposal, at=after(9999))


def test_a_revocation_works_while_it_settles():
    proposal = settling()
    assert after_all(proposal, moves.revoke(proposal, BOB, "Wait.", NONCE, after(12))).status is Status.revoked


def test_a_deadline_that_passed_meanwhile_is_silence_at_once():
    proposal = settling(expires_in=12)
    happened = undone(proposal)
    assert happened == [
        Retracted(at=after(15), by="U0ALICE", nonce="nonce-after"),
        Rejected(at=after(15), cause=Cause.expired, by=None, reason=None),
    ]
    assert after_all(proposal, happened).status is Status.rejected


def test_reminders_and_escalations_go_on():
    proposal = settling(remind=(14, 600))
    back = after_all(proposal, undone(proposal))
    assert [each.tag for each in moves.due(back, after(16))] == ["proposal:reminded"]


def test_a_stricter_policy_revokes_what_settles_too():
    (revoked,) = moves.rejudge(settling(), gate(approvals=2), "n", after(15))
    assert revoked.cause is Cause.policy_changed


def test_a_clock_set_back_lets_it_settle_longer_and_never_shorter():
    proposal = settling()
    with pytest.raises(InUndoWindow):
        moves.claim(proposal, proposal.digest, None, after(-100))
    assert after_all(proposal, undone(proposal, at=after(-100))).status is Status.pending


def test_what_is_approved_with_the_next_like_it_is_not_used_while_that_settles():
    waiting = pending(undo_window=10, remember_approval=ApprovalTerms(may_differ=(), lasts=600, most=3))
    events, remembered = approve_and_next(waiting, ALICE, NONCE, after(10))
    assert after_all(waiting, events).claimable_at == remembered.counts_from == SETTLES
    plain = approve_and_next(replace(waiting, gate=replace(waiting.gate, undo_window=None)), ALICE, NONCE, after(10))[1]
    assert plain.counts_from == after(10)
