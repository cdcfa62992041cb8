"""A receiver of callbacks on this machine, which answers what the test tells it to."""

import asyncio
import base64
import json
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from tests.patience import PATIENCE

SECRET = "whsec_" + base64.b64encode(b"first-secret-of-the-tests").decode()
OTHER_SECRET = "whsec_" + base64.b64encode(b"other-secret-of-the-tests").decode()


@dataclass(frozen=True, slots=True)
class Got:
    """One request as it came."""

    path: str
    headers: dict[str, str]
    body: bytes

    @property
    def event(self) -> dict[str, Any]:
        return json.loads(self.body)

    @property
    def id(self) -> str:
        return self.headers["webhook-id"]

    @property
    def at(self) -> int:
        return int(self.headers["webhook-timestamp"])

    @property
    def told(self) -> str:
        return self.event["type"].removeprefix("signoff.proposal.")

    def verified(self, *secrets):
        """Whether the standard's own library takes it with each of the secrets, as of the time that it names."""
        text, moment = self.body.decode(), datetime.fromtimestamp(self.at, UTC)
        made = {Webhook(secret).sign(self.id, moment, text) for secret in secrets or (SECRET,)}
        return made <= set(self.headers["webhook-signature"].split(" "))


@dataclass(slots=True)
class Receiver:
    """`answers` come first, one a request: a status, or a status with headers; then always 204."""

    url: str = ""
    answers: list = field(default_factory=list)
    got: list[Got] = field(default_factory=list)
    under_way: int = 0
    held: "asyncio.Event | None" = None
    """While it is there and not set, requests wait for it."""
    _stirred: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def take(self, request: web.Request) -> web.StreamResponse:
        body = await request.read()
        self.got.append(Got(request.path, {name.lower(): value for name, value in request.headers.items()}, body))
        answer = self.answers.pop(0) if self.answers else 204
        self.under_way += 1
        try:
            async with self._stirred:
                self._stirred.notify_all()
            if self.held is not None:
                await self.held.wait()
            status, headers = answer if isinstance(answer, tuple) else (answer, {})
            return web.Response(status=status, headers=headers)
        finally:
            self.under_way -= 1

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE), self._stirred:
            await self._stirred.wait_for(condition)

    async def count(self, number) -> list[Got]:
        """All that came, once there are so many."""
        await self.until(lambda: len(self.got) >= number)
        return self.got


@asynccontextmanager
async def receiving(port=0, tls=None):
    """A receiver on loopback; `url` ends without a slash."""
    receiver = Receiver()
    app = web.Application()
    app.router.add_route("*", "/{path:.*}", receiver.take)
    runner = web.AppRunner(app, shutdown_timeout=0.1, access_log=None)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", port, ssl_context=tls)
    await site.start()
    receiver.url = f"{'https' if tls else 'http'}://127.0.0.1:{runner.addresses[0][1]}"
    try:
        yield receiver
    finally:
        await runner.cleanup()
