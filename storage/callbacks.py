"""Callback outbox: what agents are to be sent, enqueued with the change it is about, leased, completed."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from approvals.effects import FOLLOWS, AgentEvent, Effect
from approvals.ports import Callback
from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from approvals.events import Event
    from approvals.ports import Delivery
    from approvals.proposal import Proposal
    from storage.engine.database import Database, Row, Statements, Value
    from storage.messages.message import Messages

_SQL = queries("callbacks")
CONCURRENCY = 4
"""Callbacks at a time to one receiver of one agent; all of one proposal go one after the other."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """A callback as it is kept."""

    id: str
    proposal_id: str
    agent: str
    url: str
    agent_event: AgentEvent
    at: "datetime"
    state: str
    """`waiting`, `delivered`, `dead_letter` (given up until somebody requeues it), `stopped` (by the receiver)."""
    attempts: int
    due_at: "datetime"
    why: str | None
    """What the newest attempt met."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CallbackCounts:
    """How many have not been told."""

    waiting: int
    dead_letter: int
    stopped: int


class SqlCallbacks:
    """See Callbacks."""

    def __init__(self, database: "Database", messages: "Messages") -> None:
        self._database = database
        self._messages = messages
        self._enqueued = asyncio.Event()

    async def enqueue(self, statements: "Statements", entry: str, proposal: "Proposal", event: "Event") -> None:
        """Enqueues the event for the agent as part of a transaction, where it said how; `entry` is its entry's id."""
        url, agent, agent_event = proposal.ask.callback_url, proposal.ask.agent, FOLLOWS[type(event)].agent
        if url is None or agent_event is None:
            return
        values = (entry, proposal.id, agent, url, _lane(agent, url, proposal.id), str(agent_event), millis(event.at))
        if await statements.rows(_SQL["enqueue"], *values):
            statements.after_commit(self._enqueued.set)

    async def lease(self, now: "datetime", seconds: float, busy: "Collection[str]" = ()) -> Callback | None:
        """See Callbacks."""
        asked = (millis(now), encode_json(sorted(busy)))
        until = millis(now + timedelta(seconds=seconds))
        return await self._lease(asked, until) if await self._any(asked) else None

    @reads
    async def _any(self, statements: "Statements", asked: "tuple[Value, ...]") -> bool:
        return bool(await statements.rows(_SQL["first_due"], *asked))

    @writes
    async def _lease(self, statements: "Statements", asked: "tuple[Value, ...]", until: int) -> Callback | None:
        found = await statements.rows(_SQL["first_due"], *asked)
        if not found:
            return None
        (row,) = await statements.rows(_SQL["lease"], found[0]["number"], until)
        return _callback(row)

    @writes
    async def complete(self, statements: "Statements", delivery: "Delivery") -> None:
        """See Outbox."""
        await statements.rows(_SQL["complete"], delivery.id)

    @writes
    async def postpone(
        self, statements: "Statements", delivery: "Delivery", until: "datetime", why: str, *, failed: bool
    ) -> None:
        """See Outbox."""
        await statements.rows(_SQL["postpone"], delivery.id, millis(until), int(failed), why)

    @writes
    async def dead_letter(self, statements: "Statements", delivery: "Delivery", why: str, *, tell: str | None) -> None:
        """See Outbox. Who is to be told hears of one agent's receiver once a day."""
        for row in await statements.rows(_SQL["dead_letter"], delivery.id, why):
            if tell is not None:
                day, receiver = from_milliseconds(row["due_at"]).date(), _receiver(row["url"])
                said = (
                    f"Callbacks of the agent {row['agent']} to {receiver} were given up: {why}. Mend the receiver, "
                    "then run `signoff callbacks retry --all`; `signoff callbacks list` shows them."
                )
                about = f"callbacks:{row['agent']}:{receiver}:{day}"
                await self._messages.notify_in(statements, about, tell, said, from_milliseconds(row["due_at"]))

    @writes
    async def stop(self, statements: "Statements", callback: Callback, why: str) -> None:
        """See Callbacks."""
        for row in await statements.rows(_SQL["stop"], callback.id, why):
            await statements.rows(_SQL["stop_others"], row["proposal_id"], row["url"], why)

    async def requeue(self, channel: str | None = None) -> int:  # noqa: ARG002 the port's
        """See Outbox. Nothing begins anew by itself: what was given up waits for `retry`."""
        return 0

    @reads
    async def next_due(self, statements: "Statements", busy: "Collection[str]" = ()) -> "datetime | None":
        """See Outbox."""
        found = await statements.rows(_SQL["next_due"], encode_json(sorted(busy)))
        return from_milliseconds(found[0]["ready_at"]) if found else None

    async def until_enqueued(self) -> None:
        """See Outbox."""
        await self._enqueued.wait()
        self._enqueued.clear()

    @writes
    async def retry(self, statements: "Statements", event: str | None, now: "datetime") -> list[str]:
        """Begins anew: the one with this id, given up or stopped, or all that were given up; the ids."""
        return [row["id"] for row in await statements.rows(_SQL["retry"], event, millis(now))]

    @reads
    async def listed(self, statements: "Statements", limit: int, *, everything: bool = False) -> list[Kept]:
        """What has not been told, trouble first and oldest first; or with `told` all there is, newest first."""
        return [_kept(row) for row in await statements.rows(_SQL["newest" if everything else "given_up"], limit)]

    @reads
    async def counts(self, statements: "Statements") -> CallbackCounts:
        """How many have not been told."""
        return await counted(statements)


async def counted(statements: "Statements") -> CallbackCounts:
    """How many have not been told, within a transaction."""
    (row,) = await statements.rows(_SQL["counts"])
    return CallbackCounts(waiting=row["waiting"], dead_letter=row["dead_letter"], stopped=row["stopped"])


def _receiver(url: str) -> str:
    """Whom an address belongs to: more of it is nobody else's business."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _lane(agent: str, url: str, proposal_id: str) -> str:
    return f"{agent} {_receiver(url)} {sum(proposal_id.encode()) % CONCURRENCY}"


def _callback(row: "Row") -> Callback:
    return Callback(
        id=row["lease"],
        kind=Effect.callback,
        subject=row["proposal_id"],
        channel=row["lane"],
        attempts=row["attempts"],
        version=1,
        event=row["id"],
        agent_event=AgentEvent(row["kind"]),
        at=from_milliseconds(row["at"]),
        agent=row["agent"],
        url=row["url"],
    )


def _kept(row: "Row") -> Kept:
    return Kept(
        id=row["id"],
        proposal_id=row["proposal_id"],
        agent=row["agent"],
        url=row["url"],
        agent_event=AgentEvent(row["kind"]),
        at=from_milliseconds(row["at"]),
        state=row["state"],
        attempts=row["attempts"],
        due_at=from_milliseconds(row["due_at"]),
        why=row["why"],
    )
