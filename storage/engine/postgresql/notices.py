"""Notices of commits: what the server tells every process of what any other one committed. No polling."""

import asyncio
import json
from contextlib import suppress
from typing import TYPE_CHECKING, Any

from approvals.ports import StoreBusy
from storage.engine.database import Elsewhere
from storage.engine.errors import StoreFault
from storage.engine.postgresql.connection import FAULTS, connected, worded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

    from asyncpg import Connection

    from storage.engine.postgresql.roll import Roll

CHANNEL = "signoff"
"""On which the triggers of the schema tell. Only sessions in the same database hear it."""
_ASK = 2.0
"""Seconds between two questions whether the connection still stands: who only listens does not see that it broke."""
_AGAIN = 0.5
"""Seconds until the next try to connect."""


class Notices:
    """What others committed, gathered while nobody takes it."""

    def __init__(self, url: str, own: "Callable[[], int | None]", roll: "Roll") -> None:
        self._url = url
        self._roll = roll
        """Kept on the same connection, which lasts as long as the process does."""
        self._own = own
        """The server's number of the connection whose commits need no telling."""
        self._connection: Connection | None = None
        self._something = asyncio.Event()
        self._forget()

    async def begin(self) -> None:
        """Hears of each commit from now on, until its `end`. Raises StoreBusy."""
        self._connection = await connected(self._url)
        with worded():
            await self._connection.add_listener(CHANNEL, self._hear)
            await self._roll.move(self._connection)

    async def listen(self) -> None:
        """Listens until it is cancelled; after each break all that was committed meanwhile counts as missed."""
        while True:
            with suppress(*FAULTS):
                while self._connection is not None and not self._connection.is_closed():
                    await asyncio.sleep(_ASK)
                    await self._roll.still()
            self.end()
            with suppress(*FAULTS, StoreBusy, StoreFault):
                await self.begin()
                self._missed = True
                self._something.set()
                continue
            await asyncio.sleep(_AGAIN)

    async def elsewhere(self) -> "AsyncIterator[Elsewhere]":
        """What others committed, as soon as there is something."""
        while True:
            await self._something.wait()
            self._something.clear()
            gathered = Elsewhere(
                proposals=frozenset(self._proposals),
                agents=frozenset(self._agents),
                deliveries=self._deliveries,
                missed=self._missed,
            )
            self._forget()
            yield gathered

    def end(self) -> None:
        """Hears no more."""
        connection, self._connection = self._connection, None
        if connection is not None:
            connection.terminate()

    def _forget(self) -> None:
        self._proposals: set[str] = set()
        self._agents: set[str] = set()
        self._deliveries = self._missed = False

    def _hear(self, _connection: "Connection | Any", sender: int, _channel: str, payload: object) -> None:
        if sender == self._own():
            return
        told = json.loads(str(payload))
        if proposal := told.get("proposal"):
            self._proposals.add(proposal)
        if agent := told.get("agent"):
            self._agents.add(agent)
        if told.get("outbox") or told.get("callbacks"):
            self._deliveries = True
        self._something.set()
