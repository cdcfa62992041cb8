"""Runs the application: bodies are never unpacked, and what is not HTTP is answered as a problem, too."""

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from aiohttp import http_exceptions, web

from bot.api.problems import Problem, internal

if TYPE_CHECKING:
    from aiohttp.web_request import BaseRequest


class ApiRunner(web.AppRunner):
    """AppRunner, with the connections below."""

    def __init__(self, app: web.Application, **options: Any) -> None:
        super().__init__(app, **{"auto_decompress": False, "access_log": None, **options})

    async def _make_server(self) -> web.Server:
        server = await super()._make_server()
        server.__class__ = _Server
        return server


class _Server(web.Server):
    def __call__(self) -> web.RequestHandler:
        connection = super().__call__()
        connection.__class__ = _Connection
        return connection


class _Connection(web.RequestHandler):
    """Says what goes wrong before any route is found; aiohttp would say it in plain text, and log what was sent."""

    __slots__ = ()

    async def shutdown(self, timeout: float | None = 15.0) -> None:  # noqa: ASYNC109 the signature is aiohttp's
        """Ends at once what waits for a first request.

        aiohttp overlooks a connection that was accepted while it closed the idle ones, and then waits out the timeout.
        """
        if self._waiter is not None:
            self._waiter.cancel()
        await super().shutdown(timeout)

    def handle_error(
        self,
        request: "BaseRequest",
        status: int = HTTPStatus.INTERNAL_SERVER_ERROR,
        exc: BaseException | None = None,
        message: str | None = None,  # noqa: ARG002 it may quote a header
    ) -> web.StreamResponse:
        """The answer to a request that cannot be read; the connection ends with it."""
        if request.writer.output_size > 0:
            raise ConnectionError("an answer is on its way already")
        response = (_unreadable(exc) if status < HTTPStatus.INTERNAL_SERVER_ERROR else internal()).response()
        response.force_close()
        return response


def _unreadable(exc: BaseException | None) -> Problem:
    if isinstance(exc, http_exceptions.LineTooLong):
        return Problem(slug="malformed", detail="The address or a header is too long. Make it shorter.")
    return Problem(
        slug="malformed", detail="This is not HTTP as it should be: its first line, a header, or its chunks."
    )
