"""Courier: leases what is due in an outbox, hands it to its sender and completes it. Knows neither Slack nor HTTP."""

import asyncio
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Protocol, TypeAlias

import structlog

from approvals.effects import Effect
from approvals.ports import Clock, Delivery, Outbox, StoreBusy
from delivery.backoff import delay

LEASE_SECONDS = 60.0
"""Longer than any sender takes: their calls end after ten seconds each."""
BUSY_SECONDS = 1.0
"""After which it is tried again what met a busy store."""
CONCURRENCY = 8
"""Channels served at the same time."""
ENDS = 3.0
"""Seconds for sends under way when we stop; what is not done by then is left to its lease."""


class RateLimited(Exception):
    """The receiver asks us to wait `seconds`; the attempt does not count."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"asked to wait {seconds:g} s")
        self.seconds = seconds


class Unsent(Exception):
    """Not known to have arrived; try again later, and not before `rest` seconds, for which its channel rests."""

    def __init__(self, why: str, *, rest: float = 0.0) -> None:
        super().__init__(why)
        self.rest = rest


class Undeliverable(Exception):
    """Trying again cannot help until a person changes something."""


class Sender(Protocol):
    """Gets one kind of delivery out."""

    async def __call__(self, delivery: Delivery) -> float:
        """Sends; gives the seconds for which its channel should rest. Raises the exceptions above."""
        ...


Senders: TypeAlias = Mapping[Effect, Sender]


@dataclass(slots=True)
class Courier:
    """One delivery a channel at a time, several channels side by side."""

    outbox: Outbox
    senders: Senders
    clock: Clock
    spread: Callable[[], float]
    """Gives a number from 0 to 1, to scatter retries."""
    tell: Callable[[Delivery], str | None]
    """The channel to be told when the delivery is given up."""
    monotonic: Callable[[], float] = time.monotonic
    """Seconds by which channels rest: a machine's clock that is set back must not make them rest for hours."""
    pause: Callable[[int, float], float | None] = delay
    """Seconds before the next attempt, after so many and with a number from 0 to 1; None gives up."""
    concurrency: int = CONCURRENCY
    lease_seconds: float = LEASE_SECONDS
    look_every: float | None = None
    """Seconds after which it looks again, whether or not anybody in this process enqueued something."""
    _concurrency: dict[str, asyncio.Task[None]] = field(default_factory=dict)
    _resting: dict[str, float] = field(default_factory=dict)
    _stirred: asyncio.Event = field(default_factory=asyncio.Event)

    async def run(self) -> None:
        """Until cancelled; on the way out, sends under way are finished or left to their leases."""
        watch = asyncio.create_task(self._watch())
        try:
            while True:
                self._stirred.clear()
                try:
                    await self.dispatch()
                    await self._rest()
                except StoreBusy:
                    await asyncio.sleep(1)
        finally:
            watch.cancel()
            concurrency = list(self._concurrency.values())
            if concurrency:
                await asyncio.wait(concurrency, timeout=ENDS)
            for lane in concurrency:
                lane.cancel()
            await asyncio.gather(watch, *concurrency, return_exceptions=True)

    async def dispatch(self) -> None:
        """Starts all that is due now and has a free channel."""
        while len(self._concurrency) < self.concurrency:
            delivery = await self.outbox.lease(self.clock.now(), self.lease_seconds, self._busy())
            if delivery is None:
                return
            self._concurrency[delivery.channel] = asyncio.create_task(self._serve(delivery))

    async def drain(self) -> None:
        """Returns when everything that is due now is out or postponed. Does not need `run`."""
        while True:
            self._stirred.clear()
            await self.dispatch()
            if self._concurrency:
                await asyncio.wait(list(self._concurrency.values()), return_when=asyncio.FIRST_COMPLETED)
            elif not self._stirred.is_set():  # a lane that ended during the dispatch had its channel left out
                return

    async def _watch(self) -> None:
        while True:
            await self.outbox.until_enqueued()
            self._stirred.set()

    async def _rest(self) -> None:
        """Until something is enqueued, a lane is done, a channel is rested or a postponed delivery falls due."""
        now = self.monotonic()
        waits = [until - now for until in self._resting.values() if until > now]
        due = await self.outbox.next_due(self._busy())
        waits += [] if self.look_every is None else [self.look_every]
        if due is not None and len(self._concurrency) < self.concurrency:
            waits.append(max(0.0, (due - self.clock.now()).total_seconds()))
        with suppress(TimeoutError):
            async with asyncio.timeout(min(waits, default=None)):
                await self._stirred.wait()

    def _busy(self) -> frozenset[str]:
        now = self.monotonic()
        self._resting = {channel: until for channel, until in self._resting.items() if until > now}
        return frozenset(self._concurrency) | frozenset(self._resting)

    async def _serve(self, delivery: Delivery) -> None:
        log = structlog.get_logger("courier").bind(
            subject=delivery.subject, channel=delivery.channel, kind=str(delivery.kind)
        )
        rest = 0.0
        try:
            async with asyncio.timeout(self.lease_seconds) as lease:
                rest = await self._attempt(delivery, log)
        except TimeoutError:
            if not lease.expired():
                raise
            # As after this machine slept: others may have sent something newer.
            log.warning("it took longer than its lease; it is sent again")
        except StoreBusy:
            log.warning("the store is busy; it is sent again")
            await self._give_back(delivery)
        except Exception:
            log.exception("a delivery failed in an unforeseen way; the lease runs out and it is sent again")
        finally:
            if rest > 0:
                self._resting[delivery.channel] = self.monotonic() + rest
            self._concurrency.pop(delivery.channel, None)
            self._stirred.set()

    async def _give_back(self, delivery: Delivery) -> None:
        """Ends the lease; where the store is too busy even for that, it runs out."""
        with suppress(StoreBusy):
            until = self.clock.now() + timedelta(seconds=BUSY_SECONDS)
            await self.outbox.postpone(delivery, until, "the store was busy", failed=False)

    async def _attempt(self, delivery: Delivery, log: structlog.stdlib.BoundLogger) -> float:
        try:
            rest = await self.senders[delivery.kind](delivery)
        except RateLimited as limited:
            until = self.clock.now() + timedelta(seconds=limited.seconds)
            await self.outbox.postpone(delivery, until, str(limited), failed=False)
            log.info("rate limited", seconds=limited.seconds)
            return limited.seconds
        except Unsent as unsent:
            seconds = self.pause(delivery.attempts, self.spread())
            if seconds is None:
                return await self._dead_letter(delivery, f"{unsent} (attempt {delivery.attempts + 1}, the last)", log)
            seconds = max(seconds, unsent.rest)
            until = self.clock.now() + timedelta(seconds=seconds)
            await self.outbox.postpone(delivery, until, str(unsent), failed=True)
            log.warning("not delivered, will try again", why=str(unsent), seconds=round(seconds, 1))
            return unsent.rest
        except Undeliverable as refused:
            return await self._dead_letter(delivery, str(refused), log)
        await self.outbox.complete(delivery)
        return rest

    async def _dead_letter(self, delivery: Delivery, why: str, log: structlog.stdlib.BoundLogger) -> float:
        await self.outbox.dead_letter(delivery, why, tell=self.tell(delivery))
        log.error("not deliverable, a person has to look", why=why)
        return 0.0
