"""Purges: what decides nothing any more goes by time, some rows at a time, without an entry.

Nothing goes by which anything could run or be told a second time: idempotency keys, nonces, what a receiver wants no
more of, and how far the lines below a card have come all stay.
"""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from storage.erasure import FEW

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.ports import Clock
    from storage import SqlStore

FORMS = timedelta(days=30)
"""Since they were opened, of what is over. Whoever submits one later is told that it is no longer known."""
MODALS = timedelta(days=1)
"""What they carry can be submitted for an hour."""
CALLBACKS = timedelta(days=30)
"""Since what they tell of, once they were taken or given up."""
DELIVERIES = timedelta(days=30)
"""Since they were last due, of what is over: each start has tried them again until then."""
EVERY = 60.0
"""Seconds between two turns, or none where there was more than one turn takes."""


@dataclass(slots=True, kw_only=True)
class Purges:
    """One kind after the other, a turn each."""

    store: "SqlStore"
    clock: "Clock"
    monotonic: "Callable[[], float]"
    _next: float = field(default=0.0, init=False)

    async def sweep(self) -> int:
        """Deletes some of each kind; how many. Raises StoreBusy."""
        if self.monotonic() < self._next:
            return 0
        now, erasures = self.clock.now(), self.store.erasures
        gone = {
            "forms": await erasures.purge_forms(now - FORMS),
            "modals": await erasures.purge_modals(now - MODALS),
            "callbacks": await erasures.purge_callbacks(now - CALLBACKS),
            "deliveries": await erasures.leave_deliveries(now - DELIVERIES),
        }
        if any(gone.values()):
            structlog.get_logger("purges").info("what decides nothing any more is gone", **gone)
        self._next = self.monotonic() + (1.0 if max(gone.values()) >= FEW else EVERY)
        return sum(gone.values())
