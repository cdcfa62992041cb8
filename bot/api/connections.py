"""Connection limits before anybody has shown a token: how many there may be, and how long one may idle.

A silent one costs a descriptor, and a process that has none left answers nobody. So there are fewer places than
descriptors; who has waited longest without asking anything makes room for the next one; and where every place is at
work the next one is refused with a 503. Here too is what runs the application with such connections.
"""

import asyncio
import json
import resource
import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

import structlog
from aiohttp import http_exceptions, web

from bot.api.problems import MEDIA_TYPE, Problem, internal

SERVER = "signoff"
"""What answers call us: no version, for whoever looks for one with a hole."""
BACKLOG = 64
"""Connections that the system keeps for us, and the most that are taken on in one turn of the loop."""
MOST = 4_096
"""Connections, however many descriptors there are: each may make us keep some bytes that nobody has asked for yet."""
OPTIONS: dict[str, Any] = {
    "auto_decompress": False,  # a small body unpacked may be a large one
    "access_log": None,
    "keepalive_timeout": 75.0,  # seconds without a request; proxies give up theirs after sixty
    "lingering_time": 2.0,  # seconds in which what nobody wants of a body is read, so that its sender hears why
    "read_bufsize": 16 * 1024,  # bytes of a body that wait for whoever reads it
}
"""What aiohttp is told of each connection."""
FEWEST = 16
_LINE = 200
"""Bytes of a request's first line that are kept to tell its path."""
LOOK = 1.0
"""Seconds between two looks at who is late."""

log = structlog.get_logger("api")


@dataclass(frozen=True, slots=True, kw_only=True)
class ConnectionLimits:
    """What a connection may take. Times are seconds."""

    most: int
    """How many at once."""
    headers: float = 10.0
    """From the first byte of a request, or from the beginning of the connection, to the end of its headers."""
    unread: float = 30.0
    """How long an answer may lie unread while there is no room for more of it."""


