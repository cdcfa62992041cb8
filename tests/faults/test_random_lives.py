"""Random steps of all verbs and of time, thousands in one store, on either database: fsck finds nothing that cannot be.

Unlike the laws of the lifecycle, which look after each of a few steps, what judges here shares nothing with it.
"""

import asyncio
import random

import pytest

from approvals.gate import Escalation
from approvals.lifecycle import Lifecycle
from approvals.moves.questions import AgentReply
from approvals.proposal import RollbackStatus, Status
from approvals.refusals import Refusal
from fsck import Checkpoint, examine, opened
from storage import open_store
from storage.rows import from_milliseconds
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.postgresql import new_server_database
from tests.storage.town import CLAIMANT, PEOPLE, TablePolicy, submission
from tests.tally import injected

STEPS = 5000
SEEDS = range(20)
"""Of 5,000 steps each: 100,000 on each database."""
OPEN = 12
"""Of so many that were proposed last, each step takes one."""
CHANGES = {
    "remind": (900,),
    "escalate": (Escalation(after=1500, to="lead", channel="C0LEAD", roles=("support",)),),
    "max_expires_in": 7200,
    "undo_window": 30,
}
AMOUNTS = (5, 80, 101, 250, 250.0, 999, 1001, 5000)
SECONDS = (0.001, 1, 20, 29.999, 30, 60, 600, 1799, 1800, 3600, -1, -7200)


class Chance:
    """Takes steps by chance; `refused` counts those that were told no, which is as it should be."""

    def __init__(self, store, clock, seed):
        self.chance = random.Random(seed)
        self.store, self.clock = store, clock
        self.ids, self.nonces = [], {}
        self.refused = self.keys = 0
        policy = TablePolicy(watched=50, changes=CHANGES)
        self.lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())
        self.verbs = [
            *[self.submit] * 3,
            *[self.approve] * 6,
            *[self.claim] * 4,
            *[self.report] * 3,
            *(self.reject, self.revoke, self.retract, self.edit, self.withdraw, self.object, self.rollback),
            *(self.extend, self.ask, self.reply, self.hand_over, self.sweep, self.rejudge),
            *[self.pass_time] * 3,
        ]

    async def take(self, steps):
        for _ in range(steps):
            try:
                await self.chance.choice(self.verbs)()
            except Refusal:
                self.refused += 1

    def pick(self, values):
        return self.chance.choice(values)

    def one(self):
        return self.pick(self.ids[-OPEN:])

    async def click(self):
        """A proposal, a person, and the secret of one of its cards, which may be an old one."""
        found = await self.store.find(self.one())
        known = self.nonces.setdefault(found.id, [])
        if found.nonce not in known:
            known.append(found.nonce)
        return found.id, self.pick(PEOPLE), known[-1] if self.chance.random() < 0.8 else known[0]

    async def submit(self):
        key = None
        if self.chance.random() < 0.5:
            self.keys += self.chance.random() < 0.8
            key = f"key-{self.keys}"
        amount = self.pick(AMOUNTS)
        made, _ = await self.lifecycle.submit(submission(amount, key=key, claim=self.chance.random() < 0.3))
        if made.id not in self.ids:
            self.ids.append(made.id)

    async def approve(self):
        await self.lifecycle.approve(*await self.click())

    async def reject(self):
        found, person, nonce = await self.click()
        await self.lifecycle.reject(found, person, "No.", nonce)

    async def revoke(self):
        found, person, nonce = await self.click()
        await self.lifecycle.revoke(found, person, "Wait.", nonce)

    async def retract(self):
        await self.lifecycle.retract(*await self.click())

    async def edit(self):
        found, person, nonce = await self.click()
        await self.lifecycle.edit(found, person, {"amount": self.pick(AMOUNTS), "order": "1001"}, nonce)

    async def object(self):
        found, person, nonce = await self.click()
        await self.lifecycle.object(found, person, "No.", nonce)

    async def extend(self):
        await self.lifecycle.extend(*await self.click())

    async def ask(self):
        found, person, nonce = await self.click()
        await self.lifecycle.ask(found, person, "Why?", nonce, more_time=self.chance.random() < 0.5)

    async def hand_over(self):
        found, person, nonce = await self.click()
        await self.lifecycle.hand_over(found, person, self.pick(("lead", "finance")), nonce)

    async def reply(self):
        payload = self.pick((None, {"amount": self.pick(AMOUNTS), "order": "1001"}))
        await self.lifecycle.reply(self.one(), "support-bot", AgentReply(text="So.", payload=payload, question=None))

    async def withdraw(self):
        await self.lifecycle.withdraw(self.one(), "support-bot", "Not needed.")

    async def claim(self):
        found = await self.store.find(self.one())
        digest = found.digest if self.chance.random() < 0.9 else found.revisions[0].action.digest
        await self.lifecycle.claim(found.id, "support-bot", digest, self.pick((CLAIMANT, "d" * 64, None)))

    async def report(self):
        status = self.pick((Status.succeeded, Status.failed, Status.unknown))
        await self.lifecycle.report(self.one(), "support-bot", status, None, None)

    async def rollback(self):
        status = self.pick((RollbackStatus.done, RollbackStatus.failed))
        await self.lifecycle.rollback(self.one(), "support-bot", status, None)

    async def sweep(self):
        await self.lifecycle.sweep()

    async def rejudge(self):
        """Rare: it goes through all that waits."""
        if self.chance.random() > 0.1:
            return
        large, huge, second = self.pick((4, 100, 300)), self.pick((200, 1000, 9000)), self.pick((True, False))
        version = f"policy-{large}-{huge}-{second}"
        changes = {**CHANGES, "second_person": second}
        self.lifecycle.policy = TablePolicy(version=version, watched=50, large=large, huge=huge, changes=changes)
        await self.lifecycle.rejudge()

    async def pass_time(self):
        self.clock.forward(milliseconds=int(self.pick(SECONDS) * 1000))


