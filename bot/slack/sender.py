"""Gets cards and thread lines into Slack, for the courier. Nothing else posts or edits a message of a proposal."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from approvals.effects import Effect
from approvals.lifecycle import Lifecycle
from approvals.ports import Clock, Delivery
from approvals.proposal import Proposal, Status
from bot.slack import words
from bot.slack.called import called, markup
from bot.slack.calls import Denied, Limited, NeverSent, Unclear, call
from bot.slack.cards import Card, card, closed_card
from bot.slack.offers import offers, open_to_objection
from bot.slack.pace import Pace
from delivery import RateLimited, Undeliverable, Unsent
from delivery.courier import Senders
from policy import WrittenPolicy, mentions
from storage import CardRow, SqlStore

GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


@dataclass(slots=True)
class SlackSender:
    """The senders of cards, thread lines and alerts."""

    client: AsyncWebClient
    store: SqlStore
    lifecycle: Lifecycle
    policy: Callable[[], WrittenPolicy]
    clock: Clock
    pace: Pace = field(default_factory=Pace)

    @property
    def senders(self) -> Senders:
        """One sender for each kind of delivery."""
        return {Effect.card: self.send_card, Effect.thread: self.send_thread, Effect.alert: self.send_alert}

    async def send_card(self, delivery: Delivery) -> float:
        """Posts the card if the channel has none, else brings the one that stands up to date."""
        proposal = await self._proposal(delivery)
        row = await self._row(delivery)
        if row is not None and row.ts is not None:
            return await self._update(proposal, row, row.ts)
        if proposal.status is not Status.pending and not open_to_objection(proposal, self.clock.now()):
            return 0.0  # nobody saw a card of it, and there is nothing left to decide
        return await self._post(proposal, delivery.channel)

    async def send_thread(self, delivery: Delivery) -> float:
        """Adds the waiting lines of history below the card, joined into one message."""
        row = await self._row(delivery)
        if row is None or row.ts is None or not delivery.lines:
            return 0.0
        calling = markup(called(await self._proposal(delivery), delivery.lines, delivery.channel, self.policy().roles))
        blocks, text = words.lines(delivery.lines, calling)
        await self.reach(
            "chat_postMessage", channel=delivery.channel, thread_ts=row.ts, text=text, blocks=blocks, **NO_PREVIEWS
        )
        return self.pace.posted(delivery.channel, time.monotonic())

    async def send_alert(self, delivery: Delivery) -> float:
        """Tells the operators what could not be delivered."""
        text = words.undeliverable(delivery.proposal_id, delivery.why or "")
        await self.reach("chat_postMessage", channel=delivery.channel, text=text, **NO_PREVIEWS)
        return self.pace.posted(delivery.channel, time.monotonic())

    async def render(self, proposal: Proposal, channel: str) -> Card:
        """The card of a proposal as that channel shows it now."""
        roles = [role for name, role in self.policy().roles.items() if name in proposal.gate.asked]
        calling = markup(mentions(role for role in roles if role.channel == channel))
        twins = await self.store.reads.twins(proposal)
        standing = await self.store.standing.of(proposal.id)
        return card(proposal, mention=calling, twins=twins, offered=self.offered(proposal), standing=standing)

    def offered(self, proposal: Proposal) -> frozenset[str]:
        """What can be done with the proposal now, beside the verdicts."""
        return offers(proposal, self.clock.now(), self.policy().roles)

    async def _post(self, proposal: Proposal, channel: str) -> float:
        rendered = await self.render(proposal, channel)
        now = self.clock.now()
        await self.store.cards.intend(proposal.id, channel, now, words=rendered.words)
        answer = await self.reach("chat_postMessage", channel=channel, **body_of(rendered), **NO_PREVIEWS)
        ts = str(answer["ts"])
        recorded = await self.store.cards.posted(
            proposal.id,
            channel,
            ts,
            version=proposal.version,
            digest=rendered.digest,
            words=rendered.words,
            revision=proposal.revision,
            now=self.clock.now(),
        )
        if not recorded:
            await self.close_twin(channel, ts, proposal.id)
        return self.pace.posted(channel, time.monotonic())

    async def _update(self, proposal: Proposal, row: CardRow, ts: str) -> float:
        rendered = await self.render(proposal, row.channel)
        await self.store.cards.intend(proposal.id, row.channel, self.clock.now(), words=rendered.words)
        try:
            await self.reach("chat_update", channel=row.channel, ts=ts, **body_of(rendered))
        except Undeliverable as refused:
            if str(refused).split(" ")[0] not in GONE:
                raise
            await self.store.cards.lost(proposal.id, row.channel)
            if proposal.status is Status.pending:
                return await self._post(proposal, row.channel)
            return 0.0
        await self.store.cards.updated(proposal.id, row.channel, version=proposal.version, words=rendered.words)
        return 0.0

    async def close_twin(self, channel: str, ts: str, proposal_id: str) -> None:
        """Makes a message that is not the recorded card say so; it can do nothing from then on."""
        closed = closed_card(proposal_id)
        await self.reach("chat_update", channel=channel, ts=ts, **body_of(closed))
        await self.store.cards.closed(channel, ts)

    async def _proposal(self, delivery: Delivery) -> Proposal:
        proposal = await self.store.find(delivery.proposal_id)
        if proposal is None:
            raise Undeliverable(f"{delivery.proposal_id} is not in the database")
        return self.lifecycle.seen(proposal)

    async def _row(self, delivery: Delivery) -> CardRow | None:
        rows = await self.store.cards.of(delivery.proposal_id)
        return next((row for row in rows if row.channel == delivery.channel), None)

    async def reach(self, method: str, **arguments: Any) -> dict[str, Any]:
        """Calls Slack; raises what the courier understands."""
        try:
            return await call(self.client, method, **arguments)
        except Limited as limited:
            raise RateLimited(limited.seconds) from None
        except (NeverSent, Unclear) as fault:
            # What may have been posted all the same is a twin: unrecorded, so its buttons do nothing, and the first
            # click on it closes it. Posting again is safe; not posting might leave nobody asked.
            raise Unsent(str(fault)) from None
        except Denied as denied:
            raise Undeliverable(str(denied)) from None


def body_of(rendered: Card) -> dict[str, Any]:
    """A card as a message."""
    return {"blocks": rendered.blocks, "text": rendered.text}
