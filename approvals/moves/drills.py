"""Drill moves: what is planted, and what ends it in the place of whatever would end a proposal. Pure.

People do to a drill what they do to a proposal, and the same moves find what follows. Here that is turned into the end
of a drill before anybody records it, so that no approval of one is ever written.
"""

from typing import TYPE_CHECKING

from approvals.drill import DrillResult
from approvals.events import (
    Approved,
    Asked,
    Drilled,
    Edited,
    Event,
    Planted,
    Rejected,
    Rejudged,
    Resumed,
    Revised,
    Suspended,
)
from approvals.gate import Tier
from approvals.moves.deadlines import deadline, due_steps
from approvals.proposal import Cause
from approvals.states import after_all

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.drill import Drill
    from approvals.gate import Gate
    from approvals.proposal import Action, Ask, Proposal


def may_plant(gate: "Gate") -> bool:
    """Whether people would be asked of it, on a card of its own, and somebody could answer: in doubt not."""
    return (
        gate.tier is Tier.approve
        and gate.quorum_unreachable is None
        and gate.batch is None
        and gate.earlier_rejection is None
        and bool(gate.channels)
    )


def plant(
    *, proposal_id: str, action: "Action", ask: "Ask", gate: "Gate", nonce: str, drill: "Drill", now: "datetime"
) -> list[Event]:
    """A new drill, which waits for people as a proposal of its agent would."""
    planted = Planted(
        at=now,
        id=proposal_id,
        action=action,
        ask=ask,
        gate=gate,
        nonce=nonce,
        expires_at=deadline(gate, ask, now),
        drill=drill,
    )
    return [planted, *due_steps(after_all(None, [planted]), now)]


def of_drill(proposal: "Proposal | None", events: "Sequence[Event]") -> list[Event]:
    """The events as they are recorded: of a drill without any that ends a proposal, and with its own end instead."""
    drill = None if proposal is None else proposal.drill
    if drill is None or any(isinstance(each, Drilled) for each in events):
        return [*events]
    kept: list[Event] = []
    for each in events:
        result = _result(each)
        if result is None:
            kept.append(each)
            continue
        changed = next((edit for edit in kept if isinstance(edit, Edited)), None)
        who = changed.revision.editor if changed is not None else _by(each)
        return [*kept, _end(drill, each, DrillResult.edited if changed is not None else result, who)]
    if changed := next((edit for edit in kept if isinstance(edit, Edited)), None):
        return [*kept, _end(drill, kept[-1], DrillResult.edited, changed.revision.editor)]
    return kept


def _result(event: Event) -> DrillResult | None:
    """What an event ends a drill with; None for what it lives on with. What time ends has ended as a drill already."""
    match event:
        case Approved():
            return DrillResult.missed
        case Rejected(cause=Cause.reviewer):
            return DrillResult.caught
        case Asked():
            return DrillResult.asked
        case Rejected() | Rejudged() | Revised() | Suspended() | Resumed():
            return DrillResult.called_off
        case _:
            return None


def _by(event: Event) -> str | None:
    match event:
        case Approved(by=by) | Rejected(cause=Cause.reviewer, by=by):
            return by
        case Asked(question=question):
            return question.asked_by
        case _:
            return None


def _end(drill: "Drill", instead_of: Event, result: DrillResult, by: str | None) -> Drilled:
    return Drilled(at=instead_of.at, result=result, by=by, wrong=drill.wrong, look_at=drill.look_at)
