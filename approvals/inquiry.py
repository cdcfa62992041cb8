"""A question to the agent and its reply, and the facts that they make."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.events import Event

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.gate import Gate
    from approvals.proposal import Revision


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a reviewer asked the agent while the proposal waited, and its reply: a claim, as all that it says."""

    number: int
    """From 1 within the proposal."""
    text: str
    asked_by: str
    asked_at: "datetime"
    reply: str | None = None
    replied_at: "datetime | None" = None
    digest: str | None = None
    """Of the action with the payload that came with the reply; None where none came."""

    @property
    def id(self) -> str:
        """As agents name it: `q1`."""
        return f"q{self.number}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Event):
    """A reviewer asks the agent something; the proposal goes on waiting for people."""

    tag = "proposal:asked"
    question: Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Event):
    """The agent replied to the open question."""

    tag = "proposal:replied"
    question: Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised(Event):
    """The agent changed the payload in its reply: a new revision, a new round, a gate that can only be stricter."""

    tag = "proposal:revised"
    revision: "Revision"
    gate: "Gate"
    nonce: str
