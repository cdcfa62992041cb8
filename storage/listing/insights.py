"""Insights: the oversight figures of all that was asked since a day, from figures kept by the day and by several."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.oversight import Oversight
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.listing.stats import blocks
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from storage.engine.database import Database, Statements

_SQL = queries("insights")
_DAY = 86_400_000
MOST = 100
"""Names of each kind that are told; those of which there is the most."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Queue:
    """What waits for one role."""

    role: str
    waits: int
    oldest: "datetime"
    """When the one was proposed that waits longest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Insight:
    """Oversight figures of everything, and of each by itself, those with the most first.

    Decisions count in each role for which they may count, proposals for each role and rule that asked: so the roles,
    and the rules, can add up to more than there is. The rule without a name is the default.
    """

    everything: Oversight
    actions: tuple[Oversight, ...] = ()
    rules: tuple[Oversight, ...] = ()
    agents: tuple[Oversight, ...] = ()
    roles: tuple[Oversight, ...] = ()
    reviewers: tuple[Oversight, ...] = ()
    left_out: "dict[str, int]"
    """How many names there are beside those told, by the kind of them."""


class Insights:
    """Oversight figures, for those who may see them."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @reads
    async def insight(
        self,
        statements: "Statements",
        *,
        since: "datetime",
        now: "datetime",
        agent: str | None = None,
        role: str | None = None,
        reviewer: str | None = None,
        limit: int = MOST,
        practised: bool = False,
    ) -> Insight:
        """Of what was proposed or drawn since a moment, from its day on: they are kept by the day, in UTC.

        Of an agent, a role or a reviewer's decisions alone, if one is named. For people who practise, a drill that
        waits counts as what it looks like: they could tell it by figures in which it is missing.
        """
        first = millis(since) // _DAY
        days = encode_json([list(each) for each in blocks(first, millis(now) // _DAY)])
        asked = (days, first, millis(now), agent, role, reviewer, limit, int(practised))
        found: dict[str, dict[str, dict[tuple[str, int], tuple[int, int]]]] = {}
        left_out = {}
        for row in await statements.rows(_SQL["insights"], *asked):
            counts = found.setdefault(row["subject"], {}).setdefault(row["name"], {})
            counts[row["kind"], row["step"]] = (row["count"], row["waited"])
            if row["names"] > limit:
                left_out[str(row["subject"])] = row["names"] - limit
        made = {
            subject: tuple(Oversight(name=name, counts=counts) for name, counts in names.items())
            for subject, names in found.items()
        }
        return Insight(
            everything=made.get("all", (Oversight(),))[0],
            actions=made.get("action", ()),
            rules=made.get("rule", ()),
            agents=made.get("agent", ()),
            roles=made.get("role", ()),
            reviewers=made.get("reviewer", ()),
            left_out=left_out,
        )

    @reads
    async def queue(self, statements: "Statements", now: "datetime") -> list[Queue]:
        """What can still be decided, by the roles that were asked."""
        return [
            Queue(role=row["role"], waits=row["waits"], oldest=from_milliseconds(row["oldest"]))
            for row in await statements.rows(_SQL["queue"], millis(now))
        ]
