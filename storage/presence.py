"""Presence: which bots are on the database, and which connections to Slack they have, each as long as it lasts."""

from collections import Counter
from contextlib import asynccontextmanager
from enum import IntEnum
from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import AsyncIterator


class Thing(IntEnum):
    """What is counted; the numbers are known to every version."""

    bot = 5_016_015
    socket = 5_016_016


class Roll(Protocol):
    """Where what is there is entered, so that no death leaves anything behind."""

    async def enter(self, thing: Thing) -> int:
        """Enters one more; the number that takes it off."""
        ...

    async def strike(self, thing: Thing, number: int) -> None:
        """Takes it off."""
        ...

    async def count(self, thing: Thing) -> int:
        """How many there are, in all processes. Raises StoreBusy, StoreFault."""
        ...


class OwnRoll:
    """Of the only process there is."""

    def __init__(self) -> None:
        self._count: Counter[Thing] = Counter()

    async def enter(self, thing: Thing) -> int:
        """See Roll."""
        self._count[thing] += 1
        return 0

    async def strike(self, thing: Thing, number: int) -> None:
        """See Roll."""
        del number
        self._count[thing] -= 1

    async def count(self, thing: Thing) -> int:
        """See Roll."""
        return self._count[thing]


class Presence:
    """This process among those on the database."""

    def __init__(self, roll: Roll) -> None:
        self._roll = roll

    @asynccontextmanager
    async def bot(self) -> "AsyncIterator[None]":
        """This process is a bot while the block lasts."""
        number = await self._roll.enter(Thing.bot)
        try:
            yield
        finally:
            await self._roll.strike(Thing.bot, number)

    async def is_only_bot(self) -> bool:
        """Whether there is no other one. Raises StoreBusy."""
        return await self._roll.count(Thing.bot) <= 1

    async def connect(self) -> int:
        """One more connection to Slack is about to be opened; the number under which it is to be let go."""
        return await self._roll.enter(Thing.socket)

    async def disconnect(self, number: int) -> None:
        """It is closed."""
        await self._roll.strike(Thing.socket, number)

    async def sockets(self) -> int:
        """How many connections to Slack all bots have. Raises StoreBusy."""
        return await self._roll.count(Thing.socket)
