"""Event stream, `GET /v1/events`: an agent's events as server-sent events, from any event on.

Nothing is pushed at a stream: it reads the store a page at a time and sends that before it reads on. So a slow reader
costs a page of memory, and what another stream, or the one before, did not get is simply read again.
"""

import asyncio
import json
import re
from contextlib import contextmanager
from typing import TYPE_CHECKING

import structlog
from aiohttp import web
from aiohttp_sse import EventSourceResponse

from approvals.ports import StoreBusy
from bot.api import present
from bot.api.context import AGENT, API, METRICS, STREAMS
from bot.api.listing import parameters
from bot.api.long_poll import GLANCES, Bearer, hung_up
from bot.api.problems import Problem, invalid, retry_after

if TYPE_CHECKING:
    from collections.abc import Iterator

    from storage import StreamedEvent

log = structlog.get_logger("api")

PAGE = 10
"""How many events a stream holds in memory at most."""
RETRY = 1000
"""Milliseconds after which a client that was cut off comes back."""
_ID = re.compile("0|[1-9][0-9]{0,17}")


async def events(request: "web.Request") -> "web.StreamResponse":
    """The agent's events after the one that the request names, or from now on; ends when the server does."""
    limits = request.app[API].limits
    if request.method == "HEAD":
        await _begin(request)
        return web.Response(content_type="text/event-stream")
    with _counted(request):
        place = await _begin(request)
        response = EventSourceResponse(
            headers={"X-Content-Type-Options": "nosniff"},
            sep="\n",
            ping_interval=limits.heartbeat,
            send_timeout=limits.stalled,
        )
        response.headers["Cache-Control"] = "no-store"
        await response.prepare(request)
        async with response:
            await _until_cut(request, response, place)
    return response


async def _begin(request: "web.Request") -> int:
    """The place after which to begin. Raises Problem, StoreBusy."""
    query = parameters(request, "after")
    headers = request.headers.getall("Last-Event-ID", [])
    if len(headers) > 1:
        raise invalid("Send Last-Event-ID once.")
    # A browser that reconnects sends the header with the address it began with, so the header is the newer of the two.
    said = headers[0] if headers else query.get("after")
    stream, agent = request.app[API].store.stream, request[AGENT]
    if said is None:
        return await stream.newest(agent)
    if not _ID.fullmatch(said):
        raise invalid("Last-Event-ID, or after, is the id of an event as you got it, or 0 for all there ever were.")
    place = int(said)
    if not await stream.known(agent, place):
        raise Problem(
            slug="unknown-event",
            detail="No event of yours has this id, so nobody can say what you missed. Open the stream without it, "
            "then read your proposals (GET /v1/proposals): what changes from then on comes on the stream.",
        )
    return place


async def _until_cut(request: "web.Request", response: EventSourceResponse, place: int) -> None:
    """Sends until the reader is gone, the server stops, or the token is none of this agent's any more."""
    sending = asyncio.ensure_future(_send(request, response, place))
    bearer = Bearer(request)
    try:
        await request.app[GLANCES].wait(sending, over=lambda: hung_up(request) or not bearer.known())
    finally:
        sending.cancel()
        (ended,) = await asyncio.gather(sending, return_exceptions=True)
    if isinstance(ended, Exception) and not isinstance(ended, (ConnectionError, TimeoutError)):
        busy = isinstance(ended, StoreBusy)
        # Not the message: it may quote a payload. The reader comes back, and goes on where it was.
        (log.warning if busy else log.error)("a stream of events ended", fault=type(ended).__name__)


async def _send(request: "web.Request", response: EventSourceResponse, place: int) -> None:
    api, bearer = request.app[API], Bearer(request)
    # An id without an event: whoever is cut off before the first one knows where to go on.
    await response.write(f"id: {place}\nretry: {RETRY}\n\n".encode())
    while True:
        coming = api.store.stream.coming(request[AGENT])
        try:
            page = await api.store.stream.after(request[AGENT], place, PAGE)
            for event in page:
                if not bearer.known():
                    return
                await _tell(request, response, event)
                place = event.seq
            if len(page) < PAGE:
                await coming
        finally:
            coming.cancel()


async def _tell(request: "web.Request", response: EventSourceResponse, event: "StreamedEvent") -> None:
    if event.proposal is None:
        # As in lists: what is not as it was written is never served.
        log.error("an event is left out, because its proposal is damaged", entry=event.seq)
        return
    happened = present.cloud_event(
        event.entry, event.agent_event, event.at, request.app[API].lifecycle.as_of_now(event.proposal)
    )
    data = json.dumps(happened, allow_nan=False)  # ASCII: some clients take U+2028 for the end of a line
    await response.send(data, id=str(event.seq), event=event.agent_event.type)
    request.app[METRICS].events.inc()


@contextmanager
def _counted(request: "web.Request") -> "Iterator[None]":
    limit = request.app[API].limits.streams
    streams = request.app[STREAMS].setdefault(request[AGENT], [])
    if sum(not hung_up(each) for each in streams) >= limit:  # those who hung up are not noticed at once
        detail = f"{limit} streams of yours are open already. One is enough: it tells of all your proposals."
        raise Problem(slug="rate-limit", detail=detail, headers=retry_after(1))
    streams.append(request)
    with request.app[METRICS].streams.track_inprogress():
        try:
            yield
        finally:
            streams.remove(request)
