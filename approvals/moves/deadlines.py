"""Deadlines: what time alone does to a proposal, at its deadline and at the escalations before it. Pure.

Whoever approved something can take that back for a while: until it is enough, and then as long as an undo window is
open, in which nobody can claim it yet.
"""

from dataclasses import replace
from datetime import datetime

from approvals.drill import DrillResult
from approvals.events import Drilled, Escalated, Event, Lapsed, Overdue, Rejected, Reminded, Retracted
from approvals.gate import Escalation, Gate
from approvals.hours import inside, soonest_after
from approvals.proposal import Ask, Cause, Proposal, Status
from approvals.refusals import AlreadyResolved, Changed, Expired, NotApprover, UndoWindowOver
from approvals.states import after_all


def deadline(gate: Gate, ask: Ask, now: datetime) -> datetime:
    """What the gate gives by its clock, or by the same clock less, where the agent asks for less."""
    wish = gate.expires_in if ask.expires_in is None else ask.expires_in
    return soonest_after(gate.hours, now, min(gate.expires_in, wish))


def step_at(proposal: Proposal, after: int) -> datetime:
    """When so many seconds have passed since the proposal, by the gate's clock: the one of its deadline."""
    return soonest_after(proposal.gate.hours, proposal.created_at, after)


def later_deadline(proposal: Proposal) -> datetime | None:
    """The deadline as the next extension would leave it, by the same clock; None where the policy allows none."""
    gate = proposal.gate
    if gate.max_expires_in is None:
        return None
    more = soonest_after(gate.hours, proposal.expires_at, gate.expires_in)
    later = min(more, step_at(proposal, gate.max_expires_in))
    return later if later > proposal.expires_at else None


def run_out(proposal: Proposal, now: datetime) -> list[Event]:
    """The deadline that has passed by now: expired, lapsed or overdue. Equal to the deadline is late."""
    if proposal.status is Status.pending and now >= proposal.expires_at:
        if (drill := proposal.drill) is not None:
            unanswered, over = DrillResult.unanswered, proposal.expires_at
            return [Drilled(at=over, result=unanswered, by=None, wrong=drill.wrong, look_at=drill.look_at)]
        return [Rejected(at=proposal.expires_at, cause=Cause.expired, by=None, reason=None)]
    if proposal.status is Status.approved and proposal.execute_by is not None and now >= proposal.execute_by:
        return [Lapsed(at=proposal.execute_by)]
    if (
        proposal.status is Status.claimed
        and not proposal.overdue
        and proposal.report_by is not None
        and now >= proposal.report_by
    ):
        return [Overdue(at=proposal.report_by)]
    return []


def reminders_ahead(proposal: Proposal) -> tuple[int, ...]:
    """The reminders still to come, in seconds of the gate's clock after the proposal; ascending."""
    return tuple(after for after in proposal.gate.remind if after > proposal.reminded)


def steps_ahead(proposal: Proposal) -> tuple[Escalation, ...]:
    """The escalations that have not happened yet, ascending."""
    return tuple(each for each in proposal.gate.escalate if (each.after, each.to) not in proposal.escalated)


def due_steps(proposal: Proposal, now: datetime) -> list[Event]:
    """The steps whose time has come; all at once where people are not there and the policy says so."""
    events: list[Event] = [
        Escalated(at=now, to=each.to, channel=each.channel, by=None, after=each.after, roles=each.roles)
        for each in steps_ahead(proposal)
        if taken_at(proposal, each) <= now
    ]
    if reached := [after for after in reminders_ahead(proposal) if step_at(proposal, after) <= now]:
        events.append(Reminded(at=now, after=reached[-1]))
    return events


def due(proposal: Proposal, now: datetime) -> list[Event]:
    """What time alone has done to it by now: a deadline that ran out, else its reminders and escalations."""
    if events := run_out(proposal, now):
        return events
    return due_steps(proposal, now) if proposal.status is Status.pending else []


def next_due(proposal: Proposal) -> datetime | None:
    """When time alone will next do something to it; None if it never will."""
    if proposal.status is Status.approved:
        return proposal.execute_by
    if proposal.status is Status.claimed and not proposal.overdue:
        return proposal.report_by
    if proposal.status is not Status.pending:
        return None
    reminders = [step_at(proposal, after) for after in reminders_ahead(proposal)]
    return min([proposal.expires_at, *reminders, *(taken_at(proposal, each) for each in steps_ahead(proposal))])


def taken_at(proposal: Proposal, step: Escalation) -> datetime:
    """When a step is taken: at once for what came when people were not there, where the policy says so."""
    away = any(not inside(hours, proposal.created_at) for hours in step.outside)
    return proposal.created_at if away else step_at(proposal, step.after)


def undoable_until(proposal: Proposal, now: "datetime") -> "datetime | None":
    """From when on what is approved can be claimed; None where it can be by now, or is not approved."""
    at = proposal.claimable_at
    return at if at is not None and proposal.status is Status.approved and now < at else None


def no_longer_open(proposal: Proposal) -> AlreadyResolved | Expired:
    """Why nothing can be done any more to what has ended, or was approved for good."""
    drill = proposal.drill
    if proposal.cause is Cause.expired or (drill is not None and drill.result is DrillResult.unanswered):
        return Expired(proposal.expires_at)
    return AlreadyResolved(proposal.status, proposal.resolved_by, proposal.resolved_at)


def retract(proposal: Proposal, user: str, nonce: str, new_nonce: str, now: "datetime") -> list[Event]:
    """A slip: the person's own approval is void, and the proposal waits for as long as it would have anyway.

    That can be as long as the approval is not enough, and then within the undo window. What others approved stands.
    The new nonce makes every button from before stale: a click that was on its way, or comes a second time, must not
    approve it again. A deadline that has passed meanwhile is silence, at once.
    """
    present = after_all(proposal, run_out(proposal, now))
    if present.status not in (Status.pending, Status.approved):
        raise no_longer_open(present)
    if nonce != proposal.nonce:
        raise Changed
    if user not in {each.reviewer for each in proposal.active_decisions}:
        raise NotApprover
    if proposal.status is Status.approved and undoable_until(proposal, now) is None:
        raise UndoWindowOver(proposal.claimable_at)
    retracted = Retracted(at=now, by=user, nonce=new_nonce)
    expired = run_out(after_all(proposal, [retracted]), now)
    return [retracted, *(replace(each, at=now) for each in expired)]
