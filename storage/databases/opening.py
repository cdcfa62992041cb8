"""Opening the store, in a file or on a server: the end of its log is held to be ours before anything is served."""

import asyncio
from contextlib import asynccontextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from storage.audit import hash_chain
from storage.audit.high_water_mark import HighWaterMark, HighWaterMarkFile
from storage.audit.log import Seal
from storage.databases.file_database import file_database, file_database_to_read
from storage.databases.hearing import pass_on
from storage.engine.errors import DatabaseDamaged, WrongUrl
from storage.engine.turns import PATIENCE
from storage.listing.reads import Reads
from storage.store import SqlStore

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from approvals.ports import Clock
    from storage.engine.postgresql.database import PostgresqlDatabase
    from storage.engine.postgresql.roll import Roll


def is_server(url: str) -> bool:
    """Whether the address is that of a server, and not of a file."""
    return url.startswith(("postgresql:", "postgres:"))


def database_file(url: str) -> Path | None:
    """The file of `sqlite:///relative` or `sqlite:////absolute`; None for a database on a server. Raises WrongUrl."""
    if is_server(url):
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        parts = urlsplit("")
    path = unquote(parts.path)[1:]
    if parts.scheme != "sqlite" or parts.netloc or parts.query or parts.fragment or not path or path == ":memory:":
        shown = f"{parts.scheme}:…" if parts.scheme else "what it says"  # an address may hold a password
        raise WrongUrl(
            f"SIGNOFF_DATABASE_URL: {shown} is no database we can open. Write sqlite:///signoff.db for a file in the "
            "folder that the bot runs in, sqlite:////var/lib/signoff.db for one elsewhere, or "
            "postgresql://user:password@host/database for a server."
        )
    return Path(path)


@asynccontextmanager
async def open_store(
    url: str, seal_key: hash_chain.SealKey, clock: "Clock", *, patience: float = PATIENCE
) -> "AsyncIterator[SqlStore]":
    """The store at a URL; what is not there is made. Raises StoreFault, StoreBusy.

    A server has `patience` seconds for each answer to a reader: who goes through all there is has more than others.
    """
    if any(len(each) != 32 for each in ((seal_key,) if isinstance(seal_key, bytes) else seal_key)):
        raise ValueError("the seal key has 32 bytes")
    path = database_file(url)
    async with _on_server(url, seal_key, clock, patience) if path is None else _in_file(path, seal_key, clock) as store:
        yield store


@asynccontextmanager
async def _in_file(path: Path, seal_key: hash_chain.SealKey, clock: "Clock") -> "AsyncIterator[SqlStore]":
    marks = HighWaterMarkFile(path)
    database = await file_database(path, marks, clock.now())
    try:
        store = SqlStore(
            database, Seal(seal_key, lambda entry: marks.note(HighWaterMark(entry.seq, entry.hash))), clock
        )
        await _sound(store, seal_key)
        await _complete(store, marks)
        yield store
    finally:
        try:
            await database.close()
        finally:
            marks.close()


@asynccontextmanager
async def _on_server(
    url: str, seal_key: hash_chain.SealKey, clock: "Clock", patience: float
) -> "AsyncIterator[SqlStore]":
    from storage.databases.server_database import server_database  # noqa: PLC0415
    from storage.engine.postgresql.roll import Roll  # noqa: PLC0415 beside a file nobody needs the driver

    database = await server_database(url, clock.now(), patience)
    try:
        roll = Roll(url)
        store = SqlStore(database, Seal(seal_key, _unnoted), clock, roll)
        await _sound(store, seal_key)
        async with _hearing(url, database, store, roll):
            yield store
    finally:
        await database.close()


def _unnoted(entry: hash_chain.Entry) -> None:
    """How far the log had come is not noted beside a server: it is the server's to lose no commit."""


@asynccontextmanager
async def _hearing(url: str, database: "PostgresqlDatabase", store: SqlStore, roll: "Roll") -> "AsyncIterator[None]":
    """While the block lasts, what other processes commit wakes whoever waits in this one."""
    from storage.engine.postgresql.notices import Notices  # noqa: PLC0415

    notices = Notices(url, lambda: database.writing, roll)
    try:
        await notices.begin()
    except BaseException:
        notices.end()
        raise
    tasks = [
        asyncio.create_task(notices.listen()),
        asyncio.create_task(pass_on(notices.elsewhere(), store.signals, store.present)),
    ]
    try:
        yield
    finally:
        for task in tasks:
            task.cancel()
        for task in tasks:
            with suppress(asyncio.CancelledError):
                await task
        notices.end()


@asynccontextmanager
async def open_reads(url: str) -> "AsyncIterator[Reads]":
    """What is kept at a URL, for reading alone: nothing is made, migrated or written. Raises StoreFault, StoreBusy."""
    path = database_file(url)
    database = await (_server_to_read(url) if path is None else file_database_to_read(path))
    try:
        yield Reads(database, None)
    finally:
        await database.close()


@asynccontextmanager
async def open_to_read(url: str, seal_key: hash_chain.SealKey, clock: "Clock") -> "AsyncIterator[SqlStore]":
    """The store at a URL, to be read and held against its log: nothing is made, migrated, noted or written.

    Raises StoreFault, also where the end of the log is not ours, and StoreBusy.
    """
    path = database_file(url)
    database = await (_server_to_read(url) if path is None else file_database_to_read(path))
    try:
        store = SqlStore(database, Seal(seal_key, _unnoted), clock)
        await _sound(store, seal_key)
        yield store
    finally:
        await database.close()


async def _server_to_read(url: str) -> "PostgresqlDatabase":
    from storage.databases.server_database import server_database_to_read  # noqa: PLC0415

    return await server_database_to_read(url)


async def _sound(store: SqlStore, seal_key: hash_chain.SealKey) -> None:
    """Raises DatabaseDamaged if the log's end is not ours."""
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


async def _complete(store: SqlStore, marks: HighWaterMarkFile) -> None:
    """Raises DatabaseDamaged if the log ends before where it once did."""
    if mark := marks.read():
        head = await store.audit.head()
        noted = await store.audit.entry(mark.seq)
        if noted is None or noted.hash != mark.hash:
            raise DatabaseDamaged(
                f"Committed work is missing: the audit log once had the entry {mark.seq} {mark.hash[:12]}…, "
                f"and now ends at {head.seq if head else 0} without it. The write-ahead log was lost, or an older "
                f"database was put in its place. Restore the newest backup; if this is it, delete {marks.path}."
            )
