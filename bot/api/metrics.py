"""Metrics for Prometheus. Labels are from closed sets: no ids, and no action that an agent made up."""

from typing import TYPE_CHECKING, Protocol

from prometheus_client import CollectorRegistry, Counter, Gauge, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily
from prometheus_client.exposition import CONTENT_TYPE_PLAIN_0_0_4
from prometheus_client.registry import Collector

from approvals.gate import Tier

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from prometheus_client import Metric

    from approvals.estimate import Share
    from bot.api.connections import Table
    from storage import Counts, Queue

CONTENT_TYPE = CONTENT_TYPE_PLAIN_0_0_4
_METHODS = frozenset({"GET", "POST", "HEAD", "PUT", "PATCH", "DELETE", "OPTIONS"})


class _Connections(Collector):
    """Reads a table of connections when somebody looks."""

    def __init__(self, table: "Table") -> None:
        self._table = table

    def collect(self) -> "Iterable[Metric]":
        """The families, with what is true now."""
        table = self._table
        yield GaugeMetricFamily("signoff_connections", "Connections that are open.", len(table.open))
        yield CounterMetricFamily(
            "signoff_connections_refused", "Connections that found every place at work.", table.refused
        )
        yield CounterMetricFamily(
            "signoff_connections_closed", "Connections closed for being silent, slow or unread.", table.closed
        )


class ExportFigures(Protocol):
    """What is told of an export of the audit log."""

    signal: str
    exported: int
    failures: int
    behind: int


class _Exports(Collector):
    """Reads them when somebody looks."""

    def __init__(self, exports: "Sequence[ExportFigures]") -> None:
        self._exports = exports

    def collect(self) -> "Iterable[Metric]":
        """The families, with what is true now."""
        exported = CounterMetricFamily(
            "signoff_otel_exported_entries", "Entries of the audit log that a collector has got.", labels=["signal"]
        )
        failures = CounterMetricFamily(
            "signoff_otel_failures", "Attempts that a collector did not take.", labels=["signal"]
        )
        waiting = GaugeMetricFamily(
            "signoff_otel_waiting_entries", "Entries that no collector has got yet.", labels=["signal"]
        )
        for each in self._exports:
            exported.add_metric([each.signal], each.exported)
            failures.add_metric([each.signal], each.failures)
            waiting.add_metric([each.signal], each.behind)
        yield from (exported, failures, waiting)


class Metrics:
    """Counters of this process, and gauges that are read from the store when somebody looks."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        self._answers: dict[tuple[str, str, int], Counter] = {}
        self.requests = Counter(
            "signoff_http_requests",
            "Requests answered, by method, route and status.",
            ("method", "route", "status"),
            registry=self.registry,
        )
        self.waiting = Gauge(
            "signoff_waiting_requests", "Requests that wait until a proposal changes.", registry=self.registry
        )
        self.streams = Gauge("signoff_event_streams", "Streams of events that are open.", registry=self.registry)
        self.events = Counter("signoff_events_sent", "Events sent on streams.", registry=self.registry)
        self.submitted = Counter(
            "signoff_proposals_submitted", "Proposals this process took in, by tier.", ("tier",), registry=self.registry
        )
        for tier in Tier:
            self.submitted.labels(str(tier))
        self.proposals = Gauge(
            "signoff_proposals", "Proposals in the store, by status.", ("status",), registry=self.registry
        )
        self.overdue = Gauge("signoff_overdue_proposals", "Claimed, and not reported in time.", registry=self.registry)
        self.late = Gauge(
            "signoff_late_proposals", "Past a deadline that no sweep has written yet.", registry=self.registry
        )
        self.oldest = Gauge(
            "signoff_oldest_pending_seconds", "Age of the oldest that waits; 0 when none does.", registry=self.registry
        )
        self.queue = Gauge(
            "signoff_queue",
            "Proposals that can be decided, by the role that is asked.",
            ("role",),
            registry=self.registry,
        )
        self.queue_oldest = Gauge(
            "signoff_queue_oldest_seconds",
            "Age of the oldest of them, by role; 0 when there is none.",
            ("role",),
            registry=self.registry,
        )
        self.timed = Gauge(
            "signoff_timed_decisions",
            "Decisions on what came within seven days, of which it is known how long the card was seen.",
            registry=self.registry,
        )
        self.unread = Gauge(
            "signoff_unread_decisions",
            "Those of them that came in less than half the reading time of their card.",
            registry=self.registry,
        )
        self.outbox = Gauge(
            "signoff_outbox", "Deliveries that have not left, waiting or given up.", ("state",), registry=self.registry
        )
        self.callbacks = Gauge(
            "signoff_callbacks",
            "Callbacks that no agent took yet: waiting, given up, or stopped by a receiver.",
            ("state",),
            registry=self.registry,
        )
        self.stopped = Gauge(
            "signoff_stopped_agents", "Agents that a person stopped and nobody has resumed.", registry=self.registry
        )
        self.everything_stopped = Gauge(
            "signoff_everything_stopped", "1 while the operators have everything stopped.", registry=self.registry
        )
        self.stall = Gauge(
            "signoff_loop_longest_stall_seconds",
            "The longest that this process answered nobody within the last minute.",
            registry=self.registry,
        )

    def watch_connections(self, table: "Table") -> None:
        """Has the connections of that table shown too."""
        self.registry.register(_Connections(table))

    def watch_exports(self, exports: "Sequence[ExportFigures]") -> None:
        """Has what is exported of the audit log shown too, where anything is."""
        if exports:
            self.registry.register(_Exports(exports))

    def answered(self, method: str, route: str, status: int) -> None:
        """Counts one answer; `route` is the template, never the path."""
        key = (method if method in _METHODS else "other", route, status)
        counter = self._answers.get(key)
        if counter is None:
            counter = self._answers[key] = self.requests.labels(key[0], route, str(status))
        counter.inc()

    def oversee(self, unread: "Share", queue: "Sequence[Queue]", roles: "Iterable[str]", now: "datetime") -> None:
        """Shows what waits for each role, and how much is decided unread.

        Of everybody and seven days together, and nothing of samples: agents may read it, and none of them shall learn
        when nobody looks, or what was drawn.
        """
        self.timed.set(unread.cases)
        self.unread.set(unread.hits)
        waits = {each.role: each for each in queue}
        for gauge in (self.queue, self.queue_oldest):
            gauge.clear()
        for role in {*roles, *waits}:
            found = waits.get(role)
            self.queue.labels(role).set(0 if found is None else found.waits)
            age = 0.0 if found is None else max(0.0, (now - found.oldest).total_seconds())
            self.queue_oldest.labels(role).set(age)

    def exposition(self, counts: "Counts", now: "datetime", longest_stall: float) -> bytes:
        """The text format, with what the store says now; the stall in seconds."""
        for status, number in counts.by_status.items():
            self.proposals.labels(str(status)).set(number)
        self.overdue.set(counts.overdue)
        self.late.set(counts.late)
        oldest = counts.oldest_pending
        self.oldest.set(0 if oldest is None else max(0.0, (now - oldest).total_seconds()))
        self.outbox.labels("waiting").set(counts.deliveries_waiting)
        self.outbox.labels("dead_letter").set(counts.dead_letters)
        self.callbacks.labels("waiting").set(counts.callbacks.waiting)
        self.callbacks.labels("dead_letter").set(counts.callbacks.dead_letter)
        self.callbacks.labels("stopped").set(counts.callbacks.stopped)
        self.stopped.set(counts.stopped_agents)
        self.everything_stopped.set(int(counts.everything_stopped))
        self.stall.set(longest_stall)
        return generate_latest(self.registry)
