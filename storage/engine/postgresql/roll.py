"""Roll of what all processes have, kept as locks of a connection: the server lets go of them when that ends."""

import asyncio
import secrets
from contextlib import suppress
from typing import TYPE_CHECKING

from storage.engine.postgresql.connection import FAULTS, connected, worded

if TYPE_CHECKING:
    from asyncpg import Connection

_COUNT = """
SELECT count(*) FROM pg_locks
WHERE locktype = 'advisory' AND objsubid = 2 AND granted AND classid = $1
    AND database = (SELECT oid FROM pg_database WHERE datname = current_database())
"""


class Roll:
    """See storage.presence. It lives on a connection that comes and goes, and is written anew on the next."""

    def __init__(self, url: str) -> None:
        self._url = url
        self._entered: set[tuple[int, int]] = set()
        self._connection: Connection | None = None
        self._turn = asyncio.Lock()
        """A connection answers one question at a time."""

    async def enter(self, thing: int) -> int:
        """Enters one more; the number that takes it off. Where the server is away, it is entered once it is back."""
        number = secrets.randbits(31)
        async with self._turn:
            self._entered.add((thing, number))
            await self._say("SELECT pg_try_advisory_lock($1, $2)", thing, number)
        return number

    async def strike(self, thing: int, number: int) -> None:
        """Takes it off."""
        async with self._turn:
            self._entered.discard((thing, number))
            await self._say("SELECT pg_advisory_unlock($1, $2)", thing, number)

    async def count(self, thing: int) -> int:
        """How many there are, in all processes. Raises StoreBusy, StoreFault."""
        connection = await connected(self._url)
        try:
            with worded():
                return int(await connection.fetchval(_COUNT, thing))
        finally:
            connection.terminate()

    async def move(self, connection: "Connection") -> None:
        """Writes all anew on another connection, from which nothing is asked but through this."""
        async with self._turn:
            self._connection = connection
            for thing, number in self._entered:
                await connection.fetchval("SELECT pg_try_advisory_lock($1, $2)", thing, number)

    async def still(self) -> None:
        """Asks whether the connection stands; raises what the driver does."""
        async with self._turn:
            if self._connection is not None:
                await self._connection.execute("SELECT 1")

    async def _say(self, text: str, thing: int, number: int) -> None:
        with suppress(*FAULTS):  # whoever listens finds out, and connects anew
            if self._connection is not None and not self._connection.is_closed():
                await self._connection.fetchval(text, thing, number)
