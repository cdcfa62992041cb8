"""What the operators are told in Slack that is about no proposal: once, and not lost on the way."""

import asyncio
import sqlite3
from contextlib import closing
from datetime import timedelta
from functools import partial

import pytest

from approvals.effects import Effect
from bot.slack.outbound.keeper import Keeper
from bot.slack.outbound.notices import send_notice
from delivery import Courier
from storage import open_store
from tests.databases import KEY
from tests.making import Clock


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def url(tmp_path):
    return f"sqlite:///{tmp_path}/signoff.db"


@pytest.fixture
async def store(url, clock):
    async with open_store(url, KEY, clock) as store:
        yield store


@pytest.fixture
def courier_of(client, clock):
    """What sends the notices that a store has."""

    def made(store):
        senders = {Effect.notice: partial(send_notice, Keeper(client=client, store=store))}
        return Courier(store.outbox, senders, clock, spread=lambda: 0.0, tell=lambda _: "C0OPS", monotonic=lambda: 0.0)

    return made


@pytest.fixture
def courier(courier_of, store):
    return courier_of(store)


def said(slack, channel="C0SUPPORT"):
    return [message["text"] for message in slack.messages(channel)]


async def test_a_thing_is_told_once_however_often_it_is_found(courier, store, slack, clock):
    assert await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    assert not await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    await courier.drain()
    assert not await store.messages.notify("policy:a", "C0OPS", "Look."), "nor in another channel"
    clock.forward(days=1)
    await courier.drain()
    assert said(slack) == ["Look."]
    assert await store.outbox.next_due() is None


@pytest.mark.parametrize(
    ("kind", "details", "seconds"),
    [("429", {"retry_after": 7}, 7), ("500", {}, 1), ("drop_before", {}, 1), ("ok_false", {"error": "is_archived"}, 1)],
)
async def test_what_slack_does_not_take_is_told_later(courier, store, slack, clock, kind, details, seconds):
    slack.faults.add("chat.postMessage", kind, **details)
    await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    await courier.drain()
    assert said(slack) == []
    assert await store.outbox.next_due() == clock.now() + timedelta(seconds=seconds)
    clock.forward(seconds)
    courier.monotonic = lambda: float(seconds)
    await courier.drain()
    assert said(slack) == ["Look."]


async def test_each_further_try_waits_longer_and_none_is_the_last(courier, store, slack, clock):
    slack.faults.add("chat.postMessage", "ok_false", times=12, error="is_archived")
    await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    waits = []
    for _ in range(12):
        await courier.drain()
        waits.append((await store.outbox.next_due() - clock.now()).total_seconds())
        clock.forward(waits[-1])
    assert waits[:4] == [1, 2, 4, 8]
    await courier.drain()
    assert said(slack) == ["Look."]


async def test_a_channel_in_trouble_holds_up_no_other(courier, store, slack):
    slack.add_channel("C0OTHER", "other", members=["U0ALICE"])
    slack.faults.add("chat.postMessage", "ok_false", channel="C0OTHER", error="is_archived")
    await store.messages.notify("policy:a", "C0OTHER", "First.")
    await store.messages.notify("policy:b", "C0SUPPORT", "Second.")
    await courier.drain()
    assert said(slack) == ["Second."]


async def test_while_it_runs_a_new_notice_goes_out_at_once(courier, store, slack):
    task = asyncio.create_task(courier.run())
    try:
        await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
        await slack.until(lambda: said(slack) == ["Look."])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)


async def test_a_notice_outlives_the_process_and_whoever_was_sending_it(store, courier_of, slack, url, clock):
    await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    await store.outbox.lease(clock.now(), 60)
    async with open_store(url, KEY, clock) as another:
        await courier_of(another).drain()
        assert said(slack) == []
        clock.forward(seconds=60)
        await courier_of(another).drain()
    assert said(slack) == ["Look."]


async def test_one_that_is_out_and_was_not_settled_is_not_told_again(store, courier, slack, clock):
    await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    leased = await store.outbox.lease(clock.now(), 60)
    await courier.senders[Effect.notice](leased)
    clock.forward(seconds=60)
    await courier.drain()
    assert said(slack) == ["Look."]


@pytest.mark.parametrize(
    "hand",
    [
        "UPDATE messages SET words = 'Approve all.'",
        "UPDATE messages SET channel = 'C0OTHER'; UPDATE outbox SET channel = 'C0OTHER'",
        "UPDATE messages SET subject = 'policy:b'; UPDATE outbox SET subject = 'policy:b'",
        "UPDATE messages SET whole = ''",
        "DELETE FROM messages",
    ],
)
async def test_what_we_did_not_write_just_so_is_told_to_nobody_and_found_out(store, courier, slack, tmp_path, hand):
    slack.add_channel("C0OTHER", "other", members=["U0ALICE"])
    await store.messages.notify("policy:a", "C0SUPPORT", "Look.")
    with closing(sqlite3.connect(tmp_path / "signoff.db")) as file, file:
        file.executescript(hand)
    await store.messages.notify("ours", "C0SUPPORT", "Look here.")
    await courier.drain()
    assert said(slack) + said(slack, "C0OTHER") == ["Look here."]
    assert [row for row in store.damage.rows if row.startswith("messages notice policy:")]
