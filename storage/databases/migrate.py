"""Migrations: numbered, each applied once and whole. A schema that is newer or altered is refused."""

import hashlib
import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

from storage.engine.errors import DatabaseDamaged, SchemaRefused
from storage.engine.sqlite.setup import made_of, statements_of
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import datetime

    from storage.engine.sqlite.setup import Setup

_NAME = re.compile(r"^(?P<number>\d{4})_(?P<name>\w+)\.sql$")
_TABLE = """
CREATE TABLE IF NOT EXISTS migrations (
    number INTEGER PRIMARY KEY NOT NULL,
    name TEXT NOT NULL,
    checksum TEXT NOT NULL,
    applied_at INTEGER NOT NULL
) STRICT
"""
# SQLite changes no CHECK. So that a migration can make a table anew, drop the old one and give the new one its name,
# what refers to the table by name is left alone until then: https://www.sqlite.org/lang_altertable.html, section 7.
_LOOSE = ("PRAGMA foreign_keys = OFF", "PRAGMA legacy_alter_table = ON")
_STRICT = ("PRAGMA legacy_alter_table = OFF", "PRAGMA foreign_keys = ON")
_DANGLING = 'SELECT "table" AS name, parent FROM pragma_foreign_key_check'
_SCHEMA = "SELECT type || ' ' || name AS name, sql FROM sqlite_master WHERE name NOT GLOB 'sqlite_*'"


@dataclass(frozen=True, slots=True, kw_only=True)
class Migration:
    """One step of the schema."""

    number: int
    name: str
    script: str

    @property
    def checksum(self) -> str:
        """SHA-256 of the script, in hex."""
        return hashlib.sha256(self.script.encode()).hexdigest()


def shipped(database: str = "sqlite") -> "tuple[Migration, ...]":
    """The migrations of this program for `sqlite` or `postgresql`, in order."""
    found = []
    for file in files("storage").joinpath("migrations", database).iterdir():
        if match := _NAME.match(file.name):
            script = file.read_text(encoding="utf-8")
            found.append(Migration(number=int(match["number"]), name=match["name"], script=script))
    return tuple(sorted(found, key=lambda migration: migration.number))


def outstanding(migrations: "Sequence[Migration]", applied: "Mapping[int, str]") -> "tuple[Migration, ...]":
    """What is still to be applied, given the checksums of what was. Raises SchemaRefused."""
    known = {migration.number: migration for migration in migrations}
    if newer := sorted(set(applied) - set(known)):
        raise SchemaRefused(
            f"The database is at schema {newer[-1]}, this program knows {max(known)}. "
            "It was written by a newer version: start that one, or restore a backup from before the upgrade."
        )
    for number, checksum in applied.items():
        if known[number].checksum != checksum:
            raise SchemaRefused(
                f"Migration {number:04d}_{known[number].name} was applied with other content than this program has. "
                "Start the version that made the database, or restore the migration file."
            )
    left = tuple(migration for migration in migrations if migration.number not in applied)
    if applied and any(migration.number < max(applied) for migration in left):
        raise SchemaRefused("The database misses a migration that comes before one it has. Restore it from a backup.")
    return left


async def migrate(setup: "Setup", migrations: "Sequence[Migration]", now: "datetime") -> int:
    """Brings the database up to the newest schema in one transaction each; how many steps.

    Raises SchemaRefused, and DatabaseDamaged where rows would be left that refer to nothing.
    """
    for pragma in _LOOSE:
        await setup.rows(pragma)
    steps = await _brought_up(setup, migrations, now)
    for pragma in _STRICT:
        await setup.rows(pragma)
    return steps


async def _brought_up(setup: "Setup", migrations: "Sequence[Migration]", now: "datetime") -> int:
    steps = 0
    while True:
        await setup.rows("BEGIN IMMEDIATE")
        await setup.rows(_TABLE)
        left = outstanding(migrations, await applied(setup))
        if left:
            await _apply(setup, left[0], now)
            steps += 1
        await setup.rows("COMMIT")
        if not left:
            return steps


async def _apply(setup: "Setup", migration: Migration, now: "datetime") -> None:
    before = await _dangling(setup)
    for statement in statements_of(migration.script):
        await setup.rows(statement)
    if more := await _dangling(setup) - before:
        raise DatabaseDamaged(
            f"Migration {migration.number:04d}_{migration.name} leaves rows in {', '.join(sorted(more))} that refer to "
            "nothing, so nothing of it was done. Start the version from before, and report this."
        )
    await setup.rows(
        "INSERT INTO migrations (number, name, checksum, applied_at) VALUES ($1, $2, $3, $4)",
        {"1": migration.number, "2": migration.name, "3": migration.checksum, "4": millis(now)},
    )
    await setup.rows(f"PRAGMA user_version = {migration.number}")


async def _dangling(setup: "Setup") -> "Counter[str]":
    """How many rows of which table refer to something that is not there."""
    return Counter(row["name"] for row in await setup.rows(_DANGLING))


async def applied(setup: "Setup") -> dict[int, str]:
    """The checksums of the applied migrations by number."""
    return {row["number"]: row["checksum"] for row in await setup.rows("SELECT number, checksum FROM migrations")}


async def schema(setup: "Setup") -> dict[str, str]:
    """Tables, indexes and triggers by name, as they were made."""
    return {row["name"]: row["sql"] for row in await setup.rows(_SCHEMA)}


@cache
def expected(migrations: "tuple[Migration, ...]") -> "Mapping[str, str]":
    """The schema as the migrations make it, worked out once a process."""
    scripts = [*(f"{pragma};" for pragma in _LOOSE), _TABLE, *(migration.script for migration in migrations)]
    return {row["name"]: row["sql"] for row in made_of(scripts, _SCHEMA)}


def compare(found: "Mapping[str, str]", expected: "Mapping[str, str]") -> None:
    """Raises SchemaRefused naming what is missing, foreign or altered."""
    different = sorted(name for name in {*found, *expected} if found.get(name) != expected.get(name))
    if different:
        raise SchemaRefused(
            f"The schema was altered by hand: {', '.join(different)}. "
            "Its guards can no longer be relied on: put back what differs, or restore a backup."
        )
