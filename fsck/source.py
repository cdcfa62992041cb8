"""Source of rows: one view of a database, in a file or on a server, that all is read from. It writes nothing."""

import asyncio
import os
import re
import sqlite3
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, closing, contextmanager
from functools import partial
from pathlib import Path
from typing import Any, Protocol, TypeAlias

from fsck.findings import Unreadable

Value: TypeAlias = "str | int"
Row: TypeAlias = Mapping[str, Any]

PAGES = 100
"""How many faults of a file are listed."""
_BROKEN = {sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_IOERR}
_NUL = re.compile("\x1a([01])")


class Broken(Exception):
    """What was asked for cannot be read: a page of the file is not as it was written."""


class Source(Protocol):
    """One view of the database, as it is at one moment, however long the reading takes."""

    def rows(self, text: str, *values: Value) -> Sequence[Row]:
        """What a query finds; `$1` stands for the first value. Raises Broken, Unreadable."""
        ...

    def faults(self) -> list[str] | None:
        """What is wrong with the pages of a file; None where they are a server's to look after."""
        ...


def opened(url: str, path: Path | None) -> AbstractContextManager[Source]:
    """The database at a URL, which is the file at `path` unless that is None. Raises Unreadable."""
    return _server(url) if path is None else _file(path)


class _File:
    def __init__(self, connection: sqlite3.Connection, path: Path) -> None:
        self._connection = connection
        self._path = path

    def rows(self, text: str, *values: Value) -> Sequence[Row]:
        named = {str(number): value for number, value in enumerate(values, start=1)}
        try:
            found: list[Any] = self._connection.execute(text, named).fetchall()
        except sqlite3.DatabaseError as fault:
            if (getattr(fault, "sqlite_errorcode", 0) or 0) & 0xFF in _BROKEN:
                raise Broken(str(fault)) from fault
            raise Unreadable(f"{self._path} cannot be read: {fault}.") from fault
        return found

    def faults(self) -> list[str]:
        try:
            said = [str(row["integrity_check"]) for row in self.rows(f"PRAGMA integrity_check({PAGES})")]
        except Broken as broken:
            return [str(broken)]
        return [line for each in said for line in each.splitlines() if line not in ("ok", "*** in database main ***")]


@contextmanager
def _file(path: Path) -> Iterator[Source]:
    if not path.exists():
        raise Unreadable(f"There is no database at {path}. Restore it from a backup; no new one was made.")
    if path.stat().st_size == 0:
        raise Unreadable(f"{path} is empty: there is nothing to read. Restore it from a backup.")
    # Beside a log that is not there a copy on a disk that nobody may write to is read as it is.
    alone = not Path(f"{path}-wal").exists() and not os.access(path.parent, os.W_OK)
    address = f"{path.absolute().as_uri()}?mode=ro{'&immutable=1' if alone else ''}"
    try:
        with closing(sqlite3.connect(address, uri=True, isolation_level=None, timeout=10)) as connection:
            connection.row_factory = sqlite3.Row
            connection.text_factory = partial(str, encoding="utf-8", errors="surrogateescape")
            connection.execute("PRAGMA query_only = ON")
            connection.execute("PRAGMA cell_size_check = ON")
            _require_ours(_tables(connection), str(path))
            yield _File(connection, path)
    except sqlite3.DatabaseError as fault:
        raise Unreadable(
            f"{path} cannot be read, not one row of it: {fault}. Restore it from a backup, and keep the file."
        ) from fault


def _tables(connection: sqlite3.Connection) -> set[str]:
    """Begins to read, also in a file that ends before its last page, of which SQLite else reads nothing."""
    text = "SELECT name FROM sqlite_schema WHERE type = 'table'"
    connection.execute("BEGIN")
    try:
        found = connection.execute(text).fetchall()
    except sqlite3.DatabaseError:
        connection.execute("ROLLBACK")
        connection.execute("PRAGMA writable_schema = ON")  # the file itself is opened for reading alone
        connection.execute("BEGIN")
        found = connection.execute(text).fetchall()
    return {str(row[0]) for row in found}


class _Server:
    def __init__(self, runner: asyncio.Runner, connection: Any) -> None:
        self._runner = runner
        self._connection = connection

    def rows(self, text: str, *values: Value) -> Sequence[Row]:
        import asyncpg  # noqa: PLC0415 beside a file nobody needs the driver

        try:
            found: list[Row] = self._runner.run(self._fetched(text, values))
        except (asyncpg.DataCorruptedError, asyncpg.IndexCorruptedError) as fault:
            raise Broken(str(fault)) from fault
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError) as fault:
            raise Unreadable(f"The server stopped answering: {fault}.") from fault
        return found

    async def _fetched(self, text: str, values: tuple[Value, ...]) -> list[Row]:
        return list(await self._connection.fetch(text, *values))

    def faults(self) -> None:
        return None


@contextmanager
def _server(url: str) -> Iterator[Source]:
    import asyncpg  # noqa: PLC0415 likewise

    async def connected() -> Any:
        made = await asyncpg.connect(
            url,
            timeout=10,
            server_settings={
                "search_path": "signoff",
                "application_name": "signoff fsck",
                "idle_in_transaction_session_timeout": "0",
            },
        )
        # The server keeps no NUL in a text; what stands for one, and for itself, is written so by whoever writes.
        await made.set_type_codec("text", schema="pg_catalog", encoder=str, decoder=_with_nul, format="text")
        await made.execute("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
        tables = await made.fetch("SELECT tablename FROM pg_tables WHERE schemaname = 'signoff'")
        _require_ours({str(row["tablename"]) for row in tables}, "The database on the server")
        return made

    with asyncio.Runner() as runner:
        try:
            connection = runner.run(connected())
        except ValueError:  # whose words may be a piece of the password
            raise Unreadable("The address of the server cannot be read.") from None
        except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError) as fault:
            raise Unreadable(f"The server does not let us read: {fault or type(fault).__name__}.") from fault
        try:
            yield _Server(runner, connection)
        finally:
            connection.terminate()


def _require_ours(tables: set[str], name: str) -> None:
    if not {"entries", "proposals", "outbox", "messages"} <= tables:
        raise Unreadable(f"{name} is no database of Signoff's: the tables entries and proposals are not there.")


def _with_nul(text: str) -> str:
    return _NUL.sub(lambda found: "\x00" if found[1] == "0" else "\x1a", text) if "\x1a" in text else text
