"""Unread answers: a bound on the bytes of large answers that one caller leaves unread with us."""

from contextlib import suppress
from typing import TYPE_CHECKING

from aiohttp import web

from bot.api.context import API, CALLER, UNREAD
from bot.api.problems import Problem, retry_after

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

SMALL = 64 * 1024
"""Bytes that a connection takes in without anybody reading; so much is not counted."""


def with_room(
    handler: "Callable[[web.Request], Awaitable[web.Response]]",
) -> "Callable[[web.Request], Awaitable[web.Response]]":
    """The handler of what only reads, and may be large: refused while the caller leaves its answers unread."""

    async def reading(request: web.Request) -> web.Response:
        most = request.app[API].limits.unread
        if request.app[UNREAD][request[CALLER]] >= most:
            detail = (
                f"{most} bytes of answers to you have not been read yet. Read them, or close their connections, "
                "then ask again."
            )
            raise Problem(slug="rate-limit", detail=detail, headers=retry_after(1))
        return await handler(request)

    return reading


async def send(request: web.Request, response: web.StreamResponse) -> None:
    """Sends a large answer here and now, counted until it is read; a small one is left to aiohttp."""
    caller = request.get(CALLER)
    size = len(response.body) if isinstance(response, web.Response) and isinstance(response.body, bytes) else 0
    if caller is None or size <= SMALL:
        return
    unread = request.app[UNREAD]
    unread[caller] += size
    try:
        with suppress(ConnectionError):  # aiohttp meets it again, and ends the connection
            await response.prepare(request)
            await response.write_eof()
    finally:
        unread[caller] -= size
        if not unread[caller]:
            del unread[caller]
