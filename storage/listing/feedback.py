"""Feedback listing: the proposals of which people said something, by agent; and all that was resolved in a period."""

from typing import TYPE_CHECKING

from storage.audit.log import NEWEST, PAGE_BYTES, within
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.listing.reads import LOOKED_THROUGH, Page, cursor_of, place_of
from storage.proposals import readable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements

_SQL = queries("feedback")
_READS = queries("reads")


class FeedbackReads:
    """The questions."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of_agent(
        self,
        statements: "Statements",
        agent: str,
        *,
        action: str | None = None,
        cursor: str | None = None,
        limit: int,
        most: int = LOOKED_THROUGH,
    ) -> Page:
        """What people said no to, changed, took back or objected to of an agent's; the latest first. Raises BadCursor.

        Fewer than the limit where they would take more than PAGE_BYTES together, or the `most` that are looked through
        for an action hold no more of it; the next page goes on from there.
        """
        below = (NEWEST, "") if cursor is None else place_of(cursor)
        most = limit + 1 if action is None else most
        rows = await statements.rows(_SQL["of_agent"], agent, *below, most)
        fitting = [(row["resolved_at"], row["id"]) for row in rows if action in (None, row["action"])]
        sizes = await statements.rows(_READS["sizes"], encode_json([each[1] for each in fitting[:limit]]))
        shown = fitting[: len(list(within(PAGE_BYTES, sizes)))]
        proposals, damaged = await readable(statements, [each[1] for each in shown], self._seal)
        further = None
        if len(shown) < len(fitting):
            further = shown[-1]
        elif len(rows) == most:
            further = (rows[-1]["resolved_at"], rows[-1]["id"])
        return Page(proposals=proposals, next_cursor=None if further is None else cursor_of(*further), damaged=damaged)

    async def resolved(self, since: int, until: int, *, page: int = 200) -> "AsyncIterator[Page]":
        """All that was resolved from a moment on and before another, in milliseconds; in order, a page at a time.

        Each page is a transaction of its own, so that going through years holds up nobody's checkpoint.
        """
        above = (since, "")
        while (found := await self._above(above, until, page)) is not None:
            above = place_of(found.next_cursor or "")
            yield found

    @reads
    async def _above(self, statements: "Statements", above: tuple[int, str], until: int, limit: int) -> "Page | None":
        rows = await statements.rows(_SQL["resolved"], *above, until, limit)
        if not rows:
            return None
        proposals, damaged = await readable(statements, [row["id"] for row in rows], self._seal)
        cursor = cursor_of(rows[-1]["resolved_at"], rows[-1]["id"])
        return Page(proposals=proposals, next_cursor=cursor, damaged=damaged)

    @reads
    async def count(self, statements: "Statements", since: int, until: int) -> int:
        """How many `resolved` goes through, as of now."""
        (row,) = await statements.rows(_SQL["count_resolved"], since, until)
        return int(row["count"])
