"""Life of a proposal, told a second time: what may follow what, and what its row must be after its newest entry.

Nothing of it is shared with the lifecycle, whose table it repeats in words of its own.
"""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

from fsck.findings import Findings
from fsck.source import Row

_WAITS = (
    *("decided", "edited", "rejudged", "reminded", "escalated"),
    *("extended", "asked", "replied", "revised", "retracted"),
    *("suspended", "resumed"),
)
_REPORTS = {"succeeded": "succeeded", "failed": "failed"}

FOLLOWS: Mapping[str, Mapping[str, str]] = {
    "": {"submitted": "pending", "planted": "pending"},
    "pending": {
        **dict.fromkeys(_WAITS, "pending"),
        "approved": "approved",
        "rejected": "rejected",
        "withdrawn": "withdrawn",
        "drilled": "rejected",
    },
    "approved": {
        "decided": "approved",
        "retracted": "pending",
        "suspended": "pending",
        "claimed": "claimed",
        "rejudged": "approved",
        "revoked": "revoked",
        "lapsed": "lapsed",
        "withdrawn": "withdrawn",
    },
    "claimed": {
        **_REPORTS,
        "unknown": "unknown",
        "overdue": "claimed",
        "objected": "claimed",
        "rolled_back": "claimed",
        "erased": "claimed",
    },
    "unknown": {**_REPORTS, "objected": "unknown", "rolled_back": "unknown", "erased": "unknown"},
    "succeeded": {"objected": "succeeded", "rolled_back": "succeeded", "erased": "succeeded"},
    "failed": {"rolled_back": "failed", "erased": "failed"},
    "rejected": {"erased": "rejected"},
    "withdrawn": {"erased": "withdrawn"},
    "revoked": {"erased": "revoked"},
    "lapsed": {"erased": "lapsed"},
}
"""Of each status, what may happen in it and where that leads. "" is before there is anything."""

