"""Message keeper: brings a message up to date in Slack, and notes before what it is about to do, after what came of it.

It keeps Slack's pace: about one message a second and channel, with short bursts forgiven.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, Literal

from slack_sdk.web.async_client import AsyncWebClient

from approvals.proposal import Proposal
from bot.slack.cards.card import Card, closed_card
from bot.slack.web.client import Denied, Limited, NeverSent, Unclear, call
from delivery import RateLimited, Undeliverable, Unsent
from storage import Message, MessageKey, MessageKind, SqlStore

BURST = 4
"""Messages that may follow one another at once after a quiet time."""
EVERY = 1.0
"""Seconds that a message takes to be forgotten."""
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
PACED = frozenset({MessageKind.batch, MessageKind.flood})
"""What many bring up to date: after an update their channel rests as after a post, and what joins meanwhile needs none
of its own."""


ONCE = frozenset({MessageKind.waits, MessageKind.went_wrong})
"""What is for one person, in the channel that Slack opens with them: rather none than two, for each calls them."""


class Unposted(Unsent):
    """Slack surely did nothing."""


@dataclass(slots=True)
class Pace:
    """A leaky bucket for each channel."""

    _empty_at: dict[str, float] = field(default_factory=dict)

    def posted(self, channel: str, now: float) -> float:
        """Notes a post; the seconds for which the channel should rest. `now` is monotonic: clocks are set back."""
        empty = max(self._empty_at.get(channel, now), now) + EVERY
        self._empty_at = {name: at for name, at in self._empty_at.items() if at > now}
        self._empty_at[channel] = empty
        return max(0.0, empty - now - BURST * EVERY)


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """A message as it is to be."""

    key: MessageKey
    proposal: Proposal
    """Its subject, as rendered."""
    card: Card
    postable: bool
    """Whether it is posted where none stands: not what has nothing left to ask."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """What became of a draft."""

    did: Literal["nothing", "updated", "posted"]
    rest: float = 0.0
    """Seconds for which its channel should rest."""
    ts: str | None = None
    """Where it stands, if it does."""


@dataclass(slots=True)
class Keeper:
    """Nothing else posts or edits a message that is kept up to date."""

    client: AsyncWebClient
    store: SqlStore
    pace: Pace = field(default_factory=Pace)
    monotonic: Callable[[], float] = time.monotonic
    """Seconds by which its channels rest."""
    _opened: dict[str, str] = field(default_factory=dict)
    """The channel of each person as Slack opened it for this process."""

    async def keep(self, draft: Draft, *, unless_shown: bool = False) -> Kept:
        """Posts the message if the channel has none, else brings the one that stands up to date.

        One that is gone is posted anew. `unless_shown` leaves it alone where Slack is known to show it just so.
        """
        key, card = draft.key, draft.card
        found = await self.store.messages.get(key)
        if found is None or found.ts is None:
            return await self._post(draft, replaces=found is not None)
        if unless_shown and found.shown == card.digest:
            return Kept(did="nothing", ts=found.ts)
        address = await self._address(key)
        await self.store.messages.intend(key, words=card.words, whole=card.whole)
        try:
            await self.reach("chat_update", channel=address, ts=found.ts, **body_of(card))
        except Undeliverable as refused:
            if str(refused).split(" ")[0] not in GONE:
                raise
            await self.store.messages.lost(key)
            return await self._post(draft, replaces=True)
        await self.store.messages.updated(key, version=draft.proposal.version, digest=card.digest)
        rest = self.pace.posted(key.channel, self.monotonic()) if key.kind in PACED else 0.0
        return Kept(did="updated", rest=rest, ts=found.ts)

    async def adopt(self, draft: Draft, ts: str) -> bool:
        """Takes up a message of ours that we did not live to record; False if another stands and this is a twin."""
        card, proposal = draft.card, draft.proposal
        return await self.store.messages.adopt(
            draft.key,
            ts,
            words=card.words,
            whole=card.whole,
            version=proposal.version,
            digest=card.digest,
            revision=proposal.revision,
        )

    async def close_twin(self, channel: str, ts: str, proposal_id: str) -> None:
        """Makes a message that is not the recorded one say so; it can do nothing from then on."""
        await self.reach("chat_update", channel=channel, ts=ts, **body_of(closed_card(proposal_id)))
        await self.store.messages.closed(channel, ts)

    async def post_notice(self, notice: Message) -> float:
        """Posts what was kept to be told, as it was kept."""
        channel = notice.key.channel
        answer = await self.reach("chat_postMessage", channel=channel, text=notice.words, **NO_PREVIEWS)
        await self.store.messages.posted(notice.key, str(answer["ts"]), version=1, digest="", revision=1)
        return self.pace.posted(channel, self.monotonic())

    async def say(self, channel: str, text: str, **more: Any) -> float:
        """Posts what is never brought up to date, such as a line below a card; the rest that its channel needs."""
        await self.reach("chat_postMessage", channel=channel, text=text, **more, **NO_PREVIEWS)
        return self.pace.posted(channel, self.monotonic())

    async def reach(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls Slack; raises what the courier understands."""
        try:
            return await call(self.client, method, **arguments)
        except Limited as limited:
            raise RateLimited(limited.seconds) from None
        except NeverSent as fault:
            raise Unposted(str(fault)) from None
        except Unclear as fault:
            # What may have been posted all the same is a twin: unrecorded, so its buttons do nothing, and the first
            # click on it closes it. Posting again is safe; not posting might leave nobody asked.
            raise Unsent(str(fault)) from None
        except Denied as denied:
            raise Undeliverable(str(denied)) from None

    async def _post(self, draft: Draft, *, replaces: bool) -> Kept:
        key, card = draft.key, draft.card
        if not draft.postable or (replaces and key.kind in ONCE):
            return Kept(did="nothing")
        address = await self._address(key)
        await self.store.messages.intend(key, words=card.words, whole=card.whole)
        try:
            answer = await self.reach("chat_postMessage", channel=address, **body_of(card), **NO_PREVIEWS)
        except (RateLimited, Unposted):
            if key.kind in ONCE:
                await self.store.messages.forget(key)
            raise
        except Undeliverable:
            self._opened.pop(key.channel, None)  # a closed channel is opened anew for the next one
            raise
        ts = str(answer["ts"])
        version, revision = draft.proposal.version, draft.proposal.revision
        if not await self.store.messages.posted(key, ts, version=version, digest=card.digest, revision=revision):
            await self.close_twin(address, ts, key.subject)
        return Kept(did="posted", rest=self.pace.posted(key.channel, self.monotonic()), ts=ts)

    async def _address(self, key: MessageKey) -> str:
        """In which channel Slack has it."""
        if key.kind not in ONCE:
            return key.channel
        if key.channel not in self._opened:
            try:
                answer = await self.reach("conversations_open", users=key.channel)
            except Unsent as fault:
                raise Unposted(str(fault)) from None
            channel = answer.get("channel")
            opened = str(channel.get("id") or "") if isinstance(channel, dict) else ""
            if not opened:
                raise Undeliverable("no_channel")
            self._opened[key.channel] = opened
        return self._opened[key.channel]


def body_of(rendered: Card) -> dict[str, Any]:
    """A card as a message."""
    return {"blocks": rendered.blocks, "text": rendered.text}
