"""HTTP mode: one route, the signature checked over the raw bytes before Bolt or anything else reads them."""

import asyncio
import hashlib
import hmac
import json
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import parse_qsl

import structlog
from aiohttp import ClientError, http_exceptions, web
from slack_bolt.adapter.aiohttp import to_aiohttp_response
from slack_bolt.async_app import AsyncApp
from slack_bolt.request.async_request import AsyncBoltRequest

from bot.logs import where

log = structlog.get_logger("slack")
PATH = "/slack/events"
LARGEST = 1024 * 1024
"""Bytes of a request; Slack's largest, a form-encoded view of 250 kB, stays below."""
TOGETHER = 32 * LARGEST
"""Bytes of all requests whose signature is not checked yet, for anybody can send what looks like Slack's."""
IN_TIME = 3.0
"""Seconds for a body: Slack sends it at once, and gives up itself by then."""


def slack_route(app: AsyncApp, secrets: Sequence[str], now: Callable[[], float]) -> web.RouteDef:
    """The route that Slack posts to. `now` gives seconds since the epoch. Whatever is not Slack's is a bare 401.

    Where more is on its way than we keep unverified the answer is 503, which Slack shows the person as a failure.
    """
    unverified = PendingBodies()

    async def receive(request: web.Request) -> web.StreamResponse:
        if not _unambiguous(request) or not may_be_from_slack(request.headers, now()):
            return web.Response(status=401)
        try:
            body = await unverified.body(request)
        except TooMuch:
            return web.Response(status=503, headers={"Retry-After": "1"})
        if body is None or not from_slack(request.headers, body, secrets, now()):
            return web.Response(status=401)
        said = _said(body.decode("utf-8"), request.content_type)
        if said is None:
            return web.Response(status=401)
        # Read by us, as if it came through a socket: Bolt takes a command that mentions "payload" for something else,
        # and headers, which nobody signed, can tell it what to run.
        try:
            answer = await app.async_dispatch(AsyncBoltRequest(body=said, mode="socket_mode"))
        except Exception as error:  # noqa: BLE001 listeners raise nothing: Bolt found a shape that Slack never sends
            log.warning("a signed request could not be read", **where(error))
            return web.Response(status=401)
        return await to_aiohttp_response(answer)

    return web.post(PATH, receive)


class TooMuch(Exception):
    """More is on its way than is kept."""


@dataclass(slots=True)
class PendingBodies:
    """Bodies on their way: until they are whole nobody knows who sent them."""

    kept: int = 0
    """Bytes of all of them."""

    async def body(self, request: web.Request) -> bytes | None:
        """The raw bytes; None if they are too many, packed, broken or late. Raises TooMuch.

        The API's own, smaller limit is not ours.
        """
        packed = request.headers.get("Content-Encoding", "identity").lower() != "identity"
        if packed or (request.content_length or 0) > LARGEST:
            return None
        read = bytearray()
        try:
            async with asyncio.timeout(IN_TIME):
                async for chunk in request.content.iter_any():
                    if self.kept + len(chunk) > TOGETHER:
                        raise TooMuch
                    self.kept += len(chunk)
                    read += chunk
                    if len(read) > LARGEST:
                        return None
        except (TimeoutError, ClientError, http_exceptions.HttpProcessingError, web.RequestPayloadError):
            return None
        finally:
            self.kept -= len(read)
        return bytes(read)


def _unambiguous(request: web.Request) -> bool:
    """Whether each header that the signature depends on is there once: of two, others may have read the other."""
    return all(len(request.headers.getall(name, ())) == 1 for name in (TIMESTAMP, SIGNATURE))


def _said(body: str, content_type: str) -> dict[str, Any] | None:
    """The payload; None for what Slack would never send."""
    try:
        if content_type == "application/json":
            said = json.loads(body)
        else:
            fields = dict(parse_qsl(body, keep_blank_values=True))
            said = json.loads(fields["payload"]) if "payload" in fields else fields
    except (ValueError, RecursionError):
        return None
    return said if isinstance(said, dict) and said else None


WINDOW = 300
"""Seconds a timestamp may be off in either direction; the nonce in each button is what stops a replay."""
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def from_slack(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: float) -> bool:
    """Whether one of the signing secrets made the signature over this body, at about this time.

    `now` is in seconds since the epoch. False for every malformed header and for a body that is not UTF-8.
    """
    if not may_be_from_slack(headers, now) or not _is_utf8(body):
        return False
    signature = headers[SIGNATURE]
    base = b"v0:" + headers[TIMESTAMP].encode("ascii") + b":" + body
    expected = ["v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest() for secret in secrets]
    return any([hmac.compare_digest(each, signature) for each in expected])  # noqa: C419 no short cut to time


def may_be_from_slack(headers: Mapping[str, str], now: float) -> bool:
    """Whether the headers look like Slack's: what is to be known before a byte of the body is read."""
    stamp = headers.get(TIMESTAMP, "")
    if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(headers.get(SIGNATURE, "")):
        return False
    return abs(now - int(stamp)) <= WINDOW


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return True
