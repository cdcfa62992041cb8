"""The policy in force over a store: judging by it, and judging again what waits when it is replaced.

Nothing that waits is approved or claimed before the policy in force has judged it, in whichever process.
"""

from dataclasses import dataclass, field, replace
from functools import wraps
from itertools import islice
from typing import TYPE_CHECKING, TypeVar, cast

from approvals import moves, remembered_verbs
from approvals.events import Actor, PolicyBegun
from approvals.gate import Tier
from approvals.ports import Damaged, PolicyReplaced
from approvals.proposal import Proposal, Status
from approvals.record import record
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping
    from datetime import datetime
    from typing import TypeAlias

    from approvals.events import Event
    from approvals.gate import Gate
    from approvals.past import PastAnswer, PastQuery
    from approvals.ports import Clock, Groups, Ids, Policy, Store, Transaction
    from approvals.proposal import Action

    Members: TypeAlias = Mapping[str, frozenset[str]]
    Move: TypeAlias = Callable[[Transaction, Proposal, datetime], Awaitable[list[Event]]]

V = TypeVar("V", bound="Callable[..., Awaitable[Proposal]]")


def after_rejudging(verb: V) -> V:
    """The verb, once the policy in force has judged the proposal: what an older one let pass is not enough."""

    @wraps(verb)
    async def judged(self: "Judging", proposal_id: str, *args: object, **kwargs: object) -> Proposal:
        await self.rejudge_one(proposal_id)
        return await verb(self, proposal_id, *args, **kwargs)

    return cast("V", judged)


