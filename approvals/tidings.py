"""What an agent is told of its proposal without asking, as one table: by callback, on the stream, at the end of a wait.

A tiding is named as its fact is: `Approved`, tagged `proposal:approved`, is told as `signoff.proposal.approved`. Told
is what people, the policy or time did, and what ended, whoever ended it; not what the agent's own calls answer already.
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