FINAL = frozenset({"rejected", "withdrawn", "revoked", "lapsed", "succeeded", "failed"})
"""In which nothing is left to be done but to undo."""
OF_DRILLS = frozenset({"decided", "edited", "reminded", "escalated", "extended", "retracted", "drilled", "erased"})
"""All that may follow where a drill was planted."""
_IN_TIME = frozenset({"decided", "edited", "extended", "asked", "replied", "revised", "approved", "withdrawn"})
"""What nobody does at or after the deadline of what waits."""
ERASED = "[erased]"
"""In place of a text that was erased."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(slots=True)
class Life:
    """One proposal as its entries tell it, in order; what cannot be is added to the findings as it is read."""

    id: str
    findings: Findings
    status: str = ""
    version: int = 0
    agent: str | None = None
    idempotency_key: str | None = None
    cause: str | None = None
    reason: str | None = None
    revision: int = 0
    digests: list[str] = field(default_factory=list)
    round: int = 1
    expires_at: int = 0
    extended: int = 0
    resolved_at: int | None = None
    resolved_by: str | None = None
    claimable_at: int | None = None
    execute_by: int | None = None
    claimed_at: int | None = None
    claimant: str | None = None
    report_by: int | None = None
    overdue: int = 0
    newest: int = 0
    """The number of the newest entry that changed it."""
    decisions: list[tuple[str, str, int]] = field(default_factory=list)
    """Who gave which verdict in which round; those taken back too."""
    standing: dict[str, str] = field(default_factory=dict)
    """Whose approvals count in this round, by whose place they take."""
    gate: Mapping[str, Any] = field(default_factory=dict)
    drill: bool = False
    """Whether it was planted, and so nothing of it may ever run."""
    suspended: bool = False
    """Whether everything is stopped for it."""
    erased_at: int | None = None
    unwritten: list[int] = field(default_factory=list)
    """Entries of which what was written is not there."""

    def tell(self, entry: Row) -> None:
        """The next entry that changes it. One that may not follow is a finding, and is followed all the same."""
        tag = str(entry["tag"]).partition(":")[2]
        facts = {**_object(entry["facts"]), **self._reason_of(entry)}
        where = FOLLOWS.get(self.status, {}).get(tag)
        if where is None:
            self._find("life", f"entry {entry['seq']}: {tag} cannot follow when it is {self.status or 'not there'}")
            known = {told: to for follows in FOLLOWS.values() for told, to in follows.items()}
            where = known.get(tag, self.status)
        self._hold_drill(tag, entry["seq"])
        self._hold_time(tag, entry["at"], entry["seq"])
        self._follow(tag, facts, entry)
        self.status = where
        self.version += 1
        self.newest = entry["seq"]

    def end(self) -> None:
        """There is no further entry: what was written has to be there by now, or to have been erased."""
        for seq in self.unwritten:
            self._find("content", f"what was written of entry {seq} is gone, and no entry tells that it was erased")

    def row(self) -> dict[str, Any]:
        """What its row must say."""
        return {
            "status": self.status,
            "version": self.version,
            "agent": self.agent,
            "idempotency_key": self.idempotency_key,
            "cause": self.cause,
            "reason": self.reason,
            "revision": self.revision,
            "digest": self.digests[-1] if self.digests else None,
            "round": self.round,
            "expires_at": self.expires_at,
            "extended": self.extended,
            "resolved_at": self.resolved_at,
            "resolved_by": self.resolved_by,
            "claimable_at": self.claimable_at,
            "execute_by": self.execute_by,
            "claimed_at": self.claimed_at,
            "claimant": self.claimant,
            "report_by": self.report_by,
            "overdue": self.overdue,
            "erased_at": self.erased_at,
        }

    def _reason_of(self, entry: Row) -> Mapping[str, Any]:
        """What was written of the entry and stands in its row too: the reason. It has to be what the entry says."""
        held, content = _object(entry["facts"]).get("content"), entry["content"]
        if content is None:
            self.unwritten += [entry["seq"]] if held is not None else []
            return {}
        if held != f"sha256:{hashlib.sha256(str(content).encode(errors='replace')).hexdigest()}":
            self._find("content", f"what was written of entry {entry['seq']} is not what the entry holds the digest of")
        return {name: value for name, value in _object(content).items() if name == "reason"}

    def _follow(  # noqa: C901, PLR0912 one arm a step, side by side
        self, tag: str, facts: Mapping[str, Any], entry: Row
    ) -> None:
        at: int = entry["at"]
        match tag:
            case "submitted" | "planted":
                self._begin(tag, facts, entry)
            case "edited" | "revised":
                self._revise(_object(facts.get("revision")).get("action"))
                self._begin_round(facts)
            case "rejudged":
                if facts.get("nonce") is not None:
                    self._begin_round(facts)
                self.gate = _object(facts.get("gate"))
            case "decided":
                self._decide(_object(facts.get("decision")))
            case "approved":
                self._hold_approval(facts)
                self._resolve(facts, at)
                self.execute_by = _moment(facts.get("execute_by"))
                self.claimable_at = _moment(facts.get("claimable_at"))
            case "retracted":
                gone = facts.get("by")
                self.standing = {place: who for place, who in self.standing.items() if who != gone}
                self._wait_again()
            case "suspended":
                self._suspend(facts, entry["seq"])
            case "resumed":
                self.suspended = False
            case "rejected" | "revoked":
                self._resolve(facts, at)
                self.reason = facts.get("reason")
            case "drilled":
                self._resolve({"cause": "drill", "by": facts.get("by")}, at)
            case "withdrawn":
                self._resolve({"cause": "agent"}, at)
                self.reason = facts.get("reason")
            case "claimed":
                self._claim(facts, at)
            case "overdue":
                self.overdue = 1
            case "succeeded" | "failed" | "unknown":
                self.overdue = 0
                if self.claimed_at is None:
                    self._find("claims", f"entry {entry['seq']}: {tag} is reported, and nobody had claimed it")
            case "erased":
                self.unwritten = []
                self.reason = None if self.reason is None else ERASED
                self.erased_at = at
            case "extended":
                self.expires_at = _moment(facts.get("expires_at")) or self.expires_at
                self.extended += 1

    def _begin(self, tag: str, facts: Mapping[str, Any], entry: Row) -> None:
        self.drill = tag == "planted"
        self.agent = _object(facts.get("ask")).get("agent") if self.drill else entry["actor_id"]
        self.idempotency_key = facts.get("idempotency_key")
        self.expires_at = _moment(facts.get("expires_at")) or 0
        self._revise(facts.get("action"))
        self.gate = _object(facts.get("gate"))

    def _hold_drill(self, tag: str, seq: int) -> None:
        if self.drill and tag not in OF_DRILLS:
            self._find("drills", f"entry {seq}: {tag} of a drill, of which nothing may ever run")
        if tag == "drilled" and not self.drill:
            self._find("drills", f"entry {seq}: it ended as a drill, and was proposed by an agent")

    def _suspend(self, facts: Mapping[str, Any], seq: int) -> None:
        """Everything is stopped. What anybody had approved is asked again, in a round of its own."""
        again = facts.get("nonce") is not None
        if again != (self.status == "approved" or bool(self.standing)):
            self._find("people", f"entry {seq}: a stop of everything left approvals as they were, or asked without one")
        if again:
            self.round += 1
            self.standing = {}
            self._wait_again()
        self.suspended = True

    def _wait_again(self) -> None:
        self.cause = self.resolved_by = None
        self.resolved_at = self.claimable_at = self.execute_by = None

    def _hold_time(self, tag: str, at: int, seq: int) -> None:
        if self.status == "pending" and tag in _IN_TIME and at >= self.expires_at:
            self._find("time", f"entry {seq}: {tag} {_span(at - self.expires_at)} after its deadline")
        if self.status == "approved" and tag == "claimed":
            if self.execute_by is not None and at >= self.execute_by:
                self._find("time", f"entry {seq}: claimed {_span(at - self.execute_by)} after it had lapsed")
            if self.claimable_at is not None and at < self.claimable_at:
                self._find("time", f"entry {seq}: claimed before its undo window was over")

    def _revise(self, action: Any) -> None:
        self.digests.append(str(_object(action).get("digest")))
        self.revision += 1

    def _begin_round(self, facts: Mapping[str, Any]) -> None:
        self.round += 1
        self.standing = {}
        self.gate = _object(facts.get("gate"))

    def _decide(self, decision: Mapping[str, Any]) -> None:
        who, verdict = str(decision.get("reviewer")), str(decision.get("verdict"))
        self.decisions.append((who, verdict, int(decision.get("round") or 0)))
        if decision.get("round") != self.round or decision.get("revision") != self.revision:
            self._find("people", f"{who} decided on another round than the one there was")
        if verdict != "approve":
            return
        place = str(decision.get("stands_in_for") or who)
        if {place, who} & {*self.standing, *self.standing.values()}:
            self._find("people", f"{who} approved twice in one round, or for somebody who had")
        if {place, who} & {*(self.gate.get("excluded") or ())}:
            self._find("people", f"{who} approved what is their own")
        self.standing[place] = who

    def _hold_approval(self, facts: Mapping[str, Any]) -> None:
        """The gate asks for so many of each role; who fills which place is the lifecycle's business."""
        if facts.get("cause") != "reviewer":
            return
        if self.suspended:
            self._find("people", "approved while everything was stopped")
        asked = max(1, len(self.gate.get("roles") or ()) * int(self.gate.get("approvals") or 1))
        if len(self.standing) < asked:
            self._find("people", f"approved by {len(self.standing)} of the {asked} that its gate asks for")

    def _resolve(self, facts: Mapping[str, Any], at: int) -> None:
        self.cause, self.resolved_at, self.resolved_by = facts.get("cause"), at, facts.get("by")

    def _claim(self, facts: Mapping[str, Any], at: int) -> None:
        if self.status != "approved":
            self._find("claims", "it was claimed without being approved")
        if self.claimed_at is not None:
            self._find("claims", "it was claimed twice")
        if facts.get("digest") != (self.digests[-1] if self.digests else None):
            self._find("claims", "what was claimed is not what was approved: the digests differ")
        self.claimed_at, self.claimant = at, facts.get("claimant")
        self.report_by = _moment(facts.get("report_by"))

    def _find(self, check: str, what: str) -> None:
        self.findings.add(check, self.id, what)


def _object(said: Any) -> Mapping[str, Any]:
    """The object that it is, or that its text is; an empty one for anything else, whose absence is then found."""
    if isinstance(said, str):
        try:
            said = json.loads(said)
        except ValueError:
            return {}
    return said if isinstance(said, Mapping) else {}


def _moment(said: Any) -> int | None:
    """`2026-11-20T10:15:00.123Z` in milliseconds since 1970; None for what is no moment."""
    if not isinstance(said, str):
        return None
    try:
        return (datetime.fromisoformat(said) - _EPOCH) // timedelta(milliseconds=1)
    except (ValueError, TypeError, OverflowError):
        return None


def _span(milliseconds: int) -> str:
    return f"{milliseconds / 1000:,.3f} s"
