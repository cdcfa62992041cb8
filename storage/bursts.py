"""The cards that sum up a flood, for whoever shows them."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from storage.proposals import readable
from storage.queries import queries
from storage.rows import millis, moment, strings
from storage.shapes import text

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.database import Database
    from storage.ledger import Seal

_SQL = queries("bursts")


@dataclass(frozen=True, slots=True, kw_only=True)
class Burst:
    """A card in one channel, and what waits on it."""

    lead: str
    """The id of the proposal that came first; the row in `cards` is its."""
    channel: str
    agent: str
    kinds: tuple[tuple[str, int], ...]
    """How many wait of which action, the most first."""
    soonest: "datetime | None"
    """The first deadline; None if nothing waits."""
    roles: tuple[str, ...]
    """Who is asked for what waits."""
    shown: str | None
    """The digest of the card as Slack last took it; None while that is not sure."""
    called: tuple[str, ...]
    """Ids of whom it has called."""
    reminder_at: "datetime | None" = None
    """When a reminder of something on it fell due last."""
    reminded_at: "datetime | None" = None
    """When people were reminded below it last."""

    @property
    def count(self) -> int:
        """How many wait."""
        return sum(count for _, count in self.kinds)


@dataclass(frozen=True, slots=True, kw_only=True)
class Queued:
    """One page of what waits on a summary."""

    proposals: "list[Proposal]"
    total: int


class Bursts:
    """The summaries."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    async def of(self, proposal_id: str, channel: str, now: "datetime") -> Burst | None:
        """The summary that the proposal is on there; None where it has a card of its own."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["of"], proposal_id, channel)
            if not found:
                return None
            (row,) = found
            asked = (row["lead"], channel, millis(now))
            kinds = await statements.rows(_SQL["kinds"], *asked)
            roles = await statements.rows(_SQL["roles"], *asked)
        return Burst(
            lead=row["lead"],
            channel=channel,
            agent=row["agent"],
            kinds=tuple((kind["action"], kind["count"]) for kind in kinds),
            soonest=moment(min(kind["soonest"] for kind in kinds)) if kinds else None,
            roles=tuple(each["role"] for each in roles),
            shown=row["shown"],
            called=strings(row["called"]),
            reminder_at=None if row["reminder_at"] is None else moment(row["reminder_at"]),
            reminded_at=None if row["reminded_at"] is None else moment(row["reminded_at"]),
        )

    async def waiting(
        self, burst: Burst, person: str, roles: "Collection[str]", *, now: "datetime", offset: int, limit: int
    ) -> Queued:
        """What waits on it and the person may see, soonest deadline first; a damaged one is counted and left out."""
        asked = (burst.lead, burst.channel, millis(now), person, text(sorted(roles)), limit, offset)
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["waiting"], *asked)
            proposals, _ = await readable(statements, [row["id"] for row in rows], self._seal)
        return Queued(proposals=proposals, total=rows[0]["total"] if rows else 0)

    async def shows(self, burst: Burst, digest: str | None) -> None:
        """Notes what Slack shows of the card; None before it is told something else."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["shown"], burst.lead, burst.channel, digest)

    async def calls(self, burst: Burst, called: "Sequence[str]") -> None:
        """Notes whom the card has called."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["called"], burst.lead, burst.channel, text(list(called)))

    async def reminded(self, burst: Burst, at: "datetime") -> None:
        """Notes that people were reminded of all that had fallen due by then."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["reminded"], burst.lead, burst.channel, millis(at))
