"""HTTP application: routes, and around each of them authentication, rate limits and error answers."""

import traceback
from collections import Counter
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from approvals.ports import Conflict, Damaged, PolicyReplaced, StoreBusy, WorkRefused
from approvals.refusals import Refusal
from bot.api import audit, events, feedback, insights, operations, proposals, receipts, unread
from bot.api.auth import RateLimit, agent_of, auditor_of
from bot.api.context import AGENT, API, CALLER, METRICS, RATE_LIMIT, STREAMS, UNREAD, WAITING, Api
from bot.api.long_poll import GLANCES, Glances
from bot.api.metrics import Metrics
from bot.api.problems import (
    Problem,
    damaged_row,
    from_http,
    internal,
    judging_busy,
    policy_replaced,
    refused,
    store_busy,
)
from bot.api.strict_json import MAX_BYTES
from storage import DatabaseDamaged

if TYPE_CHECKING:
    from aiohttp.typedefs import Handler

__all__ = ["ROUTES", "Api", "build_api"]

log = structlog.get_logger("api")

AUDIT, EXPORT, INSIGHTS = "/v1/audit", "/v1/audit/export", "/v1/insights"
"""The addresses that are for auditors."""
ROUTES = (
    ("POST", "/v1/proposals", proposals.submit),
    ("GET", "/v1/proposals", unread.with_room(proposals.list_proposals)),
    ("GET", "/v1/proposals/{id}", unread.with_room(proposals.get_proposal)),
    ("GET", "/v1/proposals/{id}/receipt", unread.with_room(receipts.receipt)),
    ("POST", "/v1/proposals/{id}/claim", proposals.claim),
    ("POST", "/v1/proposals/{id}/outcome", proposals.report),
    ("POST", "/v1/proposals/{id}/rollback", proposals.rollback),
    ("POST", "/v1/proposals/{id}/reply", proposals.reply),
    ("POST", "/v1/proposals/{id}/withdraw", proposals.withdraw),
    ("GET", "/v1/feedback", unread.with_room(feedback.feedback)),
    ("GET", "/v1/events", events.events),
    ("GET", AUDIT, unread.with_room(audit.entries)),
    ("GET", EXPORT, audit.export),
    ("GET", INSIGHTS, unread.with_room(insights.insights)),
    ("GET", "/healthz", operations.healthz),
    ("GET", "/readyz", operations.readyz),
    ("GET", "/metrics", operations.scrape),
    ("GET", "/openapi.json", operations.describe),
    ("GET", "/.well-known/jwks.json", receipts.jwks),
)


def build_api(api: Api) -> web.Application:
    """The application; whoever runs it owns what `api` names and closes it afterwards."""
    app = web.Application(middlewares=[_said, _known], client_max_size=MAX_BYTES)
    app[API] = api
    app[METRICS] = Metrics()
    app[RATE_LIMIT] = RateLimit(burst=api.limits.burst)
    app[WAITING] = {}
    app[STREAMS] = {}
    app[UNREAD] = Counter()
    app[GLANCES] = Glances()
    app.cleanup_ctx.append(app[GLANCES].running)
    for method, path, handler in ROUTES:
        for each in (method, "HEAD") if method == "GET" else (method,):
            app.router.add_route(each, path, handler, expect_handler=_expected)
    app.on_shutdown.append(_closing)
    return app


@web.middleware
async def _said(request: web.Request, handler: "Handler") -> web.StreamResponse:
    """Every answer counted, every error a problem."""
    try:
        response = await handler(request)
    except Exception as error:  # noqa: BLE001 the outermost place: nothing may leave as a traceback
        response = _problem(error, request).response()
    response.headers.setdefault("Cache-Control", "no-store")
    response.headers.setdefault("X-Content-Type-Options", "nosniff")
    resource = request.match_info.route.resource
    request.app[METRICS].answered(request.method, resource.canonical if resource else "none", response.status)
    await unread.send(request, response)
    return response


@web.middleware
async def _known(request: web.Request, handler: "Handler") -> web.StreamResponse:
    """Below /v1/ nobody is a stranger: a route added there is closed until a token opens it."""
    api, resource = request.app[API], request.match_info.route.resource
    if resource is not None and resource.canonical.startswith("/v1/"):
        policy = api.policy()
        if resource.canonical in (AUDIT, EXPORT, INSIGHTS):
            request[CALLER], rate = f"auditor:{auditor_of(request, policy)}", api.limits.rate
        else:
            request[CALLER] = request[AGENT] = agent_of(request, policy)
            rate = policy.rate_limit(request[AGENT])
        request.app[RATE_LIMIT].take(request[CALLER], rate, api.lifecycle.clock.now())
    return await handler(request)


def _problem(error: Exception, request: web.Request) -> Problem:
    match error:
        case Problem():
            return error
        case web.HTTPException():
            return from_http(error, request.method, request.path)
        case Refusal():
            return refused(error)
        case WorkRefused():
            return judging_busy()
        case PolicyReplaced():
            return policy_replaced()
        case StoreBusy() | Conflict():
            return store_busy()
        case Damaged() | DatabaseDamaged():
            log.error("a request met what is damaged", method=request.method, fault=str(error))
            return damaged_row()
    # Not the message: it may quote a payload.
    frames = [f"{each.filename}:{each.lineno} {each.name}" for each in traceback.extract_tb(error.__traceback__)]
    log.error("a request failed", method=request.method, fault=type(error).__name__, frames=frames[-8:])
    return internal()


async def _expected(request: web.Request) -> web.StreamResponse | None:
    if request.headers.get("Expect", "").lower() == "100-continue":
        await request.writer.write(b"HTTP/1.1 100 Continue\r\n\r\n")
        return None
    return Problem(slug="malformed", detail="Only Expect: 100-continue can be met. Leave the header out.").response()


async def _closing(app: web.Application) -> None:
    app[GLANCES].end()
