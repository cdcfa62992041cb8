"""Delivery of payloads to the app, signed over HTTP or through a socket, and its answers."""

import asyncio
import hashlib
import hmac
import json
import time
from dataclasses import dataclass, replace
from typing import Any
from urllib.parse import urlencode

import aiohttp

from sandbox.faults import Faults
from sandbox.web.sockets import SocketGone, Sockets
from sandbox.workspace import Workspace

Json = dict[str, Any]

ACK_SECONDS = 3.0
EVENT_RETRIES = (0.0, 60.0, 300.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Delivery:
    """What the app answered to one payload.

    `status` is the HTTP status (200 for an acknowledgement on a socket), None if none came in time;
    `body` the answer, parsed where it is JSON; `errors` the faults a modal shows, by block id;
    `failure` what the person sees when the app did wrong: `operation_timeout`, `dispatch_failed`, …;
    `repeats` the answers to the same payload delivered again.
    """

    status: int | None
    body: Any
    seconds: float
    acknowledged: bool
    payload: Json
    errors: dict[str, str] | None = None
    failure: str | None = None
    repeats: tuple["Delivery", ...] = ()


UNSENT = Delivery(status=None, body=None, seconds=0.0, acknowledged=False, payload={})
"""What nobody was told of: the person thought better of it."""


def sign(secret: str, body: bytes, timestamp: int | str) -> dict[str, str]:
    """The two headers by which Slack signs a request."""
    base = b"v0:" + str(timestamp).encode() + b":" + body
    mac = hmac.new(secret.encode(), base, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(timestamp), "X-Slack-Signature": f"v0={mac}"}


def encode(kind: str, payload: Json) -> tuple[bytes, str]:
    """The body and content type of a payload over HTTP."""
    if kind == "events_api":
        return json.dumps(payload).encode(), "application/json"
    fields = payload if kind == "slash_commands" else {"payload": json.dumps(payload)}
    return urlencode(fields).encode(), "application/x-www-form-urlencoded"


class Deliverer:
    """Knows how the app is reached: the URL it gave, else its sockets."""

    def __init__(self, workspace: Workspace, sockets: Sockets, faults: Faults) -> None:
        self.workspace = workspace
        self.sockets = sockets
        self.faults = faults
        self.address: str | None = None
        self.last_payload: Json | None = None
        self.last_kind = "interactive"
        self.ack_seconds = ACK_SECONDS
        self._session: aiohttp.ClientSession | None = None
        self._retries: set[asyncio.Task[None]] = set()

    async def send(self, kind: str, payload: Json, *, deliveries: int = 1) -> Delivery:
        """Deliver a payload; with `deliveries` more than once, at the same time."""
        self.last_payload, self.last_kind = payload, kind
        if self.faults.take(kind) is not None:
            deliveries *= 2
        answers = await asyncio.gather(*(self._send_once(kind, payload) for _ in range(deliveries)))
        self.workspace.changes.bump()
        return replace(answers[0], repeats=tuple(answers[1:]))

    async def send_event(self, payload: Json) -> Delivery:
        """Deliver an event; an unacknowledged one is tried three times more, as Slack does."""
        first = await self.send("events_api", payload)
        if not first.acknowledged:
            task = asyncio.create_task(self._retry(payload, first.failure or ""))
            self._retries.add(task)
            task.add_done_callback(self._retries.discard)
        return first

    async def _retry(self, payload: Json, failure: str) -> None:
        for number, seconds in enumerate(EVENT_RETRIES, start=1):
            await asyncio.sleep(seconds)
            reason = {"operation_timeout": "http_timeout"}.get(failure, "http_error")
            again = await self._send_once("events_api", payload, retry=(number, reason))
            self.workspace.changes.bump()
            if again.acknowledged:
                return

    async def _send_once(self, kind: str, payload: Json, retry: tuple[int, str] | None = None) -> Delivery:
        started = time.perf_counter()
        status: int | None = None
        body: Any = None
        failure: str | None = None
        try:
            async with asyncio.timeout(self.ack_seconds):
                if self.address is not None:
                    status, body = await self._post(self.address, kind, payload, retry)
                elif self.sockets.count:
                    body = await self.sockets.send(kind, payload, retry=retry)
                    status = 200
                else:
                    failure = "dispatch_failed"
        except TimeoutError:
            failure = "operation_timeout"
        except (aiohttp.ClientError, SocketGone):
            failure = "dispatch_failed"
        if status is not None and status != 200:
            failure = "app_http_error"
        return Delivery(
            status=status,
            body=body,
            seconds=time.perf_counter() - started,
            acknowledged=failure is None,
            payload=payload,
            failure=failure,
        )

    async def _post(self, address: str, kind: str, payload: Json, retry: tuple[int, str] | None) -> tuple[int, Any]:
        body, content_type = encode(kind, payload)
        headers = sign(self.workspace.signing_secret, body, int(self.workspace.clock()))
        headers |= {"Content-Type": content_type, "User-Agent": "Slackbot 1.0 (+https://api.slack.com/robots)"}
        if retry is not None:
            headers |= {"X-Slack-Retry-Num": str(retry[0]), "X-Slack-Retry-Reason": retry[1]}
        if self._session is None:
            self._session = aiohttp.ClientSession()
        async with self._session.post(address, data=body, headers=headers, allow_redirects=False) as answer:
            return answer.status, _parsed(await answer.text(errors="replace"))

    async def verify_url(self, challenge: str) -> Delivery:
        """Ask the URL whether it is ours, as Slack does when one is entered."""
        asked = {
            "token": self.workspace.verification_token,
            "challenge": challenge,
            "type": "url_verification",
        }
        return await self.send("events_api", asked)

    async def close(self) -> None:
        """Give up what is still to be retried, and the connections."""
        for task in list(self._retries):
            task.cancel()
        await asyncio.gather(*self._retries, return_exceptions=True)
        if self._session is not None:
            await self._session.close()


def _parsed(text: str) -> Any:
    if not text:
        return None
    try:
        return json.loads(text)
    except ValueError:
        return text
