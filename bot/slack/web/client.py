"""Web API client: calls to Slack, with its many ways of failing folded into the few that matter to us."""

import asyncio
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from typing import Any, cast

import aiohttp
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient
from slack_sdk.web.async_slack_response import AsyncSlackResponse

SECONDS = 10.0
"""How long one call may take in all; a shared session ignores the client's own timeout."""


class SlackFault(Exception):
    """A call that did not succeed."""


class NeverSent(SlackFault):
    """No connection was made: Slack cannot have done it."""


class Limited(SlackFault):
    """Slack refused for now and says when to return; it did nothing."""

    def __init__(self, seconds: float) -> None:
        super().__init__(f"rate limited for {seconds:g} s")
        self.seconds = seconds


class Unclear(SlackFault):
    """Time-out, 5xx or an answer that is no answer: Slack may or may not have done it."""


class Denied(SlackFault):
    """Slack understood and said no; `error` is its word for it."""

    def __init__(self, error: str, details: str = "") -> None:
        super().__init__(f"{error} {details}".strip())
        self.error = error


PASSING = frozenset({"internal_error", "fatal_error", "service_unavailable", "request_timeout", "team_added_to_org"})
"""Slack's words for its own trouble: it may or may not have done it."""


@asynccontextmanager
async def slack_client(token: str, api_url: str) -> AsyncIterator[AsyncWebClient]:
    """A Web API client without the SDK's retries: it would send a message twice that has no idempotency key."""
    timeout = aiohttp.ClientTimeout(total=SECONDS)
    async with aiohttp.ClientSession(timeout=timeout, trust_env=True) as session:
        yield AsyncWebClient(token=token, base_url=api_url, session=session, retry_handlers=[])


async def call(client: AsyncWebClient, method: str, *, seconds: float = SECONDS, **arguments: Any) -> dict[str, Any]:
    """Calls a method given by its Python name (`chat_postMessage`); raises SlackFault and nothing else."""
    answer = await call_with_headers(client, method, seconds=seconds, **arguments)
    return dict(cast("dict[str, Any]", answer.data))


async def call_with_headers(
    client: AsyncWebClient, method: str, *, seconds: float = SECONDS, **arguments: Any
) -> AsyncSlackResponse:
    """The same, with the headers of Slack's answer."""
    try:
        async with asyncio.timeout(seconds):
            answer: AsyncSlackResponse = await getattr(client, method)(**arguments)
    except SlackApiError as error:
        raise _said_no(error) from None
    except aiohttp.ClientConnectorError as error:
        raise NeverSent(f"cannot connect: {error.os_error}") from None
    except TimeoutError:
        raise Unclear(f"no answer within {seconds:g} s") from None
    except (aiohttp.ClientError, SlackClientError, OSError, ValueError) as error:
        raise Unclear(f"{type(error).__name__} instead of an answer") from None
    if not isinstance(answer.data, dict):
        raise Unclear("bytes instead of an answer")
    return answer


def _said_no(error: SlackApiError) -> SlackFault:
    response = error.response
    status, headers = getattr(response, "status_code", 0), getattr(response, "headers", {}) or {}
    # Whoever stands before Slack answers in a page, not in Slack's JSON; then `data` is a text, or missing.
    told = getattr(response, "data", response)
    said = told if isinstance(told, Mapping) else {}
    found = said.get("error", "")
    if status == 429 or found in ("ratelimited", "rate_limited"):
        return Limited(_retry_after(headers))
    if status >= 500 or not isinstance(found, str) or not found or found in PASSING:
        return Unclear(f"Slack answered {status} {found or 'without a word'}".strip())
    metadata = said.get("response_metadata") or {}
    faults = [
        f"{each.get('pointer')}: {each.get('message')}"
        for each in said.get("errors") or ()
        if isinstance(each, Mapping)
    ]
    return Denied(found, "; ".join([str(line) for line in metadata.get("messages", ())[:3]] or faults[:3]))


def _retry_after(headers: Any) -> float:
    for name, value in dict(headers).items():
        if str(name).lower() == "retry-after":
            try:
                return max(float(value), 0.5)
            except (TypeError, ValueError):
                break
    return 5.0
