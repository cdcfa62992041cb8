"""Stopping, the kill switch: at once, for all that one agent or any may still begin. The operators resume it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals import moves, remembered_verbs
from approvals.actor import SYSTEM
from approvals.agent_stop import (
    EVERYTHING,
    AgentResumed,
    AgentStopped,
    AgentUnknown,
    AlreadyStopped,
    NotStopped,
    NotYourAgent,
    OperatorsOnly,
    Stop,
)
from approvals.events import Actor
from approvals.ports import Damaged
from approvals.record import record
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from datetime import datetime

    from approvals.events import Event
    from approvals.lifecycle import Lifecycle
    from approvals.ports import Policy, Store, Transaction
    from approvals.proposal import Proposal

AT_ONCE = 100
"""Proposals that are closed between two words on how far it is."""


def may_stop(policy: "Policy", agent: str, person: str) -> None:
    """Raises AgentUnknown, NotYourAgent: its owner may, and so may the operators; EVERYTHING may they alone."""
    if agent == EVERYTHING:
        return may_resume(policy, person)
    stoppers = policy.stoppers(agent)
    if stoppers is None:
        raise AgentUnknown
    if person not in stoppers:
        raise NotYourAgent
    return None


def may_resume(policy: "Policy", person: str) -> None:
    """Raises OperatorsOnly."""
    if person not in policy.operators:
        raise OperatorsOnly


@dataclass(slots=True)
class Stopping:
    """What can be done about stopped agents, over the ports. Raises StopRefused, StoreBusy.

    Who is at the machine itself, with the bot's database and its keys, is asked for no right: Slack may be what fails.
    """

    lifecycle: "Lifecycle"

    @property
    def store(self) -> "Store":
        """The lifecycle's own."""
        return self.lifecycle.store

    @transactional
    async def stop(
        self,
        tx: "Transaction",
        agent: str,
        actor: Actor,
        reason: str | None,
        notices: "Mapping[str, Callable[[Stop], str]] | None" = None,
    ) -> Stop:
        """Stops the agent: no proposal and no claim of it is taken from this moment on; with EVERYTHING, of nobody.

        `notices` has for each channel what is to be said there of it. What it still has open is closed by `close`, or
        by the sweep where that was cut off.
        """
        now = self.lifecycle.clock.now()
        if actor.kind != "system":
            may_stop(self.lifecycle.policy, agent, actor.id)
        before = await tx.stopped(agent)
        if before is not None and before.agent == agent:
            if agent != EVERYTHING or not await tx.resumed_meanwhile():
                raise AlreadyStopped(before.by, before.at)
            await tx.resume(agent)  # those who were resumed since are stopped with all others anew
        made = Stop(agent=agent, by=actor.id, team=actor.team or "", at=now, reason=reason)
        await tx.stop(made)
        await tx.note(None, AgentStopped(at=now, agent=agent, by=actor.id, reason=reason), actor)
        for channel, worded in (notices or {}).items():
            await tx.tell(f"stopped:{agent}:{now.isoformat()}:{channel}", channel, worded(made), now)
        return made

    async def resume(self, agent: str, actor: Actor, notices: "Mapping[str, str] | None" = None) -> Stop:
        """Lets it propose and claim again; what was closed stays closed. The stop that this ends, or for one agent.

        What is suspended is resumed by `close`, or by the sweep.
        """
        if actor.kind != "system":
            may_resume(self.lifecycle.policy, actor.id)
        left = 1
        while left:  # nothing that was open when it was stopped may be open again, even where closing it was cut off
            left = await self.close(agent)
        return await self._resumed(agent, actor, notices or {})

    @transactional
    async def _resumed(self, tx: "Transaction", agent: str, actor: Actor, notices: "Mapping[str, str]") -> Stop:
        now = self.lifecycle.clock.now()
        ended = await tx.stopped(agent)
        if ended is None:
            raise NotStopped
        if ended.agent == agent:
            await tx.resume(agent)
        await tx.note(None, AgentResumed(at=now, agent=agent, by=actor.id), actor)
        for channel, text in notices.items():
            await tx.tell(f"resumed:{agent}:{now.isoformat()}:{channel}", channel, text, now)
        return ended

    async def close(self, agent: str | None = None, most: int = AT_ONCE) -> int:
        """Ends what a stopped agent (or any of them) still has open, at most so many; how many are left.

        What is open while everything is stopped is suspended, and what was and need be no longer is resumed.

        Each in a transaction of its own, so that whoever is cut off leaves the rest to the sweep. A damaged one is
        remembered and left: nobody can claim it either.
        """
        open_ones = await self._open(agent)
        for proposal_id in open_ones[:most]:
            await self._closed(proposal_id)
        return len(open_ones[most:])

    async def sweep(self) -> int:
        """Closes what was left when somebody was cut off; how many that may have been."""
        found = len(await self._open(None))
        return found - await self.close() if found else 0

    async def _open(self, agent: str | None) -> list[str]:
        found = await self.lifecycle.store.stranded(agent)
        return [each for each in found if each not in self.lifecycle.damaged]

    def _events(self, proposal: "Proposal", stop: Stop | None, now: "datetime") -> "tuple[list[Event], Actor]":
        if stop is None:
            return moves.resume(proposal, now), SYSTEM
        if stop.everything:
            return moves.suspend(proposal, stop, self.lifecycle.ids.nonce(), now), stop.actor
        return moves.end_for_stopped_agent(proposal, stop.by, stop.reason, now), stop.actor

    async def _closed(self, proposal_id: str) -> None:
        try:
            await self._end(proposal_id)
        except Damaged:
            self.lifecycle.damaged.add(proposal_id)

    @transactional
    async def _end(self, tx: "Transaction", proposal_id: str) -> None:
        proposal, now = await tx.load(proposal_id), self.lifecycle.clock.now()
        events, actor = self._events(proposal, await tx.stopped(proposal.ask.agent), now)
        if events:
            await remembered_verbs.retracted(tx, proposal, events, actor, now)
            await record(tx, proposal, events, actor, now)
