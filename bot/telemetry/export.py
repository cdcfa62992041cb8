"""Export of the audit log to a collector: a page at a time, from where it was taken last, beside all else.

The log is the queue: it keeps what no collector took, so nothing is lost and nothing waits in memory. Whatever becomes
of the collector, no request, click or deadline waits for it. What it took is passed once our database knows it: after a
crash between the two it is sent again, the very same, so that a receiver can tell it by its `signoff.entry.id`.
"""

import asyncio
import threading
from collections.abc import Awaitable, Callable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, TypeAlias

import structlog

from approvals.ports import StoreBusy
from bot.logs import where
from bot.telemetry.spans import ENDS, TAGS, ended_by

if TYPE_CHECKING:
    from approvals.ports import Clock
    from bot.telemetry.collector import Send
    from storage import Entry, ExportLease, SqlStore

Groups: TypeAlias = "Sequence[Sequence[Entry]]"
AT_ONCE = 500
"""So many entries of a page at most, and fewer where they are large."""
EVERY = 1.0
"""Seconds between two looks at whether anything was added, and after a first attempt in vain."""
LONGEST = 60.0
"""Seconds between two attempts at a collector that takes nothing."""
LEASE = timedelta(minutes=2)
"""For which a page is one bot's: longer than an exporter is patient."""
NANOS = 1_000_000_000


@dataclass(slots=True, kw_only=True)
class Export:
    """One signal. Of several bots one is at it at any moment."""

    signal: str
    """`logs` or `traces`, as OpenTelemetry calls them."""
    store: "SqlStore"
    clock: "Clock"
    send: "Send"
    groups: "Callable[[Sequence[Entry]], Awaitable[Groups]]"
    """What of a page is sent, each with all the entries that it is made of."""
    every: float = EVERY
    longest: float = LONGEST
    exported: int = 0
    """Entries that this process passed, for they were taken or there was nothing of them to send."""
    failures: int = 0
    """Attempts that the collector did not take."""
    behind: int = 0
    """Entries that no collector has got, when this process looked last."""
    _in_vain: int = field(default=0, init=False)
    """Attempts in a row."""

    async def run(self) -> None:
        """Until it is cancelled."""
        while True:
            more = False
            with suppress(StoreBusy):
                more = await self.step()
            if not more:
                await asyncio.sleep(min(self.every * 2 ** min(self._in_vain, 16), self.longest))

    @property
    def trouble(self) -> str | None:
        """What readiness says; None where the last attempt was taken."""
        if not self._in_vain:
            return None
        return (
            f"OpenTelemetry: the collector takes no {self.signal}, and {self.behind} entries wait for it in the log. "
            "OTEL_EXPORTER_OTLP_ENDPOINT names it"
        )

    async def step(self) -> bool:
        """Hands on one page; whether there may be another at once. Raises StoreBusy."""
        if await self._behind() == 0:
            self._in_vain = 0
            return False
        now = self.clock.now()
        lease = await self.store.exports.lease(self.signal, now, now + LEASE)
        if lease is None:
            return False  # another bot is at it
        page = await self.store.audit.page(lease.seq, AT_ONCE)
        if not page.entries:  # the log ends before the cursor: its end was cut off, and what comes is told anew
            await self.store.exports.move(lease, page.head)
            return False
        found = await self.groups(page.entries)
        try:
            taken = not found or await _aside(lambda: self.send(found, int(now.timestamp() * NANOS)))
        except asyncio.CancelledError:  # what is on its way may be taken, and comes again with the next start
            with suppress(StoreBusy):
                await self.store.exports.move(lease, lease.seq)
            raise
        if not taken:
            await self._in_vain_again(lease)
            return False
        self._in_vain = 0
        if await self.store.exports.move(lease, page.entries[-1].seq):
            self.exported += len(page.entries)
        return await self._behind() > 0

    async def _behind(self) -> int:
        head, seq = await self.store.audit.head(), await self.store.exports.of(self.signal)
        self.behind = 0 if seq is None else abs((0 if head is None else head.seq) - seq)
        return self.behind

    async def _in_vain_again(self, lease: "ExportLease") -> None:
        self.failures += 1
        self._in_vain += 1
        if self._in_vain == 1:
            structlog.get_logger("telemetry").warning(self.trouble)
        await self.store.exports.move(lease, lease.seq)


async def each_entry(entries: "Sequence[Entry]") -> Groups:
    """All of a page, for log records."""
    return [entries]


def lives(store: "SqlStore") -> "Callable[[Sequence[Entry]], Awaitable[Groups]]":
    """The life of each proposal that was over with an entry of the page, for spans."""

    async def found(entries: "Sequence[Entry]") -> Groups:
        groups = []
        for each in entries:
            if each.tag in ENDS and each.proposal_id is not None:
                life = await store.audit.tagged(each.proposal_id, TAGS)
                if ended_by(each, life):
                    groups.append(life)
        return groups

    return found


async def _aside(work: Callable[[], bool]) -> bool:
    """What it gives, from a thread that no end of the process waits for; False where it raised anything."""
    loop = asyncio.get_running_loop()
    done: asyncio.Future[bool] = loop.create_future()

    def settle(taken: bool) -> None:  # noqa: FBT001 a callback's only argument
        if not done.done():
            done.set_result(taken)

    def run() -> None:
        try:
            taken = work()
        except Exception as error:  # noqa: BLE001 whatever a collector or its library does, the bot goes on
            structlog.get_logger("telemetry").error("export failed", **where(error))
            taken = False
        with suppress(RuntimeError):  # the loop is closed: nobody waits any more
            loop.call_soon_threadsafe(settle, taken)

    threading.Thread(target=run, name="telemetry", daemon=True).start()
    return await done
