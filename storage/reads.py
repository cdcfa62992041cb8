"""Questions that only read: an agent's list, a person's queue, history, figures. Straight to SQL."""

import base64
import binascii
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.effects import Effect
from approvals.proposal import Status
from storage.ledger import NEWEST, entry_from, line_from
from storage.queries import queries
from storage.rows import millis, moment, moment_or_none
from storage.shapes import text
from storage.transaction import readable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Collection, Mapping
    from datetime import datetime

    from approvals.ports import Line
    from approvals.proposal import Proposal
    from storage.database import Database, Value

_SQL = queries("reads")
_ENTRIES = queries("entries")
_STOPS = queries("stops")
MOST_TWINS = 20
MOST_PARKED = 100


class BadCursor(ValueError):
    """The cursor is none that we gave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some of an agent's proposals; `next_cursor` asks for those after them, None at the end."""

    proposals: "list[Proposal]"
    next_cursor: str | None
    damaged: tuple[str, ...] = ()
    """What is wrong with rows that belong here and are not served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """Some of a person's proposals, and how many there are in all."""

    proposals: "list[Proposal]"
    total: int
    damaged: tuple[str, ...] = ()
    """What is wrong with rows that belong here and are not served."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parked:
    """A delivery that was given up."""

    proposal_id: str
    channel: str
    kind: Effect
    attempts: int
    due_at: "datetime"
    """When it was last due."""
    why: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Figures for the metrics."""

    by_status: "Mapping[Status, int]"
    """Every status, zero included, as written: `late` ones are still counted where they stood."""
    overdue: int
    """Claimed, and not reported in time."""
    late: int
    """Past a deadline that no sweep has written yet."""
    oldest_pending: "datetime | None"
    """When the oldest of what waits was submitted."""
    deliveries_waiting: int
    deliveries_parked: int
    stopped_agents: int


