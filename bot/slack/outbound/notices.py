"""Notices for the operators about no proposal of their channel: each is tried until it is out, over restarts too."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.ports import Clock, StoreBusy
from bot.slack.web.client import Limited, SlackFault, call
from bot.slack.words.alerts import damaged_rows, overdue_alert, row_damaged
from delivery.backoff import delay
from storage.messages.notices import Notice, Notices

if TYPE_CHECKING:
    from approvals.proposal import Proposal
    from policy import LoadedPolicy
    from storage import SqlStore


LEASE_SECONDS = 60.0
"""Longer than a call takes: one that nobody says was told is told again then."""
log = structlog.get_logger("notices")


@dataclass(slots=True, kw_only=True)
class Crier:
    """Sends notices."""

    client: AsyncWebClient
    notices: Notices
    clock: Clock
    spread: Callable[[], float]
    """Gives a number from 0 to 1, to scatter retries."""

    async def run(self) -> None:
        """Until cancelled."""
        while True:
            try:
                await self.cry()
                due = await self.notices.next_due()
                seconds = None if due is None else max(0.0, (due - self.clock.now()).total_seconds())
            except StoreBusy:
                seconds = 1.0
            with suppress(TimeoutError):
                async with asyncio.timeout(seconds):
                    await self.notices.wanted()

    async def cry(self) -> None:
        """Sends all that is due now; what Slack does not take is put off. Raises StoreBusy."""
        while notice := await self.notices.take(self.clock.now(), LEASE_SECONDS):
            await self._send(notice)

    async def _send(self, notice: Notice) -> None:
        unfurled = {"unfurl_links": False, "unfurl_media": False}
        try:
            await call(self.client, "chat_postMessage", channel=notice.channel, text=notice.text, **unfurled)
        except SlackFault as fault:
            seconds = fault.seconds if isinstance(fault, Limited) else delay(notice.attempts, self.spread())
            log.warning("the operators were not told, trying again", channel=notice.channel, why=str(fault))
            await self.notices.put_off(notice, self.clock.now() + timedelta(seconds=seconds))
        else:
            await self.notices.told(notice)


@dataclass(frozen=True, slots=True, kw_only=True)
class OverdueWatch:
    """Looks for it, and wants each told once, over restarts too."""

    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    clock: "Clock"

    async def sweep(self) -> int:
        """Wants notices for what is overdue and untold; how many. Raises StoreBusy."""
        found = await self.store.reads.overdue_untold()
        for each in found:
            channel = _told_in(self.policy(), each)
            await self.store.notices.add(f"overdue:{each.id}", channel, overdue_alert(each), self.clock.now())
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
            await self.store.notices.add(f"damaged:{row}", channel, row_damaged(row, what), self.clock.now())
            self._told.add(row)
        return len(found)


def degraded(store: "SqlStore") -> list[str]:
    """What readiness says of it: a line where anything was met."""
    rows = store.damage.rows
    return [damaged_rows(len(rows), min(rows))] if rows else []
