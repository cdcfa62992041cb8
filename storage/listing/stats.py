"""Statistics: what became of what people were asked and of samples, from figures kept by the day and by several."""

from dataclasses import dataclass
from datetime import timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from storage.engine.database import Database, Row, Statements

_SQL = queries("stats")
KEPT = (64, 8, 1)
"""Over how many days figures are kept; as in the view `figured`."""
_DAY = 86_400_000


@dataclass(frozen=True, slots=True, kw_only=True)
class RoleStats:
    """What became of what one role was asked of one action. All but `asked` and `rushed` add up to `asked`."""

    role: str
    """Empty for what the person owns and none of their roles was asked."""
    asked: int
    waits: int = 0
    untouched: int = 0
    """Approved as the agent proposed it."""
    edited: int = 0
    """Approved with changes."""
    rejected: int = 0
    revoked: int = 0
    """Approved, and taken back before it was claimed."""
    expired: int = 0
    otherwise: int = 0
    """Withdrawn by the agent, or ended by a changed policy."""
    median: timedelta | None = None
    """About how long people took until it was approved or rejected; None where nothing was."""
    rushed: int = 0
    """Decisions that came sooner than their reviewer can have read what there was to read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stats:
    """What became of one action."""

    action: str
    asked: tuple[RoleStats, ...] = ()
    sampled: int = 0
    """Of what ran without anyone asked, so many were drawn to be looked over."""
    judged: int = 0
    not_fine: int = 0


class Counting:
    """Figures for a person: of the roles given, and of what else they own."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @reads
    async def figures(  # noqa: PLR0913 each narrows the list
        self,
        statements: "Statements",
        user: str,
        roles: "Collection[str]",
        *,
        since: "datetime",
        now: "datetime",
        agent: str | None = None,
        role: str | None = None,
        offset: int = 0,
        limit: int,
    ) -> tuple[list[Stats], int]:
        """Some actions in the order of their names, and how many there are in all (0 beyond the last).

        Counted is what was submitted or drawn since the moment given, and on its day: they are kept by the day, in UTC.
        Of an agent or a role alone, if one is named; a role that is not among `roles` has no figures.
        """
        first = millis(since) // _DAY
        days = encode_json([list(each) for each in blocks(first, millis(now) // _DAY)])
        asked = (user, encode_json(sorted(roles)), first, days, agent, role, offset, limit, millis(now))
        rows = await statements.rows(_SQL["stats"], *asked)
        found = [_figures(list(of_action)) for _, of_action in groupby(rows, key=lambda row: row["action"])]
        return found, rows[0]["total"] if rows else 0


def blocks(first: int, last: int) -> list[tuple[int, int, int]]:
    """All days from one to another, in the longest rows that are kept: over how many days each, the first, the last."""
    found: list[tuple[int, int, int]] = []
    day = first
    while day <= last:
        days = next(each for each in KEPT if day % each == 0 and day + each - 1 <= last)
        if found and found[-1][0] == days:
            found[-1] = (days, found[-1][1], day)
        else:
            found.append((days, day, day))
        day += days
    return found


def _figures(rows: "Sequence[Row]") -> Stats:
    first = rows[0]
    return Stats(
        action=first["action"],
        asked=tuple(_asked(row) for row in rows if row["asked"] is not None),
        sampled=first["sampled"],
        judged=first["judged"],
        not_fine=first["not_fine"],
    )


def _asked(row: "Row") -> RoleStats:
    return RoleStats(
        role=row["role"],
        asked=row["asked"],
        waits=row["waits"],
        untouched=row["untouched"],
        edited=row["edited"],
        rejected=row["rejected"],
        revoked=row["revoked"],
        expired=row["expired"],
        otherwise=row["otherwise"],
        median=None if row["median"] is None else timedelta(milliseconds=row["median"]),
        rushed=row["rushed"],
    )
