"""The courier at work: it wakes for whatever is wanted, and for nothing it sleeps too long."""

import asyncio
import sqlite3

import pytest

from approvals.effects import Effect
from bot.clock import SystemClock
from delivery import Courier, RateLimited, Unsent
from tests.patience import PATIENCE
from tests.storage.town import ALICE, key_of, submission


@pytest.fixture
def clock():
    return SystemClock()


async def test_each_of_many_submissions_wakes_a_courier_that_had_gone_to_sleep(lifecycle, courier, receiver, running):
    for count in range(1, 21):
        await lifecycle.submit(submission())
        await receiver.until(lambda count=count: len(receiver.taken) == count)


async def test_submissions_that_come_while_it_works_are_all_delivered(lifecycle, courier, receiver, running):
    agents = ["support-bot", "other-bot"] * 8
    made = await asyncio.gather(*(lifecycle.submit(submission(2500, agent=agent)) for agent in agents[:15]))
    await receiver.until(lambda: len(receiver.taken) == 30)
    sent = {(each.subject, each.channel) for each in receiver.taken}
    assert sent == {(each.id, channel) for each, _ in made for channel in ("C0FINANCE", "C0SUPPORT")}


async def test_what_was_wanted_before_it_started_leaves_at_the_start(lifecycle, courier, receiver):
    await lifecycle.submit(submission())
    running = asyncio.create_task(courier.run())
    await receiver.until(lambda: len(receiver.taken) == 1)
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


@pytest.mark.parametrize("met", [0.05, RateLimited(0.05), Unsent("no answer")], ids=["rest", "rate limit", "failure"])
async def test_it_wakes_by_itself_when_a_wait_is_over(lifecycle, courier, receiver, running, met):
    receiver.trouble["C0SUPPORT"] = [met]
    await lifecycle.submit(submission())
    await lifecycle.submit(submission())
    await receiver.until(lambda: len(receiver.taken) == 2)


async def test_an_unforeseen_fault_lets_its_channel_go_on_at_once(lifecycle, courier, receiver, running):
    gate = receiver.hold("C0SUPPORT")
    receiver.trouble["C0SUPPORT"] = [ZeroDivisionError("a fault of ours")]
    await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.under_way)
    other, _ = await lifecycle.submit(submission())
    last, _ = await lifecycle.submit(submission(2500))
    await receiver.until(lambda: receiver.seen() == [("card", "C0FINANCE")])
    gate.set()
    await receiver.until(lambda: len(receiver.taken) == 3)
    assert {each.subject for each in receiver.taken[1:]} == {other.id, last.id}


async def test_it_wakes_by_itself_when_a_dead_process_s_lease_runs_out(lifecycle, store, clock, courier, receiver):
    made, _ = await lifecycle.submit(submission())
    await store.outbox.lease(clock.now(), 0.3)
    running = asyncio.create_task(courier.run())
    await receiver.until(lambda: len(receiver.taken) == 1)
    assert receiver.taken[0].subject == made.id
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_a_card_wanted_while_a_dead_process_held_its_thread_leaves_when_that_lease_runs_out(
    lifecycle, store, clock, courier, receiver
):
    made, _ = await lifecycle.submit(submission())
    await courier.drain()
    await lifecycle.approve(made.id, ALICE, made.nonce)
    card = await store.outbox.lease(clock.now(), 60)
    await store.outbox.complete(card)
    assert (await store.outbox.lease(clock.now(), 0.3)).kind is Effect.thread
    await store.messages.enqueue(key_of(made.id))
    running = asyncio.create_task(courier.run())
    await receiver.until(lambda: len(receiver.taken) == 3)
    assert [each.kind for each in receiver.taken] == [Effect.card, Effect.card, Effect.thread]
    running.cancel()
    await asyncio.gather(running, return_exceptions=True)


async def test_it_goes_on_once_a_locked_database_is_free(lifecycle, courier, receiver, database, running):
    gate = receiver.hold("C0SUPPORT")
    await lifecycle.submit(submission())
    await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.under_way)
    other = sqlite3.connect(database, isolation_level=None)
    other.execute("BEGIN IMMEDIATE")
    gate.set()
    await asyncio.gather(*courier._concurrency.values())
    other.execute("ROLLBACK")
    other.close()
    await receiver.until(lambda: len(receiver.taken) >= 2)


async def test_stopping_it_finishes_and_settles_what_is_under_way(lifecycle, store, courier, receiver):
    gate = receiver.hold("C0SUPPORT")
    await lifecycle.submit(submission())
    running = asyncio.create_task(courier.run())
    await receiver.until(lambda: receiver.under_way)
    running.cancel()
    gate.set()
    await asyncio.gather(running, return_exceptions=True)
    assert len(receiver.taken) == 1
    assert await store.outbox.next_due() is None


async def test_two_couriers_on_one_outbox_deliver_each_thing_once(lifecycle, store, clock, receiver):
    couriers = [
        Courier(outbox=store.outbox, senders=receiver.senders, clock=clock, spread=lambda: 0.0, tell=lambda _: None)
        for _ in range(2)
    ]
    made = [(await lifecycle.submit(submission()))[0].id for _ in range(10)]
    await asyncio.gather(*(each.drain() for each in couriers))
    assert sorted(each.subject for each in receiver.taken) == sorted(made)


async def test_it_stops_although_it_is_woken_in_the_same_moment(courier):
    courier.look_every = 60.0  # so that it waits with an end
    running = asyncio.create_task(courier.run())
    while not courier._stirred._waiters:  # noqa: ASYNC110 nothing says that it has gone to sleep
        await asyncio.sleep(0)
    courier._stirred.set()
    running.cancel()
    done, _ = await asyncio.wait([running], timeout=PATIENCE)
    assert done, "it was told to stop, and goes on"
