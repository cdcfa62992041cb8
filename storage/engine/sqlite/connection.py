"""Connection to SQLite: the only door to the driver. Opened when first used, given up where it failed."""

import sqlite3
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING, TypeVar

import aiosqlite

from approvals.ports import StoreBusy
from storage.engine.database import Value, Violation
from storage.engine.errors import DatabaseDamaged
from storage.engine.turns import PATIENCE

if TYPE_CHECKING:
    from pathlib import Path

T = TypeVar("T")

READ_PATIENCE = PATIENCE / 2
"""Seconds a reader waits for a free connection, and once more for a lock that shuts readers out too."""
STATEMENTS = 512
"""How many prepared statements a connection keeps: more than there are named queries."""

_PRAGMAS = (
    f"PRAGMA busy_timeout = {int(READ_PATIENCE * 1000)}",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    # Indexes of the log are over what its JSON says, and SQLite takes its own JSON functions in a schema only if it is
    # trusted. No function of ours is registered and no extension can be loaded, so a schema can call nothing harmful.
    "PRAGMA trusted_schema = ON",
    "PRAGMA cell_size_check = ON",
    # What is deleted is overwritten, so that nothing of what was erased is left in the file.
    "PRAGMA secure_delete = ON",
)
_OF_THE_WRITER = (
    # Pages that many commits change are written to the file once for all of them, at 32 MB of log instead of 4.
    "PRAGMA wal_autocheckpoint = 8000",
    # The ends of all indexes stay in memory: 16 MB instead of 2.
    "PRAGMA cache_size = -16000",
    # What a statement would have to take back stays in memory too: else each that has a trigger writes it to a file.
    "PRAGMA temp_store = MEMORY",
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


class Connection(aiosqlite.Connection):
    """A connection that carries out many statements in one call.

    Each call of aiosqlite goes to the connection's thread and back, which costs more than most statements do.
    """

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives, done on the connection's thread. It must use the connection only there."""
        answer: T = await self._execute(work, self._conn)  # type: ignore[no-untyped-call]  # as its own methods do
        return answer


class Link:
    """One connection, opened when first used and again after it failed."""

    def __init__(self, address: str, *, writes: bool) -> None:
        self._address = address
        self._writes = writes
        self._connection: Connection | None = None
        self._ended = False

    async def connection(self) -> Connection:
        """The open connection. Raises StoreBusy after the end: what nobody closes any more keeps the process alive."""
        if self._ended:
            raise StoreBusy("The database is closed: the bot is stopping.")
        if self._connection is None:
            connection = Connection(
                partial(sqlite3.connect, self._address, uri=True, isolation_level=None, cached_statements=STATEMENTS),
                iter_chunk_size=64,
            )
            await connection
            try:
                await connection.run(self._prepare)
            except BaseException:
                await connection.close()
                raise
            self._connection = connection
        return self._connection

    async def run(self, work: Callable[[sqlite3.Connection], T]) -> T:
        """What `work` gives with the connection, in one call. After trouble that is no waiting it is opened anew."""
        connection = await self.connection()
        try:
            return await connection.run(work)
        except Exception as fault:
            if is_spoilt(fault) or is_spoilt(fault.__cause__):
                await self.close()
            raise

    async def rows(self, text: str, values: "dict[str, Value] | None" = None) -> list[sqlite3.Row]:
        """Runs one statement to its end."""
        return await self.run(lambda connection: connection.execute(text, values or {}).fetchall())

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
        connection, self._connection = self._connection, None
        if connection is not None:
            with suppress(sqlite3.Error):
                await connection.close()

    def _prepare(self, connection: sqlite3.Connection) -> None:
        connection.row_factory = sqlite3.Row
        # Bytes that are no UTF-8 come up as lone surrogates, which no digest and no seal accepts.
        connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
        for pragma in (*_PRAGMAS, *(_OF_THE_WRITER if self._writes else ("PRAGMA query_only = ON",))):
            connection.execute(pragma)


def address_of(path: "Path") -> str:
    """What opens the file and never makes it: a database that is gone must not come back empty."""
    return f"{path.absolute().as_uri()}?mode=rw"


def is_spoilt(fault: BaseException | None) -> bool:
    """Whether the connection is to be given up: the disk or the file is in trouble, and not only locked."""
    return isinstance(fault, sqlite3.DatabaseError) and _code(fault) in _AWAY - _WAITING


@contextmanager
def worded() -> Iterator[None]:
    """Says the driver's errors in the words of the seam."""
    try:
        yield
    except sqlite3.DatabaseError as fault:
        raise in_words(fault) from fault


def in_words(fault: sqlite3.DatabaseError) -> Exception:
    """The driver's error in the words of the seam: Violation, StoreBusy, DatabaseDamaged; else as it is."""
    if isinstance(fault, sqlite3.IntegrityError):
        return Violation(str(fault))
    if _code(fault) in _AWAY:
        return StoreBusy(f"The database did not answer: {fault}. Nothing was changed; try again in a second.")
    if _code(fault) in _DAMAGED:
        return DatabaseDamaged(f"The database is damaged: {fault}. Stop, and restore it from a backup.")
    return fault


def _code(fault: sqlite3.Error) -> int:
    return int(getattr(fault, "sqlite_errorcode", 0) or 0) & 0xFF
