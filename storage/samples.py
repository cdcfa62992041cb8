"""What was drawn to be looked over: where its cards stand, and what came of it all."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.events import Actor, SamplePosted
from storage.drawn import drawn, wanted
from storage.ledger import Ledger
from storage.proposals import fetched
from storage.queries import queries

if TYPE_CHECKING:
    from approvals.ports import Clock
    from approvals.sampling import Sample
    from storage.database import Database
    from storage.ledger import Seal
    from storage.signals import Signals

_SQL = queries("samples")
_SYSTEM = Actor(kind="system", id="signoff")


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
            await Ledger(statements, self._seal).append(posted, _SYSTEM, None, None)
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
