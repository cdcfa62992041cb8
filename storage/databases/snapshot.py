"""Snapshot of a store: all of it as it was at one moment, in a SQLite file of its own, whichever database it is in.

So a backup can be held against its log where there is no server, and be restored to either kind of database. Nobody
who writes waits for it.
"""

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from storage.databases.file_database import make_file
from storage.databases.opening import database_file, open_reads
from storage.databases.relocation import copy_table, tables_of_store
from storage.engine.sqlite.online_backup import copy_pages
from storage.engine.sqlite.setup import Setup

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from approvals.ports import Clock

OF_PAGES = "pages of the database"
"""What is reported of a file."""


async def take_snapshot(url: str, target: "Path", clock: "Clock", report: "Callable[[str, int], None]") -> None:
    """Copies the store into a new file at `target`; `report` hears how far it is, by table or in pages.

    Raises StoreFault (NoDatabase, SchemaRefused, DatabaseDamaged), StoreBusy, OSError.
    """
    async with open_reads(url):
        pass  # it is there, and at our schema
    path = database_file(url)
    if path is not None:
        await copy_pages(path, target, lambda count: report(OF_PAGES, count))
        return
    from storage.engine.postgresql.setup import ServerSetup  # noqa: PLC0415 see storage/databases/opening.py

    await make_file(target, clock.now())
    tables = tables_of_store()
    async with AsyncExitStack() as stack:
        there = await stack.enter_async_context(ServerSetup.opened(url))
        here = await stack.enter_async_context(Setup.opened(target))
        await stack.enter_async_context(there.one_view())
        async with here.without_triggers([table.name for table in tables]):
            for table in tables:
                await copy_table(table, there, here, report)
        await here.rows("PRAGMA journal_mode = DELETE")


async def rows_of(path: "Path") -> dict[str, int]:
    """How many rows each table of a snapshot has that is there. Raises StoreBusy, DatabaseDamaged."""
    async with Setup.opened(path) as setup:
        counts = {}
        there = {row["name"] for row in await setup.rows("SELECT name FROM sqlite_master WHERE type = 'table'")}
        for table in (each for each in tables_of_store() if each.name in there):
            (row,) = await setup.rows(f"SELECT count(*) AS count FROM {table.name}")  # noqa: S608 a table of ours
            counts[table.name] = int(row["count"])
        return counts
