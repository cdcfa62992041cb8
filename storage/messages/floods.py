"""Floods: proposals of one agent that come faster than their cards can be posted share one in the channel."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.card_sharing import FLOOD, LULL, CardSharing, Traffic
from approvals.proposal import Status
from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.proposals import readable
from storage.rows import from_milliseconds, millis, strings

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements

_SQL = queries("floods")
GROWN = 5_000
"""Milliseconds between two times that a summary is brought up to date for what joined."""
LONG = 15_000
"""Milliseconds after which a card that waits to be posted goes before what joined a summary that stands."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Flood:
    """A card in one channel, and what waits on it."""

    lead: str
    """The id of the proposal that came first; it names the message."""
    channel: str
    agent: str
    kinds: tuple[tuple[str, int], ...]
    """How many wait of which action, the most first."""
    soonest: "datetime | None"
    """The first deadline; None if nothing waits."""
    roles: tuple[str, ...]
    """Who is asked for what waits."""
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
    """One page of what waits on a flood."""

    proposals: "list[Proposal]"
    total: int


class Floods:
    """The floods."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of(self, statements: "Statements", proposal_id: str, channel: str, now: "datetime") -> Flood | None:
        """The flood that the proposal is on there; None where it has a card of its own."""
        found = await statements.rows(_SQL["of"], proposal_id, channel)
        if not found:
            return None
        (row,) = found
        asked = (row["lead"], channel, millis(now))
        kinds = await statements.rows(_SQL["kinds"], *asked)
        roles = await statements.rows(_SQL["roles"], *asked)
        return Flood(
            lead=row["lead"],
            channel=channel,
            agent=row["agent"],
            kinds=tuple((kind["action"], kind["count"]) for kind in kinds),
            soonest=from_milliseconds(min(kind["soonest"] for kind in kinds)) if kinds else None,
            roles=tuple(each["role"] for each in roles),
            called=strings(row["called"]),
            reminder_at=None if row["reminder_at"] is None else from_milliseconds(row["reminder_at"]),
            reminded_at=None if row["reminded_at"] is None else from_milliseconds(row["reminded_at"]),
        )

    @reads
    async def waiting(
        self,
        statements: "Statements",
        flood: Flood,
        person: str,
        roles: "Collection[str]",
        *,
        now: "datetime",
        offset: int,
        limit: int,
    ) -> Queued:
        """What waits on it and the person may see, soonest deadline first; a damaged one is counted and left out."""
        asked = (flood.lead, flood.channel, millis(now), person, encode_json(sorted(roles)), limit, offset)
        rows = await statements.rows(_SQL["waiting"], *asked)
        proposals, _ = await readable(statements, [row["id"] for row in rows], self._seal)
        return Queued(proposals=proposals, total=rows[0]["total"] if rows else 0)

    @writes
    async def calls(self, statements: "Statements", flood: Flood, called: "Sequence[str]") -> None:
        """Notes whom the card has called."""
        await statements.rows(_SQL["called"], flood.lead, flood.channel, encode_json(list(called)))

    @writes
    async def reminded(self, statements: "Statements", flood: Flood, at: "datetime") -> None:
        """Notes that people were reminded of all that had fallen due by then."""
        await statements.rows(_SQL["reminded"], flood.lead, flood.channel, millis(at))


async def traffic(statements: "Statements", agent: str, channel: str, now: "datetime") -> Traffic:
    """See Transaction."""
    asked = (agent, channel, millis(now), FLOOD, millis(now - LULL))
    (row,) = await statements.rows(_SQL["traffic"], *asked)
    joined_at = None if row["joined_at"] is None else from_milliseconds(row["joined_at"])
    return Traffic(lead=row["lead"], joined_at=joined_at, backlog=row["backlog"])


async def share(
    statements: "Statements",
    before: "Proposal | None",
    proposal: "Proposal",
    sharing: CardSharing,
    now: "datetime",
) -> None:
    """Writes which floods the proposal joins or begins; of those it is on, whether it waits, and what reminds."""
    if before is not None and (before.status is Status.pending) != (proposal.status is Status.pending):
        await statements.rows(_SQL["counted"], proposal.id, 1 if proposal.status is Status.pending else -1)
    for channel, lead in sharing.floods.items():
        if lead == proposal.id:
            await statements.rows(_SQL["begin"], lead, channel, proposal.ask.agent, millis(now))
        await statements.rows(_SQL["join"], proposal.id, channel, lead)
        await statements.rows(_SQL["joined"], lead, channel, millis(now))
    if sharing.reminds:
        await statements.rows(_SQL["remind"], proposal.id, millis(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """When the card of a flood is posted or brought up to date, among what waits in its channel."""

    lead: str
    rank: int
    deadline: int
    due_at: int


async def turn(
    statements: "Statements", proposal_id: str, channel: str, now: "datetime", *, joins: str | None
) -> Turn | None:
    """Of the flood that a proposal is on there, or just `joins` by the id of its lead; None if it is on none.

    Until its card stands it goes before all others: it shows the most. What joined later is shown soon as well, before
    cards that have not waited long. Any other change waits behind the cards.
    """
    lead = joins
    if lead is None:
        found = await statements.rows(_SQL["of"], proposal_id, channel)
        if not found:
            return None
        lead = found[0]["lead"]
    at = millis(now)
    (row,) = await statements.rows(_SQL["turn"], lead, channel)
    if row["ts"] is None:
        return Turn(lead=lead, rank=0, deadline=row["begun_at"], due_at=at)
    if joins is not None and (row["oldest"] is None or row["oldest"] > at - LONG):
        return Turn(lead=lead, rank=0, deadline=at, due_at=max(at, (row["due_at"] or 0) + GROWN))
    if row["waits"] and row["rank"] == 0:
        return Turn(lead=lead, rank=0, deadline=row["deadline"], due_at=row["due_at"])
    return Turn(lead=lead, rank=1, deadline=at, due_at=at)