@dataclass(slots=True, kw_only=True)
class Judging:
    """What a policy has to say of the proposals in a store. `policy` may be replaced by a newer one between calls."""

    store: "Store"
    policy: "Policy"
    clock: "Clock"
    ids: "Ids"
    groups: "Groups | None" = None
    """None: no user group is ever known."""
    unjudged: dict[str, None] = field(default_factory=dict)
    """What a new policy has still to judge, in its order: first of all when somebody is to decide or claim it."""
    policy_number: int | None = None
    """By which the store knows that our policy came into force; None before that, when nobody asks."""
    damaged: set[str] = field(default_factory=set)
    """Proposals whose rows are not what was written: neither time nor a new policy could be applied to them."""

    async def rejudge(self) -> int:
        """Judges what waits again, but for what this policy judged already. How many it changed."""
        await self.begin_rejudging()
        return await self.rejudge_next(len(self.unjudged))

    async def begin_rejudging(self, *, again: bool = True) -> None:
        """From now on nothing that waits is approved or claimed, in any process, before this policy has judged it.

        One that another has replaced comes into force once more if it does `again`; else this process decides nothing.
        """
        version = self.policy.version
        actor = Actor(kind="policy", id=version)
        # What the old policy was judging is committed by then; all later meets the new one.
        self.policy_number = await self._begin_policy(
            PolicyBegun(at=self.clock.now(), version=version), actor, again=again
        )
        if await self.is_replaced():
            self.unjudged = {}
            return
        for approval_id in await self.store.remembered_approvals():
            try:
                await self._rejudge_remembered(approval_id, actor)
            except Damaged:
                self.damaged.add(approval_id)
        self.unjudged = dict.fromkeys(await self.store.to_rejudge(version))

    async def rejudge_next(self, count: int) -> int:
        """Judges so many of what this policy has still to judge. How many it changed."""
        return sum([await self.rejudge_one(each) for each in tuple(islice(self.unjudged, count))])

    async def rejudge_one(self, proposal_id: str) -> int:
        """Judges one of them, if it still is; 1 if that changed it. Raises StoreBusy, and then it still is."""
        version = self.policy.version

        async def judged(tx: "Transaction", proposal: Proposal, now: "datetime") -> "list[Event]":
            await self.require_policy(tx)
            answers = await tx.answers(self._questions(proposal, proposal.action), now)
            events = moves.rejudge(proposal, self._judged_again(proposal, answers), self.ids.nonce(), now)
            await tx.judged(proposal.id, version)
            return events

        if proposal_id not in self.unjudged:
            return 0
        changed = await self._each([proposal_id], judged, Actor(kind="policy", id=version))
        self.unjudged.pop(proposal_id, None)
        return changed

    async def is_replaced(self) -> bool:
        """Whether another policy is in force than ours, or ours came into force anew since we judged by it."""
        newest = await self.store.policy_in_force()
        return self.policy_number is not None and (newest is None or newest.number != self.policy_number)

    @transactional
    async def _begin_policy(self, tx: "Transaction", event: PolicyBegun, actor: Actor, *, again: bool) -> int:
        newest = await tx.policy_in_force()
        if newest is not None and newest.version != event.version and not again:
            newest = await tx.policy_in_force(event.version)
        if newest is None or newest.version != event.version:
            newest = await tx.begin_policy(event, actor)
        return newest.number

    async def require_policy(self, tx: "Transaction") -> None:
        """Raises PolicyReplaced where another process has put another policy in force since we judged by ours."""
        if self.policy_number is not None:
            newest = await tx.policy_in_force()
            if newest is None or newest.number != self.policy_number:
                raise PolicyReplaced("Another policy is in force than the one that this process has read.")

    @transactional
    async def _rejudge_remembered(self, tx: "Transaction", approval_id: str, actor: Actor) -> None:
        await self.require_policy(tx)
        await remembered_verbs.rejudge(tx, self.policy, approval_id, actor, self.clock.now())

    def _questions(self, proposal: Proposal, action: "Action") -> "list[PastQuery]":
        """What has to be known to judge again what is in the store already, and shall not count itself."""
        return [replace(each, apart_from=proposal.id) for each in self.policy.questions(proposal.ask, action)]

    def _judged_with(
        self, proposal: Proposal, action: "Action", answers: "Mapping[PastQuery, PastAnswer]", groups: "Members"
    ) -> "Gate":
        """The gate over all revisions with one more."""
        actions = [*(revision.action for revision in proposal.revisions), action]
        before = proposal.gate
        return self.policy.judge(proposal.ask, actions, answers, at_least=Tier.approve, before=before, groups=groups)

    def _judged_again(self, proposal: Proposal, answers: "Mapping[PastQuery, PastAnswer]") -> "Gate | None":
        if not self.policy.allows(proposal.ask.agent, proposal.action.name):
            return None
        asked = proposal.status is Status.pending
        return self.policy.judge(
            proposal.ask,
            [revision.action for revision in proposal.revisions],
            answers,
            at_least=Tier.approve if asked else Tier.auto,
            before=proposal.gate,
        )

    async def _each(self, proposal_ids: list[str], move: "Move", actor: Actor) -> int:
        """Moves each in a transaction of its own; a damaged one is remembered, and the others go on."""
        changed = 0
        for proposal_id in proposal_ids:
            try:
                changed += await self._move(proposal_id, move, actor)
            except Damaged:
                self.damaged.add(proposal_id)
        return changed

    @transactional
    async def _move(self, tx: "Transaction", proposal_id: str, move: "Move", actor: Actor) -> bool:
        """Whether that changed it."""
        proposal, now = await tx.load(proposal_id), self.clock.now()
        events = await move(tx, proposal, now)
        if events:
            await remembered_verbs.retracted(tx, proposal, events, actor, now)
            await record(tx, proposal, events, actor, now)
        return bool(events)

    async def _groups(self, agent: str) -> "Members":
        """Who is in the user groups that matter for the agent, looked up before a write begins: it may take a while."""
        wanted = self.policy.groups_of(agent)
        return {} if self.groups is None or not wanted else await self.groups.members(wanted)

    async def _groups_for(self, proposal_id: str) -> "Members":
        """The same for a proposal that is there already; none for one that never was."""
        proposal = await self.store.find(proposal_id)
        return {} if proposal is None else await self._groups(proposal.ask.agent)
