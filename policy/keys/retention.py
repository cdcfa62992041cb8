"""The key `retention`: how long what was written is kept once a proposal is over, by action.

What is erased cannot be brought back, so in doubt the longer time holds, and what no time names is kept.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from policy.file.durations import duration_text
from policy.file.faults import UnplacedFault
from policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.file.rulebook import RetentionEntry, Rulebook


@dataclass(frozen=True, slots=True, kw_only=True)
class Retention:
    """The times in seconds; without any, nothing is erased by itself."""

    content: int | None = None
    """Of what no pattern names."""
    actions: tuple[tuple[str, int], ...] = ()
    """By pattern, sorted."""

    def __bool__(self) -> bool:
        return self.content is not None or bool(self.actions)

    def __str__(self) -> str:
        times = [f"{duration_text(kept)} for {pattern}" for pattern, kept in self.actions]
        if self.content is not None:
            times.append(f"{duration_text(self.content)} for {'all else' if times else 'all'}")
        return ", ".join(times) or "for ever"

    def kept(self, action: str) -> int | None:
        """How long what was written of such an action is kept: the longest time that names it; None for ever."""
        named = [kept for pattern, kept in self.actions if matches(pattern, action)]
        return max(named) if named else self.content


def retention_of(entry: "RetentionEntry | None") -> Retention:
    """What the file says; nothing where the key is left out."""
    if entry is None:
        return Retention()
    return Retention(content=entry.content, actions=tuple(sorted(entry.actions.items())))


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting."""
    if book.retention is not None and not retention_of(book.retention):
        remedy = "Write content: 400d, or times by action; leave the key out to keep it all."
        yield UnplacedFault(path=("retention",), message="names no time", remedy=remedy)
