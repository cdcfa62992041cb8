"""Where the cards stand in Slack, and the words that each shows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from approvals.actor import SYSTEM
from approvals.effects import Effect
from approvals.events import Posted
from approvals.refusals import NotFound
from storage.audit import testimony
from storage.audit.log import Ledger
from storage.audit.row_seals import is_ours, seal_of
from storage.engine.queries import queries
from storage.messages.outbox import want
from storage.proposals import fetched
from storage.rows import millis, moment_or_none

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.ports import Clock
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements
    from storage.wakeups import Signals

_SQL = queries("cards")


@dataclass(frozen=True, slots=True, kw_only=True)
class CardRow:
    """One proposal's card in one channel."""

    proposal_id: str
    channel: str
    ts: str | None
    version: int
    """The proposal's version that the card shows; 0 before it stands."""
    words: str
    """The visible text as last rendered for it."""
    previous_words: str
    """The rendering before: an update under way may leave either on the screen."""
    posting_since: "datetime | None"
    """Since when a post may have arrived without our having recorded it."""
    state: Literal["posting", "standing", "closed", "lost"]
    posted_at: "datetime | None" = None
    """When it first stood there; None where we only found it standing."""
    whole: bool | None = None
    """Whether the words show all that would run; None where that was not noted, or not by us."""
    previous_whole: bool | None = None
    """The same of the words before."""


class Cards:
    """The recorded cards."""

    def __init__(self, database: "Database", signals: "Signals", clock: "Clock", seal: "Seal") -> None:
        self._database = database
        self._signals = signals
        self._clock = clock
        self._seal = seal

    async def intend(
        self, proposal_id: str, channel: str, now: "datetime", *, words: str, whole: bool | None = None
    ) -> CardRow:
        """Notes, before a post or an update, what is about to be shown, and whether it is all that would run."""
        kept = self._whole(proposal_id, channel, words, whole=whole)
        async with self._database.writing() as statements:
            (row,) = await statements.rows(_SQL["intend"], proposal_id, channel, words, millis(now), kept)
            return self._card(row)

    async def posted(  # noqa: PLR0913 what is known of one message
        self,
        proposal_id: str,
        channel: str,
        ts: str,
        *,
        version: int,
        digest: str,
        words: str,
        revision: int,
        now: "datetime",
        adopted: bool = False,
        whole: bool | None = None,
    ) -> bool:
        """Records where the card stands, with its audit entry; False if another stands and this one is a twin."""
        async with self._database.writing() as statements:
            since, kept = None if adopted else millis(now), self._whole(proposal_id, channel, words, whole=whole)
            values = (proposal_id, channel, ts, version, digest, words, since, kept)
            if not await statements.rows(_SQL["posted"], *values):
                (row,) = await statements.rows(_SQL["in_channel"], proposal_id, channel)
                return bool(row["ts"] == ts)
            posted = Posted(at=now, channel=channel, ts=ts, digest=digest, revision=revision, adopted=adopted)
            await Ledger(statements, self._seal).append(posted, SYSTEM, proposal_id, revision)
            return True

    async def updated(
        self, proposal_id: str, channel: str, *, version: int, words: str | None = None, whole: bool | None = None
    ) -> bool:
        """Records what the card shows now; False if it is recorded to show something newer."""
        kept = None if words is None else self._whole(proposal_id, channel, words, whole=whole)
        async with self._database.writing() as statements:
            return bool(await statements.rows(_SQL["updated"], proposal_id, channel, version, words, kept))

    async def at(self, channel: str, ts: str) -> CardRow | None:
        """The card that this message is, if it is one: a row alone, without the entry of its post, makes none."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["at"], channel, ts)
            if not found or not await testimony.stands(statements, found[0]["proposal_id"], channel, ts, self._seal):
                return None
            return self._card(found[0])

    async def of(self, proposal_id: str) -> list[CardRow]:
        """All cards of a proposal, by channel."""
        async with self._database.reading() as statements:
            return [self._card(row) for row in await statements.rows(_SQL["of"], proposal_id)]

    async def closed(self, channel: str, ts: str) -> bool:
        """Notes that the message can do nothing any more; False if it was never recorded, as a twin is not."""
        async with self._database.writing() as statements:
            return bool(await statements.rows(_SQL["closed"], channel, ts))

    async def lost(self, proposal_id: str, channel: str) -> None:
        """The message is gone: forgets it, and wants the card anew."""
        async with self._database.writing() as statements:
            if await statements.rows(_SQL["lost"], proposal_id, channel):
                await self._want(statements, proposal_id, [channel])

    async def want(self, proposal_id: str) -> None:
        """Wants all cards of the proposal to be rendered again. Raises NotFound."""
        async with self._database.writing() as statements:
            await self._want(statements, proposal_id, None)

    async def _want(self, statements: "Statements", proposal_id: str, channels: "Sequence[str] | None") -> None:
        found = await fetched(statements, [proposal_id], self._seal)
        if not found:
            raise NotFound(proposal_id)
        for channel in found[0].channels if channels is None else channels:
            await want(statements, found[0], channel, Effect.card, self._clock.now())
        statements.after_commit(lambda: self._signals.announce({}, deliveries=True))

    def _whole(self, proposal_id: str, channel: str, words: str, *, whole: bool | None) -> str | None:
        """As it is kept: sealed with the words, so that nobody but us says of others that they leave nothing out."""
        if whole is None:
            return None
        return seal_of("cards", _said(proposal_id, channel, words), self._seal) if whole else ""

    def _is_whole(self, row: "Row", prefix: str) -> bool | None:
        kept = row[f"{prefix}whole"]
        if not kept:
            return None if kept is None else False
        said = _said(row["proposal_id"], row["channel"], row[f"{prefix}words"])
        return True if is_ours("cards", {**said, "seal": kept}, self._seal) else None

    def _card(self, row: "Row") -> CardRow:
        return CardRow(
            proposal_id=row["proposal_id"],
            channel=row["channel"],
            ts=row["ts"],
            version=row["version"],
            words=row["words"],
            previous_words=row["previous_words"],
            posting_since=moment_or_none(row["posting_since"]),
            state=row["state"],
            posted_at=moment_or_none(row["posted_at"]),
            whole=self._is_whole(row, ""),
            previous_whole=self._is_whole(row, "previous_"),
        )


def _said(proposal_id: str, channel: str, words: str) -> dict[str, str]:
    return {"proposal_id": proposal_id, "channel": channel, "words": words}
