"""A tool call as a framework names it, and what may become of it: granted, denied, or parked."""

import hashlib
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from signoff_client.errors import Refused, SignoffError

if TYPE_CHECKING:
    from signoff_client.model import Claimed, Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """What a model wants to do, as the framework names it."""

    tool: str
    arguments: Mapping[str, Any]
    call_id: str
    run_id: str
    """Of the run, thread or session: with the call's id it names this call and no other."""
    reasoning: str | None = None
    """What the model said beside the call."""

    @property
    def key(self) -> str:
        """The idempotency key: the same call is the same proposal, however often the framework runs it."""
        key = f"{self.run_id}:{self.call_id}"
        plain = len(key) <= 255 and all("!" <= each <= "~" for each in key) and '"' not in key
        return key if plain else "sha256:" + hashlib.sha256(key.encode("utf-8", "surrogatepass")).hexdigest()


@dataclass(frozen=True, slots=True, kw_only=True)
class Granted:
    """Run exactly these arguments, once, and report."""

    claimed: "Claimed"

    @property
    def arguments(self) -> dict[str, Any]:
        """What people approved, whole: nothing of the original call is merged into it."""
        return self.claimed.payload

    @property
    def edited(self) -> bool:
        """Whether they are others than the call's."""
        return self.claimed.edited


@dataclass(frozen=True, slots=True, kw_only=True)
class Denied:
    """Run nothing; tell the model."""

    message: str
    error: SignoffError = field(repr=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """Run nothing yet; `resume` with the ticket later, in this process or another."""

    message: str
    ticket: "Ticket"


Answer = Granted | Denied | Parked
FieldsOf = Callable[[ToolCall], Mapping[str, Any]]


def denied(error: SignoffError) -> Denied:
    """What an exception from before the act says to the model."""
    plain = isinstance(error, Refused) or "othing ran" in error.message
    return Denied(message=error.message if plain else f"{error.message} Nothing ran.", error=error)
