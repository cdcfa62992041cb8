"""Database on a server: its schema made if it is not there, brought up to date, and held to be the one we wrote."""

from typing import TYPE_CHECKING

from storage.databases.migrate import compare, outstanding, shipped
from storage.engine.errors import NoDatabase, SchemaRefused, StoreFault
from storage.engine.postgresql.connection import require_url
from storage.engine.postgresql.database import PostgresqlDatabase
from storage.engine.postgresql.setup import ServerSetup
from storage.rows import millis

if TYPE_CHECKING:
    from datetime import datetime

    from storage.databases.migrate import Migration

_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    number BIGINT PRIMARY KEY,
    name TEXT COLLATE "C" NOT NULL,
    checksum TEXT COLLATE "C" NOT NULL,
    applied_at BIGINT NOT NULL
)
"""

OLDEST = 16
"""The oldest PostgreSQL that has all that the schema asks of it."""
_FIT = "SELECT current_setting('server_version_num') AS version, current_setting('server_encoding') AS encoding"
_EXPECTED: "dict[tuple[object, tuple[Migration, ...]], dict[str, str]]" = {}
_IS_THERE = "SELECT 1 AS there FROM pg_tables WHERE schemaname = current_schema() AND tablename = 'migrations'"


_TURN = "UPDATE turns SET number = number + 1"
"""Older programs may be writing: who had its turn is done first, and whoever comes next sees the new schema."""


async def server_database(url: str, now: "datetime", patience: float) -> PostgresqlDatabase:
    """The database at an address, ready to be used. Raises StoreFault, StoreBusy."""
    require_url(url)
    migrations = shipped("postgresql")
    async with ServerSetup.opened(url) as setup:
        (server,) = await setup.rows(_FIT)
        require_fit(server["version"], server["encoding"])
        async with setup.alone():
            await setup.make_room()
            await setup.script(_TABLE)
            applied = await _applied(setup)
            new = outstanding(migrations, applied)
            if new and applied:
                await setup.script(_TURN)
            for migration in new:
                await _apply(setup, migration, now)
        compare(await setup.described(), await _expected(setup, migrations))
    return PostgresqlDatabase(url, migrations[-1].number, patience)


async def server_database_to_read(url: str) -> PostgresqlDatabase:
    """The same for reading alone: nothing is made. Raises NoDatabase, SchemaRefused."""
    require_url(url)
    known = shipped("postgresql")[-1].number
    async with ServerSetup.opened(url) as setup:
        if not await setup.rows(_IS_THERE):
            raise NoDatabase("There is nothing of Signoff in the database that SIGNOFF_DATABASE_URL names.")
        found = max(await _applied(setup), default=0)
    if found != known:
        raise SchemaRefused(
            f"The database is at schema {found}, this program knows {known}. "
            "Read it with the version of the bot that runs on it; a start of the bot brings an older one up to date."
        )
    return PostgresqlDatabase(url, known)


def require_fit(version: str, encoding: str) -> None:
    """Raises StoreFault for a server that is too old, or a database that cannot hold every text."""
    if (number := int(version) // 10_000) < OLDEST:
        raise StoreFault(f"The server is PostgreSQL {number}. Signoff needs {OLDEST} or newer.")
    if encoding != "UTF8":
        raise StoreFault(
            f"The database holds texts as {encoding}, which is not enough for all that people write. Make one with "
            "CREATE DATABASE … ENCODING 'UTF8' TEMPLATE template0."
        )


async def _expected(setup: ServerSetup, migrations: "tuple[Migration, ...]") -> dict[str, str]:
    """The schema as the migrations make it on this version of the server, worked out once a process."""
    known = (setup.version, migrations)
    if known not in _EXPECTED:
        _EXPECTED[known] = await setup.made_of([_TABLE, *(migration.script for migration in migrations)])
    return _EXPECTED[known]


async def _applied(setup: ServerSetup) -> dict[int, str]:
    return {row["number"]: row["checksum"] for row in await setup.rows("SELECT number, checksum FROM migrations")}


async def _apply(setup: ServerSetup, migration: "Migration", now: "datetime") -> None:
    await setup.script(migration.script)
    await setup.rows(
        "INSERT INTO migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        migration.number,
        migration.name,
        migration.checksum,
        millis(now),
    )
