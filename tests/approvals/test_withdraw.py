"""withdraw: the agent takes its proposal back, until the claim."""

import pytest

from approvals import moves
from approvals.proposal import Cause, Status
from approvals.refusals import AlreadyClaimed, NotApproved
from approvals.states import after_all
from tests.approvals.situations import after, approved, in_status, pending


@pytest.mark.parametrize("status", [Status.pending, Status.approved], ids=str)
def test_what_nobody_has_claimed_is_taken_back_with_its_reason(status):
    proposal = after_all(in_status(status), moves.withdraw(in_status(status), "Done otherwise.", after(20)))
    assert (proposal.status, proposal.cause, proposal.reason) == (Status.withdrawn, Cause.agent, "Done otherwise.")
    assert (proposal.resolved_at, proposal.resolved_by) == (after(20), None)


def test_saying_it_twice_changes_nothing():
    assert moves.withdraw(in_status(Status.withdrawn), "Another reason.", after(20)) == []


@pytest.mark.parametrize("status", [Status.claimed, Status.succeeded, Status.failed, Status.unknown], ids=str)
def test_what_was_claimed_cannot_be_taken_back(status):
    with pytest.raises(AlreadyClaimed):
        moves.withdraw(in_status(status), "Too late.", after(40))


@pytest.mark.parametrize("status", [Status.rejected, Status.revoked, Status.lapsed], ids=str)
def test_what_has_ended_otherwise_is_named(status):
    with pytest.raises(NotApproved) as refused:
        moves.withdraw(in_status(status), "Too late.", after(40))
    assert refused.value.status is status


def test_what_expired_or_lapsed_has_ended_though_no_sweep_has_run():
    with pytest.raises(NotApproved) as refused:
        moves.withdraw(pending(), "Too late.", after(3600))
    assert refused.value.status is Status.rejected
    with pytest.raises(NotApproved) as refused:
        moves.withdraw(approved(), "Too late.", after(3610))
    assert refused.value.status is Status.lapsed
