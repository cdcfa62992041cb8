from collections.abc import AsyncIterator

import aiohttp
import pytest
from aiohttp import web
from slack_sdk.web.async_client import AsyncWebClient

from sandbox import Sandbox


class HandClock:
    """A clock that only moves when told."""

    def __init__(self) -> None:
        self.now = 1_760_000_000.0

    def __call__(self) -> float:
        return self.now

    def forward(self, seconds: float) -> None:
        self.now += seconds


class PlainApp:
    """An app without a framework: keeps each request, answers what the test says."""

    def __init__(self) -> None:
        self.requests: list[tuple[dict[str, str], bytes]] = []
        self.status = 200
        self.body: object = ""
        self.url = ""

    async def respond(self, request: web.Request) -> web.Response:
        self.requests.append((dict(request.headers), await request.read()))
        if isinstance(self.body, str):
            return web.Response(status=self.status, text=self.body)
        return web.json_response(self.body, status=self.status)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
async def slack(clock) -> AsyncIterator[Sandbox]:
    async with Sandbox(port=0, clock=clock) as workspace:
        workspace.add_user("U0ALICE", "Alice")
        workspace.add_user("U0BOB", "Bob")
        workspace.add_channel("C0SUPPORT", "support", members=["U0ALICE", "U0BOB"])
        workspace.add_group("S0FINANCE", "finance", users=["U0BOB"])
        yield workspace


@pytest.fixture
def client(slack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@pytest.fixture
async def http() -> AsyncIterator[aiohttp.ClientSession]:
    async with aiohttp.ClientSession() as session:
        yield session


@pytest.fixture
async def app(slack) -> AsyncIterator[PlainApp]:
    """An app that the workspace delivers to over HTTP."""
    plain = PlainApp()
    server = web.Application()
    server.add_routes([web.post("/slack/events", plain.respond)])
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    plain.url = f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events"
    slack.deliver_to(plain.url)
    yield plain
    await runner.cleanup()
