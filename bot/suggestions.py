"""Suggestions of the policy for people in Slack: the past is read and judged anew in a process of its own.

It is long, and it can wait: it has the processor after the bot, one at a time, and who asks meanwhile gets the same.
"""

import asyncio
import os
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals.ports import StoreBusy
from bot.worker import Worker
from policy import check_content
from policy.suggest import Suggesting
from storage import StoreFault, open_reads

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from datetime import datetime
    from pathlib import Path

    from approvals.ports import Clock
    from policy.checks.suggestion import Suggestion
    from storage import Reads

SPAN = timedelta(days=90)
"""How far it looks back, as `signoff policy suggest` does where nobody says it."""
LOOKS_WITHIN = 120.0
"""Seconds after which it is given up: whoever has so long a past asks by the command, which has no end."""
_POLITE = 10
"""Of the process, as Unix counts it: the bot goes first."""


class PastUnread(Exception):
    """The policy's file or the past cannot be read; why, for who runs it."""


class PolicyUnsound(Exception):
    """The policy's file is none that could be in force."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What the past bears of a policy."""

    since: "datetime"
    proposals: int
    """How many it was held against."""
    suggestions: "tuple[Suggestion, ...]"


@dataclass(slots=True, kw_only=True)
class LookBack:
    """Holds the policy's file, as it is now, against the past of a store."""

    worker: "Worker"
    url: str
    file: "Path"
    clock: "Clock"
    _under_way: "asyncio.Task[Findings] | None" = field(default=None, init=False)

    async def __call__(self) -> Findings:
        """What it bears, the same to all who ask meanwhile. Raises as `look_back`, and as a worker."""
        if self._under_way is None or self._under_way.done():
            work = self.worker.run(look_back, self.url, self.file.absolute(), self.clock.now() - SPAN)
            self._under_way = asyncio.create_task(work)
            self._under_way.add_done_callback(_noticed)
        return await asyncio.shield(self._under_way)


@asynccontextmanager
async def looking_back(url: str, file: "Path", clock: "Clock") -> "AsyncIterator[LookBack]":
    """With a worker of its own."""
    async with Worker(seconds=LOOKS_WITHIN) as worker:
        yield LookBack(worker=worker, url=url, file=file, clock=clock)


def look_back(url: str, file: "Path", since: "datetime") -> Findings:
    """All of it, however long it takes. Raises PastUnread, PolicyUnsound."""
    with suppress(OSError):
        os.setpriority(os.PRIO_PROCESS, 0, _POLITE)
    try:
        content = file.read_bytes()
        if check_content(file, content).policy is None:
            raise PolicyUnsound(file.name)
        suggesting = Suggesting(
            file=file.relative_to(file.parent),  # in Slack nobody needs to know where it lies
            content=content,
            check=lambda content: check_content(file, content),
            around=0,  # nor what other rules say
        )
        asyncio.run(_read(url, since, suggesting))
    except (StoreFault, StoreBusy, OSError) as fault:
        raise PastUnread(str(fault)) from None
    return Findings(since=since, proposals=suggesting.count, suggestions=tuple(suggesting.suggestions()))


async def go_through(
    reads: "Reads", since: "datetime", suggesting: Suggesting, advance: "Callable[[int], object]" = lambda _: None
) -> None:
    """Hands over all that was submitted since a moment; `advance` hears how many more it was. Raises StoreBusy."""
    async for page in reads.since(since):
        verdicts = await reads.sample_verdicts([each.id for each in page.proposals])
        suggesting.add(page.proposals, page.damaged, verdicts)
        advance(len(page.proposals) + len(page.damaged))


async def _read(url: str, since: "datetime", suggesting: Suggesting) -> None:
    async with open_reads(url) as reads:
        await go_through(reads, since, suggesting)


def _noticed(task: "asyncio.Task[Findings]") -> None:
    """Whoever waited for it may be gone."""
    if not task.cancelled():
        task.exception()
