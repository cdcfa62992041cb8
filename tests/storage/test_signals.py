"""Who waits is woken by commits of this process: at once, never missed, leaving nothing behind."""

import asyncio
import threading
from datetime import timedelta

import pytest

from approvals.events import Actor, PolicyLoaded
from approvals.lifecycle import SYSTEM
from approvals.moves.questions import AgentReply
from approvals.proposal import Status
from approvals.refusals import NotFound
from storage import SqlStore
from storage.engine.sqlite.database import READERS
from tests.holding import ticks
from tests.making import START
from tests.storage.town import ALICE, CAROL, CLAIMANT, submission

pytestmark = pytest.mark.sqlite


async def asleep(store, number):
    """Returns once so many wait and none of them still reads."""
    while store.signals.waiting < number:  # noqa: ASYNC110 the number of waiters has no event
        await asyncio.sleep(0)
    all_ours = threading.Barrier(READERS)

    async def meet(_statements):
        all_ours.wait()

    await asyncio.gather(*(store._database.read(meet) for _ in range(READERS)))
    await ticks()


async def test_a_waiter_wakes_when_its_proposal_changes(lifecycle, store):
    made, _ = await lifecycle.submit(submission(2500))
    other, _ = await lifecycle.submit(submission())
    waiting = asyncio.create_task(store.changed(made.id, made.version))
    await asleep(store, 1)
    await lifecycle.approve(other.id, ALICE, other.nonce)
    await ticks()
    assert not waiting.done()
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await asyncio.wait_for(waiting, 1)


