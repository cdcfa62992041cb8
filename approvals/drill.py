"""Drills: planted proposals that look like real ones until they are decided, and of which nothing ever runs."""

from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar


class DrillResult(StrEnum):
    """How a drill ended."""

    caught = "caught"
    """A person said no to it."""
    missed = "missed"
    """So many approved it as its gate asks for."""
    edited = "edited"
    """A person changed it: whether that would have mended it, nobody can say for them."""
    asked = "asked"
    """A person had a question to its agent, which never hears of it."""
    unanswered = "unanswered"
    """Nobody decided before its deadline."""
    called_off = "called_off"
    """Something came between that matters more: a stop, or another policy."""


class DrillOrigin(StrEnum):
    """Where what is wrong with it comes from."""

    library = "library"
    """The team wrote it."""
    past = "past"
    """An agent proposed it, and a person rejected it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Drill:
    """What makes a proposal a drill. Of all that people see only what is told afterwards depends on it."""

    content: ClassVar = frozenset({"wrong", "look_at"})
    origin: DrillOrigin
    wrong: str
    """What is wrong with it, a sentence."""
    look_at: str
    """Where that can be seen, a sentence."""
    result: DrillResult | None = None
    """None while it waits."""
