"""The sender of cards and thread lines, for the courier: nothing else posts or edits a message of a proposal.

It keeps Slack's pace: about one message a second and channel, with short bursts forgiven.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any, TypeVar

from slack_sdk.web.async_client import AsyncWebClient

from approvals.effects import Effect
from approvals.lifecycle import Lifecycle
from approvals.moves.reviewer import open_to_objection
from approvals.ports import Clock, Damaged, Delivery
from approvals.proposal import Proposal, Status
from bot.slack.blockkit.blocks import plain, section
from bot.slack.blockkit.text import one_line
from bot.slack.cards.batch_card import Together, shared_card, threaded, unshown_shared_card, which
from bot.slack.cards.buttons import offers
from bot.slack.cards.card import Card, card, closed_card, unshown_card
from bot.slack.cards.flood_card import MOST_CALLED, burst_card
from bot.slack.cards.redaction import veiled_lines
from bot.slack.outbound.mentions import answerable, called, markup, went_wrong
from bot.slack.web.client import Denied, Limited, NeverSent, Unclear, call
from bot.slack.words import alerts, history
from bot.worker import LIMITS, Showing, WorkLimit, WorkRefused
from delivery import RateLimited, Undeliverable, Unsent
from delivery.courier import Senders
from policy import WrittenPolicy, mentions
from storage import Burst, CardRow, SharedCard, SqlStore

BURST = 4
"""Messages that may follow one another at once after a quiet time."""
EVERY = 1.0
"""Seconds that a message takes to be forgotten."""


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


T = TypeVar("T")
GONE = frozenset({"message_not_found", "cant_update_message", "edit_window_closed"})
AGAIN = 1.0
"""Seconds for which a channel rests when its card could not be made just now."""
REMINDER_LASTS = 300
"""Seconds for which one reminder below a summary counts for all that is on it."""
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}


@dataclass(slots=True)
class SlackSender:
    """The senders of cards, thread lines and alerts."""

    client: AsyncWebClient
    store: SqlStore
    lifecycle: Lifecycle
    policy: Callable[[], WrittenPolicy]
    clock: Clock
    showing: Showing = field(default_factory=Showing)
    pace: Pace = field(default_factory=Pace)

    @property
    def senders(self) -> Senders:
        """One sender for each kind of delivery."""
        return {Effect.card: self.send_card, Effect.thread: self.send_thread, Effect.alert: self.send_alert}

    async def send_card(self, delivery: Delivery) -> float:
        """Posts the card if the channel has none, else brings the one that stands up to date."""
        proposal = await self._proposal(delivery)
        burst = await self.store.bursts.of(proposal.id, delivery.channel, self.clock.now())
        if burst is not None:
            return await self._send_burst(burst)
        shared = await self.store.batches.of(proposal.id, delivery.channel)
        if shared is not None:
            return await self._send_shared(proposal, self._together(shared), shared.shown, delivery.channel)
        row = await self._row(proposal.id, delivery.channel)
        if row is not None and row.ts is not None:
            return await self._update(proposal, row, row.ts)
        if proposal.status is not Status.pending and not open_to_objection(proposal, self.clock.now()):
            return 0.0  # nobody saw a card of it, and there is nothing left to decide
        return await self._post(proposal, delivery.channel)

    async def send_thread(self, delivery: Delivery) -> float:
        """Adds the waiting lines of history below the card, joined into one message."""
        proposal, told = await self._proposal(delivery), delivery.lines
        people = answerable(proposal, told, delivery.channel, self.policy().roles)
        if people:
            await self.store.direct.want(people, proposal.id, self.clock.now())
        must_look = markup(people)
        burst = await self.store.bursts.of(proposal.id, delivery.channel, self.clock.now())
        if burst is not None:
            return await self._call_approvers(delivery, proposal, burst.lead, must_look)
        together = await self.together(proposal.id, delivery.channel)
        if together is not None:
            told = threaded(told)
        row = await self._row(proposal.id if together is None else together.lead.id, delivery.channel)
        if row is None or row.ts is None:
            return await self._call_approvers(delivery, proposal, None, must_look)
        if not told:
            return 0.0
        calls = together is None or proposal.id in {each.id for each in together.waiting[:1]}
        calling = markup(called(proposal, told, delivery.channel, self.policy().roles)) if calls else ""
        lines = await self._shown(veiled_lines, proposal, told)
        blocks, text = await self._shown(history.lines, lines, calling, must_look)
        if together is not None:
            blocks = [which(together, proposal), *blocks]
        await self.reach(
            "chat_postMessage", channel=delivery.channel, thread_ts=row.ts, text=text, blocks=blocks, **NO_PREVIEWS
        )
        return self.pace.posted(delivery.channel, time.monotonic())

    async def _call_approvers(self, delivery: Delivery, proposal: Proposal, lead: str | None, must_look: str) -> float:
        """Below a summary (of that lead), or where it has no card, only what calls somebody is told, with its name."""
        if not must_look:
            return 0.0
        row = None if lead is None else await self._row(lead, delivery.channel)
        below = {} if row is None or row.ts is None else {"thread_ts": row.ts}
        bad = [line for line in delivery.lines if went_wrong(proposal, line)]
        blocks, text = history.lines(bad, approvers=must_look)
        blocks = [section(plain(f"{one_line(proposal.action.name)} ({proposal.id})")), *blocks]
        await self.reach("chat_postMessage", channel=delivery.channel, text=text, blocks=blocks, **below, **NO_PREVIEWS)
        return self.pace.posted(delivery.channel, time.monotonic())

    async def send_alert(self, delivery: Delivery) -> float:
        """Tells the operators what could not be delivered."""
        text = alerts.undeliverable(delivery.proposal_id, delivery.why or "")
        await self.reach("chat_postMessage", channel=delivery.channel, text=text, **NO_PREVIEWS)
        return self.pace.posted(delivery.channel, time.monotonic())

    async def render(self, proposal: Proposal, channel: str) -> Card:
        """The card of a proposal as that channel shows it now, its own or the one it shares."""
        burst = await self.store.bursts.of(proposal.id, channel, self.clock.now())
        if burst is not None:
            return burst_card(burst, mention=markup(self._summoned(burst)))
        together = await self.together(proposal.id, channel)
        if together is not None:
            return await self._together_shown(together, channel)
        calling = self._calling(proposal, channel)
        twins = await self.store.reads.twins(proposal)
        waits = proposal.status is Status.pending  # then what is found was given after the proposal was read
        standing = None if waits else await self.store.standing.of(proposal.id)
        hold = None if waits else await self.store.holds.of(proposal.id)
        offered = self.offered(proposal)
        try:
            return await self.showing(
                card, proposal, mention=calling, twins=twins, offered=offered, standing=standing, hold=hold
            )
        except WorkLimit:
            return unshown_card(proposal, mention=calling, offered=offered)
        except WorkRefused as busy:
            raise Unsent(str(busy), rest=AGAIN) from None

    def offered(self, proposal: Proposal) -> frozenset[str]:
        """What can be done with the proposal now, beside the verdicts."""
        return offers(proposal, self.clock.now(), self.policy().roles)

    async def together(self, proposal_id: str, channel: str) -> Together | None:
        """The proposals that share a card with this one in the channel, as they stand; None where it has its own."""
        shared = await self.store.batches.of(proposal_id, channel)
        return None if shared is None else self._together(shared)

    def _together(self, shared: SharedCard) -> Together:
        seen = tuple(self.lifecycle.seen(each) for each in shared.proposals)
        return Together(proposals=seen, closes_at=shared.closes_at, now=self.clock.now())

    def _calling(self, proposal: Proposal, channel: str) -> str:
        roles = [role for name, role in self.policy().roles.items() if name in proposal.gate.asked]
        return markup(mentions(role for role in roles if role.channel == channel))

    async def _send_shared(self, proposal: Proposal, together: Together, shown: str | None, channel: str) -> float:
        """Brings the card up to date for all that share it: the first delivery does, the others find it done."""
        lead = together.lead
        row = await self._row(lead.id, channel)
        rendered = await self._together_shown(together, channel)
        rest = 0.0
        if row is not None and row.ts is not None:
            if shown == rendered.digest and proposal.id != lead.id:
                return 0.0
            rest = await self._update(lead, row, row.ts, rendered, waits=bool(together.waiting))
            rest = rest or self.pace.posted(
                channel, time.monotonic()
            )  # what joins meanwhile needs no update of its own
        elif together.waiting:
            rest = await self._post(lead, channel, rendered)
        await self.store.batches.shows(lead.id, rendered.digest)
        return rest

    async def _together_shown(self, together: Together, channel: str) -> Card:
        mention = self._calling(together.lead, channel)
        try:
            return await self.showing(shared_card, together, mention=mention)
        except WorkLimit:
            return unshown_shared_card(together, mention=mention)
        except WorkRefused as busy:
            raise Unsent(str(busy), rest=AGAIN) from None

    async def _shown(self, make: Callable[..., T], *of: Any) -> T:
        """Raises what the courier understands."""
        try:
            return await self.showing(make, *of)
        except LIMITS as fault:
            raise Unsent(str(fault), rest=AGAIN) from None

    def _summoned(self, burst: Burst) -> tuple[str, ...]:
        """Whom the summary has called, or calls now, as far as anybody is still waited for."""
        roles = [role for name, role in self.policy().roles.items() if name in burst.roles]
        asked = mentions(role for role in roles if role.channel == burst.channel)
        return tuple(dict.fromkeys((*burst.called, *asked)))[:MOST_CALLED]

    async def _send_burst(self, burst: Burst) -> float:
        """Posts the summary if the channel has none, else brings it up to date; calls each person once."""
        lead = await self.known(burst.lead)
        row = await self._row(burst.lead, burst.channel)
        if (row is None or row.ts is None) and burst.soonest is None:
            return 0.0
        summoned = self._summoned(burst)
        rendered = burst_card(burst, mention=markup(summoned))
        if row is not None and row.ts is not None and burst.shown == rendered.digest:
            return await self._remind(burst, row.ts)
        await self.store.bursts.shows(burst, None)
        if row is None or row.ts is None:
            rest = await self._post(lead, burst.channel, rendered)
        else:
            rest = await self._update(lead, row, row.ts, rendered, waits=burst.soonest is not None)
            stands = await self._row(burst.lead, burst.channel)
            if stands is not None and stands.ts == row.ts:  # else it was posted anew, which called them all
                await self._call_more(burst, row.ts, summoned)
                await self._remind(burst, row.ts)
            rest = rest or self.pace.posted(burst.channel, time.monotonic())
        await self.store.bursts.calls(burst, summoned)
        await self.store.bursts.shows(burst, rendered.digest)
        return rest

    async def _call_more(self, burst: Burst, ts: str, summoned: tuple[str, ...]) -> None:
        """An update calls nobody: whoever is asked only by what joined later is called below the card."""
        new = [each for each in summoned if each not in burst.called]
        if new:
            text = alerts.joined_later(markup(new))
            await self.reach("chat_postMessage", channel=burst.channel, thread_ts=ts, text=text, **NO_PREVIEWS)

    async def _remind(self, burst: Burst, ts: str) -> float:
        """Calls those who are asked for what waits once more, if a reminder fell due, and not again within minutes.

        Those of a flood fall due one after the other, and each is about the same summary.
        """
        due, last = burst.reminder_at, burst.reminded_at
        if due is None or burst.soonest is None or (last is not None and (due - last).total_seconds() < REMINDER_LASTS):
            return 0.0
        roles = [role for name, role in self.policy().roles.items() if name in burst.roles]
        here = [role for role in roles if role.channel == burst.channel]
        agent = self.policy().agents.get(burst.agent)
        owner = None if agent is None or any(role.allow_self_review for role in here) else agent.owner
        found = dict.fromkeys(each for role in here for each in mentions([role]) or role.members)
        asked = [each for each in found if each != owner]
        text = alerts.still_waiting(burst.count, burst.soonest, markup(asked[:MOST_CALLED]))
        await self.reach("chat_postMessage", channel=burst.channel, thread_ts=ts, text=text, **NO_PREVIEWS)
        await self.store.bursts.reminded(burst, due)
        return self.pace.posted(burst.channel, time.monotonic())

    async def _post(self, proposal: Proposal, channel: str, rendered: Card | None = None) -> float:
        rendered = rendered or await self.render(proposal, channel)
        now = self.clock.now()
        await self.store.cards.intend(proposal.id, channel, now, words=rendered.words, whole=rendered.whole)
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
            whole=rendered.whole,
        )
        if not recorded:
            await self.close_twin(channel, ts, proposal.id)
        return self.pace.posted(channel, time.monotonic())

    async def _update(
        self, proposal: Proposal, row: CardRow, ts: str, rendered: Card | None = None, *, waits: bool = False
    ) -> float:
        rendered = rendered or await self.render(proposal, row.channel)
        words, whole = rendered.words, rendered.whole
        await self.store.cards.intend(proposal.id, row.channel, self.clock.now(), words=words, whole=whole)
        try:
            await self.reach("chat_update", channel=row.channel, ts=ts, **body_of(rendered))
        except Undeliverable as refused:
            if str(refused).split(" ")[0] not in GONE:
                raise
            await self.store.cards.lost(proposal.id, row.channel)
            if waits or proposal.status is Status.pending:
                return await self._post(proposal, row.channel, rendered)
            return 0.0
        await self.store.cards.updated(proposal.id, row.channel, version=proposal.version, words=words, whole=whole)
        return 0.0

    async def close_twin(self, channel: str, ts: str, proposal_id: str) -> None:
        """Makes a message that is not the recorded card say so; it can do nothing from then on."""
        closed = closed_card(proposal_id)
        await self.reach("chat_update", channel=channel, ts=ts, **body_of(closed))
        await self.store.cards.closed(channel, ts)

    async def _proposal(self, delivery: Delivery) -> Proposal:
        return self.lifecycle.seen(await self.known(delivery.proposal_id))

    async def known(self, proposal_id: str) -> Proposal:
        """The proposal as it is stored. Raises Undeliverable where it is damaged: nothing of it is shown."""
        try:
            proposal = await self.store.find(proposal_id)
        except Damaged as damaged:
            raise Undeliverable(str(damaged)) from None
        if proposal is None:
            raise Undeliverable(f"{proposal_id} is not in the database")
        return proposal

    async def _row(self, proposal_id: str, channel: str) -> CardRow | None:
        rows = await self.store.cards.of(proposal_id)
        return next((row for row in rows if row.channel == channel), None)

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
