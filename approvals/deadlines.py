"""What time alone does to a proposal: deadlines that run out, and the steps of the ladder before them."""

from datetime import datetime, timedelta

from approvals.events import Escalated, Event, Lapsed, Overran, Rejected, Reminded
from approvals.gate import Escalation, Gate
from approvals.hours import inside, over
from approvals.proposal import Ask, Cause, Proposal, Status


def deadline(gate: Gate, ask: Ask, now: datetime) -> datetime:
    """The earliest that the gate's hours and the agent's own wish give; a wish counts by the plain clock."""
    extended = [over(hours, now, gate.expires_in) for hours in gate.hours if hours.extend]
    plain = now + timedelta(seconds=gate.expires_in)
    given = min(extended) if len(extended) == len(gate.hours) > 0 else plain
    return given if ask.expires_in is None else min(given, now + timedelta(seconds=ask.expires_in))


def run_out(proposal: Proposal, now: datetime) -> list[Event]:
    """The deadline that has passed by now: expired, lapsed or overdue. Equal to the deadline is late."""
    if proposal.status is Status.pending and now >= proposal.expires_at:
        return [Rejected(at=proposal.expires_at, cause=Cause.expired, by=None, reason=None)]
    if proposal.status is Status.approved and proposal.execute_by is not None and now >= proposal.execute_by:
        return [Lapsed(at=proposal.execute_by)]
    if (
        proposal.status is Status.claimed
        and not proposal.overdue
        and proposal.report_by is not None
        and now >= proposal.report_by
    ):
        return [Overran(at=proposal.report_by)]
    return []


def reminders_ahead(proposal: Proposal) -> tuple[int, ...]:
    """The reminders still to come, in seconds after the proposal; ascending."""
    return tuple(after for after in proposal.gate.remind if after > proposal.reminded)


def steps_ahead(proposal: Proposal) -> tuple[Escalation, ...]:
    """The escalations that have not happened yet, ascending."""
    return tuple(each for each in proposal.gate.escalate if (each.after, each.to) not in proposal.escalated)


def ladder(proposal: Proposal, now: datetime) -> list[Event]:
    """The steps whose time has come; all at once where people are not there and the policy says so."""
    events: list[Event] = [
        Escalated(at=now, to=each.to, channel=each.channel, by=None, after=each.after)
        for each in steps_ahead(proposal)
        if _at(proposal, each) <= now
    ]
    waited = (now - proposal.created_at).total_seconds()
    if reached := [after for after in reminders_ahead(proposal) if after <= waited]:
        events.append(Reminded(at=now, after=reached[-1]))
    return events


def due(proposal: Proposal, now: datetime) -> list[Event]:
    """What time alone has done to it by now: a deadline that ran out, else the steps of its ladder."""
    if events := run_out(proposal, now):
        return events
    return ladder(proposal, now) if proposal.status is Status.pending else []


def next_due(proposal: Proposal) -> datetime | None:
    """When time alone will next do something to it; None if it never will."""
    if proposal.status is Status.approved:
        return proposal.execute_by
    if proposal.status is Status.claimed and not proposal.overdue:
        return proposal.report_by
    if proposal.status is not Status.pending:
        return None
    reminders = [proposal.created_at + timedelta(seconds=after) for after in reminders_ahead(proposal)]
    return min([proposal.expires_at, *reminders, *(_at(proposal, each) for each in steps_ahead(proposal))])


def _at(proposal: Proposal, step: Escalation) -> datetime:
    """When a step is taken: at once for what came when people were not there, where the policy says so."""
    away = any(not hours.extend and not inside(hours, proposal.created_at) for hours in proposal.gate.hours)
    return proposal.created_at if away else proposal.created_at + timedelta(seconds=step.after)
