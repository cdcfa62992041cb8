"""Notices for the operators about no proposal of their channel: each is tried until it is out, over restarts too."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog

from bot.slack.words.alerts import damaged_rows, overdue_alert, row_damaged
from delivery import Undeliverable, Unsent

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.ports import Clock, Delivery
    from approvals.proposal import Proposal
    from bot.slack.outbound.keeper import Keeper
    from policy import LoadedPolicy
    from storage import SqlStore


async def send_notice(keeper: "Keeper", delivery: "Delivery") -> float:
    """Sends one that is not out yet. Whatever Slack says of it, it is never given up."""
    found = await keeper.store.messages.notice(delivery.subject, delivery.channel)
    if found is None or found.ts is not None:
        return 0.0
    try:
        return await keeper.post_notice(found)
    except Undeliverable as refused:
        raise Unsent(str(refused)) from None


LATELY = timedelta(days=1)
"""Once all that is overdue was looked at, what fell overdue within this is looked at again and again."""


@dataclass(slots=True, kw_only=True)
class OverdueWatch:
    """Looks for it, and wants each told once, over restarts too."""

    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    clock: "Clock"
    _whole: bool = field(default=False, init=False)
    """Whether all there is was looked at since the start."""

    async def sweep(self) -> int:
        """Wants notices for what is overdue and untold; how many. Raises StoreBusy."""
        now = self.clock.now()
        found = await self.store.reads.overdue_untold(now - LATELY if self._whole else None)
        for each in found:
            channel = _told_in(self.policy(), each)
            await self.store.messages.notify(f"overdue:{each.id}", channel, overdue_alert(each))
        self._whole = True
        return len(found)


def _told_in(policy: "LoadedPolicy", proposal: "Proposal") -> str:
    """The operators' channel; without one that of a role that was shown it, or else of the default's."""
    if policy.ops is not None:
        return policy.ops.channel
    return proposal.channels[0] if proposal.channels else policy.roles[policy.defaults.role].channel


@dataclass(frozen=True, slots=True, kw_only=True)
class DamageWatch:
    """Looks at what the store has met, and wants each told."""

    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    _reported: set[str] = field(default_factory=set)

    async def sweep(self) -> int:
        """Wants notices for what is new; how many. Raises StoreBusy."""
        await self.store.patrol.look_further()
        policy = self.policy()
        channel = policy.ops.channel if policy.ops is not None else policy.roles[policy.defaults.role].channel
        found = {row: what for row, what in self.store.damage.rows.items() if row not in self._reported}
        for row, what in found.items():
            structlog.get_logger("damage").error("a row is not as it was written", row=row, what=what)
            await self.store.messages.notify(f"damaged:{row}", channel, row_damaged(row, what))
            self._reported.add(row)
        return len(found)


def degraded(store: "SqlStore") -> list[str]:
    """What readiness says of it: a line where anything was met."""
    rows = store.damage.rows
    return [damaged_rows(len(rows), min(rows))] if rows else []
