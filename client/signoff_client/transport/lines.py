"""Connections of a client, its own in each process and loop. Nothing waits longer than it may.

A request that the service holds on purpose takes one of so many places. Everything else, a claim or a report, needs
none: however many wait, it goes through.
"""

import asyncio
import os
import threading
from contextlib import asynccontextmanager, contextmanager, suppress
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import httpx

from signoff_client.errors import NotConfigured, Unavailable
from signoff_client.transport.deadlines import DeadlineTransport, within
from signoff_client.transport.wire import SILENCE, Answer, Content, Lost, NoAnswer, Request, content_of

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterator, Iterator, Mapping

    from signoff_client.transport.place import Place

LIMITS: Final = httpx.Limits(max_connections=None, max_keepalive_connections=20)
"""Each request that is under way has a connection: to queue for one is what makes a report wait for those who wait."""
_process = object()
"""Another one in every process: what was opened before a fork is the other process's."""


def _forked() -> None:
    global _process  # noqa: PLW0603 a process changes but once, at its begin
    _process = object()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forked)


def closed() -> Unavailable:
    """For whoever asks through a client that was closed."""
    return Unavailable(
        "This client was closed (by close(), or at the end of its `with`), so nothing was sent. Make another one, or "
        "close it once everything is done."
    )


def _sent(request: Request) -> dict[str, Any]:
    headers = dict(request.headers)
    more = {}
    if request.body is not None:
        headers["Content-Type"] = "application/json"
        more = {"content": content_of(request.body)}
    return {"params": dict(request.params), "headers": headers, **more}


def _lost(fault: httpx.HTTPError | httpx.InvalidURL | NoAnswer) -> Lost:
    unsent = isinstance(fault, httpx.ConnectError | httpx.ConnectTimeout | httpx.InvalidURL)
    return Lost(why=(str(fault) or type(fault).__name__) + _nobody_at(fault), sent=not unsent)


def _nobody_at(fault: Exception) -> str:
    """The address at which nothing listens: whoever reads it may see that it is the wrong one."""
    if not isinstance(fault, httpx.ConnectError):
        return ""
    with suppress(RuntimeError):  # of a fault that belongs to no request
        return f" at {fault.request.url.scheme}://{fault.request.url.netloc.decode('ascii', 'replace')}"
    return ""


def _unheld(request: Request) -> Request:
    """The same look, answered at once: for whoever found no place to be held at."""
    return replace(request, params={}, seconds=0.0)


@dataclass(frozen=True, slots=True)
class _Threads:
    http: httpx.Client
    places: threading.Semaphore


class Lines:
    """For threads: any number of them, and those of a forked process, which has connections of its own."""

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._known: dict[object, _Threads] = {}  # those of before a fork are kept, so that nothing closes them here
        self._closed = False

    def close(self) -> None:
        """Ends the connections of this process; who waits on one is told so."""
        self._closed = True
        here = self._known.get(_process)
        if here is not None:
            here.http.close()

    def send(self, request: Request) -> Answer | Lost:
        """The answer. Raises Invalid for what cannot be sent, Unavailable once it is closed."""
        here = self._here()
        if not request.seconds:
            return self._exchange(here, request)
        if not here.places.acquire(timeout=request.seconds):
            return self._exchange(here, _unheld(request))
        try:
            return self._exchange(here, request)
        finally:
            here.places.release()

    @contextmanager
    def stream(self, headers: "Mapping[str, str]") -> "Iterator[httpx.Response]":
        """The stream of events, once its head has come in time; what follows has no time of its own."""
        limits = httpx.Timeout(self._place.timeout, read=self._place.timeout + SILENCE, pool=None)
        http = self._here().http
        asked = http.build_request("GET", "/v1/events", headers=dict(headers), timeout=limits)
        try:
            with within(self._place.timeout):
                response = http.send(asked, stream=True)
        except RuntimeError:
            if self._closed:  # between the look and the sending
                raise closed() from None
            raise
        try:
            yield response
        finally:
            response.close()

    def rest(self, response: httpx.Response) -> bytes:
        """The body of what is no stream, in time and within bounds. Raises NoAnswer."""
        content = Content(response.headers)
        with within(self._place.timeout):
            for piece in response.iter_raw():
                content.add(piece)
        return content.whole

    def _here(self) -> _Threads:
        if self._closed:
            raise closed()
        known = self._known.get(_process)
        if known is None:
            transport = DeadlineTransport(verify=self._place.verify, proxy=self._place.proxy, limits=LIMITS)
            http = httpx.Client(
                base_url=self._place.url, headers=self._place.headers, transport=transport, trust_env=False
            )
            made = _Threads(http, threading.Semaphore(self._place.waits))
            known = self._known.setdefault(_process, made)
        return known

    def _exchange(self, here: _Threads, request: Request) -> Answer | Lost:
        sent, seconds = _sent(request), self._place.timeout + request.seconds
        limits = httpx.Timeout(self._place.timeout, read=seconds, pool=None)
        try:
            with (
                within(seconds),
                here.http.stream(request.method, request.path, **sent, timeout=limits) as response,
            ):
                content = Content(response.headers)
                for piece in response.iter_raw():
                    content.add(piece)
                return Answer.read(response.status_code, content.whole, response.headers)
        except (httpx.HTTPError, httpx.InvalidURL, NoAnswer) as fault:
            return _lost(fault)
        except RuntimeError:
            if self._closed:  # between the look and the sending
                raise closed() from None
            raise


