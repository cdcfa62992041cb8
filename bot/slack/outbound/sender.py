"""Slack senders of the courier: a renderer and a row for each message, which the keeper brings up to date.

Beside them the lines below a card, and alerts, which are sent and left as they are.
"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from functools import partial
from typing import TypeVar

from approvals.effects import Effect
from approvals.lifecycle import Lifecycle
from approvals.moves.reviewer import open_to_objection
from approvals.ports import Clock, Damaged, Delivery
from approvals.proposal import Proposal, Status
from approvals.sample import Sample
from bot.slack.blockkit.blocks import plain_text, section
from bot.slack.blockkit.text import one_line
from bot.slack.cards.batch_card import Batched, shared_card, threaded, unshown_shared_card, which
from bot.slack.cards.buttons import offers
from bot.slack.cards.card import Card, card, unshown_card
from bot.slack.cards.flood_card import MOST_CALLED, flood_card
from bot.slack.cards.redaction import veiled_lines
from bot.slack.cards.sample_card import sample_card
from bot.slack.outbound.keeper import Draft, Keeper
from bot.slack.outbound.mentions import answerable, markup, mentioned, needs_somebody
from bot.slack.outbound.notices import send_notice
from bot.slack.words import alerts, history
from bot.worker import LIMITS, Showing, WorkLimit
from delivery import Undeliverable, Unsent
from delivery.courier import Senders
from policy import LoadedPolicy, mentions
from storage import Flood, MessageKey, MessageKind, SharedCard, SqlStore

T = TypeVar("T")
AGAIN = 1.0
"""Seconds for which a channel rests when its card could not be made just now."""
REMINDER_LASTS = 300
"""Seconds for which one reminder below a flood counts for all that is on it."""


@dataclass(slots=True)
class SlackSender:
    """The senders of cards, samples, thread lines and alerts."""

    keeper: Keeper
    store: SqlStore
    lifecycle: Lifecycle
    policy: Callable[[], LoadedPolicy]
    clock: Clock
    showing: Showing = field(default_factory=Showing)

    @property
    def senders(self) -> Senders:
        """One sender for each kind of delivery."""
        return {
            Effect.card: self.send_card,
            Effect.thread: self.send_thread,
            Effect.alert: self.send_alert,
            Effect.sample: self.send_sample,
            Effect.notice: partial(send_notice, self.keeper),
        }

    async def send_card(self, delivery: Delivery) -> float:
        """Brings the card up to date on which the proposal is there: its own, a batch's or a flood's."""
        proposal = self.lifecycle.as_of_now(await self.known(delivery.subject))
        flood = await self.store.floods.of(proposal.id, delivery.channel, self.clock.now())
        if flood is not None:
            return await self._send_flood(flood)
        batch = await self.batch_of(proposal.id, delivery.channel)
        if batch is not None:  # the first delivery does it for all that share it, the others find it done
            draft = await _unless_much(self.batch_draft(batch, delivery.channel))
            return (await self.keeper.keep(draft, unless_shown=proposal.id != batch.lead.id)).rest
        return (await self.keeper.keep(await _unless_much(self.card_draft(proposal, delivery.channel)))).rest

    async def send_sample(self, delivery: Delivery) -> float:
        """Brings the card of a sample up to date."""
        proposal = await self.known(delivery.subject)
        sample = await self.store.samples.get(delivery.subject)
        if sample is None:
            raise Undeliverable(f"{delivery.subject} is not in the database")
        return (await self.keeper.keep(await _unless_much(self.sample_draft(sample, proposal, delivery.channel)))).rest

    async def send_thread(self, delivery: Delivery) -> float:
        """Adds the waiting lines of history below the card, joined into one message."""
        proposal, waiting_lines = self.lifecycle.as_of_now(await self.known(delivery.subject)), delivery.lines
        people = answerable(proposal, waiting_lines, delivery.channel, self.policy().roles)
        if people:
            await self.store.direct.enqueue(people, proposal.id, self.clock.now())
        must_look = markup(people)
        flood = await self.store.floods.of(proposal.id, delivery.channel, self.clock.now())
        if flood is not None:
            below = await self._ts(MessageKind.flood, flood.lead, delivery.channel)
            return await self._call_approvers(delivery, proposal, below, must_look)
        batch = await self.batch_of(proposal.id, delivery.channel)
        if batch is not None:
            waiting_lines = threaded(waiting_lines)
        lead = proposal if batch is None else batch.lead
        ts = await self._ts(MessageKind.card, lead.id, delivery.channel)
        if ts is None:
            return await self._call_approvers(delivery, proposal, None, must_look)
        if not waiting_lines:
            return 0.0
        calls = batch is None or proposal.id in {each.id for each in batch.waiting[:1]}
        calling = markup(mentioned(proposal, waiting_lines, delivery.channel, self.policy().roles)) if calls else ""
        lines = await _unless_much(self.showing(veiled_lines, proposal, waiting_lines))
        blocks, text = await _unless_much(self.showing(history.lines, lines, calling, must_look))
        if batch is not None:
            blocks = [which(batch, proposal), *blocks]
        return await self.keeper.say(delivery.channel, text, thread_ts=ts, blocks=blocks)

    async def _call_approvers(self, delivery: Delivery, proposal: Proposal, below: str | None, must_look: str) -> float:
        """Below a summary, or where it has no card, only what calls somebody is told, with its name."""
        if not must_look:
            return 0.0
        bad = [line for line in delivery.lines if needs_somebody(proposal, line)]
        blocks, text = history.lines(bad, approvers=must_look)
        blocks = [section(plain_text(f"{one_line(proposal.action.name)} ({proposal.id})")), *blocks]
        place = {} if below is None else {"thread_ts": below}
        return await self.keeper.say(delivery.channel, text, blocks=blocks, **place)

    async def send_alert(self, delivery: Delivery) -> float:
        """Tells the operators what could not be delivered."""
        return await self.keeper.say(delivery.channel, alerts.undeliverable(delivery.subject, delivery.why or ""))

    async def card_draft(self, proposal: Proposal, channel: str) -> Draft:
        """A proposal's own card as that channel shows it now. Raises WorkRefused."""
        calling = self._calling(proposal, channel)
        equals = await self.store.reads.equals(proposal)
        waits = proposal.status is Status.pending  # then what is found was given after the proposal was read
        remembered = [] if waits else await self.store.remembered.of(proposal.id)
        offered = self.offered(proposal)
        try:
            shown = await self.showing(
                card,
                proposal,
                mention=calling,
                equals=equals,
                offered=offered,
                remembered=remembered,
            )
        except WorkLimit:
            shown = unshown_card(proposal, mention=calling, offered=offered)
        # Of what is over and of which nobody saw a card, there is nothing left to decide.
        postable = waits or open_to_objection(proposal, self.clock.now())
        return _draft(MessageKind.card, proposal, channel, shown, postable=postable)

    async def batch_draft(self, batch: Batched, channel: str) -> Draft:
        """The card that they share. Raises WorkRefused."""
        mention = self._calling(batch.lead, channel)
        try:
            shown = await self.showing(shared_card, batch, mention=mention)
        except WorkLimit:
            shown = unshown_shared_card(batch, mention=mention)
        return _draft(MessageKind.batch, batch.lead, channel, shown, postable=bool(batch.waiting))

    async def flood_draft(self, flood: Flood) -> Draft:
        """The card that sums it up, which calls all that it has called, or calls now."""
        shown = flood_card(flood, mention=markup(self._summoned(flood)))
        lead = await self.known(flood.lead)
        return _draft(MessageKind.flood, lead, flood.channel, shown, postable=flood.soonest is not None)

    async def sample_draft(self, sample: Sample, proposal: Proposal, channel: str) -> Draft:
        """The card of a sample; once it is judged there is nothing left to ask. Raises WorkLimit, WorkRefused."""
        shown = await self.showing(sample_card, sample, proposal)
        return _draft(MessageKind.sample, proposal, channel, shown, postable=sample.judged is None)

    async def draft(self, proposal: Proposal, channel: str) -> Draft:
        """The card on which the proposal is there, whichever that is. Raises WorkRefused."""
        flood = await self.store.floods.of(proposal.id, channel, self.clock.now())
        if flood is not None:
            return await self.flood_draft(flood)
        batch = await self.batch_of(proposal.id, channel)
        return await (self.card_draft(proposal, channel) if batch is None else self.batch_draft(batch, channel))

    def offered(self, proposal: Proposal) -> frozenset[str]:
        """What can be done with the proposal now, beside the verdicts."""
        return offers(proposal, self.clock.now(), self.policy().roles)

    async def batch_of(self, proposal_id: str, channel: str) -> Batched | None:
        """The proposals that share a card with this one in the channel, as they stand; None where it has its own."""
        shared = await self.store.batches.of(proposal_id, channel)
        return None if shared is None else self._batch(shared)

    def _batch(self, shared: SharedCard) -> Batched:
        seen = tuple(self.lifecycle.as_of_now(each) for each in shared.proposals)
        return Batched(proposals=seen, closes_at=shared.closes_at, now=self.clock.now())

    def _calling(self, proposal: Proposal, channel: str) -> str:
        roles = [role for name, role in self.policy().roles.items() if name in proposal.gate.asked]
        return markup(mentions(role for role in roles if role.channel == channel))

    def _summoned(self, flood: Flood) -> tuple[str, ...]:
        """Whom the flood has called, or calls now, as far as anybody is still waited for."""
        roles = [role for name, role in self.policy().roles.items() if name in flood.roles]
        asked = mentions(role for role in roles if role.channel == flood.channel)
        return tuple(dict.fromkeys((*flood.called, *asked)))[:MOST_CALLED]

    async def _send_flood(self, flood: Flood) -> float:
        """Brings its card up to date; calls each person once, and reminds them."""
        summoned = self._summoned(flood)
        kept = await self.keeper.keep(await self.flood_draft(flood), unless_shown=True)
        if kept.ts is None:
            return kept.rest
        reminded = 0.0
        if kept.did != "posted":  # else the post called them all
            await self._call_more(flood, kept.ts, summoned)
            reminded = await self._remind(flood, kept.ts)
        if kept.did != "nothing" or summoned != flood.called:
            await self.store.floods.calls(flood, summoned)
        return max(kept.rest, reminded)

    async def _call_more(self, flood: Flood, ts: str, summoned: tuple[str, ...]) -> None:
        """An update calls nobody: whoever is asked only by what joined later is called below the card."""
        new = [each for each in summoned if each not in flood.called]
        if new:
            await self.keeper.say(flood.channel, alerts.joined_later(markup(new)), thread_ts=ts)

    async def _remind(self, flood: Flood, ts: str) -> float:
        """Calls those who are asked for what waits once more, if a reminder fell due, and not again within minutes.

        Those of a flood fall due one after the other, and each is about the same card.
        """
        due, last = flood.reminder_at, flood.reminded_at
        if due is None or flood.soonest is None or (last is not None and (due - last).total_seconds() < REMINDER_LASTS):
            return 0.0
        roles = [role for name, role in self.policy().roles.items() if name in flood.roles]
        here = [role for role in roles if role.channel == flood.channel]
        agent = self.policy().agents.get(flood.agent)
        owner = None if agent is None or any(role.allow_self_review for role in here) else agent.owner
        found = dict.fromkeys(each for role in here for each in mentions([role]) or role.members)
        asked = [each for each in found if each != owner]
        text = alerts.still_waiting(flood.count, flood.soonest, markup(asked[:MOST_CALLED]))
        rest = await self.keeper.say(flood.channel, text, thread_ts=ts)
        await self.store.floods.reminded(flood, due)
        return rest

    async def known(self, proposal_id: str) -> Proposal:
        """The proposal as it is stored. Raises Undeliverable where it is damaged: nothing of it is shown."""
        try:
            proposal = await self.store.find(proposal_id)
        except Damaged as damaged:
            raise Undeliverable(str(damaged)) from None
        if proposal is None:
            raise Undeliverable(f"{proposal_id} is not in the database")
        return proposal

    async def _ts(self, kind: MessageKind, subject: str, channel: str) -> str | None:
        found = await self.store.messages.get(MessageKey(kind=kind, subject=subject, channel=channel))
        return None if found is None else found.ts


def _draft(kind: MessageKind, subject: Proposal, channel: str, shown: Card, *, postable: bool) -> Draft:
    key = MessageKey(kind=kind, subject=subject.id, channel=channel)
    return Draft(key=key, proposal=subject, card=shown, postable=postable)


async def _unless_much(work: Awaitable[T]) -> T:
    """What the work gives; raises what the courier understands where it is too much for now."""
    try:
        return await work
    except LIMITS as fault:
        raise Unsent(str(fault), rest=AGAIN) from None
