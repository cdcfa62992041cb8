"""Retention: erased in time and not before, never what somebody still has to do with, and never in doubt."""

import json
from dataclasses import replace
from datetime import timedelta
from types import SimpleNamespace

import pytest

from approvals.agent_stop import EVERYTHING, at_the_machine
from approvals.events import RETENTION, RetentionChanged
from approvals.gate import Sampling
from approvals.lifecycle import Lifecycle
from approvals.proposal import Action, RollbackStatus, Status
from approvals.sample import SampleVerdict
from approvals.services.agent_stops import Stopping
from approvals.services.sample_reviews import SampleReviews
from bot import retention
from bot.retention import Eraser
from policy.keys.retention import Retention
from policy.routing import Ops
from storage import database_file
from tests.databases import new_store, url_at
from tests.making import Clock, Ids, Lots
from tests.storage.town import ALICE, TablePolicy, submission

DAYS = 86_400
OPS = "C0OPS"


class World:
    """A store, its verbs, and an eraser whose policy, clock and troubles a test sets."""

    def __init__(self, store, clock, folder):
        self.store, self.clock = store, clock
        self.table = TablePolicy()
        self.lifecycle = Lifecycle(store=store, policy=self.table, clock=clock, ids=Ids(), randomness=Lots(0.0))
        self.kept = Retention(content=30 * DAYS)
        self.troubles = []
        self.counted = 0.0
        self.file = database_file(url_at(folder / "signoff.db"))
        self.eraser = self.started()

    def started(self):
        return Eraser(
            store=self.store,
            policy=lambda: SimpleNamespace(retention=self.kept, version="v1", ops=Ops(channel=OPS, members=())),
            troubles=lambda: self.troubles,
            clock=self.clock,
            monotonic=lambda: self.counted,
            file=self.file,
        )

    def forward(self, **duration):
        """Moves the clock, and what the machine counts with it."""
        self.clock.forward(**duration)
        self.counted += timedelta(**duration).total_seconds()

    async def swept(self, turns=4):
        """How many a few turns erase, one every ten seconds."""
        found = 0
        for _ in range(turns):
            self.forward(seconds=retention.EVERY)
            found += await self.eraser.sweep()
        return found

    async def in_force(self):
        """The times were told of, and hold since."""
        await self.swept(1)
        self.forward(days=1, hours=1)

    async def ran(self, amount=10, action="refund.create"):
        """Ran by itself and succeeded."""
        asked = submission(amount, claim=True)
        asked = replace(asked, action=Action(name=action, payload={"amount": amount}))
        made, _ = await self.lifecycle.submit(asked)
        return (await self.lifecycle.report(made.id, "support-bot", Status.succeeded, "Done.", None)).id

    async def erased(self, *ids):
        return [(await self.store.find(each)).erased_at is not None for each in ids]

    async def notes(self):
        found, seq = [], 0
        while entries := await self.store.audit.entries(seq):
            found += [json.loads(each.facts) for each in entries if each.tag == RetentionChanged.tag]
            seq = entries[-1].seq
        return found


@pytest.fixture
async def world(tmp_path):
    clock = Clock()
    async with new_store(tmp_path, clock) as store:
        yield World(store, clock, tmp_path)


async def test_what_is_over_for_longer_than_it_is_kept_is_erased_with_an_entry_and_nothing_else(world):
    await world.in_force()
    old = await world.ran()
    world.forward(days=20)
    young = await world.ran()
    assert await world.swept() == 0
    world.forward(days=11)
    assert await world.swept() == 1
    assert await world.erased(old, young) == [True, False]
    *_, last = await world.store.reads.trail(old)
    assert (last.tag, last.facts["by"], last.facts["why"]) == (
        "proposal:erased",
        RETENTION,
        "the policy keeps refund.create for 30d",
    )
    assert await world.store.audit.verify() is None
    assert await world.store.differences() == []


async def test_each_action_is_kept_as_long_as_the_policy_says_of_it(world):
    world.kept = Retention(actions=(("crm.*", 2 * DAYS), ("mail.*", 10 * DAYS)))
    await world.in_force()
    made = [await world.ran(action=action) for action in ("crm.tag", "mail.send", "refund.create")]
    world.forward(days=3)
    assert await world.swept() == 1
    world.forward(days=400)
    assert await world.swept(80) == 1
    assert await world.erased(*made) == [True, True, False]


