"""report: what came of acting, once; doubt may be settled later."""

import pytest

from approvals import moves
from approvals.events import Failed, OutcomeUnknown, Succeeded
from approvals.proposal import Status
from approvals.refusals import AlreadyReported, NotApproved
from approvals.states import after_all
from tests.approvals.situations import after, approved, claimed, in_status, outcome, pending, reported

SAID = {Status.succeeded: Succeeded, Status.failed: Failed, Status.unknown: OutcomeUnknown}


@pytest.mark.parametrize("status", SAID, ids=str)
def test_each_outcome_is_recorded_as_it_was_reported(status):
    said = outcome(status, detail="refund R-9", verification="read back")
    (event,) = moves.report(claimed(), said)
    assert type(event) is SAID[status]
    proposal = after_all(claimed(), [event])
    assert (proposal.status, proposal.outcome) == (status, said)


@pytest.mark.parametrize("status", SAID, ids=str)
def test_the_same_report_again_changes_nothing(status):
    assert moves.report(reported(status), outcome(status, at=after(999))) == []


@pytest.mark.parametrize("first", [Status.succeeded, Status.failed], ids=str)
@pytest.mark.parametrize("second", SAID, ids=str)
def test_another_report_is_refused_and_hears_the_first(first, second):
    with pytest.raises(AlreadyReported) as refused:
        moves.report(reported(first), outcome(second, detail="otherwise"))
    assert refused.value.status is first


@pytest.mark.parametrize("settled", [Status.succeeded, Status.failed], ids=str)
def test_doubt_is_settled_later(settled):
    doubtful = reported(Status.unknown)
    assert after_all(doubtful, moves.report(doubtful, outcome(settled, at=after(60)))).status is settled


def test_doubt_is_not_replaced_by_other_doubt():
    with pytest.raises(AlreadyReported):
        moves.report(reported(Status.unknown), outcome(Status.unknown, detail="still unclear"))


def test_what_was_settled_is_not_doubted_again():
    doubtful = reported(Status.unknown)
    settled = after_all(doubtful, moves.report(doubtful, outcome(Status.succeeded, at=after(60))))
    with pytest.raises(AlreadyReported):
        moves.report(settled, outcome(Status.unknown))


def test_an_overdue_report_still_counts_and_ends_the_alarm():
    late = after_all(claimed(), moves.due(claimed(), after(9999)))
    proposal = after_all(late, moves.report(late, outcome(Status.succeeded, at=after(10_000))))
    assert (proposal.status, proposal.overdue) == (Status.succeeded, False)


@pytest.mark.parametrize("status", [status for status in Status if status not in (*SAID, Status.claimed)], ids=str)
def test_what_nobody_claimed_has_no_outcome(status):
    with pytest.raises(NotApproved) as refused:
        moves.report(in_status(status), outcome(Status.succeeded))
    assert refused.value.status is status


def test_the_refusal_names_where_it_stands_though_no_sweep_has_run():
    with pytest.raises(NotApproved) as refused:
        moves.report(pending(), outcome(Status.succeeded, at=after(3600)))
    assert refused.value.status is Status.rejected
    with pytest.raises(NotApproved) as refused:
        moves.report(approved(), outcome(Status.succeeded, at=after(3610)))
    assert refused.value.status is Status.lapsed
