"""The body of a request: bounded in bytes and in time, then strict JSON, then a model."""

import asyncio
from typing import TYPE_CHECKING, TypeVar

from aiohttp import ClientError, http_exceptions

from bot.api import requests
from bot.api.context import API
from bot.api.problems import Problem, invalid
from bot.api.strict_json import MAX_BYTES, Faulty, Malformed, parse_request

if TYPE_CHECKING:
    from aiohttp import web

    from approvals.digest import JSON

_Model = TypeVar("_Model", bound=requests.Sent)
_CLOSE = {"Connection": "close"}


async def json_of(request: "web.Request") -> "JSON":
    """The JSON value that was sent; raises Problem."""
    raw = await _bytes_of(request)
    try:
        return parse_request(raw)
    except Malformed as error:
        raise Problem(slug="malformed", detail=str(error)) from None
    except Faulty as error:
        raise faulty(error) from None


async def model_of(request: "web.Request", model: type[_Model]) -> _Model:
    """What was sent, as the model; raises Problem."""
    body = await json_of(request)
    try:
        return requests.read_body(model, body)
    except Faulty as error:
        raise faulty(error) from None


def faulty(error: Faulty) -> Problem:
    """The problem that names each fault."""
    return invalid("The body has faults. Correct the fields in errors.", error.faults)


async def _bytes_of(request: "web.Request") -> bytes:
    if request.headers.get("Content-Encoding", "identity").strip().lower() != "identity":
        detail = "A body with a Content-Encoding is not read. Send the JSON as it is."
        raise Problem(slug="malformed", detail=detail, headers={"Accept-Encoding": "identity", **_CLOSE})
    if (request.content_length or 0) > MAX_BYTES:
        raise _too_large()
    body = bytearray()
    try:
        async with asyncio.timeout(request.app[API].limits.body_seconds):
            async for chunk in request.content.iter_any():
                body += chunk
                if len(body) > MAX_BYTES:
                    raise _too_large()
    except TimeoutError:
        detail = "The body did not arrive in time. Send it at once."
        raise Problem(slug="too-slow", detail=detail, headers=_CLOSE) from None
    except (http_exceptions.HttpProcessingError, ClientError):
        detail = "The body breaks off, or its chunks are broken. Send it again."
        raise Problem(slug="malformed", detail=detail, headers=_CLOSE) from None
    return bytes(body)


def _too_large() -> Problem:
    detail = f"The body has more than {MAX_BYTES} bytes. Put what is long elsewhere and send its address."
    return Problem(slug="too-large", detail=detail, headers=_CLOSE)