async def test_without_times_in_the_policy_nothing_is_erased_and_nothing_noted(world):
    world.kept = Retention()
    made = await world.ran()
    world.forward(days=4000)
    await world.in_force()
    assert await world.swept(10) == 0
    assert (await world.erased(made), await world.notes()) == ([False], [])


async def test_new_times_hold_a_day_after_the_log_and_the_operators_were_told(world):
    made = await world.ran()
    world.forward(days=400)
    assert await world.swept() == 0
    (note,) = await world.notes()
    assert (note["all_else"], note["patterns"]) == (30 * DAYS, {})
    while (told := await world.store.outbox.lease(world.clock.now(), 60)) is not None and told.channel != OPS:
        await world.store.outbox.complete(told)
    notice = await world.store.messages.notice(told.subject, OPS)
    assert "30d for all" in notice.words
    world.forward(hours=23)
    assert await world.swept() == 0
    world.forward(hours=1)
    assert await world.swept() == 1
    assert await world.erased(made) == [True]


async def test_a_time_that_was_shortened_by_mistake_and_mended_within_a_day_erases_nothing(world):
    await world.in_force()
    made = await world.ran()
    world.forward(days=5)
    world.kept = Retention(content=3 * DAYS)
    world.forward(hours=20)
    assert await world.swept() == 0
    world.kept = Retention(content=30 * DAYS)
    world.forward(hours=20)
    assert await world.swept() == 0
    world.forward(days=5)
    assert await world.swept() == 0
    assert [note["all_else"] for note in await world.notes()] == [30 * DAYS, 3 * DAYS, 30 * DAYS]
    assert await world.erased(made) == [False]


async def test_a_restart_neither_shortens_the_day_nor_begins_it_anew(world):
    await world.swept(1)
    await world.ran()
    world.forward(hours=12)
    world.eraser = world.started()
    world.forward(days=40)
    assert await world.swept() == 1
    assert len(await world.notes()) == 1


async def test_in_the_first_hour_after_a_start_nothing_is_erased(world):
    await world.in_force()
    await world.ran()
    world.forward(days=40)
    world.eraser = world.started()
    world.forward(minutes=50)
    assert await world.swept() == 0
    world.forward(minutes=10)
    assert await world.swept() == 1


async def test_a_policy_with_faults_or_replaced_by_another_erases_nothing(world):
    await world.in_force()
    await world.ran()
    world.forward(days=40)
    world.troubles = ["policy.yml was changed but has faults"]
    assert await world.swept(10) == 0
    world.troubles = []
    assert await world.swept() == 1


async def test_while_everything_is_stopped_nothing_is_erased(world):
    await world.in_force()
    await world.ran()
    world.forward(days=40)
    stopping = Stopping(world.lifecycle)
    await stopping.stop(EVERYTHING, at_the_machine("alex"), "Something is wrong.")
    assert await world.swept(10) == 0
    await stopping.resume(EVERYTHING, at_the_machine("alex"))
    assert await world.swept() == 1


@pytest.mark.parametrize("days", [400, -400])
async def test_a_clock_that_jumps_erases_nothing_for_a_day(world, days):
    await world.in_force()
    made = await world.ran()
    if days < 0:
        world.forward(days=31)
    world.clock.forward(days=days)
    assert await world.swept(10) == 0
    world.forward(hours=20)
    assert await world.swept(10) == 0
    world.clock.forward(days=-days)
    assert await world.swept(10) == 0
    assert await world.erased(made) == [False]


