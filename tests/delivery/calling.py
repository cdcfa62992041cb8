"""The courier of callbacks over a real store, with a clock that stands and books that a test may change."""

import base64
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field

from approvals.callback_networks import networks_of
from approvals.lifecycle import Lifecycle
from bot.api.present import cloud_event
from delivery import Courier
from delivery.backoff import scheduled
from delivery.callbacks import CONCURRENCY, LEASE_SECONDS, CallbackSender
from delivery.connecting import session
from storage import SqlStore, open_store
from tests.databases import KEY
from tests.making import Clock, Ids, Lots
from tests.receiver import SECRET
from tests.storage.town import ALICE, TablePolicy, submission

LOOPBACK = "127.0.0.0/8, ::1/128"


def key(secret):
    return base64.b64decode(secret.removeprefix("whsec_"))


@dataclass
class Books:
    """Signs with `known`, whatever the address."""

    store: SqlStore
    known: list = field(default_factory=lambda: [SECRET])

    def secrets(self, agent, url):
        return [key(secret) for secret in self.known]

    async def body(self, callback):
        proposal = await self.store.find(callback.subject)
        return json.dumps(cloud_event(callback.event, callback.agent_event, callback.at, proposal)).encode()


@dataclass
class Calling:
    """What a test drives."""

    store: SqlStore
    lifecycle: Lifecycle
    clock: Clock
    books: Books
    courier: Courier
    randomness: list

    async def proposed(self, url, amount=250, **more):
        proposal, _ = await self.lifecycle.submit(submission(amount, callback_url=url, **more))
        return proposal

    async def approved(self, url, **more):
        proposal = await self.proposed(url, **more)
        return await self.lifecycle.approve(proposal.id, ALICE, proposal.nonce)

    async def drain(self):
        await self.courier.drain()

    async def kept(self):
        return await self.store.callbacks.listed(1000, everything=True)

    async def only(self):
        (kept,) = await self.kept()
        return kept

    async def next_in(self):
        """Seconds until the next attempt."""
        return ((await self.only()).due_at - self.clock.now()).total_seconds()


@asynccontextmanager
async def calling(database, clock, private=LOOPBACK, resolver=None, patience=15.0):
    """Everything, until the block ends; begin another over the same database for a restart."""
    reach = networks_of(private)
    async with (
        open_store(f"sqlite:///{database}", KEY, clock) as store,
        session(reach, encrypted=False, resolver=resolver, timeout=patience) as open_way,
        session(reach, encrypted=True, resolver=resolver, timeout=patience) as safe_way,
    ):
        books, randomness = Books(store), []
        sender = CallbackSender(
            callbacks=store.callbacks,
            books=books,
            sessions=lambda *, encrypted: safe_way if encrypted else open_way,
            clock=clock,
            agent="Signoff/test",
        )
        courier = Courier(
            outbox=store.callbacks,
            senders=sender.senders,
            clock=clock,
            spread=lambda: randomness.pop(0) if randomness else 0.0,
            tell=lambda _: "C0OPS",
            monotonic=lambda: clock.now().timestamp(),
            pause=scheduled,
            concurrency=CONCURRENCY,
            lease_seconds=LEASE_SECONDS,
        )
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        yield Calling(store, lifecycle, clock, books, courier, randomness)
