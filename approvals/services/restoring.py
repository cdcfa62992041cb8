"""Restoring: what a store that was put back may not go on believing, for it knows nothing of what came after.

What it calls approved may have run since, and what it remembers may have been used up or ended by a person. So
everything is stopped, which has what was approved asked again, and no remembered approval lets anything by any more.
"""

from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.agent_stop import EVERYTHING, NotStopped
from approvals.decision import Verdict
from approvals.ports import Damaged
from approvals.remembered.decision import RememberedEnding
from approvals.transactional import transactional

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from approvals.agent_stop import Stop
    from approvals.events import Actor
    from approvals.ports import Store, Transaction
    from approvals.services.agent_stops import Stopping


@dataclass(slots=True)
class Restoring:
    """Done before any bot begins on the store, by whoever restores it. Raises StoreBusy."""

    stopping: "Stopping"

    @property
    def store(self) -> "Store":
        """The lifecycle's own."""
        return self.stopping.store

    async def distrust(
        self, actor: "Actor", reason: str, notices: "Mapping[str, Callable[[Stop], str]] | None" = None
    ) -> int:
        """Stops everything with this reason, and ends the remembered approvals; how many.

        Where everything was stopped already, that stop is ended first: people shall read why it is stopped now.
        """
        with suppress(NotStopped):
            await self.stopping.resume(EVERYTHING, actor)
        await self.stopping.stop(EVERYTHING, actor, reason, notices)
        ended = 0
        for approval_id in await self.store.remembered_approvals():
            with suppress(Damaged):  # then it lets nothing by either
                ended += await self._end(approval_id, actor)
        return ended

    @transactional
    async def _end(self, tx: "Transaction", approval_id: str, actor: "Actor") -> bool:
        approval, now = await tx.remembered.find(Verdict.approve, approval_id), self.stopping.lifecycle.clock.now()
        return await tx.remembered.end(approval, RememberedEnding.person, actor.id, actor, now)
