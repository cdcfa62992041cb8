"""Export cursors: how far the audit log has been handed to whoever follows it elsewhere, and which process is at it.

A cursor moves once what it passes was taken, so that a crash between the two hands it over again: at least once.
It decides nothing. A hand that moves it hides entries from who follows, and from nobody who reads the log.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.rows import millis

if TYPE_CHECKING:
    from datetime import datetime

    from storage.engine.database import Database, Statements

_SQL = queries("export_cursors")


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportLease:
    """The right to hand on what comes next, until it is given back or runs out."""

    name: str
    seq: int
    """The last entry that was taken."""
    number: int
    """Tells it from the next one: whoever lets it run out moves nothing any more."""


class ExportCursors:
    """Those that are kept, by the name of what is exported."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @reads
    async def of(self, statements: "Statements", name: str) -> int | None:
        """The last entry that was taken; None before the export ever began."""
        found = await statements.rows(_SQL["of"], name)
        return found[0]["seq"] if found else None

    @writes
    async def begin(self, statements: "Statements", name: str) -> None:
        """Begins it with the entries that come from now on, unless it has begun. Raises StoreBusy."""
        await statements.rows(_SQL["begin"], name)

    @writes
    async def lease(
        self, statements: "Statements", name: str, now: "datetime", until: "datetime"
    ) -> ExportLease | None:
        """Takes it until then; None where another process has it. Raises StoreBusy."""
        found = await statements.rows(_SQL["lease"], name, millis(now), millis(until))
        return ExportLease(name=name, seq=found[0]["seq"], number=found[0]["lease"]) if found else None

    @writes
    async def move(self, statements: "Statements", lease: ExportLease, seq: int) -> bool:
        """Gives it back with the last entry that was taken; False where it had run out. Raises StoreBusy."""
        return bool(await statements.rows(_SQL["move"], lease.name, lease.number, seq))
