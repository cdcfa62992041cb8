"""HTTP service of a baseline: proposals are checked, kept and answered with 201; an approval wakes whoever waits."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiohttp import web
from pydantic import ValidationError

from bench.baselines.body import Proposal

Statement = tuple[str, tuple[str, ...]]
"""SQL and its values."""
Write = Callable[[Sequence[Statement]], Awaitable[None]]
"""Carries out all or nothing; returns when it is where it shall be, and not before."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Store:
    """Where it is all kept."""

    write: Write
    read: Callable[[str, tuple[str, ...]], Sequence[Sequence[str]]]
    """The rows that SQL with these values finds."""


Opened = Callable[[Path], AbstractAsyncContextManager[Store]]
_PROPOSAL = "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?)"
_NEWEST = "SELECT id, action, payload, status, created_at FROM proposals WHERE agent = ? ORDER BY rowid DESC LIMIT 20"
_DECISION = "UPDATE proposals SET status = 'approved' WHERE id = ? AND status = 'pending'"
_EVENT = "INSERT INTO audit (at, proposal_id, actor, event) VALUES (?, ?, ?, ?)"


def serve(opened: Opened) -> None:
    """Runs `MODULE PORT AGENTS.json DATABASE` until SIGTERM: who the agents are is in the file, by token."""
    port, agents, database = sys.argv[1:4]
    known: dict[str, str] = json.loads(Path(agents).read_text(encoding="utf-8"))
    app = application(known, opened(Path(database)))
    web.run_app(app, host="127.0.0.1", port=int(port), access_log=None, print=None)


def application(agents: dict[str, str], opened: AbstractAsyncContextManager[Store]) -> web.Application:
    """The service of these agents; its store is closed when it ends."""
    service = _Service(agents, opened)
    app = web.Application()
    app.cleanup_ctx.append(service.opened)
    app.add_routes(
        [
            web.post("/v1/proposals", service.submit),
            web.get("/v1/proposals", service.newest),
            web.get("/v1/proposals/{id}", service.wait),
            web.post("/v1/proposals/{id}/approve", service.approve),
            web.get("/readyz", service.ready),
            web.get("/metrics", service.metrics),
        ]
    )
    return app


class _Service:
    store: Store

    def __init__(self, agents: dict[str, str], opened: AbstractAsyncContextManager[Store]) -> None:
        self.agents = agents
        self._opened = opened
        self.approved: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def opened(self, _app: web.Application) -> AsyncIterator[None]:
        async with self._opened as self.store:
            yield

    async def submit(self, request: web.Request) -> web.Response:
        agent = self._agent(request)
        try:
            sent = Proposal.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"errors": error.errors(include_url=False, include_input=False)}, status=422)
        name, at = str(uuid4()), datetime.now(UTC).isoformat()
        body = sent.model_dump_json(exclude={"action", "payload"})
        row = (name, agent, sent.action, json.dumps(sent.payload), body, "pending", at)
        await self.store.write([(_PROPOSAL, row), (_EVENT, (at, name, agent, "submitted"))])
        answer = {"id": name, "status": "pending", "action": sent.action, "payload": sent.payload, "at": at}
        return web.json_response(answer, status=201)

    async def newest(self, request: web.Request) -> web.Response:
        names = ("id", "action", "payload", "status", "at")
        rows = [dict(zip(names, row, strict=True)) for row in self.store.read(_NEWEST, (self._agent(request),))]
        return web.json_response({"proposals": [{**row, "payload": json.loads(row["payload"])} for row in rows]})

    async def wait(self, request: web.Request) -> web.Response:
        name = request.match_info["id"]
        await self.approved[name].wait()
        self.approved.pop(name, None)
        return web.json_response({"id": name, "status": "approved"})

    async def approve(self, request: web.Request) -> web.Response:
        name, at = request.match_info["id"], datetime.now(UTC).isoformat()
        await self.store.write([(_DECISION, (name,)), (_EVENT, (at, name, "carol", "approved"))])
        self.approved[name].set()
        return web.json_response({"id": name, "status": "approved"})

    async def ready(self, _request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    async def metrics(self, _request: web.Request) -> web.Response:
        return web.Response(text=f"signoff_waiting_requests {len(self.approved)}\n")

    def _agent(self, request: web.Request) -> str:
        agent = self.agents.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if agent is None:
            raise web.HTTPUnauthorized(text="No agent has this token.")
        return agent
