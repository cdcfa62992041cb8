"""What time and other people may still bring to what waits, or to what runs without waiting. Our markup."""

from typing import TYPE_CHECKING

from approvals.deadlines import reminders_ahead, step_at, steps_ahead, taken_at
from approvals.proposal import UndoStatus
from bot.slack.blocks import person, when
from bot.slack.offers import open_to_objection
from bot.slack.words.labels import UNDOING, listed, name, span

if TYPE_CHECKING:
    from approvals.gate import Gate
    from approvals.proposal import Proposal, Undo

_MOST_STEPS = 3
"""Steps of one kind that are named; the rest are counted."""
_MOST_STAND_INS = 8


def ladder(proposal: "Proposal") -> str | None:
    """The steps still to come before the deadline, and the deadline; None where there are no steps."""
    moments = [step_at(proposal, each) for each in reminders_ahead(proposal)]
    reminders = [at for at in moments if at < proposal.expires_at]
    steps = [f"Reminder {when(at)}" for at in reminders[:_MOST_STEPS]]
    if len(reminders) > _MOST_STEPS:
        steps.append(f"{len(reminders) - _MOST_STEPS} more reminders")
    roles = [(each, taken_at(proposal, each)) for each in steps_ahead(proposal)]
    calls = [f"*{name(each.to)}* may step in {when(at)}" for each, at in roles if at < proposal.expires_at]
    steps += calls[:_MOST_STEPS]
    if len(calls) > _MOST_STEPS:
        steps.append(f"{len(calls) - _MOST_STEPS} more roles after that")
    return None if not steps else " · ".join([*steps, f"rejected {when(proposal.expires_at)}"])


def stand_ins(gate: "Gate") -> str | None:
    """Whose approval counts too, a sentence; None where nobody stands in."""
    places: dict[str, list[str]] = {}
    for each in gate.stand_ins:
        if each.role in gate.roles:
            places.setdefault(each.by, []).append(each.role)
    anywhere = [by for by, roles in places.items() if {*roles, by} >= set(gate.roles)]
    told = [f"*{name(by)}*" for by in anywhere]
    told += [
        f"*{name(by)}* for {listed([f'*{name(role)}*' for role in roles[:2]] + (['others'] if len(roles) > 2 else []))}"
        for by, roles in places.items()
        if by not in anywhere
    ]
    if len(told) > _MOST_STAND_INS:
        told = [*told[:_MOST_STAND_INS], f"{len(told) - _MOST_STAND_INS} more roles"]
    return f"{listed(told)} may decide too." if told else None


def objection(proposal: "Proposal") -> str | None:
    """Who can object to what ran without waiting, and until when, a sentence; None where nobody can."""
    until = proposal.object_until
    if not open_to_objection(proposal) or until is None:
        return None
    roles = listed([f"*{name(role)}*" for role in proposal.gate.roles], "or") or "its reviewers"
    if proposal.claimed_at is None:
        return f"Whoever is in {roles} can object until {span(until - proposal.created_at)} after the agent takes it."
    return f"Whoever is in {roles} can object until {when(until)}."


def undoing(undo: "Undo") -> str:
    """What was objected to, and what came of undoing it."""
    emoji, word = UNDOING[undo.status]
    asked = f"{person(undo.requested_by)} objected after the agent took it · {when(undo.requested_at)}"
    reported = f" · {when(undo.reported_at)}" if undo.reported_at else ""
    match undo.status:
        case UndoStatus.requested:
            return f"{emoji} *{word}:* {asked}\nThe agent is asked to undo it, and has not reported yet."
        case UndoStatus.done:
            return f"{emoji} *{word}*, the agent reports{reported}\n{asked}"
        case UndoStatus.failed:
            return f"{emoji} *{word}*, the agent reports{reported}. *Somebody must look.*\n{asked}"
