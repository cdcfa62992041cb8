"""Direct messages: who asked for them, and what each was sent, at most once a proposal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.effects import Effect
from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.messages.message import MessageKind
from storage.messages.outbox import enqueue_about
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from storage.engine.database import Database, Statements
    from storage.wakeups import Signals

_SQL = queries("direct")


@dataclass(frozen=True, slots=True, kw_only=True)
class Notified:
    """Somebody to whom direct messages go, or went."""

    person: str
    team: str
    asks: bool
    """Whether they want new ones."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DirectMessage:
    """One message that says of some proposals that they wait."""

    lead: str
    """The proposal by which it is named."""
    ts: str
    proposals: tuple[str, ...]


class Direct:
    """Reads and writes both. Where a message stands is among the messages; its channel is the person."""

    def __init__(self, database: "Database", signals: "Signals") -> None:
        self._database = database
        self._signals = signals

    @writes
    async def ask(
        self, statements: "Statements", person: str, team: str, now: "datetime", known: "Sequence[str]"
    ) -> None:
        """The person wants them from now on; of what is `known` already they are not told anew."""
        await statements.rows(_SQL["ask"], person, team, millis(now))
        for proposal_id in known:
            await statements.rows(_SQL["claim"], person, str(MessageKind.waits), proposal_id, None, millis(now))

    @writes
    async def stop_asking(self, statements: "Statements", person: str) -> bool:
        """They want no more; whether they did."""
        return bool(await statements.rows(_SQL["stop_asking"], person))

    @reads
    async def asked(self, statements: "Statements", person: str) -> "datetime | None":
        """Since when they want them; None if they do not."""
        found = await statements.rows(_SQL["asked"], person)
        return from_milliseconds(found[0]["since"]) if found else None

    @reads
    async def people(self, statements: "Statements") -> list[Notified]:
        """Everybody who wants them, or has one that may have to be brought up to date."""
        return [
            Notified(person=row["person"], team=row["team"], asks=bool(row["asks"]))
            for row in await statements.rows(_SQL["people"])
        ]

    @reads
    async def of(self, statements: "Statements", person: str) -> Notified:
        """One of them."""
        found = await statements.rows(_SQL["asked"], person)
        return Notified(person=person, team=found[0]["team"] if found else "", asks=bool(found))

    @writes
    async def look(self, statements: "Statements", person: str, now: "datetime") -> None:
        """Enqueues a look at what they are to be told, or told no longer."""
        await enqueue_about(statements, person, person, Effect.direct, now)
        statements.after_commit(lambda: self._signals.announce({}, deliveries=True))

    @writes
    async def claim(
        self, statements: "Statements", person: str, proposals: "Sequence[str]", kind: MessageKind, now: "datetime"
    ) -> list[str]:
        """Before a message is posted: those of the proposals of which nobody else is telling; the first leads them."""
        claimed: list[str] = []
        for each in proposals:
            values = (person, str(kind), each, claimed[0] if claimed else each, millis(now))
            claimed += [row["proposal_id"] for row in await statements.rows(_SQL["claim"], *values)]
        return claimed

    @writes
    async def release(self, statements: "Statements", person: str, kind: MessageKind, lead: str) -> None:
        """The message is surely not posted, and is to be tried again."""
        await statements.rows(_SQL["release" if kind is MessageKind.waits else "enqueue_again"], person, lead)

    @writes
    async def enqueue(
        self, statements: "Statements", people: "Sequence[str]", proposal_id: str, now: "datetime"
    ) -> None:
        """Enqueues for those of them who ask for it that it went wrong, each once."""
        for person in people:
            if await statements.rows(_SQL["enqueue"], person, proposal_id, millis(now)):
                await enqueue_about(statements, person, person, Effect.direct, now)
                statements.after_commit(lambda: self._signals.announce({}, deliveries=True))

    @reads
    async def failures_to_tell(self, statements: "Statements", person: str) -> list[str]:
        """Ids of what went wrong and they are still to be told of, oldest first."""
        return [row["proposal_id"] for row in await statements.rows(_SQL["failures_to_tell"], person)]

    @reads
    async def known(self, statements: "Statements", person: str, proposals: "Sequence[str]") -> frozenset[str]:
        """Those of the proposals of which they were told that they wait."""
        return frozenset(
            row["proposal_id"] for row in await statements.rows(_SQL["known"], person, encode_json(list(proposals)))
        )

    @reads
    async def open(self, statements: "Statements", person: str) -> list[DirectMessage]:
        """The messages that say of something that it waits, oldest first."""
        rows = await statements.rows(_SQL["open"], person)
        leads = dict.fromkeys((row["lead"], row["ts"]) for row in rows)
        return [
            DirectMessage(lead=lead, ts=ts, proposals=tuple(row["proposal_id"] for row in rows if row["lead"] == lead))
            for lead, ts in leads
        ]

    @reads
    async def sent_since(self, statements: "Statements", person: str, since: "datetime") -> int:
        """How many messages they were sent since."""
        (row,) = await statements.rows(_SQL["sent_since"], person, millis(since))
        return int(row["count"])
