"""What the operators are told in Slack that is about no proposal."""

import asyncio
from datetime import timedelta

import pytest

from bot.slack.outbound.notices import Crier
from storage import open_store
from tests.making import Clock
from tests.storage.town import KEY


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def store(tmp_path, clock):
    async with open_store(f"sqlite:///{tmp_path}/signoff.db", KEY, clock) as store:
        yield store


@pytest.fixture
def crier(client, store, clock):
    return Crier(client=client, notices=store.notices, clock=clock, spread=lambda: 0.0)


def said(slack):
    return [message["text"] for message in slack.messages("C0SUPPORT")]


async def test_a_notice_is_told_once(crier, store, slack, clock):
    await store.notices.add("policy:a", "C0SUPPORT", "Look.", clock.now())
    await crier.cry()
    clock.forward(days=1)
    await crier.cry()
    assert said(slack) == ["Look."]


@pytest.mark.parametrize(
    ("kind", "details", "seconds"),
    [("429", {"retry_after": 7}, 7), ("500", {}, 1), ("drop_before", {}, 1), ("ok_false", {"error": "is_archived"}, 1)],
)
async def test_what_slack_does_not_take_is_told_later(crier, store, slack, clock, kind, details, seconds):
    slack.faults.add("chat.postMessage", kind, **details)
    await store.notices.add("policy:a", "C0SUPPORT", "Look.", clock.now())
    await crier.cry()
    assert said(slack) == []
    assert await store.notices.next_due() == clock.now() + timedelta(seconds=seconds)
    clock.forward(seconds)
    await crier.cry()
    assert said(slack) == ["Look."]


async def test_each_further_try_waits_longer(crier, store, slack, clock):
    slack.faults.add("chat.postMessage", "ok_false", times=3, error="is_archived")
    await store.notices.add("policy:a", "C0SUPPORT", "Look.", clock.now())
    waits = []
    for _ in range(3):
        await crier.cry()
        waits.append((await store.notices.next_due() - clock.now()).total_seconds())
        clock.forward(waits[-1])
    assert waits == [1, 2, 4]


async def test_a_channel_in_trouble_holds_up_no_other(crier, store, slack, clock):
    slack.add_channel("C0OTHER", "other", members=["U0ALICE"])
    slack.faults.add("chat.postMessage", "ok_false", channel="C0OTHER", error="is_archived")
    await store.notices.add("policy:a", "C0OTHER", "First.", clock.now())
    await store.notices.add("policy:b", "C0SUPPORT", "Second.", clock.now())
    await crier.cry()
    assert said(slack) == ["Second."]


async def test_while_it_runs_a_new_notice_goes_out_at_once(crier, store, slack, clock):
    task = asyncio.create_task(crier.run())
    try:
        await store.notices.add("policy:a", "C0SUPPORT", "Look.", clock.now())
        await slack.until(lambda: said(slack) == ["Look."])
    finally:
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
