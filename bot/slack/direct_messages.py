"""Direct messages to those who asked for them: one for each thing that waits, brought up to date.

They go by what is in the store, so a restart loses nothing: a look finds for whom there may be something to do, and the
courier has it done, one person at a time. Here is also `/approvals notify`, which begins and ends them.
"""

import time
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from approvals.effects import Effect
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.refusals import NotEligible, Unverified
from bot.slack.blockkit.blocks import ours, section
from bot.slack.blockkit.text import escape, one_line
from bot.slack.cards.card import made
from bot.slack.lists.pages import entry
from bot.slack.outbound.keeper import Draft, Unposted
from bot.slack.words import alerts as say
from bot.slack.words.shared import state
from bot.worker import LIMITS
from delivery import RateLimited, Undeliverable, Unsent
from storage import MessageKey, MessageKind

if TYPE_CHECKING:
    import asyncio
    from collections.abc import Callable, Sequence

    from approvals.ports import Delivery
    from approvals.proposal import Proposal
    from approvals.reviewer import Reviewer
    from bot.slack.context import SlackContext
    from delivery.courier import Senders
    from storage.messages.direct import DirectMessage, Notified

Blocks: TypeAlias = list[dict[str, Any]]
MOST = 200
"""So much of what waits for one person is looked at."""


async def notify(context: "SlackContext", reviewer: "Reviewer", said: str) -> tuple[Blocks, str]:
    """What follows `/approvals notify`: nothing, `dm` or `off`. Raises StoreBusy."""
    match said.lower():
        case "":
            asks = await context.store.direct.asked(reviewer.user) is not None
            holds = say.I_WRITE_TO_YOU_WHEN_SOMETHING if asks else say.I_DO_NOT_WRITE_TO_YOU
            return _sentence(f"{holds} {say.USAGE}")
        case "dm":
            known = await waiting(context, reviewer)
            await context.store.direct.ask(
                reviewer.user, reviewer.team, context.clock.now(), [each.id for each in known]
            )
            there = say.WHAT_WAITS_ALREADY_IS_IN if known else ""
            return _sentence(say.i_write_to_you_from_now_on(there))
        case "off":
            ended = await context.store.direct.stop_asking(reviewer.user)
            return _sentence(say.I_WRITE_TO_YOU_NO_MORE if ended else say.DID_NOT_WRITE_BEFORE)
        case _:
            return _sentence(say.USAGE)


async def waiting(context: "SlackContext", reviewer: "Reviewer") -> "list[Proposal]":
    """What waits for the person, in their own roles and in those lent to them; at most MOST."""
    delegated = [(each.by, role) for each in reviewer.delegated for role in each.roles]
    found = await context.store.reads.waiting(
        reviewer.user, reviewer.roles, now=context.clock.now(), delegated=delegated, limit=MOST
    )
    return found.proposals


def waits(proposal: "Proposal") -> tuple[Blocks, str]:
    """That one proposal waits: what it is, until when, and a button that opens it. Nothing is decided here."""
    text = say.waits_for_you(escape(one_line(proposal.action.name)))
    return [section(ours(say.THIS_WAITS_FOR_YOU)), *entry(proposal)], text


def many_wait(count: int) -> tuple[Blocks, str]:
    """That several do."""
    text = say.requests_wait_for_you(count)
    return [section(ours(text))], text


def over(proposal: "Proposal", count: int = 1) -> tuple[Blocks, str]:
    """That what a message told of waits for its reader no more."""
    if count > 1:
        text = say.none_of_these_requests_waits(count)
        return [section(ours(text))], text
    emoji, word = (":ballot_box_with_check:", "") if proposal.status is Status.pending else state(proposal)
    text = say.this_no_longer_waits(emoji, f" {word}." if word else "")
    return [section(ours(text)), *entry(proposal, label="Open")], text


def went_wrong(proposal: "Proposal") -> tuple[Blocks, str]:
    """That something which the person let run went wrong."""
    _, word = state(proposal)
    text = say.you_let_this_run(word)
    return [section(ours(text)), *entry(proposal, label="Open")], text


def many_went_wrong(count: int) -> tuple[Blocks, str]:
    """That several did."""
    text = say.things_went_wrong(count)
    return [section(ours(text))], text


def _sentence(text: str) -> tuple[Blocks, str]:
    return [section(ours(text))], text


ONE_BY_ONE = 5
"""So many messages a minute to one person at most; what would be more is summed up."""
EVERY = 1.0
"""Seconds between two messages to a person, and between two looks, so that what comes together is told together."""
AT_LATEST = 10.0
"""Seconds between two looks at most: roles change, and other processes write."""
AGAIN = 30.0
"""Seconds until a person is tried again for whom Slack was out of reach, or did not say who they are."""
log = structlog.get_logger("direct")


