"""Relocation of a store: every row copied to another database, read back, and its log held to be whole there."""

import hashlib
import json
from contextlib import AsyncExitStack
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Protocol

from storage.databases.migrate import shipped
from storage.databases.opening import database_file, open_reads, open_store
from storage.databases.sole_use import sole_use
from storage.engine.errors import DatabaseDamaged, StoreFault
from storage.engine.sqlite.setup import Setup, made_of

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Sequence
    from contextlib import AbstractAsyncContextManager

    from approvals.ports import Clock
    from storage.audit.hash_chain import SealKey
    from storage.engine.database import Value

PAGE = 2000
"""Rows that are copied at a time."""
COMPARED = "held against the log"
"""What is reported of proposals once all is copied."""
WHOLE = 3600.0
"""Seconds for an answer that goes through all there is."""

# Both databases have the same tables, so an empty SQLite tells of both; what a table refers to was made before it.
_COLUMNS = """
SELECT m.name AS "table", c.name AS "column", c.pk FROM sqlite_master AS m CROSS JOIN pragma_table_xinfo(m.name) AS c
WHERE m.type = 'table' AND m.name NOT GLOB 'sqlite_*' AND c.hidden = 0
ORDER BY m.rowid, c.cid
"""


class NotEmpty(StoreFault):
    """There is something in the database that was to be filled."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """What is copied of a table: all but what the database works out itself."""

    name: str
    columns: tuple[str, ...]
    key: tuple[str, ...]

    def page(self, *, first: bool) -> str:
        """The rows behind a key, in its order; of the `first` page there is none."""
        key = ", ".join(self.key)
        values = ", ".join(f"${number}" for number in range(1, len(self.key) + 1))
        where = "" if first else f" WHERE ({key}) > ({values})"
        return f"SELECT {', '.join(self.columns)} FROM {self.name}{where} ORDER BY {key} LIMIT {PAGE}"  # noqa: S608 ours


class Side(Protocol):
    """One of the two databases."""

    async def page(self, text: str, values: "Sequence[Value]") -> "list[tuple[Value, ...]]":
        """Rows in order."""
        ...

    async def fill(self, table: str, columns: "Sequence[str]", rows: "Sequence[tuple[Value, ...]]") -> None:
        """Adds the rows."""
        ...

    def still(self) -> "AbstractAsyncContextManager[None]":
        """While the block lasts nobody writes."""
        ...

    def without_triggers(self, tables: "Sequence[str]") -> "AbstractAsyncContextManager[None]":
        """A transaction in which no trigger counts or refuses, for what they counted is copied too."""
        ...


async def relocate(
    source: str, target: str, seal_key: "SealKey", clock: "Clock", report: "Callable[[str, int], None]"
) -> dict[str, int]:
    """Copies all of one store into an empty one, and makes sure that it is there: how many rows of which table.

    `report` hears how far each table is, and then how many proposals were held against the log. Raises StoreFault
    (NoDatabase, NotEmpty, DatabaseInUse, DatabaseDamaged) and StoreBusy; then nothing is in the other database.
    """
    tables = tables_of_store()
    async with AsyncExitStack() as stack:
        async with open_reads(source):
            pass  # it is there, and at our schema
        for url in (source, target):
            stack.enter_context(sole_use(database_file(url)))
        await require_empty(target, seal_key, clock)
        there = await stack.enter_async_context(_side(source))
        here = await stack.enter_async_context(_side(target))
        await stack.enter_async_context(there.still())
        counts = {}
        async with here.without_triggers([table.name for table in tables]):
            for table in tables:
                counts[table.name] = await copy_table(table, there, here, report)
    await _require_whole(target, seal_key, clock, report)
    return counts


async def require_empty(url: str, seal_key: "SealKey", clock: "Clock") -> None:
    """Makes our schema where there is none; raises NotEmpty where anything is in it, StoreFault, StoreBusy."""
    async with open_store(url, seal_key, clock) as store:
        if await store.audit.head() is not None:
            raise NotEmpty("The database to be filled is not empty. Name a new one.")


async def copy_table(table: Table, source: Side, target: Side, report: "Callable[[str, int], None]") -> int:
    """How many rows, all there. Raises DatabaseDamaged where what comes out is not what went in."""
    went_in, came_out = hashlib.sha256(), hashlib.sha256()
    count = 0
    report(table.name, count)
    async for rows in _pages(source, table, went_in):
        await target.fill(table.name, table.columns, rows)
        count += len(rows)
        report(table.name, count)
    async for _ in _pages(target, table, came_out):
        pass
    if came_out.digest() != went_in.digest():
        raise DatabaseDamaged(f"{table.name} came out otherwise than it went in, so nothing was copied.")
    return count


def _side(url: str) -> "AbstractAsyncContextManager[Side]":
    path = database_file(url)
    if path is not None:
        return Setup.opened(path)
    from storage.engine.postgresql.setup import ServerSetup  # noqa: PLC0415 see storage/databases/opening.py

    return ServerSetup.opened(url)


def tables_of_store() -> tuple[Table, ...]:
    """All tables but that of the migrations, each behind those that it refers to."""
    columns: dict[str, list[str]] = {}
    keys: dict[str, dict[int, str]] = {}
    for row in made_of([migration.script for migration in shipped()], _COLUMNS):
        columns.setdefault(row["table"], []).append(row["column"])
        if row["pk"]:
            keys.setdefault(row["table"], {})[row["pk"]] = row["column"]
    return tuple(
        Table(name=name, columns=tuple(each), key=tuple(keys[name][place] for place in sorted(keys[name])))
        for name, each in columns.items()
    )


async def _pages(side: Side, table: Table, digest: "hashlib._Hash") -> "AsyncIterator[list[tuple[Value, ...]]]":
    """All rows in the order of their key; the digest takes up each."""
    places = [table.columns.index(column) for column in table.key]
    behind: tuple[Value, ...] = ()
    while rows := await side.page(table.page(first=not behind), behind):
        digest.update(json.dumps(rows).encode("ascii"))
        yield rows
        behind = tuple(rows[-1][place] for place in places)


async def _require_whole(url: str, seal_key: "SealKey", clock: "Clock", report: "Callable[[str, int], None]") -> None:
    """Raises DatabaseDamaged unless the log is whole and every row is what it tells."""
    async with open_store(url, seal_key, clock, patience=WHOLE) as store:
        broken = await store.audit.verify()
        differences = [] if broken else await store.differences(partial(report, COMPARED))
    if broken or differences:
        what = f"entry {broken.seq}: {broken.what}" if broken else f"{differences[0].table} {differences[0].id}"
        raise DatabaseDamaged(
            f"What was copied does not hold ({what}), and so neither does what it was copied from: see "
            "`signoff audit verify`. Do not use the copy."
        )
