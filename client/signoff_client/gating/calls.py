"""Tool calls as a framework names them, the action of each for people, and what may become of it."""

import hashlib
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from signoff_client.errors import Refused, SignoffError

if TYPE_CHECKING:
    from signoff_client.model import Claimed, Ticket

ACTION: Final = re.compile(r"[a-z0-9_.-]{1,100}")
FOREIGN: Final = re.compile(r"[^a-z0-9_.-]+")
MARK: Final = 12
"""Hex digits that tell two names apart which would read the same."""
READABLE: Final = 100 - MARK - 1


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


def action_of(tool: str) -> str:
    """The name in lower case, as `bash` for `Bash`. What cannot stand in an action becomes `_`.

    Where anything became another, or was too long, a mark made of the whole name follows: `github/create_issue` is
    `github_create_issue-` and twelve hex digits, and no other tool comes to the same by accident.
    """
    lowered = tool.lower()
    if tool.isascii() and ACTION.fullmatch(lowered):
        return lowered
    mark = hashlib.sha256(tool.encode("utf-8", "surrogatepass")).hexdigest()[:MARK]
    return f"{FOREIGN.sub('_', lowered)[:READABLE]}-{mark}"