@dataclass(slots=True, kw_only=True)
class DirectMessages:
    """The sender of them, for the courier, and what finds out for whom there is something to do."""

    context: "SlackContext"
    monotonic: "Callable[[], float]" = time.monotonic
    _changed: "asyncio.Future[None] | None" = None
    """Done once a proposal has changed since the last look."""
    _not_before: float = 0.0
    _at_latest: float = 0.0

    @property
    def senders(self) -> "Senders":
        """As the courier takes it."""
        return {Effect.direct: self.send}

    async def sweep(self) -> int:
        """Wants everybody looked at for whom there may be something to do; how many. Raises StoreBusy."""
        now = self.monotonic()
        changed = self._changed is None or self._changed.done()
        if now < self._not_before or not (changed or now >= self._at_latest):
            return 0
        if changed:
            self._changed = self.context.store.signals.any_changed()
        self._not_before, self._at_latest = now + EVERY, now + EVERY  # should the store be busy just now
        store = self.context.store.direct
        found = [each.person for each in await store.people() if await self._concerned(each)]
        for person in found:
            await store.look(person, self.context.clock.now())
        self._at_latest = now + AT_LATEST
        return len(found)

    async def send(self, delivery: "Delivery") -> float:
        """Brings what a person was told up to date, and tells them one thing more at most. Raises RateLimited."""
        try:
            return await self._serve(delivery.subject)
        except Unsent as fault:
            log.warning("a direct message waits", why=str(fault))
            return AGAIN  # what is still to be told, a look finds by then

    async def _serve(self, person: str) -> float:
        store = self.context.store.direct
        notified = await store.of(person)
        found, rest = await self._waiting(notified)
        for message in await store.open(person):
            if not await self._still_waits(message, found):
                await self._update(person, message)
        if not notified.asks or found is None:
            return rest
        fresh, wrong = await self._fresh(notified, found), await store.failures_to_tell(person)
        recent = await store.sent_since(person, self.context.clock.now() - timedelta(minutes=1))
        kind, ids = (MessageKind.went_wrong, wrong) if wrong else (MessageKind.waits, fresh)
        if not ids or recent >= ONE_BY_ONE:
            return rest  # a minute has so many at most; what comes meanwhile is told together
        together = len(ids) > ONE_BY_ONE - recent
        rest = max(rest, await self._tell(person, ids if together else ids[:1], kind))
        if (wrong and fresh) or (not together and len(ids) > 1):
            await store.look(person, self.context.clock.now())
        return max(rest, EVERY)

    async def _concerned(self, notified: "Notified") -> bool:
        """Whether something may have to be done; Slack is asked who they are only then."""
        store, person = self.context.store.direct, notified.person
        if await store.open(person) or await store.failures_to_tell(person):
            return True
        return bool(await self._fresh(notified, await self._possible(notified)))

    async def _fresh(self, notified: "Notified", found: "Sequence[Proposal]") -> list[str]:
        known = await self.context.store.direct.known(notified.person, [each.id for each in found])
        return [each.id for each in found if each.id not in known]

    async def _possible(self, notified: "Notified") -> "list[Proposal]":
        """What may wait for the person as far as the policy's text tells: at least all that does."""
        user, roles = notified.person, self.context.policy().roles
        delegators = await self.context.store.delegations.delegators(user, self.context.clock.now())
        return await waiting(self.context, self.context.people.presumed(user, notified.team, roles, delegators))

    async def _waiting(self, notified: "Notified") -> "tuple[list[Proposal] | None, float]":
        """What waits for the person, None where that is not known; and the seconds to leave them alone for that."""
        if not notified.asks:
            return None, 0.0
        try:
            reviewer = await self.context.known(notified.person, notified.team)
        except NotEligible:
            return [], 0.0
        except Unverified:
            return None, AGAIN
        return await waiting(self.context, reviewer), 0.0

    async def _tell(self, person: str, ids: "Sequence[str]", kind: MessageKind) -> float:
        store = self.context.store.direct
        claimed = await store.claim(person, ids, kind, self.context.clock.now())
        if not claimed:
            return 0.0  # another process was first
        lead, count = claimed[0], len(claimed)
        try:
            proposal = await self.context.proposal(lead)
            blocks, text = await self._words(kind, proposal, count)
            draft = _draft(kind, proposal, person, blocks, text, postable=True)
            return (await self.context.sender.keeper.keep(draft)).rest
        except (RateLimited, Unposted):
            await store.release(person, kind, lead)
            raise
        except Damaged:
            return 0.0  # the operators are told of it
        except Undeliverable as refused:
            log.warning("Slack does not take a direct message", why=str(refused))
            return 0.0  # it is in `/approvals` all the same

    async def _still_waits(self, message: "DirectMessage", found: "Sequence[Proposal] | None") -> bool:
        """Whether any of what it tells of does. Where that is not known of the person, whether it is decided counts."""
        if found is not None and len(found) < MOST:
            return bool({each.id for each in found} & set(message.proposals))
        try:
            seen = [await self.context.proposal(each) for each in message.proposals]
        except Damaged:
            return True  # what became of it nobody can say, so the message is left as it is
        return any(each.status is Status.pending for each in seen)

    async def _update(self, person: str, message: "DirectMessage") -> None:
        try:
            lead = await self.context.proposal(message.lead)
            blocks, text = await self.context.showing(over, lead, len(message.proposals))
        except (Damaged, *LIMITS):
            return
        with suppress(Undeliverable):
            await self.context.sender.keeper.keep(_draft(MessageKind.waits, lead, person, blocks, text, postable=False))
        await self.context.store.messages.closed(person, message.ts)

    async def _words(self, kind: MessageKind, proposal: "Proposal", count: int) -> tuple[Blocks, str]:
        one, many = (waits, many_wait) if kind is MessageKind.waits else (went_wrong, many_went_wrong)
        try:
            return many(count) if count > 1 else await self.context.showing(one, proposal)
        except LIMITS:
            return many(count)


def _draft(kind: MessageKind, lead: "Proposal", person: str, blocks: Blocks, text: str, *, postable: bool) -> Draft:
    key = MessageKey(kind=kind, subject=lead.id, channel=person)
    return Draft(key=key, proposal=lead, card=made(blocks, text), postable=postable)
