"""Keyset pages of a person's list: read from a place on, by index, as much as a page needs and no more.

What stands in the list is found role by role, each in the list's order, and merged. Beyond where the shortest of these
readings ended nothing is known: that is the horizon, and the page after it goes on from there. So a page costs the same
however long the past is; how much there is in all is counted up to COUNTED.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol, TypeAlias

from approvals.paging import Cursor

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from storage.engine.database import Row, Statements
    from storage.engine.queries import Query

COUNTED = 200
"""So many are counted from the page on."""
LOOKED_THROUGH = 1000
"""So many of each role are looked through for what filters leave."""
Place: TypeAlias = "tuple[int, str]"
"""Where one stands: the moment by which it is sorted, negative, for the latest is first; and its id."""


class Head(Protocol):
    """What stands first in a list and is few enough to be read whole: the rows beside a cursor, nearest first."""

    async def __call__(self, at: Cursor, limit: int, *, back: bool = False) -> "list[Row]":
        """Rows with id, rank, key, place and total."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Reads what comes after the head, in its order."""

    statements: "Statements"
    below: "tuple[tuple[Query, str], ...]"
    """What finds those below a place, each with whose they are."""
    above: "tuple[tuple[Query, str], ...]"
    bounds: tuple[int, int]
    """Up to where those below and those above are wanted."""
    rank: int
    fitting: "Callable[[Sequence[str]], Awaitable[set[str]]]"
    """Which of these belong in the list."""
    top: Place
    """Above all of them."""
    most: int
    """So many of each are read."""

    async def places(self, at: Place, *, back: bool = False) -> "tuple[list[Place], Place | None]":
        """Those beside a place, the nearest first, and the horizon, None where the list ends."""
        found: set[Place] = set()
        horizon: Place | None = None
        for query, of in self.above if back else self.below:
            rows = await self.statements.rows(query, of, -at[0], at[1], self.most, self.bounds[back])
            read = [(-row["at"], row["id"]) for row in rows]
            found.update(read)
            if len(read) == self.most:
                nearer = max if back else min
                horizon = read[-1] if horizon is None else nearer(horizon, read[-1])
        if horizon is not None:
            found = {each for each in found if (each >= horizon if back else each <= horizon)}
        fitting = await self.fitting([each[1] for each in found])
        return sorted((each for each in found if each[1] in fitting), reverse=back), horizon

    def cursor(self, at: Place, number: int, *, before: bool = False) -> Cursor:
        """The cursor of a place, of so many from the beginning of the list on."""
        return Cursor(rank=self.rank, key=at[0], id=at[1], before=before, place=number)


@dataclass(frozen=True, slots=True, kw_only=True)
class KeysetPage:
    """The ids on a page, and where it stands."""

    ids: "list[str]"
    total: int
    exact: bool
    first: int
    before: Cursor | None
    after: Cursor | None


async def page_at(reading: Reading, head: Head | None, at: Cursor | None, limit: int) -> KeysetPage:
    """The page that a cursor asks for; None asks for the first."""
    if at is None or not at.before:
        return await _from(reading, head, at, limit)
    start, nothing = await _start(reading, head, at, limit)
    if nothing is not None:
        further = reading.cursor(nothing, at.place)
        empty = KeysetPage(ids=[], total=at.place - 1, exact=False, first=at.place, before=None, after=further)
        return replace(empty, before=replace(further, before=True))
    return await _from(reading, head, start, limit)


async def _from(reading: Reading, head: Head | None, start: Cursor | None, limit: int) -> KeysetPage:
    """The page that begins right below a cursor."""
    opened: list[Row] = []
    number = 0 if start is None else start.place
    at, first = reading.top, number + 1
    if start is not None and start.rank == reading.rank:
        at = (start.key, start.id)
    elif head is not None:
        opened = await head(start or Cursor(rank=-1, key=0, id=""), limit)
        if opened:
            number, first = opened[0]["total"], opened[0]["place"]
    places, horizon = await reading.places(at)
    shown = places[: limit - len(opened)]
    total = number + len(places)
    cursors = [Cursor(rank=row["rank"], key=row["key"], id=row["id"], place=row["place"]) for row in opened]
    cursors += [reading.cursor(each, place) for place, each in enumerate(shown, start=number + 1)]
    after, before = None, None
    if horizon is not None and len(cursors) < limit:
        after = reading.cursor(horizon, total)
    elif cursors and (horizon is not None or cursors[-1].place < total):
        after = cursors[-1]
    if cursors and first > 1:
        before = replace(cursors[0], before=True)
    elif not cursors and start is not None:
        # The place itself is on the page before, so it is included there.
        before = replace(start, id=f"{start.id}~", before=True, place=start.place + 1)
    return KeysetPage(
        ids=[each.id for each in cursors],
        total=total,
        exact=horizon is None,
        first=first,
        before=before,
        after=after,
    )


async def _start(reading: Reading, head: Head | None, at: Cursor, limit: int) -> "tuple[Cursor | None, Place | None]":
    """Below which cursor the page right above `at` begins; or up to where nothing was found above it."""
    above: list[Place] = []
    if at.rank == reading.rank:
        above, horizon = await reading.places((at.key, at.id), back=True)
        if len(above) > limit:
            return reading.cursor(above[limit], at.place - 1 - limit), None
        if horizon is not None:
            # The last one begins the page above this one.
            found = len(above) - (above[-1:] == [horizon])
            return (reading.cursor(horizon, at.place - 1 - found), None) if found else (None, horizon)
        at = reading.cursor(reading.top, at.place)
    if head is None:
        return None, None
    wanted = limit - len(above)
    rows = await head(at, wanted + 1, back=True)
    if len(rows) <= wanted:
        return None, None
    row = rows[wanted]
    return Cursor(rank=row["rank"], key=row["key"], id=row["id"], place=row["place"]), None
