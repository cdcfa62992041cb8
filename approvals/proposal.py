"""Proposals: the proposal, the action it asks for, and where it stands."""

from dataclasses import dataclass, field
from datetime import timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

from approvals.digest import JSON, digest

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from approvals.decision import Decision
    from approvals.drill import Drill
    from approvals.gate import EscalatedTo, Gate


class Status(StrEnum):
    """Where a proposal stands; `states.TRANSITIONS` says what may follow."""

    pending = "pending"
    approved = "approved"
    rejected = "rejected"
    withdrawn = "withdrawn"
    claimed = "claimed"
    revoked = "revoked"
    lapsed = "lapsed"
    succeeded = "succeeded"
    failed = "failed"
    unknown = "unknown"


class Cause(StrEnum):
    """Why the review ended as it did."""

    auto = "auto"
    watch = "watch"
    remembered_approval = "remembered_approval"
    reviewer = "reviewer"
    expired = "expired"
    blocked = "blocked"
    agent = "agent"
    policy_changed = "policy_changed"
    quorum_unreachable = "quorum_unreachable"
    stopped = "stopped"
    drill = "drill"
    """It was none: nothing of it could ever run, whatever people said."""


class Source(StrEnum):
    """Whether text from outside triggered the proposal."""

    trusted = "trusted"
    untrusted = "untrusted"


class ErasedPayload(dict[str, JSON]):
    """In place of a payload that was erased: there is nothing in it, and as JSON it is null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Action:
    """What would run: a name, the exact payload, and the digest that binds the two."""

    name: str
    payload: "Mapping[str, JSON]"
    digest: str = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "digest", digest(self.name, self.payload))

    @classmethod
    def erased(cls, name: str, digest: str) -> Self:
        """The action of which only the digest is left."""
        action = object.__new__(cls)
        for field_name, value in (("name", name), ("payload", ErasedPayload()), ("digest", digest)):
            object.__setattr__(action, field_name, value)
        return action


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """One piece of context the agent offers."""

    title: str
    text: str | None = None
    url: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Preview:
    """The effect as the agent foresees it: `diff` (before, after) or `text`."""

    kind: str
    before: str | None = None
    after: str | None = None
    text: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """What the agent says around its action. All of it is a claim; none of it can loosen a gate."""

    content: ClassVar = frozenset(
        {
            "reasoning",
            "summary",
            "signals",
            "context",
            "preview",
            "rollback_plan",
            "preconditions",
            "payload_schema",
            "on_behalf_of",
            "callback_url",
        }
    )
    agent: str
    reasoning: str
    summary: str | None = None
    confidence: float | None = None
    signals: "Mapping[str, JSON]" = field(default_factory=dict)
    source: Source = Source.untrusted
    context: tuple[Evidence, ...] = ()
    preview: Preview | None = None
    rollback_plan: str | None = None
    preconditions: tuple[str, ...] = ()
    payload_schema: "Mapping[str, JSON] | None" = None
    on_behalf_of: str | None = None
    run_id: str | None = None
    tool_call_id: str | None = None
    traceparent: str | None = None
    expires_in: int | None = None
    """Seconds; may only shorten what the policy says."""
    callback_url: str | None = None
    """Where it wants to be told, as its policy entry allows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Revision:
    """One version of the action; number 1 is the agent's, later ones are edits by a reviewer or come with its reply."""

    content: ClassVar = frozenset({"patch"})
    number: int
    action: Action
    at: "datetime"
    editor: str | None = None
    """The reviewer who made it; None where it is the agent's."""
    patch: "tuple[JSON, ...]" = ()
    """RFC 6902 operations from the revision before; empty for the first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of acting, as the agent reports it."""

    content: ClassVar = frozenset({"detail", "verification"})
    status: Status
    at: "datetime"
    detail: str | None = None
    verification: str | None = None


