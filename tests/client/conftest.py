"""The client against the real endpoint, with a door between them that can be made to fail as networks do."""

import asyncio
import re
from dataclasses import dataclass, field

import aiohttp
import pytest
from aiohttp import web

from signoff_client import AsyncSignoff, Signoff
from signoff_client.gating import AsyncGate, Gate
from tests.api.conftest import TOKEN, endpoint, examiner, limits
from tests.client.shell import open_shell
from tests.patience import PATIENCE

__all__ = ["endpoint", "examiner", "limits"]

HOP = {"host", "content-length", "transfer-encoding", "connection", "content-encoding", "date", "server"}
RUBBISH = {
    "html": b"<html>It works!</html>",
    "empty": b"",
    "list": b"[]",
    "half": b'{"id": "prp_0000',
    "other": b'{"ok": true}',
}
EVENT = re.compile(rb"data:.*?\n\n", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Cut:
    """What becomes of a stream: so many events, and then the line breaks within the next."""

    events: int


@dataclass(slots=True)
class Door:
    """Between client and service. `script` says what becomes of the next requests; after that, all pass."""

    target: str
    url: str = ""
    script: list = field(default_factory=list)
    passed: list = field(default_factory=list)
    """Method and path of what reached the service."""
    seen: list = field(default_factory=list)
    """Method, path and headers of all that was asked."""
    peers: list = field(default_factory=list)
    """The port that each request came from: one a connection."""

    async def handle(self, request):
        body = await request.read()
        self.seen.append((request.method, request.path, dict(request.headers), body))
        self.peers.append(request.transport.get_extra_info("peername")[1])
        act = self.script.pop(0) if self.script else "pass"
        if act == "drop":
            request.transport.abort()
            return web.Response()
        if act in RUBBISH:
            return web.Response(body=RUBBISH[act])
        if isinstance(act, asyncio.Event):  # says that it came, and holds it for ever
            act.set()
        if act == "slow" or isinstance(act, asyncio.Event):
            await asyncio.Event().wait()
        if act == "crowded":  # as the service says it
            problem = {"type": "urn:signoff:problem:waiting-limit", "detail": "200 of your requests wait already."}
            return web.json_response(problem, status=429, headers={"Retry-After": "1"})
        if isinstance(act, int):
            return web.Response(status=act, headers={"Retry-After": "0"} if act == 429 else {})
        if request.path == "/v1/events":
            return await self._streamed(request, act.events if isinstance(act, Cut) else None)
        status, headers, content = await self._asked(request, body)
        if act == "lose":
            request.transport.abort()
            return web.Response()
        if callable(act):
            content = act(content)
        return web.Response(status=status, headers=headers, body=content)

    async def _streamed(self, request, whole):
        """Passes the stream on; with `whole`, so many events of it and some bytes of the next."""
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        async with (
            aiohttp.ClientSession() as session,
            session.get(self.target + request.path_qs, headers=headers) as response,
        ):
            kept = {name: value for name, value in response.headers.items() if name.lower() not in HOP}
            answer = web.StreamResponse(status=response.status, headers=kept)
            await answer.prepare(request)
            taken = b""
            async for piece in response.content.iter_any():
                sent, taken = len(taken), taken + piece
                ends = [found.end() for found in EVENT.finditer(taken)]
                if whole is not None and len(ends) >= whole:
                    await answer.write(taken[sent : ends[whole - 1] + 20])
                    request.transport.close()
                    return answer
                await answer.write(piece)
            return answer

    async def _asked(self, request, body):
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        async with (
            aiohttp.ClientSession() as session,
            session.request(request.method, self.target + request.path_qs, data=body, headers=headers) as response,
        ):
            self.passed.append((request.method, request.path))
            kept = {name: value for name, value in response.headers.items() if name.lower() not in HOP}
            return response.status, kept, await response.read()


@pytest.fixture
async def door(endpoint):
    door = Door(target=str(endpoint.server.make_url("")).rstrip("/"))
    app = web.Application(client_max_size=2**20)
    app.router.add_route("*", "/{any:.*}", door.handle)
    runner = web.AppRunner(app, shutdown_timeout=0.1)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    door.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
    yield door
    await runner.cleanup()


@dataclass(slots=True)
class Sync:
    """The sync client with the async one's face: each verb in a thread."""

    client: Signoff

    def __getattr__(self, verb):
        def call(*args, **kwargs):
            return asyncio.to_thread(getattr(self.client, verb), *args, **kwargs)

        return call


@pytest.fixture(params=["async", "sync"])
async def client(request, door):
    """Each test is for both clients."""
    if request.param == "async":
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as made:
            yield made
    else:
        with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=5) as made:
            yield Sync(made)


@pytest.fixture(params=["async", "sync"])
async def hasty(request, door):
    """A client that waits half a second for an answer and does not try again."""
    if request.param == "async":
        async with AsyncSignoff(door.url, TOKEN, timeout=0.5, patience=0) as made:
            yield made
    else:
        with Signoff(door.url, TOKEN, timeout=0.5, patience=0) as made:
            yield Sync(made)


async def decided(endpoint, waiting, decide):
    """Runs `waiting`; once its request is held, lets people decide. What it returns or raises."""
    asking = asyncio.ensure_future(waiting)
    await endpoint.until_waiting(1)
    (known,) = (await endpoint.call("GET", "/v1/proposals?status=pending"))["proposals"]
    await decide(known)
    return await asking


@pytest.fixture
async def shell(tmp_path):
    async with open_shell(tmp_path) as shell:
        yield shell


@pytest.fixture(params=["async", "sync"])
async def gated(request, door):
    """Makes a gate of either kind, with the face of the async one."""
    if request.param == "async":
        async with AsyncSignoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
            yield lambda **options: AsyncGate(client, **options)
    else:
        with Signoff(door.url, TOKEN, timeout=PATIENCE, patience=0) as client:
            yield lambda **options: Sync(Gate(client, **options))
