"""What every listener needs at hand, and the two questions they all begin with: from where, and by whom."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.attestation import Seen
from approvals.digest import JSON
from approvals.events import Actor, Mismatched
from approvals.lifecycle import Lifecycle
from approvals.ports import Clock, StoreBusy
from approvals.proposal import Proposal
from approvals.refusals import CardAltered, NotACard, NotFound, Refusal
from approvals.reviewer import Reviewer
from approvals.services.agent_stops import Stopping
from approvals.services.delegations import Delegating
from bot.ids import RandomIds
from bot.logs import where
from bot.slack.blockkit.text import words_of
from bot.slack.cards.buttons import APPROVE_NEXT, TAKE_BACK, chosen
from bot.slack.cards.reading_time import card_seen
from bot.slack.cards.remembered import NEXT_LABEL
from bot.slack.outbound.sender import SlackSender
from bot.slack.people import People, with_lent
from bot.slack.rendering import Showing
from bot.slack.web.client import SlackFault
from bot.slack.web.identity import Identity
from bot.slack.web.interaction import Interaction
from bot.slack.words.undo_window import LABEL as UNDO_LABEL
from policy import WrittenPolicy
from storage import CardRow, Form, Modal, SqlStore
from storage.messages.modals import Purpose

DECIDING = {"approve": "Approve", "details_approve": "Approve", APPROVE_NEXT: NEXT_LABEL, TAKE_BACK: UNDO_LABEL}
"""Buttons that decide at once, with what each says."""
FORM_KINDS = Literal[
    "edit",
    "confirm",
    "reject",
    "revoke",
    "object",
    "hand_over",
    "ask",
    "details",
    "review",
    "not_fine",
    "batch",
    "batch_reject",
    "burst",
    "type",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What a click is about, once it is sure that it comes from a card or form of ours."""

    proposal: Proposal
    nonce: str
    """The nonce the clicked card or form carries; the moves compare it with the proposal's."""
    form: Form | None = None
    card: CardRow | None = None


