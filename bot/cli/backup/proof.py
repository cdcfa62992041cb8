"""Proof of a store by both roads: the program that wrote it, and `fsck`, which shares nothing with that."""

import asyncio
import time
from typing import TYPE_CHECKING

from bot.cli.record.fsck import told_every
from fsck import Checkpoint, examine, opened

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from fsck import Examined
    from storage import SqlStore

EVERY = 15.0
"""Seconds between two words on how far it is: a backup of every night stands in the journal."""
MOST = 100
"""So many faults are kept."""
NO_LOSS = frozenset({"cards"})
"""Checks of fsck that say nothing of what is kept: a message in Slack may be behind, in a copy that is whole."""


async def log_faults(store: "SqlStore", say: "Callable[[str], None]") -> list[str]:
    """What of the log and of the rows that decide is not true, a sentence without a full stop each.

    Raises StoreBusy, StoreFault.
    """
    broken = await store.audit.verify()
    tell = told_every(say, every=EVERY)
    differences = await store.differences(lambda count: tell(f"{count:,} proposals held against the log"))
    said = [] if broken is None else [f"the audit log is broken at entry {broken.seq}: {broken.what}"]
    return [*said, *(f"{each.table} {each.id}: {each.what}" for each in differences[:MOST])]


async def fsck_faults(
    url: str, path: "Path | None", keys: "Sequence[bytes]", noted: "Sequence[Checkpoint]", say: "Callable[[str], None]"
) -> list[str]:
    """What `signoff fsck` finds, with the name of the check. Raises Unreadable."""

    def read() -> "Examined":
        now = time.time_ns() // 1_000_000
        with opened(url, path) as source:
            return examine(source, keys=keys, noted=noted, now=now, tell=told_every(say, every=EVERY))

    examined = await asyncio.to_thread(read)
    lost = [each for each in examined.findings if each.check not in NO_LOSS]
    return [f"fsck, {each.check}: {each.subject}: {each.what}" for each in lost[:MOST]]


def noted_head(entries: int, head: str | None, source: str) -> list[Checkpoint]:
    """The end of a log as fsck takes it; nothing of an empty one."""
    return [] if head is None else [Checkpoint(seq=entries, hash=head, source=source)]
