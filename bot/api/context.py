"""API context: what the endpoints need, and the keys under which aiohttp hands it to them."""

from collections import Counter
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from aiohttp import web

from bot.api.auth import RateLimit
from bot.api.metrics import Metrics

if TYPE_CHECKING:
    from approvals.lifecycle import Lifecycle
    from bot.audit_export import Veil
    from bot.signing import Issuer
    from policy import LoadedPolicy
    from storage import SqlStore


@dataclass(frozen=True, slots=True, kw_only=True)
class Readiness:
    """Whether each part works, and what is in trouble without stopping the work (Slack away, dead letters)."""

    store: bool
    schema: bool
    scheduler: bool
    policy: bool = True
    """Whether it is the one in force."""
    degraded: tuple[str, ...] = ()

    @property
    def parts(self) -> dict[str, bool]:
        """By name, whether it works."""
        return {"store": self.store, "schema": self.schema, "scheduler": self.scheduler, "policy": self.policy}


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one agent or auditor, or one connection, may take."""

    rate: float = 20
    """Requests a second of one auditor, over time; of an agent the policy says how many."""
    burst: float = 5
    """Seconds of that which may come at once."""
    waiting: int = 200
    """Requests of one agent that wait for a decision at once."""
    body_seconds: float = 15
    """How long a body may take to arrive."""
    streams: int = 10
    """Streams of events of one agent that are open at once."""
    heartbeat: float = 15
    """Seconds between two comments on a stream, so that nothing on the way takes it for dead."""
    unread: int = 8 * 1024 * 1024
    """Bytes of answers to one agent that may wait to be read, before it is given no more to read."""
    stalled: float = 30
    """Seconds after which a reader that takes nothing is cut off."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Api:
    """Everything behind the endpoints. `policy` is asked at every request, so that a reload needs no restart."""

    lifecycle: "Lifecycle"
    store: "SqlStore"
    policy: "Callable[[], LoadedPolicy]"
    readiness: Callable[[], Awaitable[Readiness]]
    version: str
    issuer: "Issuer"
    longest_stall: Callable[[], float]
    """Seconds for which the loop stood still at most within the last minute."""
    veil: "Veil"
    """What hides from auditors what the policy redacts."""
    limits: Limits = field(default_factory=Limits)


API = web.AppKey("API", Api)
METRICS = web.AppKey("METRICS", Metrics)
RATE_LIMIT = web.AppKey("RATE_LIMIT", RateLimit)
"""Set when the server stops: who waits is answered with what is known."""
WAITING = web.AppKey("WAITING", dict[str, int])
"""How many requests of each agent wait."""
UNREAD = web.AppKey("UNREAD", Counter[str])
"""How many bytes of answers to each caller are on their way."""
STREAMS = web.AppKey("STREAMS", dict[str, list[web.Request]])
"""The streams of each agent, and the exports of each auditor."""
AGENT = web.RequestKey("AGENT", str)
"""The agent that bears the token; set for every request below /v1/ but those of auditors."""
CALLER = web.RequestKey("CALLER", str)
"""Who is counted: the agent by its name, an auditor as `auditor:` and the name, which no agent can have."""
