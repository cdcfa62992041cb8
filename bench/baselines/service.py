"""HTTP service of a baseline: proposals are checked, kept and answered with 201; an approval wakes whoever waits."""

import asyncio
import json
import sys
from collections import defaultdict
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import AbstractAsyncContextManager
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
Opened = Callable[[Path], AbstractAsyncContextManager[Write]]
_PROPOSAL = "INSERT INTO proposals VALUES (?, ?, ?, ?, ?, ?, ?)"
_DECISION = "UPDATE proposals SET status = 'approved' WHERE id = ? AND status = 'pending'"
_EVENT = "INSERT INTO audit (at, proposal_id, actor, event) VALUES (?, ?, ?, ?)"


def serve(opened: Opened) -> None:
    """Runs `MODULE PORT AGENTS.json DATABASE` until SIGTERM: who the agents are is in the file, by token."""
    port, agents, database = sys.argv[1:4]
    known: dict[str, str] = json.loads(Path(agents).read_text(encoding="utf-8"))
    app = application(known, opened(Path(database)))
    web.run_app(app, host="127.0.0.1", port=int(port), access_log=None, print=None)


def application(agents: dict[str, str], opened: AbstractAsyncContextManager[Write]) -> web.Application:
    """The service of these agents; its store is closed when it ends."""
    write: Write
    approved: defaultdict[str, asyncio.Event] = defaultdict(asyncio.Event)

    async def writing(_app: web.Application) -> AsyncIterator[None]:
        nonlocal write
        async with opened as write:
            yield

    async def submit(request: web.Request) -> web.Response:
        agent = agents.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if agent is None:
            return web.json_response({"title": "No agent has this token."}, status=401)
        try:
            sent = Proposal.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"errors": error.errors(include_url=False, include_input=False)}, status=422)
        name, at = str(uuid4()), datetime.now(UTC).isoformat()
        body = sent.model_dump_json(exclude={"action", "payload"})
        row = (name, agent, sent.action, json.dumps(sent.payload), body, "pending", at)
        await write([(_PROPOSAL, row), (_EVENT, (at, name, agent, "submitted"))])
        answer = {"id": name, "status": "pending", "action": sent.action, "payload": sent.payload, "at": at}
        return web.json_response(answer, status=201)

    async def wait(request: web.Request) -> web.Response:
        name = request.match_info["id"]
        await approved[name].wait()
        approved.pop(name, None)
        return web.json_response({"id": name, "status": "approved"})

    async def approve(request: web.Request) -> web.Response:
        name, at = request.match_info["id"], datetime.now(UTC).isoformat()
        await write([(_DECISION, (name,)), (_EVENT, (at, name, "carol", "approved"))])
        approved[name].set()
        return web.json_response({"id": name, "status": "approved"})

    async def ready(_request: web.Request) -> web.Response:
        return web.json_response({"ready": True, "waiting": len(approved)})

    app = web.Application()
    app.cleanup_ctx.append(writing)
    app.add_routes(
        [
            web.post("/v1/proposals", submit),
            web.get("/v1/proposals/{id}", wait),
            web.post("/v1/proposals/{id}/approve", approve),
            web.get("/readyz", ready),
        ]
    )
    return app
