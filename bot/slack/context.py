"""Listener context: the services a listener calls, and who it is that clicked; click_origin tells from where."""

import asyncio
from collections import defaultdict
from collections.abc import Callable, Collection, Coroutine, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.digest import JSON
from approvals.events import Actor
from approvals.lifecycle import Lifecycle
from approvals.ports import Clock, StoreBusy
from approvals.proposal import Proposal
from approvals.refusals import NotFound, Refusal
from approvals.reviewer import Reviewer
from approvals.services.agent_stops import Stopping
from approvals.services.delegations import Delegating
from approvals.services.sample_reviews import SampleReviews
from approvals.services.second_factors import SecondFactors
from bot.ids import RandomIds
from bot.logs import where
from bot.slack.cards.sample_card import LABELS as SAMPLE_BUTTONS
from bot.slack.outbound.sender import SlackSender
from bot.slack.people import People, with_delegated
from bot.slack.web.client import SlackFault
from bot.slack.web.identity import Identity
from bot.slack.web.interaction import Interaction
from bot.suggestions import LookBack
from bot.worker import Showing
from policy import LoadedPolicy
from storage import Modal, SqlStore
from storage.messages.modals import Purpose


@dataclass(slots=True, kw_only=True)
class SlackContext:
    """What a listener works with, made once by compose."""

    client: AsyncWebClient
    lifecycle: Lifecycle
    delegating: Delegating
    stopping: Stopping
    factors: SecondFactors
    reviews: SampleReviews
    store: SqlStore
    people: People
    sender: SlackSender
    policy: Callable[[], LoadedPolicy]
    identity: Callable[[], Identity | None]
    clock: Clock
    ids: RandomIds
    mismatch: Literal["record", "refuse"]
    look_back: LookBack
    """What the past bears of changes of the policy."""
    showing: Showing = field(default_factory=Showing)
    homes: defaultdict[str, asyncio.Lock] = field(default_factory=lambda: defaultdict(asyncio.Lock))
    """Held while somebody's home tab is published."""
    _tasks: set[asyncio.Task[None]] = field(default_factory=set)

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

    async def proposal(self, proposal_id: str) -> Proposal:
        """The proposal with what time has done to it; raises NotFound."""
        proposal = await self.store.find(proposal_id)
        if proposal is None:
            raise NotFound(proposal_id)
        return self.lifecycle.as_of_now(proposal)

    def schema(self, proposal: Proposal) -> Mapping[str, JSON] | None:
        """The operator's schema of what the proposal does, if there is one."""
        written = self.policy().schemas.get(proposal.action.name)
        return None if written is None else written.schema

    async def presumed(self, user: str, team: str, roles: Collection[str]) -> Reviewer:
        """The person with every one of the roles that could be theirs as far as the policy's text tells.

        For a first answer before a form opens, while its trigger lives; the look-up follows, and it decides.
        """
        return self.people.presumed(user, team, roles, await self._delegators(user))

    def named(self, user: str, roles: Collection[str]) -> bool:
        """Whether the policy's text alone says that the person is in one of the roles: no look-up has to."""
        known = self.policy().roles
        return any(user in known[role].members for role in roles if role in known)

    def led_by(self, user: str) -> frozenset[str]:
        """The roles that the person leads, as the policy names them."""
        return frozenset(name for name, role in self.policy().roles.items() if user in role.lead)

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
        return await with_delegated(self.people, user, team, await self._delegators(user), wanted)

    async def first_opened(self, user: str, proposal: Proposal) -> datetime:
        """When the person first opened `Details` or a review of this revision, which may be now."""
        now = self.clock.now()
        opened = await self.store.forms.first_opened(proposal.id, proposal.revision, user)
        return now if opened is None else min(opened, now)

    async def refused(
        self, at: Interaction, proposal_id: str | None, verb: str, refusal: Refusal, detail: str | None = None
    ) -> None:
        """Keeps the refusal as evidence; a busy store must not hide the answer from the person.

        One about a sample names it in the detail alone: agents may one day read the entries of their proposals.
        """
        if verb in SAMPLE_BUTTONS:
            proposal_id, verb, detail = None, "judge", f"{proposal_id}: {refusal}"
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

    async def _delegators(self, user: str) -> frozenset[str]:
        return await self.store.delegations.delegators(user, self.clock.now())


def may_see(proposal: Proposal, reviewer: Reviewer) -> bool:
    """Whether the person is in a role that may decide it, or answers for it."""
    roles = reviewer.roles.union(*(delegated.roles for delegated in reviewer.delegated))
    return bool(roles & proposal.gate.asked) or reviewer.user in proposal.gate.excluded


async def _guarded(work: Coroutine[Any, Any, None]) -> None:
    log = structlog.get_logger("slack")
    try:
        await work
    except SlackFault as fault:
        log.warning("an answer did not reach Slack", why=str(fault))
    except Exception as error:  # noqa: BLE001 the outermost place of a task of its own
        log.error("an answer failed in an unforeseen way", **where(error))  # noqa: TRY400 no payloads
