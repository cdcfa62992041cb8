"""SQLite behind the seam: one writer, a few readers, every commit on disk before anyone hears of it."""

import asyncio
import sqlite3
from contextlib import asynccontextmanager, closing
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, Self, TypeVar

from storage.engine.connection import READ_PATIENCE, Link, address_of, to_the_end, worded
from storage.engine.thread import ThreadStatements, busy, done_at_once
from storage.engine.writer import Writer

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Coroutine, Iterable, Iterator
    from pathlib import Path

    from storage.engine.database import Statements, Value

T = TypeVar("T")

READERS = 3


class SqliteDatabase:
    """See Database."""

    def __init__(self, path: "Path", schema: int) -> None:
        self._writer = Writer(Link(address_of(path), writes=True), path, schema)
        self._free: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        self._readers = [Link(address_of(path), writes=False) for _ in range(READERS)]
        for reader in self._readers:
            self._free.put_nowait(reader)

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
        """See Database."""
        return await self._writer.write(work)

    async def read(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
        """See Database."""
        link = await _within(READ_PATIENCE, self._free.get(), "all connections for reading are taken")
        context = copy_context()
        try:
            with worded():
                return await to_the_end(link.run(lambda connection: context.run(_in_one_view, connection, work)))
        finally:
            self._free.put_nowait(link)

    async def close(self) -> None:
        """See Database."""
        await to_the_end(self._writer.close())
        for link in self._readers:
            await to_the_end(link.end())


def _in_one_view(connection: sqlite3.Connection, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
    statements = ThreadStatements(connection, {})
    connection.execute("BEGIN")
    try:
        return done_at_once(work(statements))
    finally:
        statements.end()
        if connection.in_transaction:
            connection.execute("ROLLBACK")


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


async def _within(seconds: float, turn: "Coroutine[Any, Any, T]", why: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await turn
    except TimeoutError:
        raise busy(why) from None
