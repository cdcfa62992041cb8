"""What the sending of callbacks needs: one that is under way, and where they are kept."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from approvals.ports import Delivery, Outbox

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.effects import AgentEvent


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback(Delivery):
    """A tiding on its way to an address. Its `channel` is the receiver's lane: one at a time goes there."""

    event: str
    """The id of the audit entry that it tells of: the same at every attempt."""
    agent_event: "AgentEvent"
    at: "datetime"
    """When it happened."""
    agent: str
    url: str


class Callbacks(Outbox, Protocol):
    """What waits to be told to agents. `lease` gives a Callback, and no two of one proposal at once."""

    async def stop(self, callback: Callback, why: str) -> None:
        """The receiver wants no more of this proposal: this one, what waits, and whatever would follow."""
        ...
