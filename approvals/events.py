"""Events: what happened, in the past tense. Each has an audit tag: `proposal:` and the verb's participle.

Grammar of a tag: `<noun>:<participle>`, both of `a-z_`, where the noun is what the fact is about.
"""

import hashlib
from dataclasses import dataclass, fields, is_dataclass
from datetime import datetime
from enum import Enum
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, ClassVar, Literal

from approvals.digest import JSON
from approvals.proposal import Action, Cause, ErasedPayload, Inquiry, Suspension

if TYPE_CHECKING:
    from collections.abc import Callable

    from approvals.decision import Decision
    from approvals.drill import Drill, DrillResult
    from approvals.gate import Gate
    from approvals.proposal import Ask, Outcome, Revision, Rollback
    from approvals.sample import SampleVerdict


@dataclass(frozen=True, slots=True, kw_only=True)
class Actor:
    """Who caused an event."""

    kind: Literal["agent", "reviewer", "policy", "system"]
    id: str
    """The agent's name, the Slack user id, the policy version, or the part of the program."""
    team: str | None = None
    """The Slack workspace of a reviewer."""
    proof: tuple[str, ...] = ()
    """How a reviewer's roles were known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to a proposal."""

    tag: ClassVar[str]
    content: ClassVar[frozenset[str]] = frozenset()
    """Which of its fields are what somebody wrote: see `approvals/content.py`."""
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Note(Event):
    """Something worth an audit entry that changes no proposal."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Submitted(Event):
    """An agent proposed, and the policy judged."""

    tag = "proposal:submitted"
    id: str
    action: "Action"
    ask: "Ask"
    gate: "Gate"
    nonce: str
    expires_at: datetime
    idempotency_key: str | None
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Planted(Event):
    """A drill was planted: all that a proposal of its agent would have, and by another name, since none was made.

    Whatever counts proposals of agents counts what was submitted, and so none of these.
    """

    tag = "proposal:planted"
    id: str
    action: "Action"
    ask: "Ask"
    gate: "Gate"
    nonce: str
    expires_at: datetime
    drill: "Drill"


@dataclass(frozen=True, slots=True, kw_only=True)
class Drilled(Event):
    """A drill is over. It takes the place of whatever would have ended a proposal, an approval above all."""

    tag = "proposal:drilled"
    content = frozenset({"wrong", "look_at"})
    result: "DrillResult"
    by: str | None
    """Who decided last; None where nobody did."""
    wrong: str
    look_at: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Decided(Event):
    """A reviewer gave a verdict; it may or may not end the review."""

    tag = "proposal:decided"
    content = frozenset({"words"})
    decision: "Decision"
    words: str | None = None
    """The words that the reviewer had before them; None where nobody noted them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Edited(Event):
    """A reviewer changed the payload: a new revision, a new round, a gate that can only be stricter."""

    tag = "proposal:edited"
    revision: "Revision"
    gate: "Gate"
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejudged(Event):
    """The policy changed and the proposal was judged again."""

    tag = "proposal:rejudged"
    gate: "Gate"
    nonce: str | None
    """A new one where the gate asks otherwise than before, so that a new round begins; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved(Event):
    """The gate is met, by the policy alone or by people."""

    tag = "proposal:approved"
    cause: Cause
    by: str | None
    execute_by: datetime
    claimable_at: datetime | None = None
    """From when on it can be claimed; None: at once."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retracted(Event):
    """Somebody took their own approval back, before it was enough or in the undo window: it waits, without it."""

    tag = "proposal:retracted"
    by: str
    nonce: str
    """A new one: every button from before is stale."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspended(Event):
    """Everything was stopped: it waits, again if people had approved it, and nobody can approve it for now."""

    tag = "proposal:suspended"
    suspension: Suspension
    nonce: str | None
    """A new one where somebody had approved it, so that a new round begins; else None."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Resumed(Event):
    """The operators resumed everything, or its agent: people can approve it again."""

    tag = "proposal:resumed"
    again: bool
    """Whether somebody had approved it before the stop, and is asked again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected(Event):
    """The review ended with a no: a person's, the policy's, or nobody's."""

    tag = "proposal:rejected"
    content = frozenset({"reason"})
    cause: Cause
    by: str | None
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Withdrawn(Event):
    """The agent took its proposal back."""

    tag = "proposal:withdrawn"
    content = frozenset({"reason"})
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Revoked(Event):
    """An approval was taken back before the claim."""

    tag = "proposal:revoked"
    content = frozenset({"reason"})
    cause: Cause
    by: str | None
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed(Event):
    """The agent took the approved payload, once."""

    tag = "proposal:claimed"
    digest: str
    claimant: str | None
    report_by: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Lapsed(Event):
    """Approved, but not claimed in time."""

    tag = "proposal:lapsed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Overdue(Event):
    """Claimed, but not reported in time: a person has to look, nothing runs again by itself."""

    tag = "proposal:overdue"


