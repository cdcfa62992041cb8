"""Erasing: what agents and people wrote of a proposal goes, with an entry that says so; what happened stays."""

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from approvals import moves
from approvals.actor import SYSTEM
from approvals.decision import Verdict
from approvals.events import RETENTION, RetentionChanged
from approvals.record import record
from approvals.refusals import NotFound
from approvals.transactional import transactional

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.events import Actor
    from approvals.ports import Clock, Store, Transaction
    from approvals.proposal import Proposal


@dataclass(frozen=True, slots=True)
class Erasing:
    """What can be erased, over the ports. Raises StoreBusy."""

    store: "Store"
    clock: "Clock"

    async def foresee(self, proposal_id: str, by: str, why: str) -> "Proposal | None":
        """What `erase` would give, and nothing is done. Raises likewise."""
        seen: list[Proposal | None] = []

        async def look(tx: "Transaction") -> None:
            seen.append(await self._erase(tx, proposal_id, by, why))
            raise _Foreseen

        with suppress(_Foreseen):
            await self.store.transact(look)
        return seen[0]

    @transactional
    async def erase(self, tx: "Transaction", proposal_id: str, by: str, why: str) -> "Proposal | None":
        """Erases what was written of one proposal; None if it was before. Raises NotFound, Damaged, StillNeeded."""
        return await self._erase(tx, proposal_id, by, why)

    @transactional
    async def erase_over(self, tx: "Transaction", proposal_id: str, kept: timedelta, why: str) -> "Proposal | None":
        """Erases what was written of one that has been over for so long; None if it was erased before.

        Raises likewise; StillNeeded also where it has not.
        """
        proposal, now = await tx.load(proposal_id), self.clock.now()
        over = moves.over_since(proposal, await tx.sample(proposal_id))
        if over + kept > now:
            raise moves.StillNeeded(f"it is over since {over} only")
        return await self._erase(tx, proposal_id, RETENTION, why)

    @transactional
    async def note(self, tx: "Transaction", changed: RetentionChanged, actor: "Actor") -> None:
        """Keeps that the times have changed after which what was written is erased."""
        await tx.note(None, changed, actor)

    async def _erase(self, tx: "Transaction", proposal_id: str, by: str, why: str) -> "Proposal | None":
        now = self.clock.now()
        proposal = await tx.load(proposal_id)
        if over := moves.run_out(proposal, now):
            proposal = await record(tx, proposal, over, SYSTEM, now)
        contents = await tx.contents(proposal_id)
        counts = await _counts(tx, proposal_id, now)
        events = moves.erase(proposal, by=by, why=why, contents=contents, counts=counts, now=now)
        return await record(tx, proposal, events, SYSTEM, now) if events else None


class _Foreseen(Exception):
    """Ends a transaction of which nothing is to be kept."""


async def _counts(tx: "Transaction", proposal_id: str, now: "datetime") -> bool:
    """Whether a remembered decision of the proposal still counts for others."""
    for verdict in Verdict:
        try:
            remembered = await tx.remembered.find(verdict, proposal_id)
        except NotFound:
            continue
        if remembered.ended is None and remembered.until > now:
            return True
    return False
