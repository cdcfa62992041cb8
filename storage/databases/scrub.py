"""Scrubbing a database after an erasure: what was erased goes from what the database keeps of earlier states.

SQLite overwrites what is deleted in the file itself (`secure_delete`), but its write-ahead log goes on holding earlier
pages until it is emptied. A server keeps dead rows until it vacuums, and its own log for as long as it is set to.
"""

import asyncio
import time
from typing import TYPE_CHECKING

from storage.databases.opening import database_file
from storage.engine.sqlite.setup import Setup

if TYPE_CHECKING:
    from pathlib import Path

WAITS = 10.0
"""Seconds for whoever reads the file to come to an end."""
PAUSE = 0.1
MOMENT = 50
"""Milliseconds for which a bot's own writes may be held up by it."""


async def scrub(url: str, *, rewrite: bool = False, waits: float = WAITS) -> bool:
    """Empties the write-ahead log of a file, or vacuums a server; False where others use the file all the time.

    `rewrite` makes the file, or the tables on the server, anew: nobody can use them meanwhile. Raises StoreBusy.
    """
    path = database_file(url)
    if path is None:
        from storage.engine.postgresql.setup import ServerSetup  # noqa: PLC0415 see storage/databases/opening.py

        async with ServerSetup.opened(url) as server:
            await server.vacuum(full=rewrite)
        return True
    async with Setup.opened(path) as setup:
        if rewrite:
            await setup.rows("VACUUM")
        return await _emptied(setup, waits)


async def empty_log(path: "Path") -> bool:
    """Empties the write-ahead log of a file beside a running bot; False at once where anybody reads what is in it."""
    async with Setup.opened(path) as setup:
        await setup.rows(f"PRAGMA busy_timeout = {MOMENT}")
        (row,) = await setup.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        return bool(row[0] == 0)


async def _emptied(setup: Setup, waits: float) -> bool:
    """Whether the write-ahead log is empty: it is cut off once nobody reads what is in it any more."""
    until = time.monotonic() + waits
    while True:
        (row,) = await setup.rows("PRAGMA wal_checkpoint(TRUNCATE)")
        if row[0] == 0:
            return True
        if time.monotonic() >= until:
            return False
        await asyncio.sleep(PAUSE)
