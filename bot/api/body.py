"""Request bodies: bounded in bytes and in time, then strict JSON, then a model.

A retry is one by the key that the agent chose, and a fingerprint of what it sent.
"""

import asyncio
import hashlib
import re
from typing import TYPE_CHECKING, TypeVar

from aiohttp import ClientError, http_exceptions

from approvals.digest import canonical
from bot.api import requests
from bot.api.context import API
from bot.api.problems import Problem, invalid
from bot.api.requests import without_nulls
from bot.api.strict_json import MAX_BYTES, Faulty, Malformed, parse_request

if TYPE_CHECKING:
    from aiohttp import web

    from approvals.digest import JSON


_Model = TypeVar("_Model", bound=requests.Sent)
_CLOSE = {"Connection": "close"}
_BARE = re.compile(r"[\x21-\x7e]{1,255}")
_QUOTED = re.compile(r'"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_NOT_COMPARED = ("claim", "claimant")


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
    if request.content.is_eof() and request.content.exception() is None:  # most are there at once
        return _bounded(request.content.read_nowait())
    body = bytearray()
    try:
        async with asyncio.timeout(request.app[API].limits.body_seconds):
            async for chunk in request.content.iter_any():
                body += _bounded(chunk, len(body))
    except TimeoutError:
        detail = "The body did not arrive in time. Send it at once."
        raise Problem(slug="too-slow", detail=detail, headers=_CLOSE) from None
    except (http_exceptions.HttpProcessingError, ClientError):
        detail = "The body breaks off, or its chunks are broken. Send it again."
        raise Problem(slug="malformed", detail=detail, headers=_CLOSE) from None
    return bytes(body)


def _bounded(part: bytes, before: int = 0) -> bytes:
    """The bytes, which come after so many others. Raises Problem where they are too many together."""
    if before + len(part) > MAX_BYTES:
        raise _too_large()
    return part


def _too_large() -> Problem:
    detail = f"The body has more than {MAX_BYTES} bytes. Put what is long elsewhere and send its address."
    return Problem(slug="too-large", detail=detail, headers=_CLOSE)


def key_of(request: "web.Request") -> str | None:
    """The Idempotency-Key, quoted (RFC 8941) or bare; None where there is none. Raises Problem 422."""
    sent = request.headers.getall("Idempotency-Key", [])
    if not sent:
        return None
    key = sent[0].strip() if len(sent) == 1 else ""
    if key.startswith('"'):
        quoted = _QUOTED.fullmatch(key)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not _BARE.fullmatch(key):
        raise invalid("An Idempotency-Key is one word of 1 to 255 visible ASCII characters, quoted or bare.")
    return key


def fingerprint(body: "JSON") -> str:
    """SHA-256 in hex over the canonical body; how it is claimed is no part of what is proposed, and null is nothing."""
    body = without_nulls(body)
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _NOT_COMPARED}
    return hashlib.sha256(canonical(body)).hexdigest()
