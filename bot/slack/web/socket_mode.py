"""Socket Mode: a connection of our own, watched and rebuilt, and what is said of others of the same app.

Slack gives each click to one of them, so another one swallows some.
"""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from approvals.events import instant
from approvals.ports import Clock, StoreBusy
from bot.slack.web.client import SlackFault, call
from bot.slack.words import alerts
from policy import LoadedPolicy
from storage.messages.message import Messages
from storage.presence import Presence

log = structlog.get_logger("socket")


@dataclass(slots=True, kw_only=True)
class Connections:
    """What Slack last counted beside our own. The operators are told once of others, and once that they are gone."""

    messages: Messages
    policy: Callable[[], LoadedPolicy]
    clock: Clock
    presence: Presence
    """Where each bot on the same database enters its own."""
    others: int = field(default=0, init=False)
    _since: datetime | None = field(default=None, init=False)
    _owed: tuple[str, str] | None = field(default=None, init=False)
    """What a busy store has not taken yet: about what, and the words."""

    @property
    def trouble(self) -> str | None:
        """What readiness says of it; None if we are alone."""
        return alerts.other_connections(self.others) if self.others else None

    async def greeted(self, number: int, *, unentered: int = 0) -> None:
        """Slack has just told how many there are; so many of ours are not entered."""
        try:
            await self.counted(max(0, number - unentered - await self.presence.sockets()))
        except StoreBusy:
            log.info("the database did not say how many connections are ours")  # it is asked at the next

    async def counted(self, others: int) -> None:
        """So many there are beside ours."""
        now = self.clock.now()
        if others and self._since is None:
            self._since = now
            self._owed = (f"sockets:{instant(now)}", alerts.others_connected(others))
            log.warning("another connection of this app is open: it gets some of the clicks", others=others)
        elif not others and self._since is not None:
            self._owed = (f"sockets:{instant(self._since)}:over", alerts.others_gone(self._since))
            self._since = None
            log.info("no other connection of this app is open any more")
        self.others = others
        await self._tell()

    async def _tell(self) -> None:
        ops = self.policy().ops
        if self._owed is None or ops is None:
            return
        about, text = self._owed
        try:
            await self.messages.notify(about, ops.channel, text)
        except StoreBusy:
            return  # at the next count
        self._owed = None


WATCH = 1.0
"""Seconds between looks at the connection, so that it is back within five."""
PING = 5.0
"""Seconds between pings; a connection that is silent for four of them is stale."""
DRAIN = 4.0
"""Seconds for clicks under way when we stop: longer than Slack waits for an answer."""
RENEW = 600.0
"""Seconds after which a new connection takes over: only a new one is told how many there are."""
RENEW_SOON = 90.0
"""The same while there are others; Slack gives out about one address a minute."""


@dataclass(slots=True)
class _Line:
    """One connection, and the clicks that came through it and are not acknowledged yet."""

    handler: AsyncSocketModeHandler
    presence: Presence
    number: int
    """Under which it is entered there."""
    under_way: set[asyncio.Task[None]] = field(default_factory=set)
    greeted: asyncio.Event = field(default_factory=asyncio.Event)
    """Set once Slack has said how many connections there are."""

    async def stands(self) -> bool:
        return await self.handler.client.is_connected()

    async def close(self) -> None:
        """Once its clicks are decided and acknowledged."""
        if self.under_way:
            await asyncio.wait(set(self.under_way), timeout=DRAIN)
        try:
            async with asyncio.timeout(3):
                await self.handler.close_async()  # type: ignore[no-untyped-call]
        except (TimeoutError, aiohttp.ClientError, OSError):
            structlog.get_logger("socket").info("the old connection did not close in time")
        await self.presence.disconnect(self.number)


