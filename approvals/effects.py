"""Effects: all that follows from an event, one row each: card, thread, agent event, deadlines, calls. Pure."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import (
    Approved,
    Asked,
    Claimed,
    Decided,
    Drilled,
    Edited,
    Erased,
    Escalated,
    Event,
    Extended,
    Failed,
    Lapsed,
    Objected,
    OutcomeUnknown,
    Overdue,
    Planted,
    Rejected,
    Rejudged,
    Reminded,
    Replied,
    Resumed,
    Retracted,
    Revised,
    Revoked,
    RolledBack,
    Submitted,
    Succeeded,
    Suspended,
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
    notice = "notice"
    """What the operators are to know, once; follows from no event of a proposal."""
    direct = "direct"
    """What somebody who asked for direct messages is to be told, or told no longer; the subject is the person."""
    callback = "callback"
    """Tells the agent, as `Follows.agent` of the event says; its queue is its own."""


class AgentEvent(StrEnum):
    """A kind of tiding: the participle of its fact's tag."""

    approved = "approved"
    """Claim it, from `claimable_at` on where one is given. Also where the policy approved at once."""
    retracted = "retracted"
    """Somebody took an approval back: it waits for people, again if it was approved, and cannot be claimed."""
    suspended = "suspended"
    """Everything was stopped: it waits, again if it was approved, and nothing can be approved or claimed for now."""
    resumed = "resumed"
    """People can approve it again."""
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
    """What ran is to be undone: `rollback` says why."""
    overdue = "overdue"
    """It was claimed, and no outcome came in time: report it."""

    @property
    def type(self) -> str:
        """As events name it on every surface: `signoff.proposal.approved`."""
        return f"signoff.proposal.{self.value}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Follows:
    """What one event brings about beside the new state, which is the table of TRANSITIONS."""

    punctual: bool
    """Whether a deadline shuts it out: it is recorded only if what the row waits for is still ahead."""
    card: bool = True
    """Whether the cards show it."""
    thread: bool = True
    """Whether it becomes a line below them."""
    agent: AgentEvent | None = None
    """What the agent is told, in its stream and by callback: not what its own calls answer already."""
    calls: bool = False
    """Whether it may have somebody called: it is told even below a summary, which has no lines else."""
    quiet: bool = False
    """Whether the list on a shared card says it already: a dozen such lines below would drown what needs somebody."""


FOLLOWS: dict[type[Event], Follows] = {
    Submitted: Follows(punctual=False, thread=False),
    Planted: Follows(punctual=False, thread=False),
    Drilled: Follows(punctual=False),
    Decided: Follows(punctual=True, quiet=True),
    Edited: Follows(punctual=True),
    Rejudged: Follows(punctual=True),
    Approved: Follows(punctual=True, agent=AgentEvent.approved, quiet=True),
    Retracted: Follows(punctual=True, agent=AgentEvent.retracted),
    Suspended: Follows(punctual=True, agent=AgentEvent.suspended, quiet=True),
    Resumed: Follows(punctual=True, agent=AgentEvent.resumed),
    Rejected: Follows(punctual=False, agent=AgentEvent.rejected, quiet=True),
    Withdrawn: Follows(punctual=True, agent=AgentEvent.withdrawn, quiet=True),
    Revoked: Follows(punctual=True, agent=AgentEvent.revoked),
    Claimed: Follows(punctual=True, quiet=True),
    Lapsed: Follows(punctual=False, agent=AgentEvent.lapsed, quiet=True),
    Overdue: Follows(punctual=False, agent=AgentEvent.overdue, calls=True),
    Succeeded: Follows(punctual=False, quiet=True),
    Failed: Follows(punctual=False, calls=True),
    OutcomeUnknown: Follows(punctual=False, calls=True),
    Objected: Follows(punctual=False, agent=AgentEvent.objected),
    RolledBack: Follows(punctual=False, calls=True),
    Reminded: Follows(punctual=True, card=False),
    Escalated: Follows(punctual=True),
    Extended: Follows(punctual=True, agent=AgentEvent.extended),
    Asked: Follows(punctual=True, agent=AgentEvent.asked),
    Replied: Follows(punctual=True),
    Revised: Follows(punctual=True),
    Erased: Follows(punctual=False, thread=False),
}

BY_TAG: dict[str, AgentEvent] = {event.tag: row.agent for event, row in FOLLOWS.items() if row.agent is not None}
"""The tiding that follows from an audit entry, by the entry's tag."""


def effects(events: "Sequence[Event]") -> frozenset[Effect]:
    """The kinds of delivery to Slack that these events call for together."""
    rows = [FOLLOWS[type(event)] for event in events]
    cards = {Effect.card} if any(row.card for row in rows) else set()
    threads = {Effect.thread} if any(row.thread for row in rows) else set()
    return frozenset(cards | threads)
