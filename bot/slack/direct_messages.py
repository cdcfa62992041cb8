"""Direct messages to those who asked for them: one for each thing that waits, brought up to date.

They go by what is in the store, so a restart loses nothing; whatever Slack refuses hinders nothing else. Here is also
`/approvals notify`, which begins and ends them.
"""

import asyncio
import time
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import structlog

from approvals.ports import Damaged, StoreBusy
from approvals.proposal import Status
from approvals.refusals import NotEligible, Unverified
from bot.logs import where
from bot.slack.blockkit.blocks import ours, section
from bot.slack.blockkit.text import escape, one_line
from bot.slack.lists.pages import entry
from bot.slack.web.client import Denied, Limited, NeverSent, SlackFault, Unclear, call
from bot.slack.words import alerts as say
from bot.slack.words.shared import state
from bot.worker import LIMITS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from approvals.proposal import Proposal
    from approvals.reviewer import Reviewer
    from bot.slack.context import Desk
    from storage.messages.direct import About, DirectMessage, Notified

Blocks: TypeAlias = list[dict[str, Any]]
MOST = 200
"""So much of what waits for one person is looked at."""


async def notify(desk: "Desk", reviewer: "Reviewer", said: str) -> tuple[Blocks, str]:
    """What follows `/approvals notify`: nothing, `dm` or `off`. Raises StoreBusy."""
    match said.lower():
        case "":
            asks = await desk.store.direct.asked(reviewer.user) is not None
            holds = say.I_WRITE_TO_YOU_WHEN_SOMETHING if asks else say.I_DO_NOT_WRITE_TO_YOU
            return _sentence(f"{holds} {say.USAGE}")
        case "dm":
            known = await waiting(desk, reviewer)
            await desk.store.direct.ask(reviewer.user, reviewer.team, desk.clock.now(), [each.id for each in known])
            there = say.WHAT_WAITS_ALREADY_IS_IN if known else ""
            return _sentence(say.i_write_to_you_from_now_on(there))
        case "off":
            ended = await desk.store.direct.stop_asking(reviewer.user)
            return _sentence(say.I_WRITE_TO_YOU_NO_MORE if ended else say.DID_NOT_WRITE_BEFORE)
        case _:
            return _sentence(say.USAGE)


async def waiting(desk: "Desk", reviewer: "Reviewer") -> "list[Proposal]":
    """What waits for the person, in their own roles and in those lent to them; at most MOST."""
    lent = [(each.by, role) for each in reviewer.lent for role in each.roles]
    found = await desk.store.reads.waiting(reviewer.user, reviewer.roles, now=desk.clock.now(), lent=lent, limit=MOST)
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
"""Seconds between two rounds at least: Slack takes one message a second and channel."""
AT_LATEST = 10.0
"""Seconds between two rounds at most: roles change, and other processes write."""
ENDS = 1.0
"""Seconds for the round under way when we stop: all that ends one after the other has ten together."""
AGAIN = 30.0
"""Seconds until a person is tried again for whom Slack was out of reach."""
NO_PREVIEWS = {"unfurl_links": False, "unfurl_media": False}
log = structlog.get_logger("direct")


