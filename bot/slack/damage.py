"""Tells the operators of what is stored and not as it was written: each row once, over restarts too."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import structlog

from bot.slack.words.trouble import damaged, damaged_rows

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.ports import Clock
    from policy import WrittenPolicy
    from storage import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageWatch:
    """Looks at what the store has met, and wants each told."""

    store: "SqlStore"
    policy: "Callable[[], WrittenPolicy]"
    clock: "Clock"
    _told: set[str] = field(default_factory=set)

    async def sweep(self) -> int:
        """Wants notices for what is new; how many. Raises StoreBusy."""
        await self.store.patrol.go_on()
        policy = self.policy()
        channel = policy.ops.channel if policy.ops is not None else policy.roles[policy.defaults.role].channel
        found = {row: what for row, what in self.store.damage.rows.items() if row not in self._told}
        for row, what in found.items():
            structlog.get_logger("damage").error("a row is not as it was written", row=row, what=what)
            await self.store.notices.add(f"damaged:{row}", channel, damaged(row, what), self.clock.now())
            self._told.add(row)
        return len(found)


def degraded(store: "SqlStore") -> list[str]:
    """What readiness says of it: a line where anything was met."""
    rows = store.damage.rows
    return [damaged_rows(len(rows), min(rows))] if rows else []