@dataclass(slots=True, kw_only=True)
class Desk:
    """The listeners' tools."""

    client: AsyncWebClient
    lifecycle: Lifecycle
    store: SqlStore
    people: People
    sender: SlackSender
    policy: Callable[[], WrittenPolicy]
    identity: Callable[[], Identity | None]
    clock: Clock
    ids: RandomIds
    mismatch: Literal["record", "refuse"]
    showing: Showing = field(default_factory=Showing)
    homes: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """Held while somebody's home tab is published."""
    delegating: Delegating = field(init=False)
    stopping: Stopping = field(init=False)
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

    def __post_init__(self) -> None:
        self.delegating = Delegating(store=self.store, clock=self.clock, ids=self.ids)
        self.stopping = Stopping(self.lifecycle)

    async def standing(self, at: Interaction) -> Standing:
        """Raises NotACard for a click from anything that is not ours, NotFound, CardAltered."""
        if at.in_modal:
            form = await self.form(at)
            if mislabelled(at):
                raise CardAltered
            return Standing(proposal=await self.proposal(form.proposal_id), nonce=form.nonce, form=form)
        proposal_id, _, nonce = chosen(at.value)[1].rpartition(".")
        proposal = await self.proposal(proposal_id)
        row = await self._card(at, proposal, nonce)
        await self._compare(at, proposal, row)
        return Standing(proposal=proposal, nonce=nonce, card=row)

    async def form(self, at: Interaction) -> Form:
        """The form this modal was opened with; NotACard unless we opened it for this very person in this view."""
        form = await self.store.forms.get(at.form_id) if at.form_id else None
        if form is None or form.reviewer != at.user or form.view_id not in (None, at.view_id):
            raise NotACard
        return form

    async def modal(self, at: Interaction, *purposes: Purpose) -> Modal:
        """The modal of such a purpose that Slack opened for this person in this view; NotACard for any other."""
        found = await self.store.modals.get(at.form_id) if at.form_id else None
        known = found is not None and (found.reviewer, found.view_id) == (at.user, at.view_id)
        if found is None or not known or found.purpose not in purposes:
            raise NotACard
        return found

    async def keep_modal(self, user: str, view_id: str, purpose: Purpose, subject: Mapping[str, JSON]) -> Modal:
        """Records a modal that Slack has opened for the person; raises StoreBusy."""
        made = Modal(
            id=self.ids.modal_id(),
            view_id=view_id,
            reviewer=user,
            purpose=purpose,
            subject=dict(subject),
            opened_at=self.clock.now(),
        )
        await self.store.modals.open(made)
        return made

    async def use_modal(self, modal: Modal) -> None:
        """Its submission counts, and no other will; raises NotACard where one did before."""
        if not await self.store.modals.use(modal.id, self.clock.now()):
            raise NotACard

    async def opened(self, at: Interaction) -> None:
        """NotACard unless Slack opened for this person the modal in which this happened.

        A view id alone says nothing: whoever signs requests can put any into them.
        """
        try:
            await self.modal(at, "list", "next")
        except NotACard:
            await self.form(at)

    async def proposal(self, proposal_id: str) -> Proposal:
        """The proposal with what time has done to it; raises NotFound."""
        proposal = await self.store.find(proposal_id)
        if proposal is None:
            raise NotFound(proposal_id)
        return self.lifecycle.seen(proposal)

    def schema(self, proposal: Proposal) -> Mapping[str, JSON] | None:
        """The operator's schema of what the proposal does, if there is one."""
        written = self.policy().schemas.get(proposal.action.name)
        return None if written is None else written.schema

    async def presumed(self, user: str, team: str, proposal: Proposal) -> Reviewer:
        """The person with every role that may decide and could be theirs as far as the policy's text tells.

        For a first answer before a form opens, while its trigger lives; the look-up follows, and it decides.
        """
        return self.people.presumed(user, team, proposal.gate.asked, await self._lenders(user))

    def named(self, user: str, roles: Collection[str]) -> bool:
        """Whether the policy's text alone says that the person is in one of the roles: no look-up has to."""
        known = self.policy().roles
        return any(user in known[role].members for role in roles if role in known)

    async def sees(self, at: Interaction, proposal: Proposal) -> bool:
        """Whether the proposal is the person's to see, looked up now; raises NotEligible, Unverified."""
        if at.user in proposal.gate.excluded:
            return True
        sample = await self.store.samples.get(proposal.id)
        judges = frozenset() if sample is None else frozenset(sample.roles)
        reviewer = await self.known(at.user, at.team, proposal.gate.asked | judges)
        return may_see(proposal, reviewer) or bool(reviewer.roles & judges)

    async def reviewer(self, at: Interaction, proposal: Proposal) -> Reviewer:
        """The person, looked up now; raises NotEligible, Unverified."""
        return await self.known(at.user, at.team, proposal.gate.asked)

    async def known(self, user: str, team: str, wanted: Collection[str] | None = None) -> Reviewer:
        """Somebody with the roles that are theirs or lent to them, of the `wanted` ones; raises likewise."""
        return await with_lent(self.people, user, team, await self._lenders(user), wanted)

    async def open_form(
        self,
        at: Interaction,
        standing: Standing,
        kind: FORM_KINDS,
        typed: dict[str, Any] | None = None,
        view_id: str | None = None,
    ) -> Form:
        """Records that we open a form for this person and revision; with a view, that it takes the place of another."""
        form = Form(
            id=self.ids.form_id(),
            proposal_id=standing.proposal.id,
            revision=standing.proposal.revision,
            nonce=standing.nonce,
            reviewer=at.user,
            kind=kind,
            typed=typed or {},
            page=0,
            view_id=view_id,
            opened_at=self.clock.now(),
            seen=await self.seen(at.user, standing),
        )
        await self.store.forms.open(form)
        return form

    async def seen(self, user: str, standing: Standing) -> Seen | None:
        """Since when the person has had before them what they click on, and how much it is; None if nobody knows."""
        form, proposal = standing.form, standing.proposal
        if form is not None:
            return form.seen
        if standing.card is None:
            return None
        opened = await self.store.forms.first_opened(proposal.id, proposal.revision, user)
        return card_seen(proposal, standing.card, opened)

    async def first_opened(self, user: str, proposal: Proposal) -> datetime:
        """When the person first opened `Details` or a review of this revision, which may be now."""
        now = self.clock.now()
        opened = await self.store.forms.first_opened(proposal.id, proposal.revision, user)
        return now if opened is None else min(opened, now)

    async def refused(
        self, at: Interaction, proposal_id: str | None, verb: str, refusal: Refusal, detail: str | None = None
    ) -> None:
        """Keeps the refusal as evidence; a busy store must not hide the answer from the person."""
        try:
            await self.lifecycle.refused(proposal_id, verb, refusal, self.actor(at), detail)
        except StoreBusy:
            structlog.get_logger("slack").warning("a refusal could not be kept", slug=refusal.slug)

    def actor(self, at: Interaction) -> Actor:
        """The person as an audit entry names them."""
        return Actor(kind="reviewer", id=at.user, team=at.team)

    def later(self, work: Coroutine[Any, Any, None]) -> None:
        """Runs after the acknowledgement; faults are logged, never raised into Bolt."""
        task = asyncio.create_task(_guarded(work))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def drain(self, seconds: float) -> None:
        """Waits for what `later` began, and cuts off what takes longer."""
        if self._tasks:
            _, late = await asyncio.wait(set(self._tasks), timeout=seconds)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    async def _lenders(self, user: str) -> frozenset[str]:
        return await self.store.delegations.lenders(user, self.clock.now())

    async def _card(self, at: Interaction, proposal: Proposal, nonce: str) -> CardRow:
        if at.channel is None or at.message_ts is None:
            raise NotACard
        row = await self.store.cards.at(at.channel, at.message_ts)
        if row is not None:
            if row.proposal_id != proposal.id or row.state == "closed":
                raise NotACard
            return row
        if self.ours(at) and at.channel in proposal.channels:
            adopted = await self.adopt(at.channel, at.message_ts, proposal) if nonce == proposal.nonce else None
            if adopted is not None:
                return adopted
            self.later(self.sender.close_twin(at.channel, at.message_ts, proposal.id))
        raise NotACard

    async def adopt(self, channel: str, ts: str, proposal: Proposal) -> CardRow | None:
        """A card that we posted but did not live to record becomes the card, if the channel has none."""
        rendered = await self.sender.render(proposal, channel)
        await self.store.cards.intend(proposal.id, channel, self.clock.now(), words=rendered.words)
        adopted = await self.store.cards.posted(
            proposal.id,
            channel,
            ts,
            version=proposal.version,
            digest=rendered.digest,
            words=rendered.words,
            revision=proposal.revision,
            now=self.clock.now(),
            adopted=True,
        )
        if not adopted:
            return None
        await self.store.want_card(proposal.id)  # nobody knows which version of it Slack shows
        return await self.store.cards.at(channel, ts)

    def ours(self, at: Interaction) -> bool:
        """Whether this app posted the clicked message."""
        identity = self.identity()
        if identity is None:
            return False
        by_app = at.by_app == identity.app_id
        return by_app or (identity.bot_id is not None and at.by_bot == identity.bot_id)

    async def _compare(self, at: Interaction, proposal: Proposal, row: CardRow) -> None:
        """Compares what the person saw with what we rendered, by words: Slack rewrites blocks, not words."""
        seen = words_of(at.blocks)
        if seen in (row.words, row.previous_words):
            return
        note = Mismatched(
            at=self.clock.now(), channel=row.channel, ts=row.ts or "", expected=row.words or "", seen=seen
        )
        await self.lifecycle.note(proposal.id, note, self.actor(at))
        await self.store.want_card(proposal.id)
        if self.mismatch == "refuse" or mislabelled(at):
            raise CardAltered


def mislabelled(at: Interaction) -> bool:
    """Whether the pressed button decides something else than it says; no rewriting of Slack's makes that of ours."""
    return at.label != DECIDING.get(at.action_id, at.label)


def may_see(proposal: Proposal, reviewer: Reviewer) -> bool:
    """Whether the person is in a role that may decide it, or answers for it."""
    roles = reviewer.roles.union(*(lent.roles for lent in reviewer.lent))
    return bool(roles & proposal.gate.asked) or reviewer.user in proposal.gate.excluded


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    log = structlog.get_logger("slack")
    try:
        await work
    except SlackFault as fault:
        log.warning("an answer did not reach Slack", why=str(fault))
    except Exception as error:  # noqa: BLE001 the outermost place of a task of its own
        log.error("an answer failed in an unforeseen way", **where(error))  # noqa: TRY400 no payloads