async def test_what_somebody_still_has_to_do_with_is_kept_however_old_it_is(world):
    await world.in_force()
    lifecycle, table = world.lifecycle, world.table
    waits, _ = await lifecycle.submit(submission(2500))
    claimed, _ = await lifecycle.submit(submission(11, claim=True))
    unknown, _ = await lifecycle.submit(submission(12, claim=True))
    await lifecycle.report(unknown.id, "support-bot", Status.unknown, "Nobody knows.", None)
    table.watched = 50
    objected, _ = await lifecycle.submit(submission(60, claim=True))
    await lifecycle.report(objected.id, "support-bot", Status.succeeded, None, None)
    await lifecycle.object(objected.id, ALICE, "Wrong.", objected.nonce)
    rejected, _ = await lifecycle.submit(submission(250))
    await lifecycle.reject(rejected.id, ALICE, "Never.", rejected.nonce, remember=True)
    table.changes = {"sampling": Sampling(share=1.0, roles=("support",), channels=("C0SUPPORT",))}
    sampled = await world.ran(13)
    kept = [waits.id, claimed.id, unknown.id, objected.id, sampled]
    world.kept = Retention(content=DAYS)
    world.forward(days=1)
    assert await world.swept() == 0, "a remembered rejection counts, and the rest is not over"
    await lifecycle.sweep()  # the deadline of what waits, and the report that is late
    world.forward(days=4000)
    waits_again, _ = await lifecycle.submit(submission(2501))
    found = await world.swept(200)
    assert await world.erased(waits_again.id, *kept[1:]) == [False] * 5
    assert (found, await world.erased(waits.id, rejected.id)) == (2, [True, True])
    await lifecycle.rollback(objected.id, "support-bot", RollbackStatus.done, "Done.")
    sample = await world.store.samples.get(sampled)
    await SampleReviews(world.store, world.clock).judge(sampled, ALICE, SampleVerdict.fine, None, sample.nonce)
    assert await world.swept(200) == 0, "they are over only now"
    world.forward(days=2)
    assert await world.swept(200) == 2
    assert await world.erased(objected.id, sampled, claimed.id, unknown.id) == [True, True, False, False]


async def test_a_turn_looks_at_a_few_and_the_rest_is_done_turn_by_turn(world):
    await world.in_force()
    made = [await world.ran(number) for number in range(23)]
    world.forward(days=40)
    assert [await world.swept(1) for _ in range(4)] == [9, 10, 4, 0]
    assert all(await world.erased(*made))


async def test_two_bots_erase_each_once(world):
    await world.in_force()
    other = world.started()
    made = [await world.ran(number) for number in range(5)]
    world.forward(days=40)
    found = 0
    for _ in range(3):
        found += await world.swept(1)
        found += await other.sweep()
    assert found == 5
    tags = [[entry.tag for entry in await world.store.reads.trail(each)].count("proposal:erased") for each in made]
    assert tags == [1] * 5


async def test_what_is_erased_is_known_again_by_its_idempotency_key(world):
    await world.in_force()
    asked = submission(10, key="once", claim=True)
    made, _ = await world.lifecycle.submit(asked)
    await world.lifecycle.report(made.id, "support-bot", Status.succeeded, None, None)
    world.forward(days=4000)
    assert await world.swept(20) == 1
    again, new = await world.lifecycle.submit(asked)
    assert (again.id, again.status, new) == (made.id, Status.succeeded, False)


@pytest.mark.sqlite
async def test_once_a_round_is_done_no_byte_is_left_in_any_file(world, tmp_path):
    await world.in_force()
    asked = submission(10, claim=True, reasoning="canary-of-retention")
    made, _ = await world.lifecycle.submit(asked)
    await world.lifecycle.report(made.id, "support-bot", Status.succeeded, "canary-of-retention", None)
    world.forward(days=40)

    def found():
        return {each.name for each in tmp_path.iterdir() if b"canary-of-retention" in each.read_bytes()}

    assert found()
    assert await world.swept() == 1
    assert found() == set()
    assert await world.erased(made.id) == [True]


async def test_what_has_to_stay_does_not_keep_what_is_younger_from_being_erased(world):
    await world.in_force()
    world.table.changes = {"sampling": Sampling(share=1.0, roles=("support",), channels=("C0SUPPORT",))}
    for amount in range(retention.MOST + 2):
        await world.ran(amount)
    world.table.changes = {}
    made = await world.ran(50)
    world.kept = Retention(content=DAYS)
    await world.swept(1)
    world.forward(days=1, hours=1)
    assert await world.swept(6) == 1
    assert await world.erased(made) == [True]
