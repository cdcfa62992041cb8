"""Effect holds: which proposal has an effect, so that no two run it. Pure, over a port.

A proposal has its effects from the moment it is asked about until it is known that it did not run, or did. Whoever
records something that brings a proposal nearer to running is refused here while another has one of them; the store
keeps the same in an index, so that no second could be written.
"""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Protocol

from approvals.events import Approved, Claimed, Decided, Edited, Revised, Submitted
from approvals.proposal import RollbackStatus, Status
from approvals.refusals import EffectHeld, EffectOpen

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.events import Actor, Event
    from approvals.proposal import Proposal

_NEARER = (Submitted, Decided, Edited, Revised, Approved, Claimed)
"""Events that bring a proposal nearer to running; a no is over, and holds nothing."""


class EffectState(StrEnum):
    """How a proposal stands to an effect that it names."""

    open = "open"
    """It has it: one proposal of an effect at a time."""
    waiting = "waiting"
    """It was there when a policy named its effect, and another had it."""
    overtaken = "overtaken"
    """It waited, and meanwhile the effect happened, or may have: it never has it as it stands."""
    succeeded = "succeeded"
    """It happened by it."""
    tried = "tried"
    """It failed, or was rolled back: by the word of its agent alone, so that people are asked before it is tried again.
    """


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectHolder:
    """A proposal that is in the way of another."""

    effect: str
    """The digest."""
    proposal_id: str
    status: Status
    agent: str


class EffectBook(Protocol):
    """Whoever can tell who has an effect."""

    async def effect_holds(self, named: "Sequence[str]", proposal_id: str) -> "list[EffectHolder]":
        """See Transaction."""
        ...


def hold_state(proposal: "Proposal") -> EffectState | None:
    """How it stands to its effects by itself; None where nothing of it ran, nor will.

    That nobody knows what came of it holds, too: until somebody says.
    """
    if proposal.drill is not None or not proposal.gate.effects:
        return None
    if proposal.status in (Status.pending, Status.approved, Status.claimed, Status.unknown):
        return EffectState.open
    if proposal.status is Status.failed:
        return EffectState.tried
    if proposal.status is not Status.succeeded:
        return None
    undone = proposal.rollback is not None and proposal.rollback.status is RollbackStatus.done
    return EffectState.tried if undone else EffectState.succeeded


async def require_effects(book: EffectBook, proposal: "Proposal", events: "Sequence[Event]", actor: "Actor") -> None:
    """Raises EffectHeld to a person, EffectOpen to anybody else, where the events bring it nearer to what another has.

    `proposal` is as they leave it.
    """
    if hold_state(proposal) is not EffectState.open or not any(isinstance(each, _NEARER) for each in events):
        return
    for hold in await book.effect_holds(proposal.gate.effects, proposal.id):
        if actor.kind == "reviewer":
            raise EffectHeld(hold.proposal_id, hold.status)
        name = dict(zip(proposal.gate.effects, proposal.gate.effect_names, strict=False)).get(hold.effect, "")
        raise EffectOpen(hold.proposal_id, hold.status, name, own=hold.agent == proposal.ask.agent)
