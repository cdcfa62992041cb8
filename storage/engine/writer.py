"""Writer: whole transactions, one after the other on SQLite's thread, with one commit for those that wait together.

Each is in a savepoint of its own: one that fails leaves the others whole. Nobody is answered, and nobody is refused
because of what another one wrote, before the disk has it.
"""

import asyncio
import contextvars
import sqlite3
import threading
import time
from collections import deque
from functools import partial
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from storage.engine import connection as door
from storage.engine.errors import SchemaRefused
from storage.engine.thread import ThreadStatements, busy, done_at_once

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine
    from pathlib import Path

    from storage.engine.database import Statements

T = TypeVar("T")

MOST = 64
"""So many transactions share one commit at most."""
LONGEST = 0.05
"""Seconds after which no other one joins a commit: whoever came first waits for it too."""


class Turn(Generic[T]):
    """One transaction that waits to be done, and whoever waits for its answer."""

    def __init__(
        self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", answer: "asyncio.Future[T]", until: float
    ) -> None:
        self.until = until
        """When its caller gives up, by time.monotonic."""
        self._work = work
        self._answer = answer
        self._context = contextvars.copy_context()
        self._taken = threading.Lock()
        self._statements: ThreadStatements | None = None
        self._result: T
        self._fault: BaseException | None = None

    def take(self) -> bool:
        """Whether it is the caller's to do, or to give up: true for one, on whichever thread it comes first."""
        return self._taken.acquire(blocking=False)

    @property
    def is_taken(self) -> bool:
        """Whether somebody has."""
        return self._taken.locked()

    def carry_out(self, statements: ThreadStatements) -> bool:
        """Does it, on SQLite's thread; whether it is to be kept."""
        self._statements = statements
        try:
            self._result = self._context.run(lambda: done_at_once(self._work(statements)))
            statements.require_whole()
        except BaseException as fault:  # noqa: BLE001 it is raised where the answer is awaited
            self._fault = fault
        finally:
            statements.end()
        return self._fault is None

    def fail(self, fault: BaseException) -> None:
        """Nothing of it was kept, whatever it found."""
        self._fault = fault

    def settle(self) -> None:
        """Answers, in the loop."""
        if self._fault is None and self._statements is not None:
            self._statements.committed()
        if self._answer.done():
            return
        if self._fault is None:
            self._answer.set_result(self._result)
        else:
            self._answer.set_exception(self._fault)

    def give_up(self) -> None:
        """Answers that it took too long, unless it is under way."""
        if self.take():
            self.fail(busy("other writes are under way"))
            self.settle()


class Writer:
    """The one connection that writes, and those who wait for it."""

    def __init__(self, link: "door.Link", path: "Path", schema: int) -> None:
        self._link = link
        self._path = path
        self._schema = schema
        self._waiting: deque[Turn[Any]] = deque()
        self._carrying: asyncio.Task[None] | None = None
        self._connection: sqlite3.Connection | None = None
        """The one that what is remembered was read on."""
        self._data_version = -1
        self._patience = 0
        self._memory: dict[str, Any] = {}

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
        """See Database. A caller who is cancelled before its turn leaves nothing; after, it is done to the end."""
        loop = asyncio.get_running_loop()
        answer: asyncio.Future[T] = loop.create_future()
        turn = Turn(work, answer, time.monotonic() + door.PATIENCE)
        self._waiting.append(turn)
        if self._carrying is None or self._carrying.done():
            self._carrying = loop.create_task(self._carry_waiting())
        timer = loop.call_later(door.PATIENCE, turn.give_up)
        try:
            return await asyncio.shield(answer)
        except asyncio.CancelledError:
            if not turn.take():
                await door.to_the_end(_settled(answer))
            raise
        finally:
            timer.cancel()

    async def close(self) -> None:
        """Ends what is under way, and then the connection; whoever still waits hears that the bot is stopping."""
        await self._link.end()
        if self._carrying is not None:
            await _settled(self._carrying)

    async def _carry_waiting(self) -> None:
        while self._waiting:
            batch: list[Turn[Any]] = []
            try:
                with door.worded():
                    await door.to_the_end(self._link.run(partial(self._commit, batch)))
            except Exception as fault:  # noqa: BLE001 whoever waited is told
                if not batch and (turn := self._next()) is not None:  # there is no connection
                    turn.fail(fault)
                    batch.append(turn)
            finally:
                for each in batch:
                    each.settle()

    def _pop(self) -> "Turn[Any] | None":
        return self._waiting.popleft() if self._waiting else None

    def _next(self) -> "Turn[Any] | None":
        """The next that nobody has given up."""
        return next((each for each in iter(self._pop, None) if each.take()), None)

    def _commit(self, batch: "list[Turn[Any]]", connection: sqlite3.Connection) -> None:
        """Does those who wait and commits, on SQLite's thread. What it raises, all of the batch are told."""
        began = time.monotonic()
        first = next((each for each in iter(self._pop, None) if not each.is_taken), None)
        if first is None:
            return
        try:
            self._begin(connection, first.until - began)
            turn = first if first.take() else self._next()
            while turn is not None:
                batch.append(turn)
                self._carry_out(connection, turn)
                turn = self._next() if len(batch) < MOST and time.monotonic() - began < LONGEST else None
            connection.execute("COMMIT")
        except BaseException as fault:
            self._memory = {}
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            if not batch:
                if not first.take():
                    return  # it was given up meanwhile, and nobody else has begun
                batch.append(first)
            for each in batch:
                each.fail(door.in_words(fault) if isinstance(fault, sqlite3.DatabaseError) else fault)
            raise

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
            raise SchemaRefused(
                f"{self._path} is now at schema {schema}, this program knows {self._schema}. "
                "A newer version has taken over: stop this one."
            )
        self._data_version = data_version

    def _carry_out(self, connection: sqlite3.Connection, turn: "Turn[Any]") -> None:
        """Raises where the whole transaction is lost with it."""
        remembered = dict(self._memory)
        connection.execute("SAVEPOINT turn")
        statements = ThreadStatements(connection, self._memory)
        if turn.carry_out(statements):
            connection.execute("RELEASE turn")
            return
        self._memory = remembered
        if statements.fault is not None and (door.is_spoilt(statements.fault) or not connection.in_transaction):
            raise statements.fault
        connection.execute("ROLLBACK TO turn")
        connection.execute("RELEASE turn")


async def _settled(answer: "asyncio.Future[Any]") -> None:
    await asyncio.wait([answer])
    if not answer.cancelled():
        answer.exception()
