"""What is held, in the database: begun, counted and ended within a write, read without one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.holds import Hold, HoldBegun, HoldEnd, HoldEnded
from approvals.ports import Conflict
from approvals.refusals import NotFound
from storage.database import Violation
from storage.queries import queries
from storage.rows import millis, moment, moment_or_none, strings
from storage.shapes import text

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from approvals.events import Actor, Note
    from storage.database import Database, Row, Statements
    from storage.ledger import Ledger

_SQL = queries("holds")


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldPage:
    """Some of the holds that a person may see, and how many there are."""

    holds: list[Hold]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldRows:
    """See HoldBook."""

    statements: "Statements"
    ledger: "Ledger"
    show: "Callable[[str, int, datetime], Awaitable[None]]"
    """Has the card of a proposal and its thread, up to a sequence number, brought up to date."""

    async def begin(self, hold: Hold, actor: "Actor") -> None:
        """See HoldBook."""
        try:
            await self.statements.rows(
                _SQL["begin"],
                hold.id,
                hold.agent,
                hold.action,
                hold.proposed,
                hold.digest,
                text(list(hold.roles)),
                hold.by,
                hold.reason,
                millis(hold.at),
                millis(hold.until),
            )
        except Violation as violation:
            raise Conflict(str(violation)) from violation
        await self._note(hold.id, HoldBegun(at=hold.at, hold=hold), actor)

    async def find(self, hold_id: str) -> Hold:
        """See HoldBook."""
        for row in await self.statements.rows(_SQL["one"], hold_id):
            return _hold(row)
        raise NotFound(hold_id)

    async def held(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See HoldBook."""
        return await _held(self.statements, agent, digest, now)

    async def stop(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See HoldBook."""
        found = await self.statements.rows(_SQL["stop"], agent, digest, millis(now))
        return _hold(found[0]) if found else None

    async def end(self, hold_id: str, why: HoldEnd, by: str | None, actor: "Actor", now: "datetime") -> bool:
        """See HoldBook."""
        ended = await self.statements.rows(_SQL["end"], hold_id, str(why), by, millis(now))
        for row in ended:
            await self._note(hold_id, HoldEnded(at=now, why=why, by=by, stopped=row["stopped"]), actor)
        return bool(ended)

    async def _note(self, hold_id: str, note: "Note", actor: "Actor") -> None:
        entry = await self.ledger.append(note, actor, hold_id, None)
        await self.show(hold_id, entry.seq, note.at)


class HoldReads:
    """The holds, for who looks."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def of(self, proposal_id: str) -> Hold | None:
        """The one that came with a proposal, open or ended."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["one"], proposal_id)
            return _hold(found[0]) if found else None

    async def held(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See Holding."""
        async with self._database.reading() as statements:
            return await _held(statements, agent, digest, now)

    async def over(self, now: "datetime", limit: int) -> list[str]:
        """Ids of those that time has ended and nobody has put down yet."""
        async with self._database.reading() as statements:
            return [row["proposal_id"] for row in await statements.rows(_SQL["over"], millis(now), limit)]

    async def listed(
        self, user: str, roles: "Collection[str]", *, now: "datetime", offset: int = 0, limit: int
    ) -> HoldPage:
        """Those that stop something now and that the person began, could decide about, owns or is served by."""
        asked = (user, text(sorted(roles)), millis(now))
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["listed"], *asked, limit, offset)
            counted = rows or await statements.rows(_SQL["listed"], *asked, 1, 0)
            return HoldPage(holds=[_hold(row) for row in rows], total=counted[0]["total"] if counted else 0)


async def _held(statements: "Statements", agent: str, digest: str, now: "datetime") -> Hold | None:
    found = await statements.rows(_SQL["held"], agent, digest, millis(now))
    return _hold(found[0]) if found else None


def _hold(row: "Row") -> Hold:
    return Hold(
        id=row["proposal_id"],
        agent=row["agent"],
        action=row["action"],
        proposed=row["proposed"],
        digest=row["digest"],
        roles=strings(row["roles"]),
        by=row["person"],
        reason=row["reason"],
        at=moment(row["at"]),
        until=moment(row["until"]),
        stopped=row["stopped"],
        ended=None if row["ended"] is None else HoldEnd(row["ended"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
    )
