"""SQLite tables of a baseline: a row of the proposal and a row of the audit log, durable once committed."""

import sqlite3
from collections.abc import Iterable, Sequence
from pathlib import Path

from bench.baselines.service import Statement

_TABLES = """
CREATE TABLE proposals (
    id TEXT PRIMARY KEY NOT NULL, agent TEXT NOT NULL, action TEXT NOT NULL, payload TEXT NOT NULL, body TEXT NOT NULL,
    status TEXT NOT NULL, created_at TEXT NOT NULL
) STRICT;
CREATE TABLE audit (
    number INTEGER PRIMARY KEY, at TEXT NOT NULL, proposal_id TEXT NOT NULL, actor TEXT NOT NULL, event TEXT NOT NULL
) STRICT;
"""


def connect(path: Path) -> sqlite3.Connection:
    """A new database, with a write-ahead log that every commit writes to the disk."""
    database = sqlite3.connect(path, isolation_level=None, check_same_thread=False)
    database.execute("PRAGMA journal_mode = WAL")
    database.execute("PRAGMA synchronous = FULL")
    database.executescript(_TABLES)
    return database


def rows(database: sqlite3.Connection, sql: str, values: tuple[str, ...]) -> Sequence[Sequence[str]]:
    """What is found."""
    return database.execute(sql, values).fetchall()


def carry_out(database: sqlite3.Connection, statements: Iterable[Statement]) -> None:
    """All of them in one transaction."""
    database.execute("BEGIN IMMEDIATE")
    for sql, values in statements:
        database.execute(sql, values)
    database.execute("COMMIT")