class RollbackStatus(StrEnum):
    """How far the rollback of something that ran has come."""

    requested = "requested"
    done = "done"
    failed = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rollback:
    """Somebody objected to what had been claimed already; it stands beside the status."""

    content: ClassVar = frozenset({"reason", "detail"})
    requested_by: str
    reason: str
    requested_at: "datetime"
    status: RollbackStatus = RollbackStatus.requested
    detail: str | None = None
    reported_at: "datetime | None" = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Suspension:
    """Everything was stopped while the proposal was open: until it is resumed, people can only say no to it."""

    content: ClassVar = frozenset({"reason"})
    by: str
    reason: str | None
    since: "datetime"
    again: bool = False
    """Whether somebody had approved it before, which does not count any more."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal with all that has happened to it. Times are aware UTC, whole milliseconds."""

    content: ClassVar = frozenset({"reason"})
    id: str
    ask: Ask
    revisions: tuple[Revision, ...]
    gate: "Gate"
    created_at: "datetime"
    expires_at: "datetime"
    nonce: str
    """Known only to the cards of this round: a click carries it, so an old or forged button does nothing."""
    round: int = 1
    """Deciding begins anew with each edit or changed gate; decisions of earlier rounds are void."""
    version: int = 1
    status: Status = Status.pending
    cause: Cause | None = None
    reason: str | None = None
    decisions: "tuple[Decision, ...]" = ()
    channels: tuple[str, ...] = ()
    """Every channel that any of its gates named: each has a card, and all are kept true."""
    resolved_at: "datetime | None" = None
    resolved_by: str | None = None
    claimable_at: "datetime | None" = None
    """From when on it can be claimed, where the approval has an undo window."""
    execute_by: "datetime | None" = None
    claimed_at: "datetime | None" = None
    report_by: "datetime | None" = None
    overdue: bool = False
    claimant: str | None = None
    """SHA-256 of the claimant's random word; the word itself is never kept."""
    outcome: Outcome | None = None
    rollback: Rollback | None = None
    suspension: Suspension | None = None
    """That everything is stopped; only what waits has it."""
    reminded: int = 0
    """Seconds after the proposal up to which its reminders have gone out."""
    escalated: tuple[tuple[int, str], ...] = ()
    """The escalation steps that were taken: after how many seconds, to which role. By name, not by number, since a
    new policy may put others before them."""
    escalated_to: "tuple[EscalatedTo, ...]" = ()
    """Roles that stand in since: by escalation, or because a reviewer handed their place over."""
    extended: int = 0
    """How often a reviewer moved the deadline."""
    questions: "tuple[Inquiry, ...]" = ()
    """What reviewers asked the agent, in order; only the last can be without a reply."""
    idempotency_key: str | None = None
    fingerprint: str = ""
    """SHA-256 of the body as submitted, to tell a retry from another proposal under the same key; empty without one."""
    erased_at: "datetime | None" = None
    """When what agents and people had written of it was erased."""
    drill: "Drill | None" = None
    """That it is a drill, planted by nobody but us; None for what an agent proposed."""

    @property
    def action(self) -> Action:
        """The action of the present revision: the only one that can run."""
        return self.revisions[-1].action

    @property
    def revision(self) -> int:
        """The number of the present revision."""
        return self.revisions[-1].number

    @property
    def digest(self) -> str:
        """The digest of the present revision."""
        return self.action.digest

    @property
    def edited(self) -> bool:
        """Whether a reviewer changed the payload."""
        return bool(self.editors)

    @property
    def revised(self) -> bool:
        """Whether the agent changed the payload in a reply."""
        return any(each.editor is None for each in self.revisions[1:])

    @property
    def open_question(self) -> "Inquiry | None":
        """What the agent has not replied to yet; it counts only while the proposal waits."""
        newest = self.questions[-1] if self.questions else None
        return newest if newest is not None and newest.reply is None else None

    @property
    def editors(self) -> frozenset[str]:
        """Who changed the payload."""
        return frozenset(revision.editor for revision in self.revisions if revision.editor is not None)

    @property
    def object_until(self) -> "datetime | None":
        """Until when people can object to what ran without waiting for them: counted from its claim, once there is one.

        An agent that waits with its claim shall not outwait those who look on.
        """
        within = self.gate.object_within
        return None if within is None else (self.claimed_at or self.created_at) + timedelta(seconds=within)

    @property
    def active_decisions(self) -> "tuple[Decision, ...]":
        """The decisions that count: those of the present round that nobody took back."""
        return tuple(each for each in self.decisions if each.round == self.round and each.retracted_at is None)


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """What a reviewer asked the agent while the proposal waited, and its reply: a claim, as all that it says."""

    content: ClassVar = frozenset({"text", "reply"})
    number: int
    """From 1 within the proposal."""
    text: str
    asked_by: str
    asked_at: "datetime"
    reply: str | None = None
    replied_at: "datetime | None" = None
    digest: str | None = None
    """Of the action with the payload that came with the reply; None where none came."""

    @property
    def id(self) -> str:
        """As agents name it: `q1`."""
        return f"q{self.number}"
