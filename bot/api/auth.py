"""Authentication of agents and auditors by token, and their rate limits."""

import math
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from bot.api.problems import Problem, retry_after

if TYPE_CHECKING:
    from datetime import datetime

    from aiohttp import web

    from policy import LoadedPolicy

_BEARER = re.compile(r"bearer +([\x21-\x7e]{1,512})", re.IGNORECASE)


def agent_of(request: "web.Request", policy: "LoadedPolicy") -> str:
    """The agent whose token the request bears; raises Problem 401, and 403 for the token of an auditor."""
    token = _token(request, "agent")
    agent = policy.agent_of(token) if token else None
    if agent is not None:
        return agent
    if token and policy.auditor_of(token) is not None:
        detail = "This is the token of an auditor, who reads GET /v1/audit and nothing else. Send that of an agent."
        raise Problem(slug="wrong-token", detail=detail)
    raise _unauthenticated("No agent of the policy has this token.", ', error="invalid_token"')


def auditor_of(request: "web.Request", policy: "LoadedPolicy") -> str:
    """The auditor whose token the request bears; raises Problem 401, and 403 for the token of an agent."""
    token = _token(request, "auditor")
    auditor = policy.auditor_of(token) if token else None
    if auditor is not None:
        return auditor
    if token and policy.agent_of(token) is not None:
        detail = (
            "This is the token of an agent, and the audit log is for auditors: those whom the policy names under "
            "auditors. To prove what became of a proposal of yours, read GET /v1/proposals/{id}/receipt."
        )
        raise Problem(slug="wrong-token", detail=detail)
    raise _unauthenticated("No auditor of the policy has this token.", ', error="invalid_token"')


def _token(request: "web.Request", whose: str) -> str | None:
    """What the request bears; None for what is no token. Raises Problem 401 where it bears nothing."""
    headers = request.headers.getall("Authorization", [])
    if not headers:
        raise _unauthenticated(f"Send your token: Authorization: Bearer <{whose} token>.", "")
    found = _BEARER.fullmatch(headers[0]) if len(headers) == 1 else None
    if len(headers) == 1 and headers[0] and " " not in headers[0].strip():
        raise _unauthenticated(f"Write Bearer and a blank before the token: Authorization: Bearer <{whose} token>.", "")
    return found[1] if found else None


def _unauthenticated(detail: str, error: str) -> Problem:
    challenge = {"WWW-Authenticate": f'Bearer realm="signoff"{error}'}
    return Problem(slug="unauthenticated", detail=detail, headers=challenge)


@dataclass(slots=True)
class _Bucket:
    tokens: float
    at: "datetime"


@dataclass(slots=True, kw_only=True)
class RateLimit:
    """A token bucket per caller: its rate of requests a second for ever, and `burst` seconds of that at once."""

    burst: float
    _buckets: dict[str, _Bucket] = field(default_factory=dict)
    """As many as agents and auditors have authenticated, never more than the policy knows."""

    def take(self, caller: str, rate: float, now: "datetime") -> None:
        """Counts one request; raises Problem 429 when the bucket is empty.

        A clock that goes back takes nothing away and gives nothing.
        """
        most = max(1.0, rate * self.burst)
        bucket = self._buckets.setdefault(caller, _Bucket(most, now))
        passed = max(0.0, (now - bucket.at).total_seconds())
        bucket.tokens = min(most, bucket.tokens + passed * rate)
        bucket.at = now
        if bucket.tokens < 1:
            wait = max(1, math.ceil((1 - bucket.tokens) / rate))
            detail = f"More than {rate:g} requests a second. Try again in {wait} s."
            raise Problem(slug="rate-limit", detail=detail, headers=retry_after(wait))
        bucket.tokens -= 1
