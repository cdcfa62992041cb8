"""Clock and scheduler: twice a second it asks what is due. It owns nothing but that question."""

import asyncio
import time
from collections.abc import Awaitable, Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Self

import structlog
from apscheduler.schedulers.asyncio import AsyncIOScheduler

from approvals.ports import StoreBusy

EVERY = 0.5
"""Seconds between questions, so that what falls due is done within one."""
ENDS = 1.5
"""Seconds for the pass under way when we stop."""
STALE = 5.0
"""Seconds without a finished pass after which readiness turns red."""
JOB = "sweep"


class SystemClock:
    """The machine's time."""

    def now(self) -> datetime:
        """Aware UTC, whole milliseconds."""
        now = datetime.now(UTC)
        return now.replace(microsecond=now.microsecond // 1000 * 1000)


@dataclass(slots=True)
class Sweeper:
    """Runs `sweep` while entered; `alive` tells whether it still does."""

    sweep: Callable[[], Awaitable[int]]
    enabled: bool = True
    monotonic: Callable[[], float] = time.monotonic
    _scheduler: AsyncIOScheduler = field(default_factory=lambda: AsyncIOScheduler(timezone=UTC))
    _last: float = field(init=False)
    _pass_began: float = field(init=False)
    _watch: asyncio.Task[None] | None = None
    _turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held during a pass."""

    def __post_init__(self) -> None:
        self._last = self._pass_began = self.monotonic()

    async def __aenter__(self) -> Self:
        if self.enabled:
            self._scheduler.add_job(
                self._pass,
                "interval",
                id=JOB,
                seconds=EVERY,
                max_instances=1,
                coalesce=True,
                misfire_grace_time=None,
                next_run_time=datetime.now(UTC),
            )
            self._scheduler.start()
            self._watch = asyncio.create_task(self._watched())
        return self

    async def __aexit__(self, *_: object) -> None:
        if self._watch is None:
            return
        self._watch.cancel()
        with suppress(TimeoutError):
            async with asyncio.timeout(ENDS):
                await self._turn.acquire()  # the scheduler would cut off the pass that is under way
        self._scheduler.shutdown(wait=False)

    @property
    def alive(self) -> bool:
        """Whether a pass was finished lately."""
        return self.enabled and self.monotonic() - self._last < STALE

    async def _watched(self) -> None:
        """APScheduler goes by the machine's clock: set back, it would sleep until the old time is reached again."""
        while True:
            await asyncio.sleep(EVERY)
            if self.monotonic() - self._pass_began > 3 * EVERY:
                self._scheduler.modify_job(JOB, next_run_time=datetime.now(UTC))

    async def _pass(self) -> None:
        self._pass_began = self.monotonic()
        async with self._turn:
            try:
                await self.sweep()
            except StoreBusy:
                structlog.get_logger("clock").warning("the store is busy; deadlines hold all the same, trying again")
                return
        self._last = self.monotonic()