async def found_after(url, path, seed, steps):
    """What fsck finds after so many steps of that seed; the cards, which nobody sends here, all wait."""
    clock = Clock()
    async with open_store(url, KEY, clock) as store:
        chance = Chance(store, clock, seed)
        await chance.submit()
        await chance.take(steps)
        # A bot sweeps all the time, here it is one step of many: what is overdue by the log's own time is seen to first.
        clock.at = max(clock.at, from_milliseconds((await store.audit.head()).at))
        await chance.lifecycle.sweep()
        head = await store.audit.head()
    noted = Checkpoint(seq=head.seq, hash=head.hash, source="the test")
    examined = await asyncio.to_thread(judged, url, path, noted)
    assert examined.sound, "\n".join([f"seed {seed}", *examined.lines()])
    assert chance.refused > steps / 20
    assert examined.totals["proposals"] == len(chance.ids) > steps / 20
    return examined


def judged(url, path, noted):
    with opened(url, path) as source:
        return examine(source, keys=(KEY,), noted=[noted], now=0)


async def walked(database, tmp_path, seed, steps):
    if database == "postgresql":
        with new_server_database() as url:
            return await found_after(url, None, seed, steps)
    path = tmp_path / "signoff.db"
    return await found_after(f"sqlite:///{path}", path, seed, steps)


@pytest.fixture
def tmp_path(tmp_path_factory):
    """In memory where there is room: of the disk other tests tell."""
    return tmp_path_factory.mktemp("lives")


@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_random_steps_leave_nothing_untrue(tmp_path, record_property, database):
    seed = random.SystemRandom().randrange(2**32)
    await walked(database, tmp_path, seed, 300)
    injected(record_property, "random steps", database, 300, f"seed {seed}")


@pytest.mark.exhaustive
@pytest.mark.timeout(5400)
@pytest.mark.parametrize("seed", SEEDS)
@pytest.mark.parametrize("database", ["sqlite", "postgresql"])
async def test_a_hundred_thousand_random_steps_leave_nothing_untrue(tmp_path, record_property, database, seed):
    await walked(database, tmp_path, seed, STEPS)
    injected(record_property, "random steps", database, STEPS, f"seed {seed}")
