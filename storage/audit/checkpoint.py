"""Checkpoints: what the log was at one moment, noted where whoever holds the database cannot reach it. Pure.

A log cut at its end is sound in itself, and whoever holds the seal key could write another past. Neither agrees with a
checkpoint of before: up to its entry the chain has the one hash, or it is another log.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Iterable

    from storage.audit.hash_chain import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """What was there."""

    seq: int
    """The number of the newest entry."""
    head: str
    """Its hash, which is made over all before it."""
    count: int
    """How many entries there were."""
    at: str
    """When it was taken, UTC: `2026-11-20T10:15:00.123Z`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Contradiction:
    """A checkpoint that the log does not agree with, and how."""

    checkpoint: Checkpoint
    what: str


def contradiction(checkpoint: Checkpoint, found: "Entry | None", head: "Entry | None") -> Contradiction | None:
    """How the log contradicts the checkpoint: `found` is its entry of that number now, `head` its newest.

    That the entries up to there follow from one another is for `first_broken` to say.
    """
    last = 0 if head is None else head.seq
    if found is None and last < checkpoint.seq:
        missing = checkpoint.seq - last
        return Contradiction(
            checkpoint=checkpoint,
            what=f"the end of the log is missing: it had {checkpoint.count} entries at {checkpoint.at}, and ends at "
            f"entry {last}, so {missing} {'is' if missing == 1 else 'are'} gone",
        )
    if found is None:
        return Contradiction(checkpoint=checkpoint, what=f"entry {checkpoint.seq} is missing, which was there then")
    if found.hash != checkpoint.head:
        return Contradiction(
            checkpoint=checkpoint,
            what=f"the past was written anew: entry {checkpoint.seq} is {found.hash[:12]}…, "
            f"and at {checkpoint.at} it was {checkpoint.head[:12]}…",
        )
    return None


async def contradictions(
    checkpoints: "Iterable[Checkpoint]", entry: "Callable[[int], Awaitable[Entry | None]]", head: "Entry | None"
) -> list[Contradiction]:
    """All that the log contradicts, in order; `entry` reads one of it by its number."""
    found = [contradiction(each, await entry(each.seq), head) for each in checkpoints]
    return [each for each in found if each is not None]
