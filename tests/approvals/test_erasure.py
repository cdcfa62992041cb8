"""The move of erasing: what somebody still goes by stays, all else goes once, and nothing but what was written."""

from dataclasses import replace

import pytest

from approvals import moves
from approvals.content import without_content
from approvals.events import Erased, Overdue
from approvals.moves import StillNeeded
from approvals.proposal import RollbackStatus, Status
from approvals.sample import Judged, Sample, SampleVerdict
from approvals.states import after, after_all
from tests.approvals.situations import after as later
from tests.approvals.situations import approved, claimed, in_status, objected, outcome, pending
from tests.making import make_gate as gate

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


@pytest.mark.parametrize("status", [Status.pending, Status.approved, Status.claimed, Status.unknown], ids=str)
def test_what_is_not_over_or_nobody_knows_of_is_over_since_no_moment(status):
    with pytest.raises(StillNeeded, match=r"not over|nobody knows whether it happened"):
        moves.over_since(in_status(status), None)


@pytest.mark.parametrize("status", OVER, ids=str)
def test_what_is_over_is_so_since_the_last_that_happened_to_it(status):
    found = in_status(status)
    ends = [found.resolved_at, found.claimed_at, found.outcome and found.outcome.at]
    assert moves.over_since(found, None) == max(filter(None, ends))


def test_what_people_may_still_object_to_is_over_only_then():
    watched = replace(in_status(Status.succeeded), gate=gate(object_within=86_400))
    assert moves.over_since(watched, None) == watched.object_until > watched.outcome.at


def test_what_is_to_be_rolled_back_is_over_once_somebody_has_told_of_it_however_late_that_is():
    asked = asked_back()
    with pytest.raises(StillNeeded, match="rolled back"):
        moves.over_since(asked, None)
    done = after_all(asked, moves.rollback(asked, RollbackStatus.failed, None, later(7000)))
    assert moves.over_since(done, None) == later(7000)


def test_what_was_drawn_is_over_once_somebody_has_looked_it_over():
    found = in_status(Status.succeeded)
    drawn = Sample(proposal_id=found.id, roles=("support",), channels=("C0SUPPORT",), nonce="n", sampled_at=later(1))
    with pytest.raises(StillNeeded, match="drawn to be looked over"):
        moves.over_since(found, drawn)
    judged = replace(drawn, judged=Judged(judgement=SampleVerdict.fine, by="U0ALICE", at=later(8000)))
    assert moves.over_since(found, judged) == later(8000)