@dataclass(frozen=True, slots=True, kw_only=True)
class Succeeded(Event):
    """The agent reports that it worked."""

    tag = "proposal:succeeded"
    outcome: "Outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Failed(Event):
    """The agent reports that it did not work."""

    tag = "proposal:failed"
    outcome: "Outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class OutcomeUnknown(Event):
    """The agent reports that it cannot tell whether it worked; it may find out later."""

    tag = "proposal:unknown"
    outcome: "Outcome"


@dataclass(frozen=True, slots=True, kw_only=True)
class Objected(Event):
    """A person objects to what was claimed already; the agent is to roll it back."""

    tag = "proposal:objected"
    rollback: "Rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class RolledBack(Event):
    """The agent reports what came of the rollback."""

    tag = "proposal:rolled_back"
    rollback: "Rollback"


@dataclass(frozen=True, slots=True, kw_only=True)
class Reminded(Event):
    """Nobody had answered for a while, and those who could were called again."""

    tag = "proposal:reminded"
    after: int
    """Seconds after the proposal; earlier reminders that nobody sent are in this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalated(Event):
    """Another role may stand in from now on: by the policy's escalation, or because a reviewer handed it over."""

    tag = "proposal:escalated"
    to: str
    channel: str
    by: str | None
    """Who handed it over; None where the policy did."""
    after: int | None = None
    """The escalation step that this was, in seconds after the proposal; None where somebody handed it over."""
    roles: tuple[str, ...]
    """Of which roles it may fill places, sorted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Extended(Event):
    """A reviewer moved the deadline, within what the policy allows."""

    tag = "proposal:extended"
    expires_at: datetime
    by: str


RETENTION = "retention"
"""Who erases where the policy's time is over."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Erased(Event):
    """All that agents and people had written of it was erased: payloads, context, reasons. What happened stays."""

    tag = "proposal:erased"
    by: str
    """The operator, or RETENTION."""
    why: str
    contents: int
    """Of how many entries."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused(Note):
    """Somebody tried and was told no; refusals are evidence too."""

    tag = "proposal:refused"
    content = frozenset({"detail"})
    verb: str
    slug: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Mismatched(Note):
    """A clicked card's words were not the ones we rendered: somebody rewrote our message."""

    tag = "card:mismatched"
    content = frozenset({"expected", "actual"})
    channel: str
    ts: str
    expected: str
    actual: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Posted(Note):
    """A card stands in a channel; `digest` is over the blocks as rendered."""

    tag = "card:posted"
    channel: str
    ts: str
    digest: str
    revision: int
    adopted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleDrawn(Note):
    """Something that ran at once was drawn, for people to look over.

    Entries about samples name their proposal here and not beside the entry: what an agent may read of its proposal
    shall not tell what was drawn.
    """

    tag = "sample:drawn"
    proposal: str
    share: float
    roles: tuple[str, ...]
    channels: tuple[str, ...]
    nonce: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SamplePosted(Note):
    """The card of a sample stands in a channel; `digest` is over the blocks as rendered."""

    tag = "sample:posted"
    proposal: str
    channel: str
    ts: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SampleJudged(Note):
    """A person said whether what ran was fine."""

    tag = "sample:judged"
    content = frozenset({"reason"})
    proposal: str
    judgement: "SampleVerdict"
    by: str
    reason: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyBegun(Note):
    """From here on another policy decides than before, in every process: what waits is now judged again."""

    tag = "policy:begun"
    version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyLoaded(Note):
    """A policy came into force, and what waits was judged again under it."""

    tag = "policy:loaded"
    version: str
    digest: str
    """Of the policy file's bytes, without its schemas: `sha256:…`."""
    by: Literal["start", "signal", "change"]
    rejudged: int
    """How many proposals this changed."""
    warnings: str = ""
    """Digest of what the log of the process warned of; empty for nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyRefused(Note):
    """A changed policy has faults; the one before it stays in force."""

    tag = "policy:refused"
    in_force: str
    """The version that goes on."""
    digest: str | None
    """Of the policy file's bytes; None where there is no file."""
    by: Literal["signal", "change"]
    faults: tuple[str, ...]
    """The first of them."""
    more: int
    """How many there are beyond these."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RetentionChanged(Note):
    """The policy has other times after which what was written is erased; they begin to hold a while later."""

    tag = "retention:changed"
    all_else: int | None
    """Seconds for what no pattern names; None for ever."""
    patterns: dict[str, int]
    holds_from: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationBegun(Note):
    """Somebody lent another their place for a while."""

    tag = "delegation:begun"
    id: str
    delegator: str
    delegate: str
    until: datetime
    roles: tuple[str, ...]
    """Those of the delegator at that moment; what counts is looked up at every click."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DelegationEnded(Note):
    """A delegation is over."""

    tag = "delegation:ended"
    id: str
    delegator: str
    delegate: str
    by: str | None
    """Who ended it; None where its time was over."""
    cause: str


