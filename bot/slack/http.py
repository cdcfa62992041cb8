"""HTTP mode: one route, the signature checked over the raw bytes before Bolt or anything else reads them."""

from collections.abc import Callable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.async_app import AsyncApp

from bot.slack.verify import from_slack

PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes of a request; Slack's largest, a view of 250 kB, is well below."""


def slack_route(app: AsyncApp, secrets: Sequence[str], now: Callable[[], float]) -> web.RouteDef:
    """The route that Slack posts to. `now` gives seconds since the epoch. Whatever is not Slack's is a bare 401."""

    async def receive(request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        if body is None or not from_slack(request.headers, body, secrets, now()):
            return web.Response(status=401)
        response = await app.async_dispatch(await to_bolt_request(request))
        return await to_aiohttp_response(response)

    return web.post(PATH, receive)


async def _body(request: web.Request) -> bytes | None:
    """The raw bytes, or None if there are too many. `request.text()` later decodes what was read here."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity" or request.charset not in (
        None,
        "utf-8",
        "UTF-8",
    ):
        return None
    try:
        return await request.read()
    except (web.HTTPRequestEntityTooLarge, LookupError, ValueError):
        return None