@dataclass(slots=True, kw_only=True)
class DirectMessages:
    """The rounds."""

    desk: "Desk"
    monotonic: "Callable[[], float]" = time.monotonic
    _opened: dict[str, str] = field(default_factory=dict)
    """The channel of each person as Slack opened it for this process: nothing that is stored names one."""
    _resting: dict[str, float] = field(default_factory=dict)
    """Until when a person is left alone, because Slack asked for it or was out of reach."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            changed = self.desk.store.any_changed()
            under_way = asyncio.create_task(self._round())
            try:
                more = await asyncio.shield(under_way)
            except asyncio.CancelledError:
                await asyncio.wait([under_way], timeout=ENDS)  # what was posted is noted
                under_way.cancel()
                raise
            with suppress(TimeoutError):
                async with asyncio.timeout(EVERY if more else AT_LATEST):
                    await changed
            await asyncio.sleep(EVERY)

    async def _round(self) -> bool:
        try:
            return await self.look()
        except StoreBusy:
            log.warning("the store is busy; direct messages wait")
        except Exception as error:  # noqa: BLE001 the rounds go on whatever one of them met
            log.error("a round of direct messages failed in an unforeseen way", **where(error))  # noqa: TRY400 no payloads
        return True

    async def look(self) -> bool:
        """One round: at most one new message a person; whether somebody has more to be told. Raises StoreBusy."""
        more = False
        for notified in await self.desk.store.direct.people():
            if self._resting.get(notified.person, 0.0) > self.monotonic():
                continue
            try:
                more = await self._serve(notified) or more
            except (Limited, NeverSent, Unclear) as fault:
                seconds = fault.seconds if isinstance(fault, Limited) else AGAIN
                self._resting[notified.person] = self.monotonic() + seconds
                log.warning("a direct message waits", why=str(fault))
        return more

    async def _serve(self, notified: "Notified") -> bool:
        store, person = self.desk.store.direct, notified.person
        standing, looks = await store.standing(person), await store.wanted(person)
        if not standing and not looks and not await self._fresh(notified, await self._possible(notified)):
            return False  # Slack is asked who they are only where that can matter
        found, allowed = await self._waiting(notified)
        for message in standing:
            if not await self._still_waits(message, found):
                await self._update(notified, message)
        if not allowed or found is None:
            return False
        fresh = await self._fresh(notified, found)
        recent = await store.sent_since(person, self.desk.clock.now() - timedelta(minutes=1))
        about: About = "look" if looks else "waits"
        ids = looks or fresh
        if not ids:
            return False
        if recent >= ONE_BY_ONE:
            return True  # a minute has so many at most; what comes meanwhile is told together
        together = len(ids) > ONE_BY_ONE - recent
        await self._tell(notified, ids if together else ids[:1], about)
        return bool(looks and fresh) or (not together and len(ids) > 1)

    async def _fresh(self, notified: "Notified", found: "Sequence[Proposal]") -> list[str]:
        known = await self.desk.store.direct.known(notified.person, [each.id for each in found])
        return [each.id for each in found if each.id not in known]

    async def _possible(self, notified: "Notified") -> "list[Proposal]":
        """What may wait for the person as far as the policy's text tells: at least all that does."""
        user, roles = notified.person, self.desk.policy().roles
        lenders = await self.desk.store.delegations.lenders(user, self.desk.clock.now())
        return await waiting(self.desk, self.desk.people.presumed(user, notified.team, roles, lenders))

    async def _waiting(self, notified: "Notified") -> "tuple[list[Proposal] | None, bool]":
        """What waits for the person, None where that is not known; and whether they are to be told anything."""
        if not notified.asks:
            return None, False
        try:
            reviewer = await self.desk.known(notified.person, notified.team)
        except NotEligible:
            return [], False
        except Unverified:
            self._resting[notified.person] = self.monotonic() + AGAIN
            return None, False
        return await waiting(self.desk, reviewer), True

    async def _tell(self, notified: "Notified", ids: "Sequence[str]", about: "About") -> None:
        store = self.desk.store.direct
        claimed = await store.claim(notified.person, ids, about, self.desk.clock.now())
        if not claimed:
            return  # another process was first
        lead, count = claimed[0], len(claimed)
        try:
            proposal = await self.desk.proposal(lead)
            one, many = (waits, many_wait) if about == "waits" else (went_wrong, many_went_wrong)
            try:
                blocks, text = many(count) if count > 1 else await self.desk.showing(one, proposal)
            except LIMITS:
                blocks, text = many(count)
            channel = self._opened.get(notified.person) or await self._open(notified.person)
            answer = await call(
                self.desk.client, "chat_postMessage", channel=channel, text=text, blocks=blocks, **NO_PREVIEWS
            )
        except (Limited, NeverSent):
            await store.release(notified.person, about, lead)
            raise
        except Damaged:
            await store.close(notified.person, about, lead)  # the operators are told of it
        except Denied as denied:
            await self._given_up(notified, about, lead, denied)
        except SlackFault:
            await store.close(notified.person, about, lead)  # it may stand: rather none than two
            raise
        else:
            await store.posted(notified.person, about, lead, channel, str(answer["ts"]))

    async def _open(self, person: str) -> str:
        answer = await call(self.desk.client, "conversations_open", users=person)
        channel = answer.get("channel")
        opened = str(channel.get("id") or "") if isinstance(channel, dict) else ""
        if not opened:
            raise Denied("no_channel")
        self._opened[person] = opened
        return opened

    async def _given_up(self, notified: "Notified", about: "About", lead: str, denied: Denied) -> None:
        """A closed channel is opened anew for the next one; this one is in `/approvals` all the same."""
        await self.desk.store.direct.close(notified.person, about, lead)
        self._opened.pop(notified.person, None)
        log.warning("Slack does not take a direct message", why=denied.error)

    async def _still_waits(self, message: "DirectMessage", found: "Sequence[Proposal] | None") -> bool:
        """Whether any of what it tells of does. Where that is not known of the person, whether it is decided counts."""
        if found is not None and len(found) < MOST:
            return bool({each.id for each in found} & set(message.proposals))
        try:
            seen = [await self.desk.proposal(each) for each in message.proposals]
        except Damaged:
            return True  # what became of it nobody can say, so the message is left as it is
        return any(each.status is Status.pending for each in seen)

    async def _update(self, notified: "Notified", message: "DirectMessage") -> None:
        try:
            lead = await self.desk.proposal(message.lead)
        except Damaged:
            return
        try:
            blocks, text = await self.desk.showing(over, lead, len(message.proposals))
        except LIMITS:
            return
        said: dict[str, Any] = {"channel": message.channel, "ts": message.ts, "text": text, "blocks": blocks}
        with suppress(Denied):
            await call(self.desk.client, "chat_update", **said)
        await self.desk.store.direct.close(notified.person, "waits", message.lead)
