"""Operations endpoints: liveness, readiness, metrics, and the OpenAPI document."""

from datetime import timedelta
from typing import TYPE_CHECKING

import structlog
from aiohttp import web

from bot.api import metrics
from bot.api.context import API, METRICS, Readiness
from bot.api.openapi import document
from bot.api.problems import Problem

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

__all__ = ["Readiness", "describe", "healthz", "readyz", "scrape"]

log = structlog.get_logger("api")
_OVERSEEN = timedelta(days=7)


async def healthz(request: web.Request) -> web.Response:
    """The process answers."""
    return web.json_response({"status": "live", "version": request.app[API].version})


async def readyz(request: web.Request) -> web.Response:
    """Whether every part works; what is merely in trouble is named, and still 200."""
    state = await _readiness(request.app[API].readiness)
    parts, degraded = state.parts, list(state.degraded)
    if broken := [name for name, works in parts.items() if not works]:
        detail = f"Not working: {', '.join(broken)}. The log says why; signoff doctor looks at the rest."
        raise Problem(slug="not-ready", detail=detail, more={"parts": parts, "degraded": degraded})
    return web.json_response({"status": "degraded" if degraded else "ready", "parts": parts, "degraded": degraded})


async def scrape(request: web.Request) -> web.Response:
    """The Prometheus text format."""
    api = request.app[API]
    now, insights, shown = api.lifecycle.clock.now(), api.store.insights, request.app[METRICS]
    week = await insights.insight(since=now - _OVERSEEN, now=now, limit=1)
    shown.oversee(week.everything.unread, await insights.queue(now), api.policy().roles, now)
    body = shown.exposition(await api.store.reads.counts(now), now, api.longest_stall())
    return web.Response(body=body, headers={"Content-Type": metrics.CONTENT_TYPE})


async def describe(request: web.Request) -> web.Response:
    """OpenAPI 3.1."""
    return web.json_response(document(request.app[API].version))


async def _readiness(ask: "Callable[[], Awaitable[Readiness]]") -> Readiness:
    try:
        return await ask()
    except Exception as error:  # noqa: BLE001 whatever it is, the answer is: not ready
        # Not the message: it may name an address with a password in it.
        log.error("readiness could not be told", fault=type(error).__name__)  # noqa: TRY400
        return Readiness(store=False, schema=False, scheduler=False)
