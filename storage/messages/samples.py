"""Samples: drawn in a transaction of the proposal's, judged once, and where their cards stand."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.actor import SYSTEM
from approvals.effects import Effect
from approvals.events import SamplePosted
from approvals.ports import Conflict
from approvals.sample import Judged, Judgement, Sample
from storage.audit import testimony
from storage.audit.log import Ledger
from storage.engine.queries import queries
from storage.json_codec import text
from storage.messages.outbox import want
from storage.proposals import fetched
from storage.rows import millis, moment, strings

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from approvals.ports import Clock
    from approvals.proposal import Proposal
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements
    from storage.wakeups import Signals

_SQL = queries("samples")


async def draw(statements: "Statements", proposal: "Proposal", sample: Sample) -> None:
    """Keeps one more that was drawn, and wants its cards."""
    roles, channels = text(list(sample.roles)), text(list(sample.channels))
    values = (proposal.id, proposal.action.name, roles, channels, sample.nonce, millis(sample.drawn_at))
    await statements.rows(_SQL["draw"], *values)
    await wanted(statements, proposal, sample.channels, sample.drawn_at)


async def drawn(statements: "Statements", proposal_id: str, seal: "Seal") -> Sample | None:
    """What was drawn of a proposal, if anything, as row and sealed entries tell alike. Raises RowDamaged."""
    rows = await statements.rows(_SQL["get"], proposal_id)
    meant = await testimony.sample(statements, proposal_id, seal)
    found = testimony.made(f"samples {proposal_id}", rows, _sample, seal)
    testimony.agree(f"samples {proposal_id}", None if found is None else testimony.told(found), meant, seal)
    return found


async def keep_review(statements: "Statements", proposal: "Proposal", judged: Judged) -> None:
    """Keeps what a person thinks of it, and wants its cards. Raises Conflict if somebody said so before."""
    said = (str(judged.judgement), judged.by, millis(judged.at), judged.reason)
    changed = await statements.rows(_SQL["judge"], proposal.id, *said)
    if not changed:
        raise Conflict(f"the sample of {proposal.id} was judged before")
    await wanted(statements, proposal, strings(changed[0]["channels"]), judged.at)


async def wanted(statements: "Statements", proposal: "Proposal", channels: "Sequence[str]", now: "datetime") -> None:
    """Wants the sample's cards in these channels."""
    for channel in channels:
        await want(statements, proposal, channel, Effect.sample, now)


def _sample(row: "Row") -> Sample:
    judged = None
    if row["judgement"] is not None:
        judged = Judged(
            judgement=Judgement(row["judgement"]),
            by=row["judged_by"],
            at=moment(row["judged_at"]),
            reason=row["reason"],
        )
    return Sample(
        proposal_id=row["proposal_id"],
        roles=strings(row["roles"]),
        channels=strings(row["channels"]),
        nonce=row["nonce"],
        drawn_at=moment(row["drawn_at"]),
        judged=judged,
    )


_SQL = queries("samples")


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleCard:
    """One sample's card in one channel."""

    proposal_id: str
    channel: str
    ts: str
    words: str
    """The visible text as last rendered for it."""
    previous_words: str
    """The rendering before: an update under way may leave either on the screen."""


class Samples:
    """The samples, for those who show them."""

    def __init__(self, database: "Database", signals: "Signals", clock: "Clock", seal: "Seal") -> None:
        self._database = database
        self._signals = signals
        self._clock = clock
        self._seal = seal

    async def get(self, proposal_id: str) -> "Sample | None":
        """What was drawn of the proposal, if anything."""
        async with self._database.reading() as statements:
            return await drawn(statements, proposal_id, self._seal)

    async def ever(self) -> bool:
        """Whether anything was ever drawn."""
        async with self._database.reading() as statements:
            return bool(await statements.rows(_SQL["ever"]))

    async def posted(self, proposal_id: str, channel: str, ts: str, *, words: str, digest: str) -> bool:
        """Notes where the card stands, with its audit entry; False if another stands and this one is a twin."""
        async with self._database.writing() as statements:
            if not await statements.rows(_SQL["posted"], proposal_id, channel, ts, words):
                (row,) = await statements.rows(_SQL["in_channel"], proposal_id, channel)
                return bool(row["ts"] == ts)
            posted = SamplePosted(at=self._clock.now(), proposal=proposal_id, channel=channel, ts=ts, digest=digest)
            await Ledger(statements, self._seal).append(posted, SYSTEM, None, None)
            return True

    async def intend(self, proposal_id: str, channel: str, *, words: str) -> None:
        """Notes, before an update, what is about to be shown."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["intend"], proposal_id, channel, words)

    async def lost(self, proposal_id: str, channel: str) -> None:
        """The message is gone: the next delivery posts anew."""
        async with self._database.writing() as statements:
            await statements.rows(_SQL["lost"], proposal_id, channel)

    async def want(self, proposal_id: str, channel: str) -> None:
        """Wants the card in the channel to be rendered again."""
        async with self._database.writing() as statements:
            found = await fetched(statements, [proposal_id], self._seal)
            await wanted(statements, found[0], [channel], self._clock.now())
            statements.after_commit(lambda: self._signals.announce({}, deliveries=True))

    async def at(self, channel: str, ts: str) -> SampleCard | None:
        """The card that this message is, if it is one."""
        return await self._card("at", channel, ts)

    async def card(self, proposal_id: str, channel: str) -> SampleCard | None:
        """The card of a sample in a channel, if it stands."""
        return await self._card("in_channel", proposal_id, channel)

    async def _card(self, query: str, *asked: str) -> SampleCard | None:
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL[query], *asked)
            return SampleCard(**{name: found[0][name] for name in found[0].keys()}) if found else None  # noqa: SIM118 a row iterates over values
