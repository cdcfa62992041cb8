"""Opening a database: made if it is not there, checked to be the one we wrote, migrated."""

import os
from contextlib import asynccontextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from approvals.ports import StoreBusy
from storage.audit import hash_chain
from storage.audit.high_water_mark import HighWaterMark, HighWaterMarkFile
from storage.audit.log import Seal
from storage.engine.errors import DatabaseDamaged, NoDatabase, SchemaRefused, WrongUrl
from storage.engine.sqlite import Setup, SqliteDatabase
from storage.migrate import compare, expected, migrate, schema, shipped
from storage.reads import Reads
from storage.store import SqlStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime

    from approvals.ports import Clock


def database_file(url: str) -> Path:
    """The file of `sqlite:///relative` or `sqlite:////absolute`. Raises WrongUrl."""
    parts = urlsplit(url)
    path = unquote(parts.path)[1:]
    if parts.scheme != "sqlite" or parts.netloc or parts.query or parts.fragment or not path or path == ":memory:":
        shown = f"{parts.scheme}:…" if parts.scheme else "what it says"  # an address may hold a password
        raise WrongUrl(
            f"SIGNOFF_DATABASE_URL: {shown} is no database we can open. Write sqlite:///signoff.db for a file in the "
            "folder that the bot runs in, or sqlite:////var/lib/signoff.db for one elsewhere."
        )
    return Path(path)


READ_WHOLE = 64 * 1024 * 1024
"""Bytes up to which a file is read whole at a start. Of a larger one that would take as long as its past is: a broken
page shows when it is read, and `signoff audit verify` reads all of them."""


@asynccontextmanager
async def open_store(url: str, seal_key: hash_chain.SealKey, clock: "Clock") -> "AsyncIterator[SqlStore]":
    """The store at a URL; a file that is not there is made. Raises StoreFault, StoreBusy."""
    if any(len(each) != 32 for each in ((seal_key,) if isinstance(seal_key, bytes) else seal_key)):
        raise ValueError("the seal key has 32 bytes")
    path = database_file(url)
    marks = HighWaterMarkFile(path)
    if not path.exists():
        _truly_new(path, marks)
        await _make(path, clock.now())
    newest = await _checked(path, clock.now())
    database = SqliteDatabase(path, newest)
    try:
        store = SqlStore(
            database, Seal(seal_key, lambda entry: marks.write(HighWaterMark(entry.seq, entry.hash))), clock
        )
        await _sound(store, seal_key, marks)
        yield store
    finally:
        marks.close()
        await database.close()


@asynccontextmanager
async def open_reads(url: str) -> "AsyncIterator[Reads]":
    """What is kept at a URL, for reading alone: nothing is made, migrated or written. Raises StoreFault, StoreBusy."""
    path = database_file(url)
    if not path.exists():
        raise NoDatabase(f"There is no database at {path}; SIGNOFF_DATABASE_URL names it.")
    known = shipped()[-1].number
    async with Setup.opened(path) as setup:
        (found,) = await setup.rows("PRAGMA user_version")
    if found[0] != known:
        raise SchemaRefused(
            f"{path} is at schema {found[0]}, this program knows {known}. "
            "Read it with the version of the bot that runs on it; a start of the bot brings an older one up to date."
        )
    database = SqliteDatabase(path, known)
    try:
        yield Reads(database, None)
    finally:
        await database.close()


def _truly_new(path: Path, marks: HighWaterMarkFile) -> None:
    """Raises DatabaseDamaged if there was a database by this name, so that none is replaced by an empty one."""
    for trace in (marks.path, Path(f"{path}-wal"), Path(f"{path}-shm")):
        if trace.exists():
            raise DatabaseDamaged(
                f"{path} is gone, but {trace} is still there. Restore the database from a backup; "
                f"to begin anew, delete {trace} too."
            )


async def _sound(store: SqlStore, seal_key: hash_chain.SealKey, marks: HighWaterMarkFile) -> None:
    """Raises DatabaseDamaged if the log's end is not ours, or lies before where it once was."""
    head = await store.audit.head()
    if head is not None and (what := hash_chain.fault(head, seal_key)):
        raise DatabaseDamaged(
            f"The newest audit entry does not hold: {what}. "
            "Either this is not the key the database was sealed with, or the log was tampered with. "
            "While keys are replaced, SIGNOFF_SIGNING_KEY names all of them, the newest first."
        )
    first = await store.audit.entry(1)
    both = [each for each in (first, head) if each is not None]
    if any(what == hash_chain.REPLACED for _, what in hash_chain.with_faults(both, seal_key)):
        raise DatabaseDamaged(
            "The keys are named in another order than they were used in: the newest entry was sealed with one that "
            "stands behind the key of the first entry. SIGNOFF_SIGNING_KEY names the newest first."
        )
    if mark := marks.read():
        noted = await store.audit.entry(mark.seq)
        if noted is None or noted.hash != mark.hash:
            raise DatabaseDamaged(
                f"Committed work is missing: the audit log once had the entry {mark.seq} {mark.hash[:12]}…, "
                f"and now ends at {head.seq if head else 0} without it. The write-ahead log was lost, or an older "
                f"database was put in its place. Restore the newest backup; if this is it, delete {marks.path}."
            )


async def _make(path: Path, now: "datetime") -> None:
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
