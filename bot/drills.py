"""Drills of a bot: each process plants among what it was asked itself, so that several plant no more than one."""

from typing import TYPE_CHECKING

from approvals.services.drills import Drilling

if TYPE_CHECKING:
    from approvals.lifecycle import Lifecycle
    from storage import SqlStore


def drilling(store: "SqlStore", lifecycle: "Lifecycle") -> Drilling:
    """Who plants, and hears of all that this process commits."""
    made = Drilling(lifecycle=lifecycle)
    store.signals.observers.append(made.look_at)
    return made
