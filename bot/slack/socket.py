"""Socket Mode: a connection of our own, watched and rebuilt."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

import aiohttp
import structlog
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.socket_mode.aiohttp import SocketModeClient
from slack_sdk.socket_mode.request import SocketModeRequest
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.calls import SlackFault, call

WATCH = 1.0
"""Seconds between looks at the connection, so that it is back within five."""
PING = 5.0
"""Seconds between pings; a connection that is silent for four of them is stale."""
DRAIN = 4.0
"""Seconds for clicks under way when we stop: longer than Slack waits for an answer."""


@dataclass(slots=True)
class Socket:
    """Keeps one Socket Mode connection; `connected` tells whether it stands."""

    app: AsyncApp
    app_token: str
    client: AsyncWebClient
    _handler: AsyncSocketModeHandler | None = field(default=None)
    _under_way: set[asyncio.Task[None]] = field(default_factory=set)

    async def run(self) -> None:
        """Connects, and connects again whenever the connection is gone; until cancelled.

        On the way out, clicks under way are decided and acknowledged before the connection ends.
        """
        log = structlog.get_logger("socket")
        wait = WATCH
        try:
            while True:
                if await self.connected():
                    wait = WATCH
                else:
                    try:
                        await self._connect()
                        log.info("connected to Slack")
                        wait = WATCH
                    except (SlackFault, aiohttp.ClientError, OSError, TimeoutError) as error:
                        log.warning(
                            "no connection to Slack, trying again", why=str(error) or type(error).__name__, seconds=wait
                        )
                        wait = min(wait * 2, 4.0)
                await asyncio.sleep(wait)
        finally:
            if self._under_way:
                await asyncio.wait(set(self._under_way), timeout=DRAIN)
            await self._close()

    async def connected(self) -> bool:
        """Whether clicks can arrive."""
        return self._handler is not None and await self._socket.is_connected()

    @property
    def _socket(self) -> SocketModeClient:
        assert self._handler is not None
        return self._handler.client

    async def _connect(self) -> None:
        await self._close()
        address = await call(self.client, "apps_connections_open", app_token=self.app_token)
        handler = AsyncSocketModeHandler(
            self.app, self.app_token, logger=_logger(), web_client=self.client, ping_interval=PING
        )
        self._handler = handler
        handler.client.socket_mode_request_listeners[:] = [self._counted(handler)]
        # Reconnecting is ours: the SDK's own loop neither gives up nor tells.
        handler.client.default_auto_reconnect_enabled = handler.client.auto_reconnect_enabled = False
        handler.client.wss_uri = str(address["url"])
        async with asyncio.timeout(PING):
            # Bolt gives this method no types.
            await handler.connect_async()  # type: ignore[no-untyped-call]

    def _counted(self, handler: AsyncSocketModeHandler) -> Callable[..., Awaitable[None]]:
        async def listener(client: SocketModeClient, request: SocketModeRequest) -> None:
            task = asyncio.create_task(handler.handle(client, request))
            self._under_way.add(task)
            task.add_done_callback(self._under_way.discard)
            await task

        return listener

    async def _close(self) -> None:
        handler, self._handler = self._handler, None
        if handler is not None:
            try:
                async with asyncio.timeout(3):
                    await handler.close_async()  # type: ignore[no-untyped-call]
            except (TimeoutError, aiohttp.ClientError, OSError):
                structlog.get_logger("socket").info("the old connection did not close in time")


def _logger() -> logging.Logger:
    logger = logging.getLogger("slack_sdk.signoff.socket")
    logger.setLevel(logging.CRITICAL)  # the SDK logs payloads and tracebacks of its own retries; ours says what matters
    return logger