@dataclass(slots=True)
class Socket:
    """Keeps one Socket Mode connection; `connected` tells whether it stands."""

    app: AsyncApp
    app_token: str
    client: AsyncWebClient
    connections: Connections
    """Hears how many Slack counts."""
    _line: _Line | None = field(default=None)
    _renew_at: float = field(default=0.0)
    _one_at_a_time: asyncio.Lock = field(default_factory=asyncio.Lock)

    async def run(self) -> None:
        """Connects, and connects again whenever the connection is gone or old; until cancelled.

        On the way out, clicks under way are decided and acknowledged before the connection ends.
        """
        log = structlog.get_logger("socket")
        wait, loop = WATCH, asyncio.get_running_loop()
        try:
            while True:
                if (stands := await self.connected()) and loop.time() < self._renew_at:
                    wait = WATCH
                else:
                    try:
                        await self.renew()
                        log.info("connected to Slack")
                        wait = WATCH
                    except (SlackFault, aiohttp.ClientError, OSError, TimeoutError) as error:
                        log.warning(
                            "no connection to Slack, trying again", why=str(error) or type(error).__name__, seconds=wait
                        )
                        # As long as the old one stands there is time.
                        self._renew_at, wait = loop.time() + RENEW_SOON, WATCH if stands else min(wait * 2, 4.0)
                await asyncio.sleep(wait)
        finally:
            line, self._line = self._line, None
            if line is not None:
                await line.close()

    async def connected(self) -> bool:
        """Whether clicks can arrive."""
        return self._line is not None and await self._line.stands()

    async def renew(self) -> None:
        """A new connection in place of the old one, which, where it stands, goes on until the new one does.

        Raises SlackFault, aiohttp.ClientError, OSError, TimeoutError; then the old one is as it was.
        """
        async with self._one_at_a_time:
            await self._renew()

    async def _renew(self) -> None:
        old = self._line
        if old is not None and not await old.stands():
            self._line = None
            await old.close()
            old = None
        address = await call(self.client, "apps_connections_open", app_token=self.app_token)
        handler = AsyncSocketModeHandler(
            self.app, self.app_token, logger=_logger(), web_client=self.client, ping_interval=PING
        )
        presence = self.connections.presence
        line = _Line(handler, presence, await presence.connect())
        handler.client.socket_mode_request_listeners[:] = [self._counted(line)]
        handler.client.message_listeners.append(self._greeted(line))
        # Reconnecting is ours: the SDK's own loop neither gives up nor tells.
        handler.client.default_auto_reconnect_enabled = handler.client.auto_reconnect_enabled = False
        handler.client.wss_uri = str(address["url"])
        try:
            async with asyncio.timeout(PING):
                # Bolt gives this method no types.
                await handler.connect_async()  # type: ignore[no-untyped-call]
                await line.greeted.wait()
        except BaseException:
            await line.close()
            raise
        self._line = line
        self._renew_at = asyncio.get_running_loop().time() + (RENEW_SOON if self.connections.others else RENEW)
        if old is not None:
            await old.close()

    def _greeted(self, line: _Line) -> Callable[..., Awaitable[None]]:
        async def listener(_client: SocketModeClient, message: dict[str, Any], _raw: str | None = None) -> None:
            if message.get("type") != "hello" or not isinstance(number := message.get("num_connections"), int):
                return
            # Where Slack asks for a new one, the SDK connects anew before it lets go of the old: both are ours.
            await self.connections.greeted(number, unentered=1 if line.greeted.is_set() else 0)
            line.greeted.set()

        return listener

    def _counted(self, line: _Line) -> Callable[..., Awaitable[None]]:
        async def listener(client: SocketModeClient, request: SocketModeRequest) -> None:
            task = asyncio.create_task(line.handler.handle(client, request))
            line.under_way.add(task)
            task.add_done_callback(line.under_way.discard)
            await task

        return listener


def _logger() -> logging.Logger:
    logger = logging.getLogger("slack_sdk.signoff.socket")
    logger.setLevel(logging.CRITICAL)  # the SDK logs payloads and tracebacks of its own retries; ours says what matters
    return logger
