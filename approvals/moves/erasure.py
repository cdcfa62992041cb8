"""The move of erasing: what was written of a proposal goes, once nobody waits for it and nothing counts by it. Pure."""

from datetime import datetime, timedelta

from approvals.events import Erased, Event
from approvals.proposal import Proposal, RollbackStatus, Status
from approvals.sample import Sample


class StillNeeded(Exception):
    """Somebody or something still goes by what was written; a sentence."""


def erase(proposal: Proposal, *, by: str, why: str, contents: int, counts: bool, now: datetime) -> list[Event]:
    """What was written of the proposal goes; of what was erased before nothing follows.

    `contents` is how many entries have one, `counts` whether a remembered decision of it does. Raises StillNeeded.
    """
    if proposal.erased_at is not None:
        return []
    if proposal.status is Status.pending:
        raise StillNeeded("it waits for people: let it be decided, withdrawn or expire first")
    if proposal.status is Status.approved:
        raise StillNeeded("it is approved, and its agent may still claim it: revoke it, or let it lapse first")
    if proposal.status is Status.claimed and not proposal.overdue:
        raise StillNeeded("its agent is at work on it: it can be erased once that has reported, or is late with it")
    asked = proposal.rollback
    if asked is not None and asked.status is RollbackStatus.requested:
        late = asked.requested_at + timedelta(seconds=proposal.gate.report_within)
        if now < late:
            raise StillNeeded(f"its agent is to roll it back: it can be erased once that has reported, or at {late}")
    if counts:
        raise StillNeeded("a decision on it is remembered and counts for others like it: end that first, in its card")
    return [Erased(at=now, by=by, why=why, contents=contents)]


def over_since(proposal: Proposal, sample: Sample | None) -> datetime:
    """Since when nobody has anything to do with it any more. Raises StillNeeded where somebody has, however late."""
    if proposal.status in (Status.pending, Status.approved, Status.claimed) or proposal.resolved_at is None:
        raise StillNeeded(f"it is not over: it is {proposal.status}")
    if proposal.status is Status.unknown:
        raise StillNeeded("nobody knows whether it happened")
    asked = proposal.rollback
    if asked is not None and asked.reported_at is None:
        raise StillNeeded("nobody knows whether it was rolled back")
    if sample is not None and sample.judged is None:
        raise StillNeeded("it was drawn to be looked over, and nobody has")
    moments = (
        proposal.resolved_at,
        proposal.claimed_at,
        None if proposal.outcome is None else proposal.outcome.at,
        proposal.object_until,
        None if asked is None else asked.reported_at,
        None if sample is None or sample.judged is None else sample.judged.at,
    )
    return max(moment for moment in moments if moment is not None)
