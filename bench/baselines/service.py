"""HTTP service of a baseline: knows its agents by token, checks the body, keeps the proposal, answers 201."""

import json
import sys
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

from aiohttp import web
from pydantic import ValidationError

from bench.baselines.body import Proposal

Keep = Callable[["Row"], Awaitable[None]]
"""Returns when the row is where it shall be, and not before."""
Opened = Callable[[Path], AbstractAsyncContextManager[Keep]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A proposal as it is kept."""

    id: str
    agent: str
    action: str
    payload: str
    body: str
    at: str


def serve(opened: Opened) -> None:
    """Runs `MODULE PORT AGENTS.json DATABASE` until SIGTERM: who the agents are is in the file, by token."""
    port, agents, database = sys.argv[1:4]
    known: dict[str, str] = json.loads(Path(agents).read_text(encoding="utf-8"))
    app = application(known, opened(Path(database)))
    web.run_app(app, host="127.0.0.1", port=int(port), access_log=None, print=None)


def application(agents: dict[str, str], opened: AbstractAsyncContextManager[Keep]) -> web.Application:
    """The service of these agents; what it keeps with is closed when it ends."""
    keep: Keep

    async def keeping(_app: web.Application) -> AsyncIterator[None]:
        nonlocal keep
        async with opened as keep:
            yield

    async def submit(request: web.Request) -> web.Response:
        agent = agents.get(request.headers.get("Authorization", "").removeprefix("Bearer "))
        if agent is None:
            return web.json_response({"title": "No agent has this token."}, status=401)
        try:
            sent = Proposal.model_validate_json(await request.read())
        except ValidationError as error:
            return web.json_response({"errors": error.errors(include_url=False, include_input=False)}, status=422)
        row = Row(
            id=str(uuid4()),
            agent=agent,
            action=sent.action,
            payload=json.dumps(sent.payload),
            body=sent.model_dump_json(exclude={"action", "payload"}),
            at=datetime.now(UTC).isoformat(),
        )
        await keep(row)
        answer = {"id": row.id, "status": "approved", "action": sent.action, "payload": sent.payload, "at": row.at}
        return web.json_response(answer, status=201)

    async def ready(_request: web.Request) -> web.Response:
        return web.json_response({"ready": True})

    app = web.Application()
    app.cleanup_ctx.append(keeping)
    app.add_routes([web.post("/v1/proposals", submit), web.get("/readyz", ready)])
    return app