async def test_a_change_before_the_call_is_not_missed(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await asyncio.wait_for(store.changed(made.id, made.version), 1)


class Hurried:
    """The database of a store in which something happens right after each look."""

    def __init__(self, database, happens):
        self.database = database
        self.happens = happens

    async def read(self, work):
        found = await self.database.read(work)
        await self.happens()
        return found


async def test_a_change_between_look_and_wait_is_not_missed(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    seal, clock = store._seal, lifecycle.clock
    hurried = SqlStore(Hurried(store._database, lambda: lifecycle.approve(made.id, ALICE, made.nonce)), seal, clock)
    hurried.signals = store.signals
    await asyncio.wait_for(hurried.changed(made.id, made.version), 1)


async def test_a_waiter_for_a_later_version_sleeps_on(lifecycle, store):
    made, _ = await lifecycle.submit(submission(2500))
    waiting = asyncio.create_task(store.changed(made.id, made.version + 1))
    await asleep(store, 1)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await ticks()
    assert not waiting.done()
    await lifecycle.approve(made.id, CAROL, made.nonce)
    await asyncio.wait_for(waiting, 1)


async def test_nobody_waits_for_a_proposal_that_is_not_there(store):
    with pytest.raises(NotFound):
        await store.changed("prp_none", 1)
    assert store.signals.waiting == 0


async def test_a_thousand_waiters_wake_and_leave_nothing_behind(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    waiting = []
    while len(waiting) < 1000:  # by the hundred: each reads once before it waits, and few connections read
        waiting += [asyncio.create_task(store.changed(made.id, made.version)) for _ in range(100)]
        await asleep(store, len(waiting))
    for task in waiting[:500]:
        task.cancel()
    await asyncio.gather(*waiting[:500], return_exceptions=True)
    assert store.signals.waiting == 500
    await lifecycle.approve(made.id, ALICE, made.nonce)
    await asyncio.wait_for(asyncio.gather(*waiting[500:]), 5)
    assert store.signals.waiting == 0
    assert store.signals._watched == {}


async def test_what_is_told_can_already_be_read(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    seen = []

    async def watch():
        told = await store.changed(made.id, made.version)
        seen.append((told, await store.find(made.id)))

    watching = asyncio.create_task(watch())
    await asleep(store, 1)
    approved = await lifecycle.approve(made.id, ALICE, made.nonce)
    await watching
    assert seen == [(approved, approved)]


async def test_who_waits_is_handed_what_was_written_whatever_happened(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission(2500))
    steps = (
        lambda at: lifecycle.ask(made.id, ALICE, "Why?", at.nonce),
        lambda at: lifecycle.reply(
            made.id, "support-bot", AgentReply(text="So.", payload={"amount": 2400, "order": "7"})
        ),
        lambda at: lifecycle.edit(made.id, ALICE, {"amount": 1500.5, "order": "9"}, at.nonce),
        lambda at: lifecycle.approve(made.id, CAROL, at.nonce),
        lambda at: lifecycle.claim(made.id, "support-bot", at.digest, CLAIMANT),
        lambda at: lifecycle.report(made.id, "support-bot", Status.unknown, "Maybe.", None),
        lambda at: lifecycle.report(made.id, "support-bot", Status.succeeded, "Yes.", "Seen."),
    )
    at = made
    for step in steps:
        clock.forward(7)
        waiting = asyncio.create_task(store.changed(made.id, at.version))
        await asleep(store, 1)
        await step(at)
        at = await waiting
        assert at == await store.find(made.id)
    assert at.status is Status.succeeded


async def test_a_change_before_the_call_is_read(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    approved = await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await asyncio.wait_for(store.changed(made.id, made.version), 1) == approved


async def test_the_clock_hears_of_an_earlier_deadline_even_if_it_looks_first(lifecycle, store):
    changed = store.any_changed()
    assert await store.next_due() is None
    made, _ = await lifecycle.submit(submission())
    await asyncio.wait_for(changed, 1)
    assert await store.next_due() == made.expires_at


async def test_a_clock_that_stops_waiting_leaves_nothing_behind(store):
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(store.any_changed(), 0.001)
    await ticks()
    assert store.signals.waiting == 0


async def test_a_refused_change_wakes_nobody(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    changed, waiting = store.any_changed(), asyncio.create_task(store.changed(made.id, made.version))
    await asleep(store, 2)
    with pytest.raises(Exception, match="support"):
        await lifecycle.approve(made.id, CAROL, made.nonce)
    await ticks()
    assert not changed.done()
    assert not waiting.done()
    changed.cancel()
    waiting.cancel()


async def test_the_courier_is_woken_once_for_what_was_wanted_since(lifecycle, store):
    await lifecycle.submit(submission())
    await lifecycle.submit(submission())
    await asyncio.wait_for(store.outbox.until_enqueued(), 1)
    again = asyncio.create_task(store.outbox.until_enqueued())
    await ticks()
    assert not again.done()
    await lifecycle.submit(submission())
    await asyncio.wait_for(again, 1)


async def test_a_proposal_without_channels_does_not_wake_the_courier(lifecycle, store):
    wanted = asyncio.create_task(store.outbox.until_enqueued())
    await lifecycle.submit(submission(5))
    await ticks()
    assert not wanted.done()
    wanted.cancel()


async def test_time_is_due_in_its_order_and_only_once(lifecycle, store, clock):
    runs, _ = await lifecycle.submit(submission(5))
    late, _ = await lifecycle.submit(submission(expires_in=3000))
    soon, _ = await lifecycle.submit(submission(expires_in=60))
    assert await store.next_due() == START + timedelta(seconds=60)
    assert await store.due(clock.now(), 10) == []
    clock.forward(3000)
    assert await store.due(clock.now(), 10) == [soon.id, late.id]
    assert await store.due(clock.now(), 1) == [soon.id]
    assert await lifecycle.sweep() == 2
    assert await store.next_due() == START + timedelta(seconds=3600)
    await lifecycle.claim(runs.id, "support-bot", runs.digest, CLAIMANT)
    assert await store.next_due() == START + timedelta(seconds=6600)
    clock.forward(3600)
    assert await lifecycle.sweep() == 1
    assert await store.next_due() is None
    assert await lifecycle.sweep() == 0


async def test_the_earliest_moment_is_due_at_that_moment(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    clock.at = await store.next_due() - timedelta(milliseconds=1)
    assert await store.due(clock.now(), 10) == []
    clock.forward(milliseconds=1)
    assert await store.due(clock.now(), 10) == [made.id]


async def test_unsettled_is_what_is_approved_and_unclaimed_or_pending_and_not_judged_yet(lifecycle, store):
    pending, _ = await lifecycle.submit(submission())
    approved, _ = await lifecycle.submit(submission(5))
    await lifecycle.submit(submission(5, claim=True))
    gone, _ = await lifecycle.submit(submission())
    await lifecycle.withdraw(gone.id, "support-bot", "x")
    assert await store.to_rejudge("policy-1") == [pending.id, approved.id]  # nothing tells that this one is in force
    loaded = PolicyLoaded(at=START, version="policy-1", digest="sha256:0", by="start", rejudged=0)
    await store.transact(lambda tx: tx.note(None, loaded, SYSTEM))
    assert await store.to_rejudge("policy-2") == [pending.id, approved.id]
    assert await store.to_rejudge("policy-1") == [approved.id]


async def test_what_waits_is_counted_without_what_is_too_late(lifecycle, store, clock):
    await lifecycle.submit(submission(expires_in=60))
    await lifecycle.submit(submission())
    await lifecycle.submit(submission(agent="other-bot"))
    assert await store.transact(lambda tx: tx.pending_count("support-bot", clock.now())) == 2
    assert await store.transact(lambda tx: tx.pending_count("support-bot", clock.forward(60))) == 1


async def test_refusals_are_counted_by_actor_and_time(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    alice, carol = (actor_of(person) for person in (ALICE, CAROL))
    for actor in (alice, alice, carol):
        await lifecycle.refused(made.id, "approve", NotFound("x"), actor)
    assert await store.transact(lambda tx: tx.refusals_since(alice, clock.now() - timedelta(minutes=1))) == 2
    assert await store.transact(lambda tx: tx.refusals_since(alice, clock.now())) == 0
    for _ in range(30):
        await lifecycle.refused(made.id, "approve", NotFound("x"), alice)
    assert len(await store.audit.entries()) == 22


def actor_of(person):
    return Actor(kind="reviewer", id=person.user, team=person.team)
