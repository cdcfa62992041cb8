"""What is to be told in a channel that is about no proposal: kept until it is out, told once."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from storage.audit.row_seals import require_own_seal, seal_of
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements

_SQL = queries("notices")
_SEALED = ("about", "channel", "text", "seal")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """One message for a channel."""

    id: int
    channel: str
    text: str
    """As Slack takes it."""
    attempts: int
    """How often it was tried before."""


class Notices:
    """The notices; `wanted` wakes the one who sends them."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal
        self._wanted = asyncio.Event()

    async def add(self, about: str, channel: str, text: str, now: "datetime") -> bool:
        """Wants the text told; False if there was a notice `about` the same before, told or not."""
        async with self._database.writing() as statements:
            return await self.add_to(statements, about, channel, text, now)

    async def add_to(self, statements: "Statements", about: str, channel: str, text: str, now: "datetime") -> bool:
        """The same as part of a transaction."""
        sealed = seal_of("notices", {"about": about, "channel": channel, "text": text}, self._seal)
        added = bool(await statements.rows(_SQL["add"], about, channel, text, millis(now), sealed))
        if added:
            statements.after_commit(self._wanted.set)
        return added

    async def take(self, now: "datetime", seconds: float) -> Notice | None:
        """The next that is due, if any; it falls due again after `seconds` unless it is `told`.

        What we did not write just so is told to nobody: it would speak in our name.
        """
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["next_due"])
            if not found or from_milliseconds(found[0]["due_at"]) > now:
                return None
        async with self._database.writing() as statements:
            for row in await statements.rows(_SQL["take"], millis(now), millis(now + timedelta(seconds=seconds))):
                try:
                    require_own_seal("notices", {name: row[name] for name in _SEALED}, self._seal, "about")
                except RowDamaged as damaged:
                    self._seal.damage.met(damaged, damaged.row)
                    await statements.rows(_SQL["told"], row["id"])
                    break
                return Notice(id=row["id"], channel=row["channel"], text=row["text"], attempts=row["attempts"] - 1)
            else:
                return None
        return await self.take(now, seconds)

    async def told(self, notice: Notice) -> None:
        """It is out, for good."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["told"], notice.id)

    async def put_off(self, notice: Notice, until: "datetime") -> None:
        """Tries it again then."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["put_off"], notice.id, millis(until))

    async def next_due(self) -> "datetime | None":
        """When the next falls due; None if none waits."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["next_due"])
            return from_milliseconds(found[0]["due_at"]) if found else None

    async def wanted(self) -> None:
        """Returns once this process has added one since it last returned."""
        await self._wanted.wait()
        self._wanted.clear()
