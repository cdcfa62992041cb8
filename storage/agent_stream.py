"""Agent streams: the events of each agent in the order of the audit log, written with each entry, read in pages.

A place is a sequence number of the log. None is ever skipped: there is one writer at a time, an entry's number is that
of the last committed one plus one, and a trigger of the schema accepts no other. So who sees one sees all before it.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.effects import BY_TAG
from storage.engine.database import reads
from storage.engine.queries import queries
from storage.proposals import readable
from storage.rows import from_milliseconds

if TYPE_CHECKING:
    import asyncio
    from datetime import datetime

    from approvals.effects import AgentEvent
    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements
    from storage.wakeups import Signals

_SQL = queries("stream")


@dataclass(frozen=True, slots=True, kw_only=True)
class StreamedEvent:
    """One tiding, beside its proposal as it is now."""

    seq: int
    entry: str
    """The id of its entry in the audit log."""
    agent_event: "AgentEvent"
    at: "datetime"
    """When it happened."""
    proposal: "Proposal | None"
    """None if it is damaged, or another agent's, and so cannot be served."""


class Stream:
    """The tidings of each agent."""

    def __init__(self, database: "Database", signals: "Signals", seal: "Seal") -> None:
        self._database = database
        self._signals = signals
        self._seal = seal

    @reads
    async def after(self, statements: "Statements", agent: str, seq: int, limit: int) -> list[StreamedEvent]:
        """What the agent is told after a place, in order; less than `limit` only where nothing follows."""
        rows = await statements.rows(_SQL["after"], agent, seq, limit)
        proposals, _ = await readable(statements, sorted({row["proposal_id"] for row in rows}), self._seal)
        known = {proposal.id: proposal for proposal in proposals if proposal.ask.agent == agent}
        return [
            StreamedEvent(
                seq=row["seq"],
                entry=row["id"],
                agent_event=BY_TAG[row["tag"]],
                at=from_milliseconds(row["at"]),
                proposal=known.get(row["proposal_id"]),
            )
            for row in rows
        ]

    @reads
    async def newest(self, statements: "Statements", agent: str) -> int:
        """The place of the last thing that the agent was told; 0 before the first."""
        found = await statements.rows(_SQL["newest"], agent)
        return int(found[0]["seq"]) if found else 0

    @reads
    async def known(self, statements: "Statements", agent: str, seq: int) -> bool:
        """Whether it is the place of something that the agent was told, or the beginning, 0."""
        if seq == 0:
            return True
        return bool(await statements.rows(_SQL["known"], agent, seq))

    def coming(self, agent: str) -> "asyncio.Future[None]":
        """Done at the next commit of which the agent is told, counted from this call: ask, look, then await.

        Whoever awaits it no longer cancels it.
        """
        return self._signals.next_event_of(agent)
