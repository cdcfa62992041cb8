"""Tells the operators in Slack what is about no proposal; tries until it is out."""

import asyncio
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta

import structlog
from slack_sdk.web.async_client import AsyncWebClient

from approvals.ports import Clock, StoreBusy
from bot.slack.calls import Limited, SlackFault, call
from delivery.backoff import delay
from storage.notices import Notice, Notices

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
