"""Setup connection: for migrations, whose caller says when transactions begin and end."""

import sqlite3
from contextlib import asynccontextmanager, closing
from typing import TYPE_CHECKING, Self

from storage.engine.sqlite.connection import Link, address_of, worded
from storage.engine.turns import to_the_end

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterable, Iterator, Sequence
    from pathlib import Path

    from storage.engine.database import Value


class Setup:
    """A connection for migrations: its caller says when transactions begin and end."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: "Path | None") -> "AsyncIterator[Self]":
        """On an existing file; None is an empty database in memory."""
        link = Link(":memory:" if path is None else address_of(path), writes=True)
        try:
            with worded():
                await link.connection()
            yield cls(link)
        finally:
            await to_the_end(link.rollback())
            await to_the_end(link.close())

    async def rows(self, text: str, values: "dict[str, Value] | None" = None) -> list[sqlite3.Row]:
        """Runs one statement to its end."""
        with worded():
            return await self._link.rows(text, values)

    async def page(self, text: str, values: "Sequence[Value]") -> "list[tuple[Value, ...]]":
        """Rows in order, as tuples."""
        return [tuple(row) for row in await self.rows(text, {str(n): each for n, each in enumerate(values, start=1)})]

    async def fill(self, table: str, columns: "Sequence[str]", rows: "Sequence[tuple[Value, ...]]") -> None:
        """Adds the rows."""
        text = f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({', '.join('?' * len(columns))})"  # noqa: S608 ours
        with worded():
            await self._link.run(lambda connection: connection.executemany(text, rows))

    @asynccontextmanager
    async def still(self) -> "AsyncIterator[None]":
        """While the block lasts nobody writes."""
        await self.rows("BEGIN IMMEDIATE")
        try:
            yield
        finally:
            await to_the_end(self._link.rollback())

    @asynccontextmanager
    async def without_triggers(self, tables: "Sequence[str]") -> "AsyncIterator[None]":
        """A transaction in which no trigger of ours counts or refuses; kept unless it fails."""
        del tables  # all of them
        async with self.still():
            triggers = await self.rows("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            for trigger in triggers:
                await self.rows(f"DROP TRIGGER {trigger['name']}")
            yield
            for trigger in triggers:
                await self.rows(trigger["sql"])
            await self.rows("COMMIT")


def made_of(scripts: "Iterable[str]", query: str) -> list[sqlite3.Row]:
    """What a query finds in an empty database in memory once the scripts ran there, one after the other."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for script in scripts:
            connection.executescript(script)
        return list(connection.execute(query))


def statements_of(script: str) -> "Iterator[str]":
    """The single statements of a script, triggers whole."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered.strip()
            gathered = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in gathered.splitlines()):
        raise ValueError(f"the script ends inside a statement: {gathered.strip()[:60]}")