class Reads:
    """The questions."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def of_agent(
        self,
        agent: str,
        *,
        status: Status | None = None,
        action: str | None = None,
        run_id: str | None = None,
        cursor: str | None = None,
        limit: int,
    ) -> Page:
        """The agent's proposals, newest first. Raises BadCursor."""
        below = (NEWEST, "") if cursor is None else _place(cursor)
        said = None if status is None else str(status)
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["of_agent"], agent, said, action, run_id, *below, limit + 1)
            shown = rows[:limit]
            proposals, damaged = await readable(statements, [row["id"] for row in shown])
        more = _cursor(shown[-1]["created_at"], shown[-1]["id"]) if len(rows) > limit else None
        return Page(proposals=proposals, next_cursor=more, damaged=damaged)

    async def waiting(
        self,
        user: str,
        roles: "Collection[str]",
        *,
        now: "datetime",
        lent: "Collection[tuple[str, str]]" = (),
        offset: int = 0,
        limit: int,
    ) -> Listed:
        """What waits for the person's decision, soonest deadline first; `lent` are pairs of a lender and their role."""
        borrowed = text([list(each) for each in sorted(lent)])
        return await self._listed("waiting", (user, text(sorted(roles)), millis(now), borrowed), offset, limit)

    async def visible(
        self,
        user: str,
        roles: "Collection[str]",
        *,
        statuses: "Collection[Status] | None" = None,
        agent: str | None = None,
        role: str | None = None,
        offset: int = 0,
        limit: int,
    ) -> Listed:
        """What the person may decide or might have, owns, or is served by; newest first."""
        asked = (user, text(sorted(roles)), _statuses(statuses), agent, role)
        return await self._listed("visible", asked, offset, limit)

    async def owned(
        self, user: str, *, statuses: "Collection[Status] | None" = None, offset: int = 0, limit: int
    ) -> Listed:
        """What the person owns or is served by; newest first."""
        return await self._listed("owned", (user, _statuses(statuses)), offset, limit)

    async def history(self, user: str, roles: "Collection[str]", *, offset: int = 0, limit: int) -> Listed:
        """What was resolved of all that the person may see; the latest first."""
        return await self._listed("history", (user, text(sorted(roles))), offset, limit)

    async def may_see(self, proposal_id: str, user: str, roles: "Collection[str]") -> bool:
        """Whether the proposal is among what `visible` would list."""
        async with self._database.reading() as statements:
            return bool(await statements.rows(_SQL["may_see"], proposal_id, user, text(sorted(roles))))

    async def twins(self, proposal: "Proposal") -> list[str]:
        """Ids of other proposals of the same digest that wait, at most MOST_TWINS."""
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["twins"], proposal.digest, proposal.id, MOST_TWINS)
            return [row["id"] for row in rows]

    async def since(self, moment: "datetime", *, page: int = 200) -> "AsyncIterator[Page]":
        """All that was submitted from a moment on, newest first, a page at a time.

        Each page is a transaction of its own, so that going through years holds up nobody's checkpoint.
        """
        below = (NEWEST, "")
        while True:
            async with self._database.reading() as statements:
                rows = await statements.rows(_SQL["since"], millis(moment), *below, page)
                proposals, damaged = await readable(statements, [row["id"] for row in rows])
            if not rows:
                return
            below = (rows[-1]["created_at"], rows[-1]["id"])
            yield Page(proposals=proposals, next_cursor=_cursor(*below), damaged=damaged)

    async def count_since(self, moment: "datetime") -> int:
        """How many proposals `since` goes through."""
        async with self._database.reading() as statements:
            (row,) = await statements.rows(_SQL["count_since"], millis(moment))
            return int(row["count"])

    async def trail(self, proposal_id: str) -> "list[Line]":
        """All that the audit log tells of the proposal, in order."""
        async with self._database.reading() as statements:
            rows = await statements.rows(_ENTRIES["of_proposal"], proposal_id, 0, NEWEST)
            return [line_from(entry_from(row)) for row in rows]

    async def counts(self, now: "datetime") -> Counts:
        """The figures at this moment."""
        async with self._database.reading() as statements:
            by_status = dict.fromkeys(Status, 0)
            overdue = 0
            for row in await statements.rows(_SQL["by_status"]):
                by_status[Status(row["status"])] += row["count"]
                overdue += row["count"] if row["overdue"] else 0
            (late,) = await statements.rows(_SQL["late"], millis(now))
            (oldest,) = await statements.rows(_SQL["oldest_pending"])
            (deliveries,) = await statements.rows(_SQL["deliveries"])
            (stopped,) = await statements.rows(_STOPS["count"])
        return Counts(
            by_status=by_status,
            overdue=overdue,
            late=late["count"],
            oldest_pending=moment_or_none(oldest["created_at"]),
            deliveries_waiting=deliveries["waiting"],
            deliveries_parked=deliveries["parked"],
            stopped_agents=stopped["count"],
        )

    async def overdue_untold(self) -> "list[Proposal]":
        """What nobody approved and is overdue, and of which no notice `overdue:ID` was ever wanted."""
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["overdue_untold"])
            return (await readable(statements, [row["id"] for row in rows]))[0] if rows else []

    async def parked(self) -> list[Parked]:
        """The deliveries that were given up, oldest first, at most MOST_PARKED."""
        async with self._database.reading() as statements:
            return [
                Parked(
                    proposal_id=row["proposal_id"],
                    channel=row["channel"],
                    kind=Effect(row["kind"]),
                    attempts=row["attempts"],
                    due_at=moment(row["due_at"]),
                    why=row["why"],
                )
                for row in await statements.rows(_SQL["parked"], MOST_PARKED)
            ]

    async def _listed(self, query: str, asked: "tuple[Value, ...]", offset: int, limit: int) -> Listed:
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL[query], *asked, limit, offset)
            if rows or offset == 0:
                total = rows[0]["total"] if rows else 0
            else:  # past the end there is no row to carry the total
                first = await statements.rows(_SQL[query], *asked, 1, 0)
                total = first[0]["total"] if first else 0
            proposals, damaged = await readable(statements, [row["id"] for row in rows])
            return Listed(proposals=proposals, total=total, damaged=damaged)


def _statuses(statuses: "Collection[Status] | None") -> str | None:
    return None if statuses is None else text(sorted(str(status) for status in statuses))


def _cursor(created_at: int, proposal_id: str) -> str:
    return base64.urlsafe_b64encode(f"{created_at}.{proposal_id}".encode()).decode().rstrip("=")


def _place(cursor: str) -> tuple[int, str]:
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        created_at, _, proposal_id = base64.b64decode(padded, altchars=b"-_", validate=True).decode().partition(".")
        place = (int(created_at), proposal_id)
    except (binascii.Error, ValueError) as fault:
        raise BadCursor(f"{cursor!r} is not a cursor of ours") from fault
    if not 0 <= place[0] <= NEWEST:
        raise BadCursor(f"{cursor!r} is not a cursor of ours")
    return place
