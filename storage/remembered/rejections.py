"""What is held, in the database: begun, counted and ended within a write, read without one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.ports import Conflict
from approvals.refusals import NotFound
from approvals.remembered.rejection import Hold, HoldBegun, HoldEnd, HoldEnded
from storage.audit import testimony
from storage.engine.database import Violation
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import from_milliseconds, millis, moment_or_none, strings

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection
    from datetime import datetime

    from approvals.events import Actor, Note
    from storage.audit.log import Ledger, Seal
    from storage.engine.database import Database, Row, Statements

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
    seal: "Seal"
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
                encode_json(list(hold.roles)),
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
        found = await believed(self.statements, hold_id, self.seal)
        if found is None:
            raise NotFound(hold_id)
        return found

    async def held(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See HoldBook."""
        return await held(self.statements, agent, digest, now, self.seal)

    async def stop(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See HoldBook."""
        found = await held(self.statements, agent, digest, now, self.seal)
        counted = await self.statements.rows(_SQL["stop"], found.id) if found is not None else []
        return replace(found, stopped=counted[0]["stopped"]) if found is not None and counted else found

    async def end(self, hold_id: str, why: HoldEnd, by: str | None, actor: "Actor", now: "datetime") -> bool:
        """See HoldBook."""
        await self.find(hold_id)  # what a hand put there is not to become an entry of ours
        ended = await self.statements.rows(_SQL["end"], hold_id, str(why), by, millis(now))
        for row in ended:
            await self._note(hold_id, HoldEnded(at=now, why=why, by=by, stopped=row["stopped"]), actor)
        return bool(ended)

    async def _note(self, hold_id: str, note: "Note", actor: "Actor") -> None:
        entry = await self.ledger.append(note, actor, hold_id, None)
        await self.show(hold_id, entry.seq, note.at)


class HoldReads:
    """The holds, for who looks."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    async def of(self, proposal_id: str) -> Hold | None:
        """The one that came with a proposal, open or ended. Raises RowDamaged."""
        async with self._database.reading() as statements:
            return await believed(statements, proposal_id, self._seal)

    async def held(self, agent: str, digest: str, now: "datetime") -> Hold | None:
        """See Holding."""
        async with self._database.reading() as statements:
            return await held(statements, agent, digest, now, self._seal)

    async def over(self, now: "datetime", limit: int) -> list[str]:
        """Ids of those that time has ended and nobody has put down yet."""
        async with self._database.reading() as statements:
            return [row["proposal_id"] for row in await statements.rows(_SQL["over"], millis(now), limit)]

    async def listed(
        self, user: str, roles: "Collection[str]", *, now: "datetime", offset: int = 0, limit: int
    ) -> HoldPage:
        """Those that stop something now and that the person began, could decide about, owns or is served by."""
        asked = (user, encode_json(sorted(roles)), millis(now))
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["listed"], *asked, limit, offset)
            counted = rows or await statements.rows(_SQL["listed"], *asked, 1, 0)
            holds = [each for row in rows if (each := await _sound(statements, row["proposal_id"], self._seal))]
            return HoldPage(holds=holds, total=counted[0]["total"] if counted else 0)


async def held(statements: "Statements", agent: str, digest: str, now: "datetime", seal: "Seal") -> Hold | None:
    """What holds the digest, as entries tell it: a row that is gone, or over before its time, frees nothing."""
    meant = await testimony.held(statements, agent, digest, now, seal)
    if meant is not None:
        await _sound(statements, meant.id, seal)
    return meant


async def believed(statements: "Statements", hold_id: str, seal: "Seal") -> Hold | None:
    """The hold that came with a proposal, as its row and its sealed entries tell alike. Raises RowDamaged."""
    rows = await statements.rows(_SQL["one"], hold_id)
    meant = await testimony.hold(statements, hold_id, seal)
    found = testimony.entry_of(f"holds {hold_id}", rows, _hold, seal)
    # How many an open one has stopped stands in its row alone: it decides nothing.
    counted = None if found is None or meant is None or meant.ended else replace(meant, stopped=found.stopped)
    testimony.agree(f"holds {hold_id}", found, counted or meant, seal)
    return found


async def _sound(statements: "Statements", hold_id: str, seal: "Seal") -> Hold | None:
    try:
        return await believed(statements, hold_id, seal)
    except RowDamaged:
        return None


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
        at=from_milliseconds(row["at"]),
        until=from_milliseconds(row["until"]),
        stopped=row["stopped"],
        ended=None if row["ended"] is None else HoldEnd(row["ended"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
    )
