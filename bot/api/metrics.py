"""What Prometheus sees. Labels are from closed sets: no ids, and no action that an agent made up."""

from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4

if TYPE_CHECKING:
    from storage import Counts

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})


class Metrics:
    """Counters of this process, and gauges that are read from the store when somebody looks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self.requests = Counter(
            "signoff_http_requests",
            "Requests answered, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "signoff_waiting_requests", "Requests that are held until a proposal changes.", registry=self.registry
        )
        self.proposals = Gauge(
            "signoff_proposals",
            "Proposals in the store, by status and tier.",
            ("status", "tier"),
            registry=self.registry,
        )
        self.decisions = Gauge(
            "signoff_decisions",
            "Decisions of reviewers in the store, by verdict.",
            ("verdict",),
            registry=self.registry,
        )
        self.outbox = Gauge(
            "signoff_outbox", "Deliveries that have not left, waiting or parked.", ("state",), registry=self.registry
        )

    def answered(self, method: str, route: str, status: int) -> None:
        """Counts one answer; `route` is the template, never the path."""
        self.requests.labels(method if method in _METHODS else "other", route, str(status)).inc()

    def exposition(self, counts: "Counts") -> bytes:
        """The text format, with what the store says now."""
        for gauge in (self.proposals, self.decisions, self.outbox):
            gauge.clear()
        for (status, tier), number in counts.proposals.items():
            self.proposals.labels(status, tier).set(number)
        for verdict, number in counts.decisions.items():
            self.decisions.labels(verdict).set(number)
        for state, number in counts.outbox.items():
            self.outbox.labels(state).set(number)
        return generate_latest(self.registry)