def event_facts(event: Event) -> dict[str, JSON]:
    """The event as plain JSON for the audit log, without its time, which the entry carries itself.

    Auditors and agents read the log, so the secret of a round's cards enters it as its SHA-256 alone.
    """
    kind: Any = type(event)
    found = {name: as_json(getattr(event, name)) for name in names_of(kind) if name != "at"}
    if isinstance(nonce := found.get("nonce"), str):
        found["nonce"] = secret_digest(nonce)
    return found


def secret_digest(nonce: str) -> str:
    """A secret as the log names it: enough to tell it again, too little to use it."""
    return "sha256:" + hashlib.sha256(nonce.encode()).hexdigest()


def as_json(value: Any) -> JSON:
    """Dataclasses, enums, times and sets as JSON; payload numbers as they are. TypeError for anything else."""
    kind: Any = type(value)
    if kind in _PLAIN:
        return value  # type: ignore[no-any-return]  # it is JSON
    if issubclass(kind, dict):
        return {str(key): as_json(member) for key, member in value.items()}
    if issubclass(kind, (list, tuple)):
        return [as_json(member) for member in value]
    return as_json(one_level(value))


def one_level(value: Any) -> Any:
    """Such a value as what JSON has for it, with members as they are. TypeError for anything else."""
    kind: Any = type(value)
    return _writer(kind)(value)


_PLAIN = frozenset({type(None), str, int, float, bool})
"""The kinds that are JSON already."""


@cache
def names_of(kind: type) -> tuple[str, ...]:
    """The names of a dataclass's fields, in order."""
    return tuple(field.name for field in fields(kind))


@cache
def _writer(kind: type) -> "Callable[[Any], Any]":
    """What does that for values of a kind: looked up once for each, for the log is written with every step."""
    if kind is Action:
        return _action
    if is_dataclass(kind):
        names = names_of(kind)
        return lambda value: {name: getattr(value, name) for name in names}
    if issubclass(kind, datetime):
        return instant
    if issubclass(kind, (set, frozenset)):
        return sorted
    if issubclass(kind, (Enum, str)):
        return str
    raise TypeError(f"{kind.__name__} has no place in the audit log")


def _action(action: Action) -> dict[str, Any]:
    """An action whose payload was erased has null in the place of it."""
    payload = None if isinstance(action.payload, ErasedPayload) else action.payload
    return {"name": action.name, "payload": payload, "digest": action.digest}


@lru_cache(maxsize=256)
def instant(at: datetime) -> str:
    """A UTC time as every surface writes it: `2026-11-20T10:15:00.123Z`."""
    return at.isoformat(timespec="milliseconds").removesuffix("+00:00") + "Z"


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked(Event):
    """A reviewer asks the agent something; the proposal goes on waiting for people."""

    tag = "proposal:asked"
    question: Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Replied(Event):
    """The agent replied to the open question."""

    tag = "proposal:replied"
    question: Inquiry


@dataclass(frozen=True, slots=True, kw_only=True)
class Revised(Event):
    """The agent changed the payload in its reply: a new revision, a new round, a gate that can only be stricter."""

    tag = "proposal:revised"
    revision: "Revision"
    gate: "Gate"
    nonce: str
