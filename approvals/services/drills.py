"""Drilling: plants drills among what people are asked, seldom and by chance, and calls them off where more matters.

Each thing that people are asked has the same chance that a drill follows it within minutes, in the name of its agent:
so drills come late in a run as well as early, and nobody can count up to the next. In doubt nothing is planted.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from functools import partial
from typing import TYPE_CHECKING

from approvals import moves
from approvals.agent_stop import EVERYTHING
from approvals.drill import DrillResult
from approvals.events import Actor, Drilled
from approvals.foresight import Foresight, foreseen, judge
from approvals.ports import Damaged
from approvals.proposal import Status
from approvals.record import record
from approvals.transactional import transactional

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.lifecycle import Lifecycle
    from approvals.plants import DrillTerms, Plant
    from approvals.ports import Store, Transaction
    from approvals.proposal import Ask, Proposal

DRILLS = Actor(kind="system", id="drills")
"""Who plants."""
WEEK = timedelta(days=7)
SOON = timedelta(minutes=15)
"""What is due within this is urgent."""
SOONEST, LATEST = timedelta(seconds=5), timedelta(minutes=5)
"""How long after what it follows a drill comes."""
TOO_LATE = timedelta(minutes=5)
"""After its time for longer than this a drill is left out: the clock was set, or nobody looked."""
MOST = 100
"""So many may be about to come."""
EVERY = timedelta(seconds=5)
"""How often it is asked whether those that wait are to be called off."""


@dataclass(slots=True, kw_only=True)
class Drilling:
    """What is about to be planted is in memory alone: whatever a restart loses, nobody misses."""

    lifecycle: "Lifecycle"
    _coming: "list[tuple[datetime, Proposal]]" = field(default_factory=list)
    _looked_at: "datetime | None" = None

    @property
    def store(self) -> "Store":
        """The lifecycle's own."""
        return self.lifecycle.store

    def look_at(self, proposal: "Proposal") -> None:
        """Draws whether a drill is to follow what a commit of this process has left. Never raises."""
        terms = self.lifecycle.policy.drills
        if terms is None or not _is_usual(proposal, terms) or len(self._coming) >= MOST:
            return
        chance = self.lifecycle.randomness
        # Twice the share, since until a role has room for one more, chance finds nothing to do.
        if chance.draw() < 2 * terms.share:
            later = SOONEST + (LATEST - SOONEST) * chance.draw()
            self._coming.append((self.lifecycle.clock.now() + later, proposal))

    async def sweep(self) -> int:
        """Plants what is due, and calls off what should not wait; how many. Raises StoreBusy."""
        now = self.lifecycle.clock.now()
        due = [each for each in self._coming if each[0] <= now]
        self._coming = [each for each in self._coming if each[0] > now]
        changed = 0
        for at, like in due:
            terms = self.lifecycle.policy.drills
            if terms is not None and now - at <= TOO_LATE and like.action.name in terms.plants:
                plants = terms.plants[like.action.name]
                plant = plants[int(self.lifecycle.randomness.draw() * len(plants))]
                changed += await self.plant(like.ask, plant) is not None
        return changed + await self._call_off(now)

    async def plant(self, like: "Ask", plant: "Plant") -> "Proposal | None":
        """The drill, in the name of the agent that asked such a thing; None where anything speaks against it."""
        ask, lifecycle = plant.ask(like), self.lifecycle
        wanted = lifecycle.policy.groups_of(ask.agent)
        groups = {} if lifecycle.groups is None or not wanted else await lifecycle.groups.members(wanted)
        foresight = foreseen(lifecycle.policy, ask, plant.action, groups)
        verb = partial(self._plant, ask, plant, foresight)
        return await lifecycle.examiner.for_agent(ask.agent, partial(self.store.transact, verb))

    async def _plant(self, ask: "Ask", plant: "Plant", foresight: Foresight, tx: "Transaction") -> "Proposal | None":
        lifecycle, now, action = self.lifecycle, self.lifecycle.clock.now(), plant.action
        await lifecycle.require_policy(tx)
        policy = lifecycle.policy
        terms = policy.drills
        if terms is None or not policy.allows(ask.agent, action.name):
            return None
        if await tx.stopped(ask.agent) is not None or await tx.stopped(EVERYTHING) is not None:
            return None
        if lifecycle.examiner.faults(policy.faults(ask, action)):
            return None
        gate = await judge(tx, policy, ask, action, foresight, now)
        if not moves.may_plant(gate) or not set(gate.roles) <= terms.roles:
            return None
        # What a person decided for the next like it would decide a proposal here, and nobody would be asked.
        if await tx.remembered.rejecting(ask.agent, action.digest, now) is not None:
            return None
        if gate.may_remember_approval and await tx.remembered.approvals(ask.agent, action.name):
            return None
        if not await self._has_room(tx, terms, frozenset(gate.roles), now):
            return None
        for channel in gate.channels:
            traffic = await tx.traffic(ask.agent, channel, now)
            if traffic.lead is not None or traffic.backlog:
                return None  # cards of this agent wait to be posted: that is no time to practise
        planted = moves.plant(
            proposal_id=lifecycle.ids.proposal_id(),
            action=action,
            ask=ask,
            gate=gate,
            nonce=lifecycle.ids.nonce(),
            drill=plant.drill,
            now=now,
        )
        return await record(tx, None, planted, DRILLS, now)

    async def _has_room(self, tx: "Transaction", terms: "DrillTerms", roles: "frozenset[str]", now: "datetime") -> bool:
        """Whether none of the roles has had enough, none waits for them, and nothing urgent does."""
        if await tx.is_urgent(roles, now, now + SOON):
            return False
        for other in await tx.waiting_drills():
            if set((await tx.load(other)).gate.roles) & roles:
                return False
        enough = int(terms.most / terms.share) + 1
        counts = await tx.drill_counts(roles, now - WEEK, enough)
        return all(
            each.planted < terms.most and each.planted + 1 <= terms.share * each.asked for each in counts.values()
        )

    async def _call_off(self, now: "datetime") -> int:
        """Ends those that wait for people who have something urgent to see to, or that nobody wants any more."""
        if self._looked_at is not None and self._looked_at <= now < self._looked_at + EVERY:
            return 0
        self._looked_at = now
        count = 0
        for drill_id in await self.store.waiting_drills():
            try:
                count += await self._end_if_needless(drill_id)
            except Damaged:
                self.lifecycle.damaged.add(drill_id)
        return count

    @transactional
    async def _end_if_needless(self, tx: "Transaction", drill_id: str) -> bool:
        proposal, now = await tx.load(drill_id), self.lifecycle.clock.now()
        drill, terms = proposal.drill, self.lifecycle.policy.drills
        if drill is None or proposal.status is not Status.pending or now >= proposal.expires_at:
            return False
        roles = frozenset(proposal.gate.roles)
        wanted = terms is not None and roles <= terms.roles
        if wanted and not await tx.is_urgent(roles, now, now + SOON):
            return False
        called_off = DrillResult.called_off
        ended = Drilled(at=now, result=called_off, by=None, wrong=drill.wrong, look_at=drill.look_at)
        await record(tx, proposal, [ended], DRILLS, now)
        return True


def _is_usual(proposal: "Proposal", terms: "DrillTerms") -> bool:
    """Whether it was proposed just now, and asks those who practise, about something of which there are drills."""
    new = proposal.version == 1 and proposal.status is Status.pending and proposal.drill is None
    return new and proposal.action.name in terms.plants and set(proposal.gate.roles) <= terms.roles
