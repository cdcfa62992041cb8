"""Gets the cards of samples into Slack, for the courier."""

import time
from dataclasses import dataclass

from approvals.effects import Effect
from approvals.ports import Delivery
from approvals.proposal import Proposal
from approvals.sample import Sample
from bot.slack.cards.card import Card, closed_card
from bot.slack.cards.sample_card import sample_card
from bot.slack.outbound.sender import AGAIN, GONE, NO_PREVIEWS, SlackSender, body_of
from bot.worker import LIMITS
from delivery import Undeliverable, Unsent
from delivery.courier import Senders


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleSender:
    """The sender of samples; it shares Slack's patience with the sender of all else."""

    sender: SlackSender

    @property
    def senders(self) -> Senders:
        """As the courier takes it."""
        return {Effect.sample: self.send}

    async def send(self, delivery: Delivery) -> float:
        """Posts the card if the channel has none, else brings the one that stands up to date."""
        store = self.sender.store
        proposal = await self.sender.known(delivery.proposal_id)
        sample = await store.samples.get(delivery.proposal_id)
        if sample is None:
            raise Undeliverable(f"{delivery.proposal_id} is not in the database")
        try:
            rendered = await self.sender.showing(sample_card, sample, proposal)
        except LIMITS as fault:
            raise Unsent(str(fault), rest=AGAIN) from None
        standing = await store.samples.card(proposal.id, delivery.channel)
        if standing is None:
            return await self._post(proposal, sample, delivery.channel, rendered)
        await store.samples.intend(proposal.id, delivery.channel, words=rendered.words)
        try:
            await self.sender.reach("chat_update", channel=delivery.channel, ts=standing.ts, **body_of(rendered))
        except Undeliverable as refused:
            if str(refused).split(" ")[0] not in GONE:
                raise
            await store.samples.lost(proposal.id, delivery.channel)
            return await self._post(proposal, sample, delivery.channel, rendered)
        return 0.0

    async def _post(self, proposal: Proposal, sample: Sample, channel: str, rendered: Card) -> float:
        if sample.judged is not None:
            return 0.0  # somebody deleted the card, or it never came to stand; there is nothing left to ask
        answer = await self.sender.reach("chat_postMessage", channel=channel, **body_of(rendered), **NO_PREVIEWS)
        ts = str(answer["ts"])
        samples = self.sender.store.samples
        if not await samples.posted(proposal.id, channel, ts, words=rendered.words, digest=rendered.digest):
            await self.sender.reach("chat_update", channel=channel, ts=ts, **body_of(closed_card(proposal.id)))
        return self.sender.pace.posted(channel, time.monotonic())