@dataclass(frozen=True, slots=True)
class _Loop:
    http: httpx.AsyncClient
    places: asyncio.Semaphore
    lifetime: "AsyncGenerator[None, None]"


class AsyncLines:
    """For tasks, of one loop after another, or of several at once in threads of their own."""

    def __init__(self, place: "Place") -> None:
        self._place = place
        self._known: dict[tuple[object, asyncio.AbstractEventLoop], _Loop] = {}
        self._closed = False

    async def close(self) -> None:
        """Ends the connections of this loop; those of another end with it."""
        self._closed = True
        here = self._known.pop((_process, asyncio.get_running_loop()), None)
        if here is not None:
            await here.lifetime.aclose()

    async def send(self, request: Request) -> Answer | Lost:
        """As Lines'."""
        here = await self._here()
        if not request.seconds:
            return await self._exchange(here, request)
        try:
            async with asyncio.timeout(request.seconds):
                await here.places.acquire()
        except TimeoutError:
            return await self._exchange(here, _unheld(request))
        try:
            return await self._exchange(here, request)
        finally:
            here.places.release()

    @asynccontextmanager
    async def stream(self, headers: "Mapping[str, str]") -> "AsyncIterator[httpx.Response]":
        """As Lines'."""
        limits = httpx.Timeout(self._place.timeout, read=self._place.timeout + SILENCE, pool=None)
        http = (await self._here()).http
        asked = http.build_request("GET", "/v1/events", headers=dict(headers), timeout=limits)
        try:
            async with asyncio.timeout(self._place.timeout):
                response = await http.send(asked, stream=True)
        except TimeoutError:
            raise httpx.ReadTimeout("it took longer to begin than it may") from None
        except RuntimeError:
            if self._closed:
                raise closed() from None
            raise
        try:
            yield response
        finally:
            await response.aclose()

    async def rest(self, response: httpx.Response) -> bytes:
        """As Lines'."""
        content = Content(response.headers)
        try:
            async with asyncio.timeout(self._place.timeout):
                async for piece in response.aiter_raw():
                    content.add(piece)
        except TimeoutError:
            raise httpx.ReadTimeout("the answer took longer than it may") from None
        return content.whole

    async def _here(self) -> _Loop:
        if self._closed:
            raise closed()
        try:
            loop = asyncio.get_running_loop()
        except RuntimeError:
            raise NotConfigured(
                "AsyncSignoff runs in a loop of asyncio, and none is running; Signoff needs none."
            ) from None
        known = self._known.get((_process, loop))
        if known is None:
            for each in [each for each in list(self._known) if each[0] is _process and each[1].is_closed()]:
                self._known.pop(each, None)
            http = httpx.AsyncClient(
                base_url=self._place.url,
                headers=self._place.headers,
                verify=self._place.verify,
                proxy=self._place.proxy,
                limits=LIMITS,
                trust_env=False,
            )
            known = _Loop(http, asyncio.Semaphore(self._place.waits), _lifetime(http))
            self._known[_process, loop] = known
            await anext(known.lifetime)
        return known

    async def _exchange(self, here: _Loop, request: Request) -> Answer | Lost:
        sent, seconds = _sent(request), self._place.timeout + request.seconds
        limits = httpx.Timeout(self._place.timeout, read=seconds, pool=None)
        sending = False

        async def trace(event: str, _: object) -> None:
            nonlocal sending
            sending = sending or event.endswith(".send_request_headers.started")

        try:
            async with (
                asyncio.timeout(seconds),
                here.http.stream(
                    request.method, request.path, **sent, timeout=limits, extensions={"trace": trace}
                ) as response,
            ):
                content = Content(response.headers)
                async for piece in response.aiter_raw():
                    content.add(piece)
                return Answer.read(response.status_code, content.whole, response.headers)
        except TimeoutError:
            return Lost(why="the answer took longer than it may", sent=sending)
        except (httpx.HTTPError, httpx.InvalidURL, NoAnswer) as fault:
            return _lost(fault)
        except RuntimeError:
            if self._closed:
                raise closed() from None
            raise


async def _lifetime(http: httpx.AsyncClient) -> "AsyncGenerator[None, None]":
    """Closes it with its loop: asyncio ends what generators it still has before it closes, and nothing else."""
    try:
        yield
    finally:
        await http.aclose()
