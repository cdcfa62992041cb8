"""Spans: the life of a proposal once it is over, from its entries, with the times at which it really happened. Pure.

One for the proposal, and below it one for each stretch: in review by people, approved until claimed, claimed until
reported. What the agent named as its own span is linked, for it is long over when people have decided.
"""

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from opentelemetry.sdk.trace import ReadableSpan
from opentelemetry.trace import Link, Status, StatusCode

from bot.telemetry.identity import context_of, linked
from bot.telemetry.records import NANOS, fact_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from opentelemetry.sdk.resources import Resource
    from opentelemetry.sdk.util.instrumentation import InstrumentationScope

    from storage import Entry

REVIEW, APPROVED, EXECUTION = "proposal.review", "proposal.approved", "proposal.execution"
ENDS = {
    f"proposal:{status}": status
    for status in ("rejected", "withdrawn", "revoked", "lapsed", "succeeded", "failed", "unknown")
}
"""With the first of these it is over, and told. A later report of what was unknown is an entry, and no second life."""
BEGINS = {
    "proposal:retracted": REVIEW,
    "proposal:suspended": REVIEW,
    "proposal:approved": APPROVED,
    "proposal:claimed": EXECUTION,
}
"""Which stretch begins with it."""
TAGS = json.dumps(sorted({"proposal:submitted", *BEGINS, *ENDS}))
"""What a life is told from, as a JSON list."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stretch:
    """Of a life."""

    name: str
    began: int
    """Milliseconds since the epoch."""
    ended: int


@dataclass(slots=True, kw_only=True)
class _Life:
    """Read off the entries, one after the other."""

    stretches: list[Stretch] = field(default_factory=list)
    present: str | None = None
    since: int = 0

    def goes_on(self, name: str | None, at: int) -> None:
        """Another stretch begins, or none; one that lasts goes on, and a clock that went back makes none negative.

        What a remembered decision answered at once was in review by nobody.
        """
        if name == self.present:
            return
        if self.present is not None and (self.present != REVIEW or at > self.since):
            self.stretches.append(Stretch(name=self.present, began=self.since, ended=max(at, self.since)))
        self.present, self.since = name, at


def ended_by(entry: "Entry", life: "Sequence[Entry]") -> bool:
    """Whether this entry of a life is the one with which it was over."""
    return next((each.seq for each in life if each.tag in ENDS), None) == entry.seq


def stretches(life: "Sequence[Entry]") -> list[Stretch]:
    """Those of a life, up to its end."""
    found = _Life()
    for entry in life:
        if entry.tag == "proposal:submitted":
            found.goes_on(REVIEW if _fact(entry, "gate", "tier") == "approve" else None, entry.at)
        elif entry.tag in ENDS:
            found.goes_on(None, entry.at)
            break
        elif entry.tag in BEGINS:
            found.goes_on(BEGINS[entry.tag], entry.at)
    return found.stretches


def spans_of(life: "Sequence[Entry]", resource: "Resource", scope: "InstrumentationScope") -> list[ReadableSpan]:
    """The spans of a life that is over; none where its beginning is not there."""
    if not life or life[0].tag != "proposal:submitted":
        return []
    first, last = life[0], next(each for each in life if each.tag in ENDS)
    proposal_id, status = first.proposal_id or "", ENDS[last.tag]
    whole = context_of(proposal_id)
    agents = linked(_text(_fact(first, "ask", "traceparent")))
    about: dict[str, Any] = {
        "signoff.proposal.id": proposal_id,
        "signoff.agent": _fact(first, "ask", "agent"),
        "signoff.tier": _fact(first, "gate", "tier"),
        "signoff.status": status,
        "signoff.cause": _fact(last, "cause"),
        "signoff.revision": last.revision,
        "signoff.entry.seq": last.seq,
    }
    found = [
        ReadableSpan(
            name="proposal",
            context=whole,
            resource=resource,
            instrumentation_scope=scope,
            attributes={name: value for name, value in about.items() if value is not None},
            links=() if agents is None else (Link(agents),),
            status=Status(_STATUS.get(status, StatusCode.UNSET)),
            start_time=first.at * NANOS,
            end_time=max(first.at, last.at) * NANOS,
        )
    ]
    for number, each in enumerate(stretches(life)):
        failed = each.name == EXECUTION and status == "failed"
        found.append(
            ReadableSpan(
                name=each.name,
                context=context_of(proposal_id, each.name, number),
                parent=whole,
                resource=resource,
                instrumentation_scope=scope,
                attributes={"signoff.proposal.id": proposal_id},
                status=Status(StatusCode.ERROR if failed else StatusCode.UNSET),
                start_time=each.began * NANOS,
                end_time=each.ended * NANOS,
            )
        )
    return found


_STATUS = {"succeeded": StatusCode.OK, "failed": StatusCode.ERROR}


def _fact(entry: "Entry", *path: str) -> str | int | None:
    return fact_at(json.loads(entry.facts), path)


def _text(value: str | int | None) -> str | None:
    return value if isinstance(value, str) else None
