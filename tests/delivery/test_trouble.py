"""What happens when something cannot leave."""

import asyncio
import sqlite3

from approvals.effects import Effect
from approvals.ports import StoreBusy
from delivery import Courier, RateLimited, Undeliverable, Unsent
from delivery.courier import BUSY_SECONDS, LEASE_SECONDS
from tests.storage.town import ALICE, submission


async def test_f05_a_rate_limited_channel_waits_as_told_while_others_go_on(lifecycle, courier, receiver, clock):
    receiver.trouble["C0SUPPORT"] = [RateLimited(30)]
    await lifecycle.submit(submission())
    await lifecycle.submit(submission(2500))
    await courier.drain()
    assert receiver.seen() == [("card", "C0FINANCE")]
    clock.forward(seconds=29)
    await courier.drain()
    assert receiver.seen() == [("card", "C0FINANCE")]
    clock.forward(seconds=2)
    await courier.drain()
    assert sorted(receiver.seen()) == [("card", "C0FINANCE"), ("card", "C0SUPPORT"), ("card", "C0SUPPORT")]


async def test_f05_being_rate_limited_does_not_count_as_a_failed_attempt(lifecycle, courier, receiver, clock):
    receiver.trouble["C0SUPPORT"] = [RateLimited(30), RateLimited(30)]
    await lifecycle.submit(submission())
    for _ in range(3):
        await courier.drain()
        clock.forward(seconds=31)
    assert [each.attempts for each in receiver.taken] == [0]


async def test_a_channel_rests_for_as_long_as_its_sender_asks(lifecycle, courier, receiver, clock):
    receiver.trouble["C0SUPPORT"] = [1.0, 1.0]
    await lifecycle.submit(submission())
    await lifecycle.submit(submission())
    await courier.drain()
    assert len(receiver.taken) == 1
    clock.forward(milliseconds=999)
    await courier.drain()
    assert len(receiver.taken) == 1
    clock.forward(milliseconds=1)
    await courier.drain()
    assert len(receiver.taken) == 2


async def test_what_was_not_sent_is_tried_again_later_each_time_and_its_channel_goes_on(
    lifecycle, courier, receiver, clock
):
    receiver.trouble["C0SUPPORT"] = [Unsent("no answer"), 0.0, Unsent("no answer")]
    first, _ = await lifecycle.submit(submission(expires_in=60))
    other, _ = await lifecycle.submit(submission())
    await courier.drain()
    assert [each.subject for each in receiver.taken] == [other.id]
    clock.forward(milliseconds=999)
    await courier.drain()
    assert len(receiver.taken) == 1
    clock.forward(milliseconds=1)
    await courier.drain()
    clock.forward(milliseconds=1999)
    await courier.drain()
    assert len(receiver.taken) == 1
    clock.forward(milliseconds=1)
    await courier.drain()
    assert [(each.subject, each.attempts) for each in receiver.taken] == [(other.id, 0), (first.id, 2)]


async def test_a_thread_waits_for_its_card_however_often_that_fails(lifecycle, courier, receiver, clock):
    receiver.trouble["C0SUPPORT"] = [Unsent("no answer")]
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await courier.drain()
    assert receiver.taken == []
    clock.forward(seconds=2)
    await courier.drain()
    assert [each.kind for each in receiver.taken] == [Effect.card, Effect.thread]


async def test_what_cannot_be_delivered_is_given_up_and_told_to_the_operators(lifecycle, store, courier, receiver):
    receiver.trouble["C0SUPPORT"] = [Undeliverable("channel_not_found")]
    made, _ = await lifecycle.submit(submission())
    await courier.drain()
    (alert,) = receiver.taken
    assert (alert.kind, alert.channel, alert.subject) == (Effect.alert, "C0OPS", made.id)
    assert alert.why == "card to C0SUPPORT: channel_not_found"
    (dead_letter,) = await store.reads.dead_letters()
    assert (dead_letter.proposal_id, dead_letter.why) == (made.id, "channel_not_found")


async def test_an_alert_that_cannot_be_delivered_raises_no_further_alert(store, lifecycle, clock, receiver):
    receiver.trouble["C0SUPPORT"] = [Undeliverable("channel_not_found")]
    receiver.trouble["C0OPS"] = [Undeliverable("is_archived")]
    courier = Courier(
        outbox=store.outbox,
        senders=receiver.senders,
        clock=clock,
        spread=lambda: 0.0,
        tell=lambda delivery: None if delivery.channel == "C0OPS" else "C0OPS",
    )
    await lifecycle.submit(submission())
    await courier.drain()
    assert receiver.taken == []
    assert sorted(str(each.kind) for each in await store.reads.dead_letters()) == ["alert", "card"]


async def test_what_was_given_up_leaves_once_it_is_requeued(lifecycle, store, courier, receiver, running):
    receiver.trouble["C0SUPPORT"] = [Undeliverable("not_in_channel")]
    await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.seen() == [("alert", "C0OPS")])
    assert await store.outbox.requeue() == 1
    await receiver.until(lambda: receiver.seen() == [("alert", "C0OPS"), ("card", "C0SUPPORT")])
    assert await store.reads.dead_letters() == []


async def test_an_unforeseen_fault_loses_nothing_and_stops_nobody_else(lifecycle, courier, receiver, clock):
    receiver.trouble["C0SUPPORT"] = [ZeroDivisionError("a fault of ours")]
    await lifecycle.submit(submission(expires_in=600))
    other, _ = await lifecycle.submit(submission())
    await courier.drain()
    assert [each.subject for each in receiver.taken] == [other.id]
    clock.forward(seconds=LEASE_SECONDS - 1)
    await courier.drain()
    assert len(receiver.taken) == 1
    clock.forward(seconds=1)
    await courier.drain()
    assert len(receiver.taken) == 2


async def test_what_meets_a_busy_store_is_sent_again_after_a_second_and_not_when_its_lease_runs_out(
    lifecycle, courier, receiver, clock
):
    receiver.trouble["C0SUPPORT"] = [StoreBusy("Nobody gets a turn.")]
    await lifecycle.submit(submission())
    await courier.drain()
    assert receiver.taken == []
    clock.forward(BUSY_SECONDS)
    await courier.drain()
    assert receiver.seen() == [("card", "C0SUPPORT")]
    assert receiver.taken[0].attempts == 0


async def test_a_sent_delivery_that_the_store_was_too_busy_to_settle_is_sent_again(
    lifecycle, courier, receiver, clock, database, running
):
    gate = receiver.hold("C0SUPPORT")
    made, _ = await lifecycle.submit(submission())
    await receiver.until(lambda: receiver.under_way)
    with sqlite3.connect(database, isolation_level=None) as other:
        other.execute("BEGIN IMMEDIATE")
        gate.set()
        await asyncio.gather(*courier._concurrency.values())
        other.execute("ROLLBACK")
    other.close()
    clock.forward(seconds=LEASE_SECONDS)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await receiver.until(lambda: len(receiver.taken) == 3)
    assert [each.kind for each in receiver.taken] == [Effect.card, Effect.card, Effect.thread]


async def test_what_takes_longer_than_its_lease_is_cut_off_and_sent_again(lifecycle, courier, receiver, clock):
    gate = receiver.hold("C0SUPPORT")
    courier.lease_seconds = 0.01
    await lifecycle.submit(submission())
    await courier.drain()
    assert (receiver.under_way, receiver.taken) == ([], [])
    gate.set()
    courier.lease_seconds = LEASE_SECONDS
    clock.forward(seconds=1)
    await courier.drain()
    assert receiver.seen() == [("card", "C0SUPPORT")]
