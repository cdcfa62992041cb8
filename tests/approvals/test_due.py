"""What time alone does, and that it never says yes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from approvals import moves
from approvals.events import Approved, Decided, Lapsed, Overdue, Rejected
from approvals.proposal import Cause, Status
from approvals.states import after_all
from tests.approvals.situations import MILLISECOND, after, approved, claimed, in_status, pending


def test_unanswered_means_rejected_as_of_the_deadline():
    (event,) = moves.due(pending(), after(9999))
    assert event == Rejected(at=after(3600), cause=Cause.expired, by=None, reason=None)
    proposal = after_all(pending(), [event])
    assert (proposal.status, proposal.cause, proposal.resolved_at) == (Status.rejected, Cause.expired, after(3600))


def test_approved_and_never_claimed_lapses():
    proposal = approved()
    assert moves.due(proposal, proposal.execute_by) == [Lapsed(at=proposal.execute_by)]


def test_claimed_and_never_reported_is_overdue_and_still_claimed():
    proposal = claimed()
    assert moves.due(proposal, proposal.report_by) == [Overdue(at=proposal.report_by)]
    late = after_all(proposal, moves.due(proposal, proposal.report_by))
    assert (late.status, late.overdue) == (Status.claimed, True)


@pytest.mark.parametrize("status", [Status.pending, Status.approved, Status.claimed], ids=str)
def test_a_millisecond_before_nothing_is_due(status):
    proposal = in_status(status)
    deadline = {
        Status.pending: proposal.expires_at,
        Status.approved: proposal.execute_by,
        Status.claimed: proposal.report_by,
    }
    assert moves.due(proposal, deadline[status] - MILLISECOND) == []
    assert moves.due(proposal, deadline[status]) != []


@pytest.mark.parametrize("status", Status, ids=str)
def test_time_does_each_thing_once(status):
    proposal = after_all(in_status(status), moves.due(in_status(status), after(99_999)))
    assert moves.due(proposal, after(999_999)) == []


@given(st.sampled_from(list(Status)), st.integers(-100_000, 100_000))
def test_silence_is_never_a_yes(status, seconds):
    for event in moves.due(in_status(status), after(seconds)):
        assert not isinstance(event, (Approved, Decided))
        assert event.at <= after(seconds)
