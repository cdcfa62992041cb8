"""Objecting to what ran without waiting for people, and undoing it."""

import pytest

from approvals import moves
from approvals.events import Decided, Objected, Revoked, RolledBack
from approvals.proposal import Cause, Rollback, RollbackStatus, Status
from approvals.refusals import AlreadyReported, Changed, NothingToRollBack, NotYourRole, ObjectionClosed, ReasonMissing
from approvals.states import after_all
from tests.approvals.situations import (
    ALICE,
    BOB,
    CAROL,
    MILLISECOND,
    NONCE,
    OWNER,
    STRANGER,
    after,
    approved,
    claimed,
    objected,
    outcome,
    pending,
    running,
    watched,
)


def object_to(proposal, reviewer=BOB, reason="Wrong address.", nonce=NONCE, at=None):
    return moves.object(proposal, reviewer, reason, nonce, at or after(30))


def reported(proposal, status):
    return after_all(proposal, moves.report(proposal, outcome(status)))


def test_what_is_watched_is_approved_at_once_by_the_policy():
    proposal = watched()
    assert (proposal.status, proposal.cause, proposal.resolved_by) == (Status.approved, Cause.watch, None)
    assert proposal.channels == ("C0SUPPORT",)


def test_before_the_claim_an_objection_takes_the_approval_back():
    decided, revoked = object_to(watched())
    assert isinstance(decided, Decided)
    assert revoked == Revoked(at=after(30), cause=Cause.reviewer, by="U0BOB", reason="Wrong address.")


def test_after_the_claim_an_objection_asks_for_it_to_be_undone():
    assert object_to(running()) == [
        Objected(at=after(30), rollback=Rollback(requested_by="U0BOB", reason="Wrong address.", requested_at=after(30)))
    ]
    assert objected().status is Status.claimed


@pytest.mark.parametrize("status", [Status.succeeded, Status.unknown])
def test_what_ran_can_be_objected_to(status):
    proposal = reported(running(), status)
    after_it = after_all(proposal, object_to(proposal, at=after(60)))
    assert (after_it.status, after_it.rollback.status) == (status, RollbackStatus.requested)


def test_what_failed_has_nothing_that_could_be_undone():
    with pytest.raises(ObjectionClosed):
        object_to(reported(running(), Status.failed), at=after(60))


@pytest.mark.parametrize("make", [pending, approved, claimed], ids=lambda make: make.__name__)
def test_only_what_is_watched_can_be_objected_to(make):
    with pytest.raises(ObjectionClosed):
        object_to(make())


@pytest.mark.parametrize("ended", ["withdrawn", "revoked", "lapsed"])
def test_what_never_ran_cannot_be_objected_to(ended):
    proposal = watched(execute_within=60)
    at = after(30)
    if ended == "withdrawn":
        proposal = after_all(proposal, moves.withdraw(proposal, "No longer.", after(10)))
    elif ended == "revoked":
        proposal = after_all(proposal, object_to(proposal))
    else:
        at = after(60)
    with pytest.raises(ObjectionClosed):
        object_to(proposal, at=at)


def test_people_have_their_time_from_the_claim_on_however_long_the_agent_waited():
    proposal = watched(execute_within=9000)
    late = after_all(proposal, moves.claim(proposal, proposal.digest, None, after(8000)))
    assert late.object_until == after(9800)
    assert object_to(late, at=after(9800) - MILLISECOND)
    with pytest.raises(ObjectionClosed):
        object_to(late, at=after(9800))


def test_what_nobody_claimed_can_be_taken_back_at_any_time():
    assert isinstance(object_to(watched(execute_within=9000), at=after(8999))[-1], Revoked)


def test_people_object_once():
    with pytest.raises(ObjectionClosed):
        object_to(objected(), reviewer=ALICE)


def test_whoever_is_asked_may_object_and_so_may_the_owner():
    for reviewer in (ALICE, BOB, OWNER):
        assert object_to(running(), reviewer)


@pytest.mark.parametrize("reviewer", [CAROL, STRANGER], ids=lambda reviewer: reviewer.name)
def test_whoever_is_not_asked_may_not_object(reviewer):
    with pytest.raises(NotYourRole):
        object_to(running(), reviewer)


def test_an_objection_needs_a_reason_and_the_card_of_this_round():
    with pytest.raises(ReasonMissing):
        object_to(running(), reason=" ")
    with pytest.raises(Changed):
        object_to(running(), nonce="another")


@pytest.mark.parametrize("status", [RollbackStatus.done, RollbackStatus.failed])
def test_the_agent_says_what_came_of_undoing(status):
    (event,) = moves.rollback(objected(), status, "Recalled.", after(40))
    assert isinstance(event, RolledBack)
    undone = after_all(objected(), [event])
    assert undone.status is Status.claimed
    assert undone.rollback == Rollback(
        requested_by="U0BOB",
        reason="Wrong address.",
        requested_at=after(30),
        status=status,
        detail="Recalled.",
        reported_at=after(40),
    )


def test_saying_the_same_again_changes_nothing_and_saying_otherwise_is_refused():
    proposal = after_all(objected(), moves.rollback(objected(), RollbackStatus.done, "Recalled.", after(40)))
    assert moves.rollback(proposal, RollbackStatus.done, "Recalled.", after(50)) == []
    for status, detail in ((RollbackStatus.failed, "Recalled."), (RollbackStatus.done, None)):
        with pytest.raises(AlreadyReported, match="done"):
            moves.rollback(proposal, status, detail, after(50))


def test_what_nobody_objected_to_is_not_undone():
    with pytest.raises(NothingToRollBack):
        moves.rollback(running(), RollbackStatus.done, None, after(40))


@pytest.mark.parametrize("status", [Status.succeeded, Status.failed, Status.unknown])
def test_what_came_of_running_is_reported_beside_the_objection(status):
    proposal = reported(objected(), status)
    assert (proposal.status, proposal.rollback.status) == (status, RollbackStatus.requested)
    assert after_all(proposal, moves.rollback(proposal, RollbackStatus.done, None, after(50))).status is status
