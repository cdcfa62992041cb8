"""Writer: whole transactions on SQLite's thread, each in a savepoint, with one commit for those that wait together."""

import asyncio
import sqlite3
import time
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engine.errors import SchemaReplaced
from storage.engine.sqlite import connection as door
from storage.engine.sqlite.thread import ThreadStatements, done_at_once
from storage.engine.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from storage.engine.database import Statements
    from storage.engine.turns import Turn

T = TypeVar("T")


class Writer:
    """The one connection that writes, and those who wait for it."""

    def __init__(self, link: "door.Link", path: "Path", schema: int) -> None:
        self._link = link
        self._path = path
        self._schema = schema
        self._turns = Turns(self._carry_out)
        self._connection: sqlite3.Connection | None = None
        """The one that what is remembered was read on."""
        self._data_version = -1
        self._patience = 0
        self._memory: dict[str, Any] = {}
        self._closing = False

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", asks: str | None = None) -> T:
        """See Database."""
        return await self._turns.write(work, asks)

    async def close(self) -> None:
        """Ends what is under way, and then the connection; whoever still waits hears that the bot is stopping."""
        self._closing = True
        await self._link.end()
        await self._turns.settled()

    async def _carry_out(self, batch: "list[Turn[Any]]") -> None:
        """Commits until nobody waits, all in one call to the thread."""
        loop = asyncio.get_running_loop()

        def settle(done: "list[Turn[Any]]") -> None:
            loop.call_soon_threadsafe(_settle, done)

        with door.worded():
            await self._link.run(partial(self._commit_all, batch, settle))

    def _commit_all(
        self,
        batch: "list[Turn[Any]]",
        settle: "Callable[[list[Turn[Any]]], None]",
        connection: sqlite3.Connection,
    ) -> None:
        """The same on SQLite's thread: each commit is told at once, and those who came meanwhile begin the next."""
        while self._commit(batch, connection):
            settle(batch.copy())
            batch.clear()
            if self._closing:
                return

    def _commit(self, batch: "list[Turn[Any]]", connection: sqlite3.Connection) -> bool:
        """Does those who wait and commits; whether there were any. What it raises, all of the batch are told."""
        began = time.monotonic()
        first = self._turns.first()
        if first is None:
            return False
        try:
            self._begin(connection, first.until - began)
            turn = first if first.take() else self._turns.next()
            while turn is not None:
                batch.append(turn)
                if not self._keeps(connection, turn, alone=len(batch) == 1):
                    return True
                turn = self._turns.joining(batch, began)
            connection.execute("COMMIT")
        except BaseException as fault:
            self._memory = {}
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not batch:
                if not first.take():
                    return True  # it was given up meanwhile, and nobody else has begun
                batch.append(first)
            for each in batch:
                each.fail(door.in_words(fault) if isinstance(fault, sqlite3.DatabaseError) else fault)
            raise
        return True

    def _begin(self, connection: sqlite3.Connection, patience: float) -> None:
        """Takes the lock of the file. What is remembered of it is forgotten where somebody else has written to it."""
        milliseconds = max(1, int(patience * 10)) * 100
        if connection is not self._connection:
            self._connection, self._data_version, self._patience = connection, -1, 0
        if milliseconds != self._patience:
            connection.execute(f"PRAGMA busy_timeout = {milliseconds}")
            self._patience = milliseconds
        connection.execute("BEGIN IMMEDIATE")
        (data_version,) = connection.execute("PRAGMA data_version").fetchone()
        if data_version == self._data_version:
            return
        self._memory = {}
        (schema,) = connection.execute("PRAGMA user_version").fetchone()
        if schema != self._schema:
            raise SchemaReplaced(
                f"{self._path} is now at schema {schema}, this program knows {self._schema}. "
                "A newer version has taken over: stop this one."
            )
        self._data_version = data_version

    def _keeps(self, connection: sqlite3.Connection, turn: "Turn[Any]", *, alone: bool) -> bool:
        """Does it. Whether the transaction goes on: the first that fails ends it, for nothing else is in it yet.

        Raises where the whole transaction is lost with it.
        """
        remembered = dict(self._memory)
        if not alone:
            connection.execute("SAVEPOINT turn")
        statements = ThreadStatements(connection, self._memory, self._turns.expected)
        if _done(turn, statements):
            if not alone:
                connection.execute("RELEASE turn")
            return True
        self._memory = remembered
        if statements.fault is not None and (door.is_spoilt(statements.fault) or not connection.in_transaction):
            raise statements.fault
        if alone:
            connection.execute("ROLLBACK")
            return False
        connection.execute("ROLLBACK TO turn")
        connection.execute("RELEASE turn")
        return True


def _settle(batch: "list[Turn[Any]]") -> None:
    for each in batch:
        each.settle()


def _done(turn: "Turn[Any]", statements: ThreadStatements) -> bool:
    """Does it, on SQLite's thread; whether it is to be kept."""
    try:
        result = turn.context.run(lambda: done_at_once(turn.work(statements)))
        statements.require_whole()
    except BaseException as fault:  # noqa: BLE001 it is raised where the answer is awaited
        turn.fail(fault)
        return False
    finally:
        statements.end()
    turn.keep(result, statements.committed)
    return True
