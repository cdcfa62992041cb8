"""A real outbox in a real database, and a receiver that does what the test tells it to."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field

import pytest

from approvals.effects import Effect
from delivery import Courier
from tests.databases import clock, lifecycle, new_database, store
from tests.delivery.calling import calling
from tests.making import Clock
from tests.patience import PATIENCE
from tests.receiver import receiving
from tests.storage.town import TablePolicy

__all__ = ["clock", "lifecycle", "store"]


@dataclass
class Receiver:
    """Takes every kind of delivery; `trouble` lists, by channel, what the next ones meet: an exception or a rest."""

    taken: list = field(default_factory=list)
    under_way: list = field(default_factory=list)
    most_at_once: int = 0
    trouble: dict = field(default_factory=lambda: defaultdict(list))
    _gates: dict = field(default_factory=dict)
    _stirred: asyncio.Condition = field(default_factory=asyncio.Condition)

    @property
    def senders(self):
        return dict.fromkeys(Effect, self.take)

    def hold(self, channel):
        """Deliveries to the channel stay under way until the event is set."""
        self._gates[channel] = asyncio.Event()
        return self._gates[channel]

    async def take(self, delivery):
        self.under_way.append(delivery)
        self.most_at_once = max(self.most_at_once, len(self.under_way))
        await self._stir()
        try:
            if gate := self._gates.get(delivery.channel):
                await gate.wait()
            met = self.trouble[delivery.channel].pop(0) if self.trouble[delivery.channel] else 0.0
            if isinstance(met, Exception):
                raise met
            self.taken.append(delivery)
            return met
        finally:
            self.under_way.remove(delivery)
            await self._stir()

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE), self._stirred:
            await self._stirred.wait_for(condition)

    async def _stir(self):
        async with self._stirred:
            self._stirred.notify_all()

    def seen(self):
        return [(str(each.kind), each.channel) for each in self.taken]


@pytest.fixture
def policy():
    return TablePolicy()


@pytest.fixture
def database(tmp_path):
    return tmp_path / "signoff.db"


@pytest.fixture
def receiver():
    return Receiver()


@pytest.fixture
def courier(store, clock, receiver):
    return Courier(
        outbox=store.outbox,
        senders=receiver.senders,
        clock=clock,
        spread=lambda: 0.0,
        tell=lambda _delivery: "C0OPS",
        monotonic=lambda: clock.now().timestamp(),
    )


@pytest.fixture
async def running(courier):
    """The courier at work until the test ends."""
    task = asyncio.create_task(courier.run())
    yield task
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


@pytest.fixture
async def http_receiver():
    """Where callbacks arrive."""
    async with receiving() as receiver:
        yield receiver


@pytest.fixture
async def calls(tmp_path):
    """The callbacks of a store on their way to whom they are for."""
    new_database(tmp_path / "signoff.db")
    async with calling(tmp_path / "signoff.db", Clock()) as calls:
        yield calls


@pytest.fixture
def hook(http_receiver):
    return f"{http_receiver.url}/hooks/1"
