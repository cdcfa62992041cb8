"""Setup connection: for migrations, whose caller says when transactions begin and end."""

from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from storage.engine.postgresql.connection import SCHEMA, connected, worded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable

    from asyncpg import Connection

    from storage.engine.database import Row, Value

_PATIENCE = 600.0
"""Seconds for one statement: an index over a long past takes its time."""
_LOCK = 5_016_014
"""What two that set up at the same time wait for; any number, the same for all."""
_EXPECTED = "signoff_expected"
"""Where the schema is made once more to be compared with; it is never committed."""


class ServerSetup:
    """A connection to the server that waits for long."""

    def __init__(self, connection: "Connection") -> None:
        self._connection = connection

    @classmethod
    @asynccontextmanager
    async def opened(cls, url: str) -> "AsyncIterator[Self]":
        """Raises StoreBusy, StoreFault."""
        connection = await connected(url, patience=_PATIENCE)
        try:
            with worded():
                yield cls(connection)
        finally:
            connection.terminate()

    @asynccontextmanager
    async def alone(self) -> "AsyncIterator[None]":
        """A transaction, which waits for others that set up."""
        async with self._connection.transaction():
            await self._connection.execute(f"SET LOCAL lock_timeout = 0; SELECT pg_advisory_xact_lock({_LOCK})")
            yield

    async def make_room(self) -> None:
        """Makes the schema if it is not there."""
        if not await self.rows("SELECT 1 AS there FROM pg_namespace WHERE nspname = $1", SCHEMA):
            await self.script(f"CREATE SCHEMA {SCHEMA}")

    async def rows(self, text: str, *values: "Value") -> "list[Row]":
        """Runs one statement to its end."""
        found: list[Row] = await self._connection.fetch(text, *values)
        return found

    async def script(self, text: str) -> None:
        """Runs many statements."""
        await self._connection.execute(text)

    async def described(self) -> dict[str, str]:
        """Tables, constraints, indexes, triggers, functions and views by name, as the server describes them."""
        return {row["name"]: row["definition"] for row in await self.rows(_described())}

    async def made_of(self, scripts: "Iterable[str]") -> dict[str, str]:
        """The same of what scripts make in an empty schema; nothing of it stays."""
        transaction = self._connection.transaction()
        await transaction.start()
        try:
            await self.script(f"CREATE SCHEMA {_EXPECTED}; SET LOCAL search_path = {_EXPECTED}")
            for script in scripts:
                await self.script(script)
            return await self.described()
        finally:
            await transaction.rollback()


@cache
def _described() -> str:
    return files("storage.engine.postgresql").joinpath("schema.sql").read_text(encoding="utf-8")
