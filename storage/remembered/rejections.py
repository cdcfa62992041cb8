"""Remembered rejections in the database: begun, counted and ended within a write, read without one."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.ports import Conflict
from approvals.refusals import NotFound
from approvals.remembered.rejection import (
    RejectionEnd,
    RememberedRejection,
    RememberedRejectionBegun,
    RememberedRejectionEnded,
)
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

_SQL = queries("remembered_rejections")


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionPage:
    """Some of the remembered rejections that a person may see, and how many there are."""

    rejections: list[RememberedRejection]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionRows:
    """See RememberedRejectionBook."""

    statements: "Statements"
    ledger: "Ledger"
    seal: "Seal"
    show: "Callable[[str, int, datetime], Awaitable[None]]"
    """Has the card of a proposal and its thread, up to a sequence number, brought up to date."""

    async def begin(self, rejection: RememberedRejection, actor: "Actor") -> None:
        """See RememberedRejectionBook."""
        try:
            await self.statements.rows(
                _SQL["begin"],
                rejection.id,
                rejection.agent,
                rejection.action,
                rejection.proposed,
                rejection.digest,
                encode_json(list(rejection.roles)),
                rejection.by,
                rejection.reason,
                millis(rejection.at),
                millis(rejection.until),
            )
        except Violation as violation:
            raise Conflict(str(violation)) from violation
        await self._note(rejection.id, RememberedRejectionBegun(at=rejection.at, rejection=rejection), actor)

    async def find(self, rejection_id: str) -> RememberedRejection:
        """See RememberedRejectionBook."""
        found = await believed(self.statements, rejection_id, self.seal)
        if found is None:
            raise NotFound(rejection_id)
        return found

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> RememberedRejection | None:
        """See RememberedRejectionBook."""
        return await rejecting(self.statements, agent, digest, now, self.seal)

    async def stop(self, agent: str, digest: str, now: "datetime") -> RememberedRejection | None:
        """See RememberedRejectionBook."""
        found = await rejecting(self.statements, agent, digest, now, self.seal)
        counted = await self.statements.rows(_SQL["stop"], found.id) if found is not None else []
        return replace(found, stopped=counted[0]["stopped"]) if found is not None and counted else found

    async def end(self, rejection_id: str, why: RejectionEnd, by: str | None, actor: "Actor", now: "datetime") -> bool:
        """See RememberedRejectionBook."""
        await self.find(rejection_id)  # what a hand put there is not to become an entry of ours
        ended = await self.statements.rows(_SQL["end"], rejection_id, str(why), by, millis(now))
        for row in ended:
            await self._note(
                rejection_id, RememberedRejectionEnded(at=now, why=why, by=by, stopped=row["stopped"]), actor
            )
        return bool(ended)

    async def _note(self, rejection_id: str, note: "Note", actor: "Actor") -> None:
        entry = await self.ledger.append(note, actor, rejection_id, None)
        await self.show(rejection_id, entry.seq, note.at)


class RememberedRejectionReads:
    """The remembered rejections, for who looks."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    async def of(self, proposal_id: str) -> RememberedRejection | None:
        """The one that came with a proposal, open or ended. Raises RowDamaged."""
        async with self._database.reading() as statements:
            return await believed(statements, proposal_id, self._seal)

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> RememberedRejection | None:
        """See RejectionLookup."""
        async with self._database.reading() as statements:
            return await rejecting(statements, agent, digest, now, self._seal)

    async def over(self, now: "datetime", limit: int) -> list[str]:
        """Ids of those that time has ended and nobody has put down yet."""
        async with self._database.reading() as statements:
            return [row["proposal_id"] for row in await statements.rows(_SQL["over"], millis(now), limit)]

    async def listed(
        self, user: str, roles: "Collection[str]", *, now: "datetime", offset: int = 0, limit: int
    ) -> RememberedRejectionPage:
        """Those that stop something now and that the person began, could decide about, owns or is served by."""
        asked = (user, encode_json(sorted(roles)), millis(now))
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["listed"], *asked, limit, offset)
            counted = rows or await statements.rows(_SQL["listed"], *asked, 1, 0)
            rejections = [each for row in rows if (each := await _sound(statements, row["proposal_id"], self._seal))]
            return RememberedRejectionPage(rejections=rejections, total=counted[0]["total"] if counted else 0)


async def rejecting(
    statements: "Statements", agent: str, digest: str, now: "datetime", seal: "Seal"
) -> RememberedRejection | None:
    """What rejects the digest, as entries tell it: a row that is gone, or over before its time, frees nothing."""
    meant = await testimony.rejecting(statements, agent, digest, now, seal)
    if meant is not None:
        await _sound(statements, meant.id, seal)
    return meant


async def believed(statements: "Statements", rejection_id: str, seal: "Seal") -> RememberedRejection | None:
    """The remembered rejection that came with a proposal, as row and sealed entries tell alike. Raises RowDamaged."""
    rows = await statements.rows(_SQL["one"], rejection_id)
    meant = await testimony.rejection(statements, rejection_id, seal)
    found = testimony.entry_of(f"remembered_rejections {rejection_id}", rows, _rejection, seal)
    # How many an open one has stopped stands in its row alone: it decides nothing.
    counted = None if found is None or meant is None or meant.ended else replace(meant, stopped=found.stopped)
    testimony.agree(f"remembered_rejections {rejection_id}", found, counted or meant, seal)
    return found


async def _sound(statements: "Statements", rejection_id: str, seal: "Seal") -> RememberedRejection | None:
    try:
        return await believed(statements, rejection_id, seal)
    except RowDamaged:
        return None


def _rejection(row: "Row") -> RememberedRejection:
    return RememberedRejection(
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
        ended=None if row["ended"] is None else RejectionEnd(row["ended"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
    )
