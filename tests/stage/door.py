"""A door in front of the bot that fails as a test wishes: closed, slow, wrong, forgetful."""

import asyncio
import json
from dataclasses import dataclass

import aiohttp
from aiohttp import web

MODES = ("none", "down", "slow", "500", "401", "rubbish", "lie", "drop")
VERBS = ("propose", "read", "claim", "report", "other")
HOP = {"connection", "keep-alive", "transfer-encoding", "content-length", "content-encoding", "host"}
PROBLEM = {
    "type": "urn:signoff:problem:unauthenticated",
    "title": "Unauthenticated",
    "status": 401,
    "detail": "No agent of the policy has this token.",
}
LIE = {"id": "prp_00000000000000000000000000000000", "status": "claimed", "payload": {"amount": 5}}
"""JSON that a careless client would take for a yes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fault:
    """What goes wrong, from when on, for which calls, how often."""

    mode: str = "none"
    at: str | None = None
    """Only these calls; None: all."""
    after: str | None = None
    """Only once such a call was answered well; None: from now on."""
    times: int | None = None
    """So many calls; None: until another fault is set."""
    seconds: float = 60.0
    """How long `slow` keeps an answer."""

    def __post_init__(self):
        known = self.mode in MODES and {self.at, self.after} <= {None, *VERBS}
        if not known:
            raise ValueError(f"mode is one of {MODES}, at and after of {VERBS}")
        if self.mode == "down" and (self.at or self.times):
            raise ValueError("a door that is down is down for every call: use drop")


class Door:
    """Passes everything on to `target` but for what the fault says. Its address stays the same."""

    def __init__(self, target):
        self.target = target
        self.url = ""
        self._port = 0
        self._fault = Fault()
        self._waits = False
        """Whether the fault still waits for the call named by `after`."""
        self._left = None
        self._runner = None
        self._session = None
        self._closing = set()

    async def __aenter__(self):
        # As many connections as are asked for: a door of a hundred would let no claim through while a hundred wait.
        everybody = aiohttp.TCPConnector(limit=0)
        self._session = aiohttp.ClientSession(connector=everybody, timeout=aiohttp.ClientTimeout(total=None))
        await self._open()
        self.url = f"http://127.0.0.1:{self._port}"
        return self

    async def __aexit__(self, *_):
        await asyncio.gather(*self._closing)
        await self._close()
        await self._session.close()

    async def set(self, fault):
        """From now on it fails like this; a door that was down opens again first, or closes."""
        await asyncio.gather(*self._closing)
        self._fault, self._waits, self._left = fault, fault.after is not None, fault.times
        if fault.mode == "down" and not self._waits:
            await self._close()
        else:
            await self._open()

    async def _open(self):
        if self._runner is not None:
            return
        app = web.Application()
        app.router.add_route("*", "/{path:.*}", self._pass)
        self._runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", self._port)
        await site.start()
        self._port = self._runner.addresses[0][1]

    async def _close(self):
        """The listener and every connection: what comes now is refused."""
        runner, self._runner = self._runner, None
        if runner is not None:
            await runner.cleanup()

    async def _pass(self, request):
        verb, body = verb_of(request), await request.read()
        match self._mode(verb):
            case "none":
                answer = await self._asked(request, body)
                return await self._answered(request, verb, answer)
            case "down":
                request.transport.abort()
            case "drop":
                await asyncio.shield(self._asked(request, body))
                request.transport.abort()
            case "slow":
                answer = await asyncio.shield(self._asked(request, body))
                await asyncio.sleep(self._fault.seconds)
                return answer
            case "500":
                return web.Response(status=500, text="<h1>Internal Server Error</h1>", content_type="text/html")
            case "401":
                return web.Response(status=401, text=json.dumps(PROBLEM), content_type="application/problem+json")
            case "rubbish":
                return web.Response(text="<h1>Welcome! Log in to use this network</h1>", content_type="text/html")
            case "lie":
                return web.json_response(LIE)
        raise ConnectionResetError("the answer is lost on purpose")

    def _mode(self, verb):
        fault = self._fault
        if self._waits or fault.at not in (None, verb) or self._left == 0:
            return "none"
        if self._left is not None:
            self._left -= 1
        return fault.mode

    async def _asked(self, request, body):
        headers = {name: value for name, value in request.headers.items() if name.lower() not in HOP}
        url = f"{self.target}{request.path_qs}"
        async with self._session.request(request.method, url, data=body or None, headers=headers) as answer:
            given = {name: value for name, value in answer.headers.items() if name.lower() not in HOP}
            return web.Response(status=answer.status, body=await answer.read(), headers=given)

    async def _answered(self, request, verb, answer):
        """The answer, sent whole; where the fault begins after such a call, it has begun when the caller reads it."""
        begins = self._waits and verb == self._fault.after and answer.status < 300
        if begins:
            self._waits = False
        await answer.prepare(request)
        await answer.write_eof()
        if begins and self._fault.mode == "down":
            closing = asyncio.create_task(self._close())
            self._closing.add(closing)
            closing.add_done_callback(self._closing.discard)
        return answer


def verb_of(request):
    """Which of the VERBS a request is."""
    last = request.path.rstrip("/").rpartition("/")[2]
    if request.method == "POST":
        return {"proposals": "propose", "claim": "claim", "outcome": "report"}.get(last, "other")
    return "read" if request.path.startswith("/v1/proposals") else "other"
