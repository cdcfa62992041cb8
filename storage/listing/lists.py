"""Lists of one person: what waits for them, what they may see, what is overdue, what is over. Straight to SQL."""

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import instant
from approvals.paging import ALL, PLAIN, Cursor, Filter, Listed
from approvals.proposal import Cause, Status
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.listing.keyset import COUNTED, LOOKED_THROUGH, Reading, page_at
from storage.proposals import readable
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements, Value
    from storage.engine.queries import Query
    from storage.listing.keyset import Head

_SQL = queries("lists")
_REST = 2
"""The rank of what is over, among what a person may see."""


class Lists:
    """The lists."""

    def __init__(self, database: "Database", seal: "Seal | None") -> None:
        self._database = database
        self._seal = seal

    async def waiting(
        self,
        user: str,
        roles: "Collection[str]",
        *,
        now: "datetime",
        delegated: "Collection[tuple[str, str]]" = (),
        only: Filter = ALL,
        at: Cursor | None = None,
        limit: int,
        order: int = PLAIN,
    ) -> Listed:
        """What waits for the person's decision, soonest deadline first; `lent` are pairs of a lender and their role.

        What is equally urgent stands in the `order` that is given, in which the place was taken too.
        What others filled all their places of is not among it.
        Beside a place nothing is skipped or repeated, whatever is decided meanwhile.
        """
        borrowed = encode_json([list(each) for each in sorted(delegated)])
        asked = (user, encode_json(sorted(roles)), millis(now), borrowed, *_narrowed(only))
        return await self._listed("waiting", asked, at, limit, order)

    async def approved(self, user: str, *, now: "datetime", at: Cursor | None = None, limit: int) -> Listed:
        """What the person approved and others must still approve, soonest deadline first."""
        return await self._listed("approved", (user, millis(now)), at, limit)

    @reads
    async def visible(
        self,
        statements: "Statements",
        user: str,
        roles: "Collection[str]",
        *,
        as_of: "datetime",
        only: Filter = ALL,
        at: Cursor | None = None,
        limit: int,
    ) -> Listed:
        """What the person may decide or might have, owns, or is served by; without roles what is their own alone.

        What belongs to them and is overdue comes first, then what waits by its deadline, then the newest: all as it
        stood at the moment given, so that what is decided or submitted while pages are turned moves nothing. What
        moves a proposal all the same is a deadline that is extended, an approval that is taken back, and a report that
        came late.
        """
        moment = (user, encode_json(sorted(roles)), millis(as_of), instant(as_of))
        narrowed = _narrowed(only)

        async def head(at: Cursor, limit: int, *, back: bool = False) -> "list[Row]":
            beside = (at.rank, at.key, at.id, limit, int(back))
            return await statements.rows(_SQL["open"], *moment, *narrowed, *beside)

        async def fitting(ids: "Sequence[str]") -> set[str]:
            late = {row["id"] for row in await statements.rows(_SQL["late"], user, *moment[2:])}
            fits = set(ids)
            if any(each is not None for each in narrowed):
                fits = {row["id"] for row in await statements.rows(_SQL["like"], encode_json(list(ids)), *narrowed)}
            return fits - late

        below, above = _parts("newest", user, roles)
        reading = Reading(
            statements=statements,
            below=below,
            above=above,
            bounds=(millis(as_of), millis(as_of)),
            rank=_REST,
            fitting=fitting,
            top=(-millis(as_of), ""),
            most=COUNTED if only == ALL else LOOKED_THROUGH,
        )
        return await self._page(reading, head, at, limit)

    async def overdue(
        self,
        user: str,
        roles: "Collection[str]",
        *,
        now: "datetime",
        own: bool = False,
        at: Cursor | None = None,
        limit: int,
    ) -> Listed:
        """What was claimed and not reported in time, or is to be rolled back without a report; the longest first.

        Of what the person may see, or of their `own` alone: what they own, are served by or approved.
        """
        asked = (user, encode_json(sorted(roles)), millis(now), int(own))
        return await self._listed("overdue", asked, at, limit)

    @reads
    async def history(
        self,
        statements: "Statements",
        user: str,
        roles: "Collection[str]",
        *,
        as_of: "datetime",
        only: Filter = ALL,
        at: Cursor | None = None,
        limit: int,
    ) -> Listed:
        """What was over at a moment of all that the person may see; the latest first."""
        expired = only.status == Cause.expired
        status = str(Status.rejected) if expired else only.status
        moment = millis(as_of)
        ended = (user, encode_json(sorted(roles)), moment, only.agent, _like(only.action), status, int(expired))
        below, above = _parts("over", user, roles)
        if only.by is not None:
            below, above = ((_SQL["over_by"], only.by),), ((_SQL["over_by_above"], only.by),)

        async def fitting(ids: "Sequence[str]") -> set[str]:
            if only == replace(ALL, since=only.since):
                return set(ids)
            rows = await statements.rows(_SQL["ended_like"], encode_json(list(ids)), *ended)
            return {row["id"] for row in rows}

        reading = Reading(
            statements=statements,
            below=below,
            above=above,
            bounds=(0 if only.since is None else millis(only.since), moment),
            rank=0,
            fitting=fitting,
            top=(-moment, ""),
            most=COUNTED if only == replace(ALL, by=only.by, since=only.since) else LOOKED_THROUGH,
        )
        return await self._page(reading, None, at, limit)

    async def _page(self, reading: Reading, head: "Head | None", at: Cursor | None, limit: int) -> Listed:
        page = await page_at(reading, head, at, limit)
        proposals, damaged = await readable(reading.statements, page.ids, self._seal)
        return Listed(
            proposals=proposals,
            total=page.total,
            exact=page.exact,
            first=page.first,
            before=page.before,
            after=page.after,
            damaged=damaged,
        )

    @reads
    async def _listed(
        self,
        statements: "Statements",
        query: str,
        asked: "tuple[Value, ...]",
        at: Cursor | None,
        limit: int,
        *more: int,
    ) -> Listed:
        rows = await statements.rows(_SQL[query], *asked, *_cursor_values(at), limit, *more)
        if at is not None and at.before:
            rows = rows[::-1]
        if at is not None and at.before and len(rows) < limit:  # less than a page: what the list begins with
            rows = await statements.rows(_SQL[query], *asked, *_cursor_values(None), limit, *more)
        elif at is not None and not rows:
            others = await statements.rows(_SQL[query], *asked, *_cursor_values(None), 1, *more)
            total = others[0]["total"] if others else 0
            # The place itself is on the page before, so it is included there.
            return Listed(proposals=[], total=total, before=replace(at, id=f"{at.id}~", before=True))
        proposals, damaged = await readable(statements, [row["id"] for row in rows], self._seal)
        if not rows:
            return Listed(proposals=[], total=0)
        first, last = rows[0], rows[-1]
        return Listed(
            proposals=proposals,
            total=first["total"],
            first=first["place"],
            before=_place_of(first, before=True) if first["place"] > 1 else None,
            after=_place_of(last) if last["place"] < last["total"] else None,
            damaged=damaged,
        )


def _narrowed(only: Filter) -> "tuple[Value, ...]":
    return (only.agent, _like(only.action), only.role)


def _like(pattern: str | None) -> str | None:
    """A pattern in which only `*` means something, as LIKE has it, with what it else takes for its own escaped."""
    if pattern is None:
        return None
    return re.sub(r"([\\%_])", r"\\\1", pattern).replace("*", "%")


def _cursor_values(place: Cursor | None) -> "tuple[Value, ...]":
    return (-1, 0, "", 0) if place is None else (place.rank, place.key, place.id, int(place.before))


def _place_of(row: "Row", *, before: bool = False) -> Cursor:
    return Cursor(rank=row["rank"], key=row["key"], id=row["id"], before=before)


def _parts(
    order: str, user: str, roles: "Collection[str]"
) -> "tuple[tuple[tuple[Query, str], ...], tuple[tuple[Query, str], ...]]":
    """What finds below and above a place what each role and the person have."""
    of = [*(("role", role) for role in sorted(roles)), ("person", user)]
    below = tuple((_SQL[f"{order}_of_{kind}"], each) for kind, each in of)
    return below, tuple((_SQL[f"{order}_of_{kind}_above"], each) for kind, each in of)
