"""Delegation verbs: begin and end one. Each loads what is in force, asks the pure rule, and records what follows."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.actor import SYSTEM
from approvals.delegation import Delegation, Ending, begin, end, superseded
from approvals.events import Actor
from approvals.ports import SWEEP_SIZE, Damaged
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from approvals.events import Note
    from approvals.ports import Clock, Ids, Store, Transaction
    from approvals.reviewer import Reviewer


@dataclass(slots=True, kw_only=True)
class Delegating:
    """What can be done about delegations, over the ports. Raises DelegationRefused, StoreBusy."""

    store: "Store"
    clock: "Clock"
    ids: "Ids"

    @transactional
    async def begin(
        self,
        tx: "Transaction",
        reviewer: "Reviewer",
        delegate: str,
        until: "datetime",
        notices: "Mapping[str, str] | None" = None,
    ) -> Delegation:
        """Lends the place of the person, with all the roles just looked up, in place of what was between the two.

        `notices` has for each channel what is to be said there of it.
        """
        actor = Actor(kind="reviewer", id=reviewer.user, team=reviewer.team, proof=reviewer.proof)
        now = self.clock.now()
        unended = await tx.delegations(reviewer.user)
        made, fact = begin(reviewer, delegate, until, unended, delegation_id=self.ids.delegation_id(), now=now)
        for ended in superseded(unended, reviewer.user, delegate, now):
            await _kept(tx, *ended, actor)
        await _kept(tx, made, fact, actor)
        for channel, text in (notices or {}).items():
            await tx.tell(f"{made.id}:{channel}", channel, text, now)
        return made

    @transactional
    async def end(self, tx: "Transaction", delegation_id: str, actor: Actor) -> Delegation:
        """Ends it early; either of the two may."""
        ended, fact = end(await tx.delegation(delegation_id), actor.id, self.clock.now())
        await _kept(tx, ended, fact, actor)
        return ended

    async def sweep(self) -> int:
        """Puts down as ended what time has ended; how many. Whether or not this runs, what is over is not in force."""
        ended = 0
        for delegation_id in await self.store.delegations_over(self.clock.now(), SWEEP_SIZE):
            try:
                ended += await self._expire(delegation_id)
            except Damaged:
                continue  # it lends nothing either; the others go on
        return ended

    @transactional
    async def _expire(self, tx: "Transaction", delegation_id: str) -> bool:
        """Whether it did; another process may have been first."""
        found = await tx.delegation(delegation_id)
        if found is None or found.ended_at is not None:
            return False
        await _kept(tx, *found.ended(Ending.expired, None, found.until), SYSTEM)
        return True


async def _kept(tx: "Transaction", delegation: Delegation, fact: "Note", actor: Actor) -> None:
    await tx.keep(delegation)
    await tx.note(None, fact, actor)