def raised_limits() -> ConnectionLimits:
    """As many connections as the descriptors allow, after asking the system for all that we may have.

    Half of them stay for what is ours: the database, Slack, callbacks, and those that the system hands us at once.
    """
    needed = 2 * (MOST + BACKLOG)
    soft, hard = (needed if each == resource.RLIM_INFINITY else each for each in _descriptors())
    if soft < needed and soft < hard:
        soft = min(needed, hard)
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, _descriptors()[1]))
    return ConnectionLimits(most=max(FEWEST, min(MOST, soft // 2 - BACKLOG)))


def _descriptors() -> tuple[int, int]:
    """How many this process may have, and how many it may ask for."""
    return resource.getrlimit(resource.RLIMIT_NOFILE)


@dataclass(slots=True, kw_only=True)
class Table:
    """The connections there are, and who has to go."""

    limits: ConnectionLimits
    monotonic: Callable[[], float]
    """Seconds of a clock that never goes back."""
    signed: frozenset[str] = frozenset()
    """Paths where whatever cannot be read is a bare 401, as if its signature were wrong."""
    open: "set[Connection]" = field(default_factory=set)
    refused: int = 0
    """How many found every place at work."""
    closed: int = 0
    """How many were closed for being silent, slow or unread."""
    _full: bool = False

    def take(self, connection: "Connection") -> bool:
        """Gives it a place; False where there is none to be had."""
        if len(self.open) >= self.limits.most and not self._make_room():
            self.refused += 1
            if not self._full:  # once, not for each of thousands
                self._full = True
                log.warning("every connection is at work: new ones are refused", connections=len(self.open))
            return False
        self.open.add(connection)
        return True

    def leave(self, connection: "Connection") -> None:
        """Its place is free again."""
        self.open.discard(connection)
        if self._full and len(self.open) < self.limits.most:
            self._full = False
            log.info("there is room for connections again", refused=self.refused)

    def close_late(self) -> None:
        """Closes whoever kept us waiting too long, for a request or with an answer."""
        now = self.monotonic()
        late = [each for each in self.open if each.late(now)]
        for each in late:
            self._close(each)
        if late:
            log.info("connections were closed that were silent or took nothing", connections=len(late))

    async def watch(self) -> None:
        """Looks who is late until it is cancelled."""
        while True:
            await asyncio.sleep(LOOK)
            self.close_late()

    def _make_room(self) -> bool:
        longest = _longest(self.open)
        if longest is not None:
            self._close(longest)
        return longest is not None

    def _close(self, connection: "Connection") -> None:
        self.closed += 1
        self.open.discard(connection)
        connection.cut()


def _longest(connections: "Iterable[Connection]") -> "Connection | None":
    """Of those without a request under way the one that has been so the longest."""
    waiting = ((since, each) for each in connections if (since := each.waits_since()) is not None)
    return min(waiting, key=lambda each: each[0], default=(0.0, None))[1]


class Connection(web.RequestHandler):
    """One connection. Says what goes wrong before any route is found; aiohttp would quote what was sent."""

    __slots__ = ("_asking_since", "_begin", "_idle_since", "_requests", "_table", "_turned_away", "_unread_since")

    def __init__(self, *args: Any, table: Table, **options: Any) -> None:
        super().__init__(*args, **options)
        self._table = table
        self._turned_away = False
        self._requests = 0
        """How many requests had complete headers when last looked at."""
        self._asking_since: float | None = None
        """When the request began whose headers are not all there yet."""
        self._begin = b""
        """The first bytes of the request, for what cannot be parsed has no path."""
        self._idle_since: float | None = None
        self._unread_since: float | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Takes a place, or says that there is none."""
        if self._table.take(self):
            self._asking_since = self._idle_since = self._table.monotonic()
            super().connection_made(transport)
            return
        self._turned_away = True
        if isinstance(transport, asyncio.Transport):
            transport.write(_FULL)
            transport.close()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Gives the place back."""
        self._table.leave(self)
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Notes when a request began, and that its headers are all there."""
        if self._turned_away:
            return
        waiting = self._waits
        if waiting or not self._requests:
            known = b"" if self._asking_since is None else self._begin
            self._begin = (known + data[:_LINE])[:_LINE]
        super().data_received(data)
        if self._request_count != self._requests:
            self._requests = self._request_count
            self._asking_since = None
        elif waiting and self._asking_since is None:
            self._asking_since = self._table.monotonic()

    async def finish_response(
        self, request: web.BaseRequest, resp: web.StreamResponse, start_time: float | None
    ) -> tuple[web.StreamResponse, bool]:
        """Sends the answer, and notes when nothing was under way any more."""
        finished = await super().finish_response(request, resp, start_time)
        self._idle_since = self._table.monotonic()
        return finished

    def pause_writing(self) -> None:
        """There is no room for more of an answer."""
        super().pause_writing()
        self._unread_since = self._table.monotonic()

    def resume_writing(self) -> None:
        """There is room again."""
        super().resume_writing()
        self._unread_since = None

    @property
    def _waits(self) -> bool:
        """Whether no request is under way."""
        return self._waiter is not None and not self._waiter.done()

    def waits_since(self) -> float | None:
        """Since when no request is under way, as far as anybody looked; None while one is."""
        return self._idle_since if self._waits else None

    def late(self, now: float) -> bool:
        """Whether it has taken too long with its headers, or with what it was sent."""
        if self._unread_since is not None and now - self._unread_since > self._table.limits.unread:
            return True
        asking = self._asking_since
        return self._waits and asking is not None and now - asking > self._table.limits.headers

    def _asked_for(self) -> str:
        """The path of a request that could not be parsed, as far as there is one."""
        words = self._begin.decode("latin-1").split(" ")
        return words[1].partition("?")[0] if len(words) > 2 else ""

    def cut(self) -> None:
        """Ends it at once: what nobody reads would hold up a friendlier end."""
        transport = self.transport
        self.force_close()
        if transport is not None:
            transport.abort()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 the signature is aiohttp's
        """Ends at once what waits for a first request.

        aiohttp overlooks a connection that was accepted while it closed the idle ones, and then waits out the timeout.
        """
        if self._waiter is not None:
            self._waiter.cancel()
        await super().shutdown(timeout)

    def handle_error(
        self,
        request: web.BaseRequest,
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 it may quote a header
    ) -> web.StreamResponse:
        """The answer to a request that cannot be read; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            response = internal().response()
        elif self._asked_for() in self._table.signed:
            response = web.Response(status=HTTPStatus.UNAUTHORIZED)
        else:
            response = _unreadable(exc).response()
        response.headers["Server"] = SERVER
        response.force_close()
        return response


def _unreadable(exc: BaseException | None) -> Problem:
    if isinstance(exc, http_exceptions.LineTooLong):
        return Problem(slug="malformed", detail="The address or a header is too long. Make it shorter.")
    return Problem(
        slug="malformed", detail="This is not HTTP as it should be: its first line, a header, or its chunks."
    )


def _refusal() -> bytes:
    """What a connection is told that has no place: a whole answer, for nobody will read its request."""
    full = Problem(slug="too-many-connections", detail="Every connection is at work. Come back in a second.")
    body = json.dumps(full.body()).encode()
    head = [
        "HTTP/1.1 503 Service Unavailable",
        f"Content-Type: {MEDIA_TYPE}",
        f"Content-Length: {len(body)}",
        "Retry-After: 1",
        f"Server: {SERVER}",
        "Connection: close",
    ]
    return "\r\n".join([*head, "", ""]).encode() + body


_FULL = _refusal()


class ApiRunner(web.AppRunner):
    """AppRunner, with connections that keep to limits; without any given those that the system allows.

    Under the paths that are `signed` whatever cannot be read is a bare 401.
    """

    def __init__(
        self,
        app: web.Application,
        *,
        limits: ConnectionLimits | None = None,
        signed: frozenset[str] = frozenset(),
        monotonic: Callable[[], float] = time.monotonic,
        **options: Any,
    ) -> None:
        self.table = Table(limits=limits or raised_limits(), monotonic=monotonic, signed=signed)
        super().__init__(app, **{**OPTIONS, "table": self.table, **options})
        app.on_response_prepare.append(_without_versions)
        self._watching: asyncio.Task[None] | None = None

    async def setup(self) -> None:
        """Makes it ready for sites, and begins to look who is late."""
        await super().setup()
        self._watching = asyncio.create_task(self.table.watch())

    async def cleanup(self) -> None:
        """Ends the sites and every connection."""
        if self._watching is not None:
            self._watching.cancel()
            with suppress(asyncio.CancelledError):
                await self._watching
        await super().cleanup()

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        return Connection(self, loop=self._loop, **self._kwargs)


async def _without_versions(_request: web.Request, response: web.StreamResponse) -> None:
    response.headers["Server"] = SERVER
