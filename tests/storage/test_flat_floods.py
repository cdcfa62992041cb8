"""One more on a summary costs the same however many are on it, wait there or have been decided."""

import asyncio
import sqlite3

import pytest

from approvals.card_sharing import FLOOD
from approvals.lifecycle import Lifecycle
from storage import MessageKind, open_store
from tests.databases import KEY, new_database
from tests.making import Clock, Ids, Lots
from tests.storage.test_flat import EVERY, Machine
from tests.storage.town import TablePolicy, key_of, stand, submission

pytestmark = pytest.mark.sqlite
HERE = "C0SUPPORT"
FEW, MANY = 30, 300
COUNTED = 5 * (MANY - FEW) / EVERY
"""What it takes to count in its index what the agent has pending, for that has a limit; to read each takes far more."""

PENDING = ("one more, while its card does not stand", "one more, once its card stands")


async def taken(folder, count, machine):
    """How many steps each takes with so many on the summary."""
    clock, found = Clock(), {}
    async with open_store(new_database(folder / f"{count}.db"), KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())

        async def made():
            return (await lifecycle.submit(submission()))[0].id

        async def steps(name, asked):
            before = machine.steps
            await asked()
            found[name] = machine.steps - before

        own = [await made() for _ in range(FLOOD)]
        on = [await made() for _ in range(count)]
        await steps("one more, while its card does not stand", made)
        await stand(store, key_of(on[0], HERE, MessageKind.flood), "1.1")
        await steps("one more, once its card stands", made)
        for each in (*own, *on):
            await lifecycle.withdraw(each, "support-bot", "Not needed any more")
        await steps("one more, after all before were decided", made)
        await steps("what its card says", lambda: store.floods.of(on[0], HERE, clock.now()))
        assert (await store.floods.of(on[0], HERE, clock.now())).count == 3
    return found


@pytest.fixture(scope="module")
def steps(tmp_path_factory):
    folder, machine = tmp_path_factory.mktemp("floods"), Machine()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sqlite3, "connect", machine.watched)
        found = [asyncio.run(taken(folder, count, machine)) for count in (FEW, MANY)]
    assert min(found[0].values()) > 0, "nothing is counted"
    return found


@pytest.mark.parametrize("name", [*PENDING, "one more, after all before were decided", "what its card says"])
def test_it_takes_as_many_steps_however_many_are_on_the_summary(steps, name):
    few, many = (each[name] for each in steps)
    assert many <= 1.1 * few + 5 + (COUNTED if name in PENDING else 0)


async def beside(folder, count, machine):
    """How many steps one more takes while so many others have a card each that waits to be posted there."""
    clock, others = Clock(), [f"bot-{number}" for number in range(count)]
    policy = TablePolicy(known=frozenset({"support-bot", *others}))
    async with open_store(new_database(folder / f"beside-{count}.db"), KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())
        for agent in ("support-bot", *others):
            await lifecycle.submit(submission(agent=agent))
        before = machine.steps
        await lifecycle.submit(submission())
        return machine.steps - before


def test_it_takes_as_many_steps_however_many_cards_of_others_wait_to_be_posted(tmp_path, monkeypatch):
    machine = Machine()
    monkeypatch.setattr(sqlite3, "connect", machine.watched)
    few, many = (asyncio.run(beside(tmp_path, count, machine)) for count in (FEW, MANY))
    assert 0 < many <= 1.1 * few + 5
