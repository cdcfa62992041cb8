"""HTTP mode: one route, the signature checked over the raw bytes before Bolt or anything else reads them."""

from collections.abc import Callable, Sequence

from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.slack.verify import from_slack

PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes of a request; Slack's largest, a form-encoded view of 250 kB, stays below."""


def slack_route(app: AsyncApp, secrets: Sequence[str], now: Callable[[], float]) -> web.RouteDef:
    """The route that Slack posts to. `now` gives seconds since the epoch. Whatever is not Slack's is a bare 401."""

    async def receive(request: web.Request) -> web.StreamResponse:
        body = await _body(request)
        if body is None or not from_slack(request.headers, body, secrets, now()):
            return web.Response(status=401)
        asked = AsyncBoltRequest(
            body=body.decode("utf-8"),
            query=request.query_string,
            headers=dict(request.headers),
        )
        return await to_aiohttp_response(await app.async_dispatch(asked))

    return web.post(PATH, receive)


async def _body(request: web.Request) -> bytes | None:
    """The raw bytes, or None if there are too many or they are packed; the API's own, smaller limit is not ours."""
    if request.headers.get("Content-Encoding", "identity").lower() != "identity":
        return None
    read = bytearray()
    async for chunk in request.content.iter_any():
        read += chunk
        if len(read) > LARGEST:
            return None
    return bytes(read)
