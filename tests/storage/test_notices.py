"""What the operators are told that is about no proposal: once, and not lost on the way."""

import asyncio
from datetime import timedelta

import pytest

from storage import open_store
from tests.storage.town import KEY


@pytest.fixture
def notices(store):
    return store.notices


async def test_a_thing_is_told_once_however_often_it_is_found(notices, clock):
    assert await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    assert not await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    taken = await notices.take(clock.now(), 60)
    assert (taken.channel, taken.text, taken.attempts) == ("C0OPS", "Look.", 0)
    await notices.told(taken)
    assert not await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    assert await notices.next_due() is None
    clock.forward(days=1)
    assert await notices.take(clock.now(), 60) is None


async def test_what_was_taken_and_never_told_falls_due_again(notices, clock):
    await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    await notices.take(clock.now(), 60)
    assert await notices.take(clock.now(), 60) is None
    assert await notices.next_due() == clock.now() + timedelta(seconds=60)
    clock.forward(seconds=60)
    assert (await notices.take(clock.now(), 60)).attempts == 1


async def test_what_is_put_off_waits_and_lets_another_go_first(notices, clock):
    await notices.add("policy:a", "C0OPS", "First.", clock.now())
    await notices.put_off(await notices.take(clock.now(), 60), clock.now() + timedelta(seconds=5))
    await notices.add("policy:b", "C0OPS", "Second.", clock.now())
    assert (await notices.take(clock.now(), 60)).text == "Second."
    clock.forward(seconds=5)
    assert (await notices.take(clock.now(), 60)).text == "First."


async def test_what_was_told_is_not_put_off_by_one_who_comes_late(notices, clock):
    await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    taken = await notices.take(clock.now(), 60)
    await notices.told(taken)
    await notices.put_off(taken, clock.now())
    assert await notices.next_due() is None


async def test_a_notice_outlives_the_process(notices, url, clock):
    await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    async with open_store(url, KEY, clock) as another:
        assert (await another.notices.take(clock.now(), 60)).text == "Look."


async def test_who_sends_is_woken_by_a_new_one_alone(notices, clock):
    waiting = asyncio.ensure_future(notices.wanted())
    await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    await asyncio.wait_for(waiting, 1)
    waiting = asyncio.ensure_future(notices.wanted())
    await notices.add("policy:a", "C0OPS", "Look.", clock.now())
    assert not waiting.done()
    waiting.cancel()
