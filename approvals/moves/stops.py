"""The moves of a stop: what becomes of what is open while its agent is stopped, or everything is, and after. Pure."""

from datetime import datetime
from typing import TYPE_CHECKING

from approvals.events import Event, Rejected, Resumed, Revoked, Suspended
from approvals.moves.deadlines import run_out
from approvals.proposal import Cause, Proposal, Status, Suspension
from approvals.refusals import EverythingStopped

if TYPE_CHECKING:
    from approvals.agent_stop import Stop

_BY_PEOPLE = frozenset({Cause.reviewer, Cause.remembered_approval})


def end_for_stopped_agent(proposal: Proposal, by: str, reason: str | None, now: datetime) -> list[Event]:
    """What becomes of it once a person has stopped its agent; what runs goes on, and is still to be reported."""
    if events := run_out(proposal, now):
        return events
    said = reason or "The agent was stopped."
    match proposal.status:
        case Status.pending:
            return [Rejected(at=now, cause=Cause.stopped, by=by, reason=said)]
        case Status.approved:
            return [Revoked(at=now, cause=Cause.stopped, by=by, reason=said)]
        case _:
            return []


def suspend(proposal: Proposal, stop: "Stop", nonce: str, now: datetime) -> list[Event]:
    """What becomes of it once everything is stopped: it waits until its deadline as before, and is approved by nobody.

    What people approved and nobody took is asked again, from the beginning. What has no people to ask, or no time left
    for them, is revoked: the agent may propose it again.
    """
    if events := run_out(proposal, now):
        return events
    again = bool(proposal.active_decisions) or proposal.status is Status.approved
    suspension = Suspension(by=stop.by, reason=stop.reason, since=stop.at, again=again)
    suspended = [Suspended(at=now, suspension=suspension, nonce=nonce if again else None)]
    match proposal.status:
        case Status.pending:
            return [] if proposal.suspension is not None else [*suspended]
        case Status.approved if proposal.cause in _BY_PEOPLE and now < proposal.expires_at:
            return [*suspended]
        case Status.approved:
            said = stop.reason or "Everything was stopped."
            return [Revoked(at=now, cause=Cause.stopped, by=stop.by, reason=said)]
        case _:
            return []


def resume(proposal: Proposal, now: datetime) -> list[Event]:
    """People can approve it again; the time that passed meanwhile is gone."""
    if events := run_out(proposal, now):
        return events
    if proposal.suspension is None or proposal.status is not Status.pending:
        return []
    return [Resumed(at=now, again=proposal.suspension.again)]


def require_going(proposal: Proposal) -> None:
    """Raises EverythingStopped for what is suspended: it can only be refused."""
    if proposal.suspension is not None:
        raise EverythingStopped(proposal.suspension.by, proposal.suspension.since)
