"""Insights endpoint: for auditors, what became of what people were asked and how they decided it."""

from datetime import timedelta

from aiohttp import web

from bot.api.context import API
from bot.api.listing import parameters
from bot.api.problems import invalid
from bot.audit_export import moment_named
from bot.insights import USUAL, insight_object

_LONGEST = timedelta(days=3650)


async def insights(request: web.Request) -> web.Response:
    """`GET /v1/insights`: of everything since a moment, or of an agent or a role alone."""
    api = request.app[API]
    query = parameters(request, "since", "agent", "role")
    now = api.lifecycle.clock.now()
    try:
        since = max(moment_named(query.get("since", USUAL), now), now - _LONGEST)
    except ValueError as wrong:
        raise invalid(f"since: {wrong}.") from None
    found = await api.store.insights.insight(since=since, now=now, agent=query.get("agent"), role=query.get("role"))
    return web.json_response(insight_object(found, await api.store.insights.queue(now), since, now))
