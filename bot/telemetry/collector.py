"""Collector: OpenTelemetry's exporters over OTLP/HTTP, set up by the environment variables that it defines for them."""

import os
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Protocol, TypeAlias
from urllib.parse import urlsplit

from opentelemetry.exporter.otlp.proto.http._log_exporter import OTLPLogExporter
from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter
from opentelemetry.sdk._logs.export import LogRecordExportResult
from opentelemetry.sdk.resources import SERVICE_NAME, SERVICE_VERSION, Resource
from opentelemetry.sdk.trace.export import SpanExportResult
from opentelemetry.sdk.util.instrumentation import InstrumentationScope

from bot.telemetry.records import log_records
from bot.telemetry.spans import spans_of
from storage import Entry

OURS = "signoff"
_ENDPOINTS = (
    "OTEL_EXPORTER_OTLP_ENDPOINT",
    "OTEL_EXPORTER_OTLP_LOGS_ENDPOINT",
    "OTEL_EXPORTER_OTLP_TRACES_ENDPOINT",
)
_PROTOCOLS = tuple(name.replace("ENDPOINT", "PROTOCOL") for name in _ENDPOINTS)
_HEADERS = tuple(name.replace("ENDPOINT", "HEADERS") for name in _ENDPOINTS)
PROTOCOL = "http/protobuf"
Send: TypeAlias = Callable[[Sequence[Sequence[Entry]], int], bool]
"""Sends what it makes of groups of entries, at a time in nanoseconds; whether it was taken. It takes as long as the
exporter is patient, and is called in a thread."""


class TelemetryRefused(Exception):
    """What the environment says of it cannot work: a sentence with what to do."""


class _Exporter(Protocol):
    def shutdown(self) -> None: ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Collector:
    """What sends which signal; None for one that the environment turns off."""

    logs: Send | None
    traces: Send | None
    exporters: tuple[_Exporter, ...]

    def close(self) -> None:
        """Ends what waits between two attempts; what is on its way ends by itself."""
        for each in self.exporters:
            each.shutdown()


def collector_of(environ: Mapping[str, str], version: str) -> Collector:
    """Raises TelemetryRefused."""
    said = {name: value.strip() for name, value in environ.items() if name.startswith("OTEL_") and value.strip()}
    _require_sound(said)
    exporters: list[_Exporter] = []
    logs: Send | None = None
    traces: Send | None = None
    with _environment(said):
        try:
            resource = _resource(version)
            scope = InstrumentationScope(OURS, version)
            if _wanted(said, "OTEL_LOGS_EXPORTER"):
                to_logs = OTLPLogExporter()
                exporters.append(to_logs)

                def logs(found: Sequence[Sequence[Entry]], now: int) -> bool:
                    made = log_records([each for group in found for each in group], resource, scope, now)
                    return to_logs.export(made) is LogRecordExportResult.SUCCESS

            if _wanted(said, "OTEL_TRACES_EXPORTER"):
                to_traces = OTLPSpanExporter()
                exporters.append(to_traces)

                def traces(found: Sequence[Sequence[Entry]], now: int) -> bool:
                    del now
                    made = [span for life in found for span in spans_of(life, resource, scope)]
                    return not made or to_traces.export(made) is SpanExportResult.SUCCESS

        except (ValueError, OSError, RuntimeError, ImportError) as fault:
            raise TelemetryRefused(f"OpenTelemetry's exporters cannot be set up: {fault}. See OTEL_….") from fault
    return Collector(logs=logs, traces=traces, exporters=tuple(exporters))


def _require_sound(said: Mapping[str, str]) -> None:
    """What the exporters would only warn of, or find out with each attempt. No value is repeated: some are secrets."""
    for name in _ENDPOINTS:
        parts = urlsplit(said.get(name, "http://localhost:4318"))
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise TelemetryRefused(f"{name} is no address: write it as http://collector:4318.")
    for name in _PROTOCOLS:
        if said.get(name, PROTOCOL) != PROTOCOL:
            raise TelemetryRefused(f"{name} names a protocol that Signoff does not speak: it is {PROTOCOL}.")
    for name in _HEADERS:
        if any(part.strip() and "=" not in part for part in said.get(name, "").split(",")):
            raise TelemetryRefused(f"{name} has a header without a value: write it as name=value,name=value.")
    for name in ("OTEL_LOGS_EXPORTER", "OTEL_TRACES_EXPORTER"):
        if said.get(name, "otlp") not in ("otlp", "none"):
            raise TelemetryRefused(f"{name} is otlp or none; Signoff has no other exporter.")


def _wanted(said: Mapping[str, str], name: str) -> bool:
    return said.get(name, "otlp") == "otlp" and said.get("OTEL_SDK_DISABLED", "").lower() != "true"


def _resource(version: str) -> Resource:
    """What OTEL_SERVICE_NAME and OTEL_RESOURCE_ATTRIBUTES say, and what we know where they say nothing."""
    found = Resource.create()
    unnamed = str(found.attributes[SERVICE_NAME]).startswith("unknown_service")
    known = Resource({SERVICE_VERSION: version}).merge(found)
    return known.merge(Resource({SERVICE_NAME: OURS})) if unnamed else known


@contextmanager
def _environment(said: Mapping[str, str]) -> Iterator[None]:
    """The exporters read the environment of the process when they are made, which does not have what `.env` says."""
    before = {name: os.environ.get(name) for name in said}
    os.environ.update(said)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value
