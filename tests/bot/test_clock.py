"""The clock, and the scheduler that asks what is due."""

import asyncio

import pytest

from approvals.ports import StoreBusy
from bot.clock import EVERY, STALE, Sweeper, SystemClock
from tests.patience import PATIENCE


class Sweeps:
    """A sweep that counts and does what it is told."""

    def __init__(self, *met):
        self.met = list(met)
        self.count = 0
        self.stirred = asyncio.Condition()

    async def __call__(self):
        async with self.stirred:
            self.count += 1
            self.stirred.notify_all()
        if self.met:
            raise self.met.pop(0)
        return 0

    async def until(self, count):
        async with asyncio.timeout(PATIENCE), self.stirred:
            await self.stirred.wait_for(lambda: self.count >= count)


def test_the_time_is_aware_utc_in_whole_milliseconds():
    now = SystemClock().now()
    assert now.utcoffset().total_seconds() == 0
    assert now.microsecond % 1000 == 0


async def test_it_sweeps_at_once_and_again_and_is_alive():
    sweeps = Sweeps()
    async with Sweeper(sweep=sweeps) as sweeper:
        await sweeps.until(3)
        assert sweeper.alive


async def test_a_pass_under_way_is_finished_before_the_end():
    begun, done = asyncio.Event(), []

    async def sweep():
        begun.set()
        for _ in range(20):
            await asyncio.sleep(0)
        done.append(True)
        return 0

    async with Sweeper(sweep=sweep):
        await begun.wait()
    assert done


async def test_a_pass_that_hangs_does_not_hold_up_the_end():
    begun = asyncio.Event()

    async def sweep():
        begun.set()
        await asyncio.Event().wait()
        return 0

    async with asyncio.timeout(PATIENCE), Sweeper(sweep=sweep):
        await begun.wait()


async def test_a_busy_store_or_a_fault_does_not_end_it():
    sweeps = Sweeps(StoreBusy("locked"), ZeroDivisionError("a fault of ours"))
    async with Sweeper(sweep=sweeps) as sweeper:
        await sweeps.until(4)
        assert sweeper.alive


async def test_it_is_not_alive_when_no_pass_was_finished_lately():
    now = [0.0]
    sweeps = Sweeps(*[StoreBusy("locked")] * 100)
    async with Sweeper(sweep=sweeps, monotonic=lambda: now[0]) as sweeper:
        await sweeps.until(3)
        assert sweeper.alive
        now[0] = STALE
        assert not sweeper.alive


async def test_switched_off_it_never_sweeps_and_is_not_alive():
    sweeps = Sweeps()
    async with Sweeper(sweep=sweeps, enabled=False) as sweeper:
        assert not sweeper.alive
    assert sweeps.count == 0


async def test_after_it_is_left_it_sweeps_no_more():
    sweeps = Sweeps()
    async with Sweeper(sweep=sweeps):
        await sweeps.until(1)
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(sweeps.until(sweeps.count + 1), 3 * EVERY)
