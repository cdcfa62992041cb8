"""Outbox: what waits to leave the process, enqueued with the change it is about, leased, completed."""

from datetime import timedelta
from typing import TYPE_CHECKING, Literal

from approvals.effects import FOLLOWS, Effect
from approvals.ports import Delivery
from approvals.proposal import Status
from approvals.remembered.approval import RememberedApprovalBegun
from approvals.remembered.decision import (
    RememberedApprovalEnded,
    RememberedApprovalExhausted,
    RememberedApprovalUsed,
    RememberedRejectionEnded,
)
from approvals.remembered.rejection import RememberedRejectionBegun
from storage.audit.attest import entry_from
from storage.audit.log import line_from
from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.messages.floods import turn
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from datetime import datetime

    from approvals.ports import Line
    from approvals.proposal import Proposal
    from storage.engine.database import Database, Row, Statements, Value
    from storage.wakeups import Signals

_SQL = queries("outbox")
_ENTRIES = queries("entries")
_REMEMBERED = (
    RememberedApprovalBegun,
    RememberedApprovalUsed,
    RememberedApprovalExhausted,
    RememberedApprovalEnded,
    RememberedRejectionBegun,
    RememberedRejectionEnded,
)
THREAD_TAGS = frozenset(event.tag for event, follows in FOLLOWS.items() if follows.thread) | {
    note.tag for note in _REMEMBERED
}
"""The tags of the entries that become thread lines."""


class SqlOutbox:
    """See Outbox."""

    def __init__(self, database: "Database", signals: "Signals") -> None:
        self._database = database
        self._signals = signals

    async def lease(self, now: "datetime", seconds: float, busy: "Collection[str]" = ()) -> Delivery | None:
        """See Outbox."""
        asked = (millis(now), encode_json(sorted(busy)))
        until = millis(now + timedelta(seconds=seconds))
        return await self._lease(asked, until) if await self._any(asked) else None

    @reads
    async def _any(self, statements: "Statements", asked: "tuple[Value, ...]") -> bool:
        return bool(await statements.rows(_SQL["most_urgent"], *asked))

    @writes
    async def _lease(self, statements: "Statements", asked: "tuple[Value, ...]", until: int) -> Delivery | None:
        found = await statements.rows(_SQL["most_urgent"], *asked)
        if not found:
            return None
        longer = await statements.rows(_SQL["waits_longer"], found[0]["id"], asked[0])
        (row,) = await statements.rows(_SQL["lease"], (longer or found)[0]["id"], until)
        return await _delivery(statements, row)

    @writes
    async def complete(self, statements: "Statements", delivery: Delivery) -> None:
        """See Outbox. One whose lease ran out and was given again completes nothing."""
        await self._end(statements, delivery, await statements.rows(_SQL["complete"], delivery.id, delivery.version))

    @writes
    async def postpone(
        self, statements: "Statements", delivery: Delivery, until: "datetime", why: str, *, failed: bool
    ) -> None:
        """See Outbox."""
        values = (delivery.id, millis(until), int(failed), why)
        await self._end(statements, delivery, await statements.rows(_SQL["postpone"], *values))

    @writes
    async def dead_letter(self, statements: "Statements", delivery: Delivery, why: str, *, tell: str | None) -> None:
        """See Outbox. Of what was erased nobody has to look at each card: a channel that is archived had thousands."""
        if await statements.rows(_SQL["told_of"], delivery.id, why):
            tell = None
        dead_letter = await statements.rows(_SQL["dead_letter"], delivery.id, delivery.version, why)
        row = dead_letter[0] if dead_letter else None
        if row is not None and tell is not None and row["dead_letter"] and not await _is_erased(statements, delivery):
            said = f"{delivery.kind} to {delivery.channel}: {why}"
            await enqueue_about(
                statements, delivery.subject, tell, Effect.alert, from_milliseconds(row["due_at"]), said
            )
        await self._end(statements, delivery, dead_letter)

    @writes
    async def requeue(self, statements: "Statements", channel: str | None = None) -> int:
        """See Outbox."""
        requeued = await statements.rows(_SQL["requeue"], channel)
        self._stir(statements)
        return len(requeued)

    @reads
    async def next_due(self, statements: "Statements", busy: "Collection[str]" = ()) -> "datetime | None":
        """See Outbox."""
        found = await statements.rows(_SQL["next_due"], encode_json(sorted(busy)))
        return from_milliseconds(found[0]["ready_at"]) if found else None

    async def until_enqueued(self) -> None:
        """See Outbox. Also returns when a completed delivery has let the next one of its channel go."""
        await self._signals.until_enqueued()

    async def _end(self, statements: "Statements", delivery: Delivery, ended: "Sequence[Row]") -> None:
        """Lets the next one go. Where the lease was another's by then, what is sent twice has the newest come last."""
        if not ended:
            await statements.rows(_SQL["again"], delivery.subject, delivery.channel, str(delivery.kind))
        self._stir(statements)

    def _stir(self, statements: "Statements") -> None:
        statements.after_commit(lambda: self._signals.announce({}, deliveries=True))


async def _is_erased(statements: "Statements", delivery: Delivery) -> bool:
    return bool(await statements.rows(_SQL["erased"], delivery.subject))


async def enqueue(
    statements: "Statements",
    proposal: "Proposal",
    channel: str,
    kind: Effect,
    now: "datetime",
    *,
    newest: int | None = None,
    calls: bool = False,
    joins: str | Literal[False] | None = None,
) -> None:
    """Enqueues the card, or with `newest` the thread lines up to that entry, in a channel.

    Of what is on a flood there, or now `joins` the one of that lead, the flood is enqueued instead of either, but for a
    thread line that calls somebody. What is new, and joins none (False), is on none.
    """
    agent = proposal.ask.agent
    if kind in (Effect.card, Effect.thread) and joins is not False:
        on = await turn(statements, proposal.id, channel, now, joins=joins)
        if on is not None and not (calls and kind is Effect.thread):
            values = (on.lead, channel, str(Effect.card), None, on.due_at, on.rank, on.deadline, None, agent)
            await statements.rows(_SQL["enqueue"], *values)
            return
    urgent = kind is Effect.card and proposal.status is Status.pending
    deadline = proposal.expires_at if proposal.status is Status.pending else now
    await statements.rows(
        _SQL["enqueue"],
        proposal.id,
        channel,
        str(kind),
        newest,
        millis(now),
        0 if urgent else 1,
        millis(deadline),
        None,
        agent,
    )


async def enqueue_about(
    statements: "Statements", subject: str, channel: str, kind: Effect, now: "datetime", why: str | None = None
) -> None:
    """Enqueues what is no card and no line, after all that waits for people."""
    values = (subject, channel, str(kind), None, millis(now), 1, millis(now), why, None)
    await statements.rows(_SQL["enqueue"], *values)


async def _delivery(statements: "Statements", row: "Row") -> Delivery:
    lines: tuple[Line, ...] = ()
    if row["kind"] == Effect.thread:
        found = await statements.rows(_ENTRIES["of_proposal"], row["subject"], row["sent"], row["version"])
        lines = tuple(line_from(entry_from(each)) for each in found if each["tag"] in THREAD_TAGS)
    return Delivery(
        id=row["lease"],
        kind=Effect(row["kind"]),
        subject=row["subject"],
        channel=row["channel"],
        attempts=row["attempts"],
        version=row["version"],
        lines=lines,
        why=row["why"] if row["kind"] == Effect.alert else None,
    )
