"""Messages kept up to date in Slack: where each stands, what it shows, and the words of it."""

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Literal

from approvals.actor import SYSTEM
from approvals.effects import Effect
from approvals.events import Posted, SamplePosted
from approvals.refusals import NotFound
from storage.audit import testimony
from storage.audit.log import Ledger
from storage.audit.row_seals import is_ours, seal_of
from storage.engine.database import reads, writes
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.messages.outbox import enqueue, enqueue_about
from storage.proposals import fetched
from storage.rows import millis, moment_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.ports import Clock
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements
    from storage.wakeups import Signals

_SQL = queries("messages")


class MessageKind(StrEnum):
    """What a message is; the subject of all but a notice is a proposal's id, of several that of the first."""

    card = "card"
    """The proposal's own."""
    batch = "batch"
    """Of all that share a card; the subject is the first of them, and it stands where that one's own would."""
    flood = "flood"
    """The card of a flood; the subject is the first on it."""
    sample = "sample"
    """Of what ran at once and is looked over afterwards."""
    notice = "notice"
    """What the operators are to know, once; the subject is what it is about. It is never brought up to date."""
    waits = "waits"
    """Tells a person, who is its channel, that something waits for them; it says so once that is over."""
    went_wrong = "went_wrong"
    """Tells a person, who is its channel, that something which they let run went wrong."""


CLICKED = frozenset({MessageKind.card, MessageKind.batch, MessageKind.flood, MessageKind.sample})
"""The kinds whose buttons work on the recorded message alone: the post of each has its entry."""
_INSTEAD = {MessageKind.card: MessageKind.batch, MessageKind.batch: MessageKind.card}
"""Kinds that have one place: others join a card that stands, and it is the first one's again when they leave."""


@dataclass(frozen=True, slots=True, kw_only=True)
class MessageKey:
    """Which message."""

    kind: MessageKind
    subject: str
    channel: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """One message in one channel."""

    key: MessageKey
    ts: str | None
    version: int
    """The subject's version that it shows; 0 before it stands."""
    words: str
    """The visible text as last rendered for it."""
    previous_words: str
    """The rendering before: an update under way may leave either on the screen."""
    posting_since: "datetime | None"
    """Since when a post may have arrived without our having recorded it."""
    state: Literal["posting", "posted", "closed", "lost"]
    shown: str | None = None
    """The digest of what Slack last took; None while that is not sure."""
    posted_at: "datetime | None" = None
    """When it first stood there; None where we only found it there."""
    whole: bool | None = None
    """Whether the words show all that would run; None where that was not noted, or not by us."""
    previous_whole: bool | None = None
    """The same of the words before."""


