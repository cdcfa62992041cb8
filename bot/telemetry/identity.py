"""Trace identity: which trace and span a proposal is, from its id alone. Pure.

So all that is told of one proposal is one trace, whichever process tells it, and what is told twice is the same twice.
"""

import hashlib

from opentelemetry.trace import SpanContext, TraceFlags

_SAMPLED = TraceFlags(TraceFlags.SAMPLED)


def context_of(proposal_id: str, name: str = "proposal", number: int = 0) -> SpanContext:
    """Of one of its spans; by default of the whole proposal."""
    return SpanContext(
        trace_id=_number(16, proposal_id),
        span_id=_number(8, proposal_id, name, str(number)),
        is_remote=False,
        trace_flags=_SAMPLED,
    )


def linked(traceparent: str | None) -> SpanContext | None:
    """The span that the agent named as W3C Trace Context writes it; None where it named none that there can be."""
    if traceparent is None:
        return None
    _, trace, span, flags = traceparent.split("-")
    found = SpanContext(int(trace, 16), int(span, 16), is_remote=True, trace_flags=TraceFlags(int(flags, 16)))
    return found if found.is_valid else None


def _number(size: int, *parts: str) -> int:
    return int.from_bytes(hashlib.sha256("\n".join(parts).encode()).digest()[:size], "big")
