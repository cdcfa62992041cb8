"""SQLite behind the seam: one writer, a few readers, every commit on disk before anyone hears of it."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator, Callable, Coroutine, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Self, TypeVar

import aiosqlite

from approvals.ports import StoreBusy
from storage.engine.database import Row, Value, Violation
from storage.engine.errors import DatabaseDamaged, SchemaRefused

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from storage.engine.queries import Query

T = TypeVar("T")

PATIENCE = 2.5
"""Seconds a caller waits for its turn and for locks together; whoever asks wants an answer within three."""
READERS = 3
READ_PATIENCE = PATIENCE / 2
"""Seconds a reader waits for a free connection, and once more for a lock that shuts readers out too."""

_PRAGMAS = (
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Indexes of the log are over what its JSON says, and SQLite takes its own JSON functions in a schema only if it is
    # trusted. No function of ours is registered and no extension can be loaded, so a schema can call nothing harmful.
    "PRAGMA trusted_schema = ON",
    "PRAGMA cell_size_check = ON",
)
_AWAY = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_INTERRUPT,
}
_WAITING = {sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED}
_DAMAGED = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB}


async def to_the_end(work: Coroutine[Any, Any, T]) -> T:
    """Awaits all of it even when cancelled on the way; the cancellation follows afterwards.

    Begins, commits and rollbacks run under it: a commit is never left in doubt, a connection never inside a
    transaction that nobody ends.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.shield(task)
        except asyncio.CancelledError as now:
            cancelled = now
        except BaseException:  # noqa: BLE001, S110 it is raised below, by task.result()
            pass
    if cancelled is not None and not task.cancelled():
        task.exception()
        raise cancelled
    return task.result()


class Link:
    """One connection, opened when first used and again after it failed."""

    def __init__(self, address: str, *, writes: bool) -> None:
        self._address = address
        self._writes = writes
        self._connection: aiosqlite.Connection | None = None
        self._patience = 0
        self._ended = False

    async def connection(self) -> aiosqlite.Connection:
        """The open connection. Raises StoreBusy after the end: what nobody closes any more keeps the process alive."""
        if self._ended:
            raise StoreBusy("The database is closed: the bot is stopping.")
        if self._connection is None:
            connection = await aiosqlite.connect(self._address, uri=True, isolation_level=None)
            try:
                connection.row_factory = sqlite3.Row
                # Bytes that are no UTF-8 come up as lone surrogates, which no digest and no seal accepts.
                connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
                await connection.execute_fetchall(f"PRAGMA busy_timeout = {int(READ_PATIENCE * 1000)}")
                for pragma in _PRAGMAS:
                    await connection.execute_fetchall(pragma)
                if not self._writes:
                    await connection.execute_fetchall("PRAGMA query_only = ON")
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    async def rows(self, text: str, values: dict[str, Value] | None = None) -> list[sqlite3.Row]:
        """Runs one statement to its end."""
        connection = await self.connection()
        try:
            return list(await connection.execute_fetchall(text, values or {}))
        except sqlite3.DatabaseError as fault:
            if _code(fault) in _AWAY - _WAITING:
                await self.close()
            raise

    async def wait_at_most(self, seconds: float) -> None:
        """How long statements wait for locks that others hold, to a tenth of a second."""
        patience = max(1, int(seconds * 10)) * 100
        if patience != self._patience:
            await self.rows(f"PRAGMA busy_timeout = {patience}")
            self._patience = patience

    async def rollback(self) -> None:
        """Ends whatever transaction is open; a connection that cannot is given up."""
        if self._connection is None:
            return
        try:
            if self._connection.in_transaction:
                await self._connection.execute_fetchall("ROLLBACK")
        except sqlite3.Error:
            await self.close()

    async def end(self) -> None:
        """Closes it for good."""
        self._ended = True
        await self.close()

    async def close(self) -> None:
        """Ends the connection, and with it any transaction."""
        connection, self._connection, self._patience = self._connection, None, 0
        if connection is not None:
            with suppress(sqlite3.Error):
                await connection.close()


class SqliteStatements:
    """An open transaction on one link."""

    def __init__(self, link: Link) -> None:
        self._link = link
        self._after_commit: list[Callable[[], None]] = []
        self._over: str | None = None

    async def rows(self, query: "Query", *values: Value) -> list[Row]:
        """See Statements. After a failure nothing more of the transaction is done, even if its caller goes on."""
        self.require_whole()
        self._over = f"its statement {query.name} failed"
        with _worded():
            named = {str(number): value for number, value in enumerate(values, start=1)}
            found: list[Any] = await self._link.rows(query.text, named)
        self._over = None
        return found

    def require_whole(self) -> None:
        """Raises StoreBusy if a statement of the transaction failed, or it has ended."""
        if self._over is not None:
            raise StoreBusy(f"The transaction is over: {self._over}. Nothing was changed.")

    def end(self) -> None:
        """Refuses what comes after the end."""
        self._over = self._over or "it was ended"

    def after_commit(self, callback: Callable[[], None]) -> None:
        """See Statements."""
        self._after_commit.append(callback)

    def committed(self) -> None:
        """Tells those who asked."""
        for callback in self._after_commit:
            callback()


