"""The move of erasing: what somebody still goes by stays, all else goes once, and nothing but what was written."""

import pytest

from approvals import moves
from approvals.content import without_content
from approvals.events import Erased, Overdue
from approvals.moves import StillNeeded
from approvals.proposal import RollbackStatus, Status
from approvals.states import after, after_all
from tests.approvals.situations import after as later
from tests.approvals.situations import approved, claimed, in_status, objected, outcome, pending

OVER = [Status.rejected, Status.withdrawn, Status.revoked, Status.lapsed, Status.succeeded, Status.failed]


def erase(proposal, *, counts=False, now=None):
    return moves.erase(proposal, by="alex", why="asked for", contents=3, counts=counts, now=now or later(40))


def asked_back():
    """Reported, and to be rolled back."""
    return after_all(objected(), moves.report(objected(), outcome(Status.succeeded)))


@pytest.mark.parametrize("status", [*OVER, Status.unknown], ids=str)
def test_what_is_over_is_erased_and_says_by_whom(status):
    (event,) = erase(in_status(status))
    assert event == Erased(at=later(40), by="alex", why="asked for", contents=3)
    left = without_content(in_status(status))
    erased = after(in_status(status), event)
    assert (erased.status, erased.erased_at, erased.reason) == (status, later(40), left.reason)


def test_what_was_erased_is_not_erased_again():
    once = after_all(in_status(Status.rejected), erase(in_status(Status.rejected)))
    assert erase(once) == []
    assert erase(once, counts=True) == []


@pytest.mark.parametrize(
    ("proposal", "why"),
    [(pending(), "waits for people"), (approved(), "may still claim it"), (claimed(), "at work on it")],
    ids=["pending", "approved", "claimed"],
)
def test_what_somebody_still_goes_by_is_not_erased(proposal, why):
    with pytest.raises(StillNeeded, match=why):
        erase(proposal)


def test_what_an_agent_is_late_with_is_erased():
    late = after(claimed(), Overdue(at=later(9999)))
    assert len(erase(late, now=later(9999))) == 1


def test_what_is_to_be_rolled_back_is_erased_once_that_was_reported_or_is_late():
    asked = asked_back()
    with pytest.raises(StillNeeded, match="roll it back"):
        erase(asked, now=later(60))
    assert len(erase(asked, now=later(asked.gate.report_within + 60))) == 1
    done = after_all(asked, moves.rollback(asked, RollbackStatus.done, None, later(70)))
    assert len(erase(done, now=later(80))) == 1


def test_what_a_remembered_decision_counts_by_is_not_erased():
    with pytest.raises(StillNeeded, match="is remembered and counts for others"):
        erase(in_status(Status.rejected), counts=True)
