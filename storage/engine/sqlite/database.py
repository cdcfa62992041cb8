"""SQLite behind the seam: one writer, a few readers, every commit on disk before anyone hears of it."""

import asyncio
import sqlite3
from contextvars import copy_context
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engine.sqlite.connection import READ_PATIENCE, Link, address_of, worded
from storage.engine.sqlite.thread import ThreadStatements, done_at_once
from storage.engine.sqlite.writer import Writer
from storage.engine.turns import busy, to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from storage.engine.database import Statements

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

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", asks: str | None = None) -> T:
        """See Database."""
        return await self._writer.write(work, asks)

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


async def _within(seconds: float, turn: "Coroutine[Any, Any, T]", why: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await turn
    except TimeoutError:
        raise busy(why) from None
