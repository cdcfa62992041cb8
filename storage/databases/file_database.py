"""Database in a file: made if it is not there, checked to be the one we wrote, migrated."""

import os
from pathlib import Path
from typing import TYPE_CHECKING

from approvals.ports import StoreBusy
from storage.databases.migrate import compare, expected, migrate, schema, shipped
from storage.engine.errors import DatabaseDamaged, NoDatabase, SchemaRefused
from storage.engine.sqlite.database import SqliteDatabase
from storage.engine.sqlite.setup import Setup

if TYPE_CHECKING:
    from datetime import datetime

    from storage.audit.high_water_mark import HighWaterMarkFile

READ_WHOLE = 64 * 1024 * 1024
"""Bytes up to which a file is read whole at a start. Of a larger one that would take as long as its past is: a broken
page shows when it is read, and `signoff audit verify` reads all of them."""


async def file_database(path: Path, marks: "HighWaterMarkFile", now: "datetime") -> SqliteDatabase:
    """The database in a file, ready to be used. Raises StoreFault, StoreBusy."""
    if not path.exists():  # noqa: ASYNC240 once, before anything is served
        _truly_new(path, marks)
        await make_file(path, now)
    return SqliteDatabase(path, await _checked(path, now))


async def file_database_to_read(path: Path) -> SqliteDatabase:
    """The same for reading alone: nothing is made. Raises NoDatabase, SchemaRefused, StoreBusy."""
    if not path.exists():  # noqa: ASYNC240 likewise
        raise NoDatabase(f"There is no database at {path}; SIGNOFF_DATABASE_URL names it.")
    known = shipped()[-1].number
    async with Setup.opened(path) as setup:
        (found,) = await setup.rows("PRAGMA user_version")
    if found[0] != known:
        raise SchemaRefused(
            f"{path} is at schema {found[0]}, this program knows {known}. "
            "Read it with the version of the bot that runs on it; a start of the bot brings an older one up to date."
        )
    return SqliteDatabase(path, known)


def _truly_new(path: Path, marks: "HighWaterMarkFile") -> None:
    """Raises DatabaseDamaged if there was a database by this name, so that none is replaced by an empty one."""
    for trace in (marks.path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if trace.exists():
            raise DatabaseDamaged(
                f"{path} is gone, but {trace} is still there. Restore the database from a backup; "
                f"to begin anew, delete {trace} too."
            )


async def make_file(path: Path, now: "datetime") -> None:
    """A new database under its name only when it is whole, so that a crash leaves nothing half made."""
    path.parent.mkdir(parents=True, exist_ok=True)
    making = path.with_name(path.name + ".making")
    for leftover in (making, Path(f"{making}-wal"), Path(f"{making}-shm"), Path(f"{making}-journal")):
        leftover.unlink(missing_ok=True)
    os.close(os.open(making, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    async with Setup.opened(making) as setup:
        # Nobody relies on its steps before it has its name, so they reach the disk together.
        await setup.rows("PRAGMA synchronous = OFF")
        await migrate(setup, shipped(), now)
        await setup.rows("PRAGMA journal_mode = WAL")
    _sync(making)
    making.rename(path)
    _sync(path.parent)


async def _checked(path: Path, now: "datetime") -> int:
    """Migrates an existing database and makes sure of its schema; its number."""
    if path.stat().st_size == 0:  # noqa: ASYNC240 once, before anything is served
        raise DatabaseDamaged(f"{path} is empty. Restore it from a backup; to begin anew, delete it.")
    migrations = shipped()
    async with Setup.opened(path) as setup:
        (mode,) = await setup.rows("PRAGMA journal_mode = WAL")
        if mode[0] != "wal":
            raise StoreBusy(f"{path} could not be put into WAL mode: {mode[0]}")
        if path.stat().st_size <= READ_WHOLE:  # noqa: ASYNC240 likewise
            (check,) = await setup.rows("PRAGMA quick_check(1)")
            if check[0] != "ok":
                raise DatabaseDamaged(f"{path} is damaged: {check[0]}. Restore it from a backup.")
        await migrate(setup, migrations, now)
        found = await schema(setup)
    compare(found, expected(migrations))
    return migrations[-1].number


def _sync(path: Path) -> None:
    """Returns once the file, or the names in the folder, are on the disk."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