class Messages:
    """The recorded messages."""

    def __init__(self, database: "Database", signals: "Signals", clock: "Clock", seal: "Seal") -> None:
        self._database = database
        self._signals = signals
        self._clock = clock
        self._seal = seal

    @writes
    async def intend(
        self, statements: "Statements", key: MessageKey, *, words: str, whole: bool | None = None
    ) -> Message:
        """Notes, before a post or an update, what is about to be shown, and whether it is all that would run."""
        return self._message(await self._intended(statements, key, words, whole=whole))

    @writes
    async def posted(
        self, statements: "Statements", key: MessageKey, ts: str, *, version: int, digest: str, revision: int
    ) -> bool:
        """Records where what was intended stands, with its audit entry; False if another stands and this is a twin."""
        return await self._posted(statements, key, ts, version, digest, revision, adopted=False)

    @writes
    async def adopt(
        self,
        statements: "Statements",
        key: MessageKey,
        ts: str,
        *,
        words: str,
        whole: bool | None,
        version: int,
        digest: str,
        revision: int,
    ) -> bool:
        """Takes up a message of ours that stands unrecorded, to be rendered again; False if another stands.

        All at once: that nobody knows which version of it Slack shows must not outlive what brings it up to date.
        Raises NotFound.
        """
        found = await statements.rows(_SQL["about"], *_places(key))
        if found and found[0]["ts"] not in (None, ts):
            return False
        await self._intended(statements, key, words, whole=whole)
        await self._posted(statements, key, ts, version, digest, revision, adopted=True)
        await self._enqueue(statements, key)
        return True

    @writes
    async def updated(self, statements: "Statements", key: MessageKey, *, version: int, digest: str) -> bool:
        """Records that what was intended is shown; False if it is recorded to show something newer."""
        found = await statements.rows(_SQL["updated"], *_values(key), version, digest)
        return bool(found and found[0]["version"] == version)

    @reads
    async def at(self, statements: "Statements", channel: str, ts: str) -> Message | None:
        """The message at this place, if it is one: a row alone, without the entry of its post, makes none."""
        found = await statements.rows(_SQL["at"], channel, ts)
        if not found:
            return None
        kind, subject = found[0]["kind"], found[0]["subject"]
        stands = await testimony.was_posted(statements, kind, subject, channel, ts, self._seal)
        return self._message(found[0]) if stands else None

    @reads
    async def get(self, statements: "Statements", key: MessageKey) -> Message | None:
        """The message, or the one in the place of which it would stand."""
        found = await statements.rows(_SQL["about"], *_places(key))
        return self._message(found[0]) if found else None

    @writes
    async def closed(self, statements: "Statements", channel: str, ts: str) -> bool:
        """Notes that the message can do nothing any more; False if it was never recorded, as a twin is not."""
        return bool(await statements.rows(_SQL["closed"], channel, ts))

    @writes
    async def lost(self, statements: "Statements", key: MessageKey) -> None:
        """The message is gone: forgets where it stood, so that it is posted anew."""
        await statements.rows(_SQL["lost"], *_values(key))

    @writes
    async def forget(self, statements: "Statements", key: MessageKey) -> None:
        """What was intended was surely not posted: as if it had never been."""
        await statements.rows(_SQL["forget"], *_values(key))

    @writes
    async def enqueue(self, statements: "Statements", key: MessageKey) -> None:
        """Enqueues the message to be rendered again. Raises NotFound."""
        await self._enqueue(statements, key)

    @writes
    async def notify(self, statements: "Statements", about: str, channel: str, text: str) -> bool:
        """Enqueues the text as a notice in the channel; False if there was one about the same before, sent or not."""
        return await self.notify_in(statements, about, channel, text, self._clock.now())

    async def notify_in(self, statements: "Statements", about: str, channel: str, text: str, now: "datetime") -> bool:
        """The same as part of a transaction."""
        if await statements.rows(_SQL["notice"], about):
            return False
        key = MessageKey(kind=MessageKind.notice, subject=about, channel=channel)
        await self._intend(statements, key, now, text, whole=True)
        await enqueue_about(statements, about, channel, Effect.notice, now)
        statements.after_commit(lambda: self._signals.announce({}, deliveries=True))
        return True

    async def notice(self, about: str, channel: str) -> Message | None:
        """The notice, unless we did not write it just so: that is told to nobody, for it would speak in our name."""
        found = await self.get(MessageKey(kind=MessageKind.notice, subject=about, channel=channel))
        name = f"messages notice {about} {channel}"
        if found is None or not found.whole:
            self._seal.damage.met(RowDamaged(name, "its seal was not made with our key"), name)
            return None
        return found

    async def _intended(self, statements: "Statements", key: MessageKey, words: str, *, whole: bool | None) -> "Row":
        if key.kind in _INSTEAD:
            await statements.rows(_SQL["turn"], _INSTEAD[key.kind], *_values(key))
        return await self._intend(statements, key, self._clock.now(), words, whole=whole)

    async def _intend(
        self, statements: "Statements", key: MessageKey, now: "datetime", words: str, *, whole: bool | None
    ) -> "Row":
        kept = None if whole is None else self._whole(key, words) if whole else ""
        (row,) = await statements.rows(_SQL["intend"], *_values(key), words, millis(now), kept)
        return row

    async def _posted(
        self,
        statements: "Statements",
        key: MessageKey,
        ts: str,
        version: int,
        digest: str,
        revision: int,
        *,
        adopted: bool,
    ) -> bool:
        now = self._clock.now()
        values = (ts, version, None if adopted else digest, None if adopted else millis(now))
        if not await statements.rows(_SQL["posted"], *_values(key), *values):
            found = await statements.rows(_SQL["about"], *_places(key))
            return bool(found and found[0]["ts"] == ts)
        ledger = Ledger(statements, self._seal)
        if key.kind not in CLICKED:
            return True
        if key.kind is MessageKind.sample:
            sampled = SamplePosted(at=now, proposal=key.subject, channel=key.channel, ts=ts, digest=digest)
            await ledger.append(sampled, SYSTEM, None, None)
        else:
            posted = Posted(at=now, channel=key.channel, ts=ts, digest=digest, revision=revision, adopted=adopted)
            await ledger.append(posted, SYSTEM, key.subject, revision)
        return True

    async def _enqueue(self, statements: "Statements", key: MessageKey) -> None:
        effect = Effect.sample if key.kind is MessageKind.sample else Effect.card
        found = await fetched(statements, [key.subject], self._seal)
        if not found:
            raise NotFound(key.subject)
        await enqueue(statements, found[0], key.channel, effect, self._clock.now())
        statements.after_commit(lambda: self._signals.announce({}, deliveries=True))

    def _whole(self, key: MessageKey, words: str) -> str:
        """Sealed with the words, so that nobody but us says of others that they leave nothing out."""
        return seal_of("messages", _said(key, words), self._seal)

    def _is_whole(self, key: MessageKey, words: str, kept: str | None) -> bool | None:
        if not kept:
            return None if kept is None else False
        return True if is_ours("messages", {**_said(key, words), "seal": kept}, self._seal) else None

    def _message(self, row: "Row") -> Message:
        key = MessageKey(kind=MessageKind(row["kind"]), subject=row["subject"], channel=row["channel"])
        return Message(
            key=key,
            ts=row["ts"],
            version=row["version"],
            words=row["words"],
            previous_words=row["previous_words"],
            posting_since=moment_or_none(row["posting_since"]),
            state=row["state"],
            shown=row["shown"],
            posted_at=moment_or_none(row["posted_at"]),
            whole=self._is_whole(key, row["words"], row["whole"]),
            previous_whole=self._is_whole(key, row["previous_words"], row["previous_whole"]),
        )


def _values(key: MessageKey) -> tuple[str, str, str]:
    return str(key.kind), key.subject, key.channel


def _places(key: MessageKey) -> tuple[str, str, str, str]:
    return str(key.kind), str(_INSTEAD.get(key.kind, key.kind)), key.subject, key.channel


def _said(key: MessageKey, words: str) -> dict[str, str]:
    return {"kind": str(key.kind), "subject": key.subject, "channel": key.channel, "words": words}