class SqliteDatabase:
    """See Database."""

    def __init__(self, path: "Path", schema: int) -> None:
        self._path = path
        self._schema = schema
        self._turn = asyncio.Lock()
        self._writer = Link(address_of(path), writes=True)
        self._readers: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        self._links = [self._writer]
        for _ in range(READERS):
            reader = Link(address_of(path), writes=False)
            self._links.append(reader)
            self._readers.put_nowait(reader)

    @asynccontextmanager
    async def writing(self) -> AsyncIterator[SqliteStatements]:
        """See Database."""
        loop = asyncio.get_running_loop()
        until = loop.time() + PATIENCE
        await _within(PATIENCE, self._turn.acquire(), "other writes are under way")
        statements = SqliteStatements(self._writer)
        try:
            with _worded():
                await to_the_end(self._begin(until - loop.time()))
            yield statements
            statements.require_whole()
            with _worded():
                await to_the_end(self._commit(statements))
        finally:
            statements.end()
            try:
                await to_the_end(self._writer.rollback())
            finally:
                self._turn.release()

    async def _begin(self, patience: float) -> None:
        await self._writer.wait_at_most(patience)
        await self._writer.rows("BEGIN IMMEDIATE")
        (found,) = await self._writer.rows("PRAGMA user_version")
        if found[0] != self._schema:
            raise SchemaRefused(
                f"{self._path} is now at schema {found[0]}, this program knows {self._schema}. "
                "A newer version has taken over: stop this one."
            )

    async def _commit(self, statements: SqliteStatements) -> None:
        await self._writer.rows("COMMIT")
        statements.committed()

    @asynccontextmanager
    async def reading(self) -> AsyncIterator[SqliteStatements]:
        """See Database."""
        link = await _within(READ_PATIENCE, self._readers.get(), "all connections for reading are taken")
        statements = SqliteStatements(link)
        try:
            with _worded():
                await to_the_end(link.rows("BEGIN"))
            yield statements
        finally:
            statements.end()
            try:
                await to_the_end(link.rollback())
            finally:
                self._readers.put_nowait(link)

    async def close(self) -> None:
        """See Database."""
        for link in self._links:
            await to_the_end(link.end())


class Setup:
    """A connection for migrations: its caller says when transactions begin and end."""

    def __init__(self, link: Link) -> None:
        self._link = link

    @classmethod
    @asynccontextmanager
    async def opened(cls, path: "Path | None") -> AsyncIterator[Self]:
        """On an existing file; None is an empty database in memory."""
        link = Link(":memory:" if path is None else address_of(path), writes=True)
        try:
            with _worded():
                await link.connection()
            yield cls(link)
        finally:
            await to_the_end(link.rollback())
            await to_the_end(link.close())

    async def rows(self, text: str, values: dict[str, Value] | None = None) -> list[sqlite3.Row]:
        """Runs one statement to its end."""
        with _worded():
            return await self._link.rows(text, values)


def address_of(path: "Path") -> str:
    """What opens the file and never makes it: a database that is gone must not come back empty."""
    return f"{path.absolute().as_uri()}?mode=rw"


def made_of(scripts: "Iterable[str]", query: str) -> list[sqlite3.Row]:
    """What a query finds in an empty database in memory once the scripts ran there, one after the other."""
    with closing(sqlite3.connect(":memory:", isolation_level=None)) as connection:
        connection.row_factory = sqlite3.Row
        for script in scripts:
            connection.executescript(script)
        return list(connection.execute(query))


def statements_of(script: str) -> Iterator[str]:
    """The single statements of a script, triggers whole."""
    gathered = ""
    for line in script.splitlines(keepends=True):
        gathered += line
        if sqlite3.complete_statement(gathered):
            yield gathered.strip()
            gathered = ""
    if any(line.strip() and not line.lstrip().startswith("--") for line in gathered.splitlines()):
        raise ValueError(f"the script ends inside a statement: {gathered.strip()[:60]}")


async def _within(seconds: float, turn: Coroutine[Any, Any, T], why: str) -> T:
    try:
        async with asyncio.timeout(seconds):
            return await turn
    except TimeoutError:
        raise StoreBusy(f"The database did not answer in time: {why}. Try again in a second.") from None


def _code(fault: sqlite3.Error) -> int:
    return int(getattr(fault, "sqlite_errorcode", 0) or 0) & 0xFF


@contextmanager
def _worded() -> Iterator[None]:
    """Says the driver's errors in the words of the seam."""
    try:
        yield
    except sqlite3.IntegrityError as fault:
        raise Violation(str(fault)) from fault
    except sqlite3.DatabaseError as fault:
        if _code(fault) in _AWAY:
            raise StoreBusy(
                f"The database did not answer: {fault}. Nothing was changed; try again in a second."
            ) from fault
        if _code(fault) in _DAMAGED:
            raise DatabaseDamaged(f"The database is damaged: {fault}. Stop, and restore it from a backup.") from fault
        raise
