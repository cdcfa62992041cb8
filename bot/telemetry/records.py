"""Log records: each entry of the audit log as one of OpenTelemetry's, in ids and digests alone. Pure.

What somebody wrote is not in an entry but beside it, and of what is in it only what this page names leaves.
"""

import json
from typing import TYPE_CHECKING, Any

from opentelemetry._logs import LogRecord, SeverityNumber
from opentelemetry.context import Context
from opentelemetry.sdk._logs import ReadableLogRecord
from opentelemetry.trace import NonRecordingSpan, set_span_in_context

from bot.ocsf import MEDIUM
from bot.telemetry.identity import context_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from storage import Entry

NANOS = 1_000_000
"""In a millisecond."""
FACTS = {
    "signoff.action.digest": ("action", "digest"),
    "signoff.agent": ("ask", "agent"),
    "signoff.cause": ("cause",),
    "signoff.digest": ("digest",),
    "signoff.refusal": ("slug",),
    "signoff.revision.digest": ("revision", "action", "digest"),
    "signoff.round": ("decision", "round"),
    "signoff.tier": ("gate", "tier"),
    "signoff.verb": ("verb",),
    "signoff.verdict": ("decision", "verdict"),
}
"""What of the facts leaves: ids, digests, numbers, and words that the program gives."""


def log_records(
    entries: "Sequence[Entry]", resource: "Resource", scope: "InstrumentationScope", observed: int
) -> list[ReadableLogRecord]:
    """One for each, in order; `observed` is in nanoseconds since the epoch."""
    return [
        ReadableLogRecord(log_record=_record(each, observed), resource=resource, instrumentation_scope=scope)
        for each in entries
    ]


def _record(entry: "Entry", observed: int) -> LogRecord:
    notable = entry.tag in MEDIUM or entry.tag.endswith(":refused")
    severity = SeverityNumber.WARN if notable else SeverityNumber.INFO
    return LogRecord(
        timestamp=entry.at * NANOS,
        observed_timestamp=observed,
        context=_context(entry.proposal_id),
        severity_number=severity,
        severity_text=severity.name,
        body=f"{entry.tag} by {entry.actor_kind} {entry.actor_id}",
        attributes=_attributes(entry),
        event_name=entry.tag,
    )


def _context(proposal_id: str | None) -> Context:
    if proposal_id is None:
        return Context()
    return set_span_in_context(NonRecordingSpan(context_of(proposal_id)), Context())


def _attributes(entry: "Entry") -> dict[str, str | int]:
    facts: Mapping[str, Any] = json.loads(entry.facts)
    found: dict[str, str | int | None] = {
        "signoff.entry.seq": entry.seq,
        "signoff.entry.id": entry.id,
        "signoff.entry.hash": entry.hash,
        "signoff.proposal.id": entry.proposal_id,
        "signoff.revision": entry.revision,
        "signoff.actor.kind": entry.actor_kind,
        "signoff.actor.id": entry.actor_id,
        "signoff.actor.team": entry.actor_team,
        **{name: fact_at(facts, path) for name, path in FACTS.items()},
    }
    return {name: value for name, value in found.items() if value is not None}


def fact_at(facts: "Mapping[str, Any]", path: "Sequence[str]") -> str | int | None:
    """What stands there, if it is a text or a whole number."""
    value: Any = facts
    for name in path:
        value = value.get(name) if isinstance(value, dict) else None
    return value if isinstance(value, (str, int)) else None
