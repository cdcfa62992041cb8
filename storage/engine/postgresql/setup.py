"""Setup connection: for migrations, whose caller says when transactions begin and end."""

from contextlib import asynccontextmanager
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Self

from storage.engine.postgresql.connection import SCHEMA, connected, worded

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Sequence

    from asyncpg import Connection

    from storage.engine.database import Row, Value

_PATIENCE = 600.0
"""Seconds for one statement: an index over a long past takes its time."""
_LOCK = 5_016_014
"""What two that set up at the same time wait for; any number, the same for all."""
_EXPECTED = "signoff_expected"
"""Where the schema is made once more to be compared with; it is never committed."""

# Columns that the server numbers by itself: it goes on behind what was copied.
_NUMBERED = """
SELECT table_name AS "table", column_name AS "column" FROM information_schema.columns
WHERE table_schema = current_schema() AND is_identity = 'YES'
"""
_NUMBER_ON = """
SELECT setval(pg_get_serial_sequence('{table}', '{column}'), coalesce(max({column}), 0) + 1, false) FROM {table}
"""


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

    async def vacuum(self, *, full: bool) -> None:
        """Takes dead rows away; `full` makes every table of ours anew, and nobody can use it meanwhile."""
        tables = await self.rows("SELECT tablename AS name FROM pg_tables WHERE schemaname = current_schema()")
        await self.script(f"VACUUM{' (FULL)' if full else ''} {', '.join(row['name'] for row in tables)}")

    @property
    def version(self) -> object:
        """Of the server."""
        return self._connection.get_server_version()

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

    async def page(self, text: str, values: "Sequence[Value]") -> "list[tuple[Value, ...]]":
        """Rows in order, as tuples."""
        return [tuple(row.values()) for row in await self.rows(text, *values)]

    async def fill(self, table: str, columns: "Sequence[str]", rows: "Sequence[tuple[Value, ...]]") -> None:
        """Adds the rows."""
        await self._connection.copy_records_to_table(table, records=rows, columns=columns)

    @asynccontextmanager
    async def still(self) -> "AsyncIterator[None]":
        """While the block lasts nobody writes."""
        async with self._connection.transaction():
            await self.script("SET LOCAL idle_in_transaction_session_timeout = 0; SELECT number FROM turns FOR UPDATE")
            yield

    @asynccontextmanager
    async def one_view(self) -> "AsyncIterator[None]":
        """While the block lasts everything is read as it is at one moment; nobody waits for it."""
        async with self._connection.transaction(isolation="repeatable_read", readonly=True):
            await self.script("SET LOCAL idle_in_transaction_session_timeout = 0")
            await self.rows("SELECT number FROM turns")  # with the first reading the moment is there
            yield

    @asynccontextmanager
    async def without_triggers(self, tables: "Sequence[str]") -> "AsyncIterator[None]":
        """A transaction in which no trigger of ours counts or refuses; kept unless it fails."""
        async with self.still():
            for table in tables:
                await self.script(f"ALTER TABLE {table} DISABLE TRIGGER USER")
            yield
            await self.script("SET CONSTRAINTS ALL IMMEDIATE")
            for table in tables:
                await self.script(f"ALTER TABLE {table} ENABLE TRIGGER USER")
                await self.script(f"ANALYZE {table}")  # until the server does, it takes all tables for empty
            for numbered in await self.rows(_NUMBERED):
                await self.rows(_NUMBER_ON.format(**numbered))

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
