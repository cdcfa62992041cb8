"""Runs the application: its connections are ours, with their limits."""

import asyncio
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from aiohttp import web

from bot.api.connections import OPTIONS, SERVER, Connection, ConnectionLimits, Table, raised_limits


class ApiRunner(web.AppRunner):
    """AppRunner, with connections that keep to limits; without any given those that the system allows.

    Under the paths that are `signed` whatever cannot be read is a bare 401.
    """

    def __init__(
        self,
        app: web.Application,
        *,
        limits: ConnectionLimits | None = None,
        signed: frozenset[str] = frozenset(),
        monotonic: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        self.table = Table(limits=limits or raised_limits(), monotonic=monotonic, signed=signed)
        super().__init__(app, **{**OPTIONS, "table": self.table, **options})
        app.on_response_prepare.append(_without_versions)
        self._watching: asyncio.Task[None] | None = None

    async def setup(self) -> None:
        """Makes it ready for sites, and begins to look who is late."""
        await super().setup()
        self._watching = asyncio.create_task(self.table.watch())

    async def cleanup(self) -> None:
        """Ends the sites and every connection."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await super().cleanup()

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


async def _without_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER
