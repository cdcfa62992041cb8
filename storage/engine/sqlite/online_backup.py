"""Online backup of a file: its pages as of one moment, copied by SQLite itself while a bot goes on writing.

The moment is that of a transaction which reads. In the write-ahead log whoever writes waits for no reader, and what is
committed meanwhile stands behind the moment, so no page has to be copied twice.
"""

import os
import sqlite3
from contextlib import closing
from functools import partial
from typing import TYPE_CHECKING

from storage.engine.sqlite.connection import Link, address_of, worded
from storage.engine.turns import to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PAGES = 2000
"""So many are copied between two words on how far it is: 8 MB."""


async def copy_pages(source: "Path", target: "Path", report: "Callable[[int], None]") -> None:
    """Copies the whole database into a new file, which needs no write-ahead log beside it.

    `report` hears how many pages are there. Raises StoreBusy, DatabaseDamaged, OSError.
    """
    os.close(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600))
    link = Link(address_of(source), writes=False)
    try:
        with worded():
            await to_the_end(link.run(partial(_copied, target, report)))
    finally:
        await to_the_end(link.end())


def _copied(target: "Path", report: "Callable[[int], None]", connection: sqlite3.Connection) -> None:
    connection.execute("BEGIN")
    try:
        connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()  # with the first reading it begins
        with closing(sqlite3.connect(address_of(target), uri=True, isolation_level=None)) as made:
            connection.backup(made, pages=PAGES, progress=lambda _, left, total: report(total - left))
            made.execute("PRAGMA journal_mode = DELETE")
    finally:
        connection.execute("ROLLBACK")
