"""What follows from an event, as two tables: what must leave the process, and what the agent is notified of."""

from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Doubted,
    Edited,
    Escalated,
    Event,
    Extended,
    Failed,
    Lapsed,
    Objected,
    Overran,
    Rejected,
    Rejudged,
    Reminded,
    Replied,
    Revised,
    Revoked,
    Submitted,
    Succeeded,
    TakenBack,
    Undone,
    Withdrawn,
)

if TYPE_CHECKING:
    from collections.abc import Sequence


class Effect(StrEnum):
    """A kind of delivery."""

    card = "card"
    thread = "thread"
    alert = "alert"
    """Tells the operators that another delivery was given up; follows from no event."""
    sample = "sample"
    """The card of what was drawn to be looked over afterwards; follows from no event of the proposal."""
    callback = "callback"
    """Tells the agent; what follows from which event is the table of `tidings`."""


_BOTH = (Effect.card, Effect.thread)

EFFECTS: dict[type[Event], tuple[Effect, ...]] = {
    Submitted: (Effect.card,),
    Decided: _BOTH,
    Edited: _BOTH,
    Rejudged: _BOTH,
    Approved: _BOTH,
    Rejected: _BOTH,
    Withdrawn: _BOTH,
    TakenBack: _BOTH,
    Revoked: _BOTH,
    Claimed: _BOTH,
    Lapsed: _BOTH,
    Overran: _BOTH,
    Succeeded: _BOTH,
    Failed: _BOTH,
    Doubted: _BOTH,
    Objected: _BOTH,
    Undone: _BOTH,
    Reminded: (Effect.thread,),
    Escalated: _BOTH,
    Extended: _BOTH,
    Asked: _BOTH,
    Replied: _BOTH,
    Revised: _BOTH,
}


def effects(events: "Sequence[Event]") -> frozenset[Effect]:
    """The kinds of delivery that these events call for together."""
    return frozenset(effect for event in events for effect in EFFECTS[type(event)])


class Tiding(StrEnum):
    """A kind of tiding: the participle of its fact's tag."""

    approved = "approved"
    """Claim it, from `claimable_at` on where one is given. Also where the policy approved at once."""
    taken_back = "taken_back"
    """The way back from approved: it waits for people again, and cannot be claimed."""
    rejected = "rejected"
    """By a person, by the policy, or because nobody answered: `cause` says which."""
    revoked = "revoked"
    lapsed = "lapsed"
    withdrawn = "withdrawn"
    """By the agent, of which other parts may still be waiting."""
    asked = "asked"
    """A reviewer's question: `question` has it; reply."""
    extended = "extended"
    """The deadline moved: `expires_at` has the new one."""
    objected = "objected"
    """What ran is to be undone: `undo` says why."""
    overran = "overran"
    """It was claimed, and no outcome came in time: report it."""

    @property
    def type(self) -> str:
        """As events name it on every surface: `signoff.proposal.approved`."""
        return f"signoff.proposal.{self.value}"


TIDINGS: dict[type[Event], Tiding | None] = {
    Submitted: None,
    Decided: None,
    Edited: None,
    Rejudged: None,
    Approved: Tiding.approved,
    TakenBack: Tiding.taken_back,
    Rejected: Tiding.rejected,
    Withdrawn: Tiding.withdrawn,
    Revoked: Tiding.revoked,
    Claimed: None,
    Lapsed: Tiding.lapsed,
    Overran: Tiding.overran,
    Succeeded: None,
    Failed: None,
    Doubted: None,
    Objected: Tiding.objected,
    Undone: None,
    Reminded: None,
    Escalated: None,
    Extended: Tiding.extended,
    Asked: Tiding.asked,
    Replied: None,
    Revised: None,
}

BY_TAG: dict[str, Tiding] = {event.tag: tiding for event, tiding in TIDINGS.items() if tiding is not None}
"""The tiding that follows from an audit entry, by the entry's tag."""


def tidings(events: "Sequence[Event]") -> "tuple[Tiding, ...]":
    """What the agent is told of these events, in their order."""
    told = (TIDINGS[type(event)] for event in events)
    return tuple(tiding for tiding in told if tiding is not None)
