"""The loop's longest stall of the last minute."""

import asyncio
import time

import pytest

from bot.stalls import EVERY, LONG, WINDOW, Stalls
from tests.town import open_town


class Clock:
    def __init__(self):
        self.now = 1000.0

    def __call__(self):
        return self.now


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def stalls(clock):
    return Stalls(monotonic=clock)


def beats(stalls, clock, *late):
    for each in late:
        clock.now += EVERY + each
        stalls.beat()


def test_nothing_stalled_before_the_first_beat(stalls):
    assert stalls.longest() == 0
    assert stalls.trouble is None


def test_the_longest_is_told_whatever_came_after_it(stalls, clock):
    stalls.beat()
    beats(stalls, clock, 0.1, 0.7, 0.3, 0.2)
    assert stalls.longest() == pytest.approx(0.7)


def test_a_stall_is_told_before_the_beat_that_came_late(stalls, clock):
    stalls.beat()
    clock.now += EVERY + 2.5
    assert stalls.longest() == pytest.approx(2.5)


def test_a_stall_is_forgotten_after_a_minute_and_the_next_longest_told(stalls, clock):
    stalls.beat()
    beats(stalls, clock, 3.0)
    clock.now += WINDOW / 2 - EVERY
    stalls.beat()
    beats(stalls, clock, 0.5)
    clock.now += WINDOW - 1
    assert stalls.longest() == pytest.approx(WINDOW - 1 - EVERY)
    stalls.beat()
    clock.now += WINDOW + 1
    stalls.beat()
    clock.now += EVERY
    assert stalls.longest() == pytest.approx(WINDOW + 1 - EVERY)


def test_what_it_keeps_does_not_grow_with_the_beats(stalls, clock):
    stalls.beat()
    beats(stalls, clock, *([0.0] * 10_000))
    beats(stalls, clock, *(each / 10_000 for each in range(10_000, 0, -1)))
    assert len(stalls._late) <= WINDOW / EVERY + 1


@pytest.mark.parametrize(("late", "said"), [(LONG - 0.01, None), (LONG + 0.04, "stood still for 1.0 s")])
def test_readiness_speaks_of_it_above_a_second(stalls, clock, late, said):
    stalls.beat()
    beats(stalls, clock, late)
    assert stalls.trouble is None if said is None else said in stalls.trouble


async def test_it_beats_in_the_loop(stalls, clock):
    task = asyncio.create_task(stalls.run())
    await asyncio.sleep(0)
    clock.now += EVERY + 4.0
    assert stalls.longest() == pytest.approx(4.0)
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task


async def test_metrics_and_readiness_say_that_the_loop_stood_still(tmp_path):
    now = [0.0]
    async with open_town(tmp_path, "http", monotonic=lambda: now[0] or time.monotonic()) as town, town.serving():
        time.sleep(LONG + 0.2)  # noqa: ASYNC251 the stall itself
        ready = await town.call("GET", "/readyz")
        assert ready["status"] == "degraded"
        assert any("The loop stood still for" in said for said in ready["degraded"])
        async with town.agent.get("/metrics") as response:
            lines = (await response.text()).splitlines()
        (value,) = [line.split()[1] for line in lines if line.startswith("signoff_loop_longest_stall_seconds ")]
        assert float(value) > LONG
