"""What must leave the process after which event, as one table.

`card` brings every card of the proposal up to date; `thread` adds a line to the history below it. A proposal that
no gate ever routed to a channel (it ran by itself, or was blocked at once) has no card and so neither effect.
"""

from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import (
    Approved,
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
    Revoked,
    Submitted,
    Succeeded,
    TakenBack,
    Undone,
    Withdrawn,
)
from approvals.inquiry import Asked, Replied, Revised

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
