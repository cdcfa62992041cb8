"""Response models: what the OpenAPI document says of answers, and what tests hold each of them to."""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from approvals.effects import AgentEvent
from approvals.proposal import Cause, Status

DIGEST = r"^sha256:[0-9a-f]{64}$"
INSTANT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$"
PROPOSAL_ID = r"^prp_[0-9a-f]{32}$"

Moment = Annotated[str, Field(pattern=INSTANT, description="UTC, milliseconds.")]

EXAMPLE: dict[str, Any] = {
    "id": "prp_0199b3c2f1d47a0c9f1e5d2a7b6c8e90",
    "version": 3,
    "status": "approved",
    "cause": "reviewer",
    "action": "refund.create",
    "payload": {"order": "A-1001", "amount": 200, "currency": "EUR"},
    "edited": True,
    "revision": 2,
    "digest": "sha256:" + "0123456789abcdef" * 4,
    "tier": "approve",
    "risk": [{"rule": "refund-large", "reason": "Refund above 100"}],
    "gate": {
        "roles": ["finance"],
        "approvals": 1,
        "execute_within": 3600,
        "report_within": 3600,
        "rules": ["refund-large"],
        "policy_version": "sha256:5f0c",
        "remind": [600],
        "remind_at": ["2026-11-20T10:10:00.000Z"],
        "escalate": [{"after": 1200, "to": "lead", "at": "2026-11-20T10:20:00.000Z"}],
        "second_person": False,
        "object_within": None,
        "undo_window": 10,
        "facts": [],
    },
    "decisions": [
        {
            "reviewer": "U0CAROL",
            "verdict": "approve",
            "reason": None,
            "revision": 2,
            "at": "2026-11-20T10:15:00.123Z",
            "retracted_at": None,
        }
    ],
    "reason": None,
    "allowed_by": None,
    "rejected_until": None,
    "message": "The proposal to run refund.create is approved by people: claim it from 2026-11-20T10:15:10.123Z on, "
    "not sooner, and before 2026-11-20T11:15:10.123Z and only then run exactly the payload of this answer, as a "
    "reviewer changed it, once.",
    "preconditions": [],
    "created_at": "2026-11-20T10:00:00.000Z",
    "expires_at": "2026-11-20T11:00:00.000Z",
    "resolved_at": "2026-11-20T10:15:00.123Z",
    "claimable_at": "2026-11-20T10:15:10.123Z",
    "execute_by": "2026-11-20T11:15:10.123Z",
    "claimed_at": None,
    "overdue": False,
    "erased_at": None,
    "outcome": None,
    "rollback": None,
    "suspended": None,
    "question": None,
    "questions": [],
    "run_id": "run-17",
    "tool_call_id": None,
    "traceparent": None,
    "permit": None,
}


class _Body(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class RiskBody(_Body):
    """Why a rule holds the proposal."""

    rule: str
    reason: str


class EscalationBody(_Body):
    """Who may step in, so many seconds after the proposal, if nobody has answered."""

    after: Annotated[int, Field(description="By the clock of the policy's hours, as the deadline.")]
    to: Annotated[str, Field(description="A role.")]
    at: Annotated[Moment, Field(description="When that is; at once for what came when people were not there.")]


class FactBody(_Body):
    """What was known of the past when a rule was asked."""

    rule: str
    name: str
    value: Annotated[str, Field(description="A sentence with the figures.")]


class GateBody(_Body):
    """What the policy asks. Durations are seconds."""

    roles: list[str]
    approvals: Annotated[int, Field(description="From each role, of different people.")]
    execute_within: int
    report_within: int
    rules: list[str]
    policy_version: str
    remind: Annotated[
        list[int],
        Field(
            description="Seconds after the proposal at which people are reminded, by the clock of the policy's hours."
        ),
    ]
    remind_at: Annotated[list[Moment], Field(description="When that is, as long as it waits.")]
    escalate: list[EscalationBody]
    second_person: Annotated[bool, Field(description="Whether who edits the payload is not enough to approve it.")]
    object_within: Annotated[int | None, Field(description="Under watch: so long people can object.")]
    undo_window: Annotated[int | None, Field(description="So long after people approved it nobody can claim it.")]
    facts: list[FactBody]


class DecisionBody(_Body):
    """One reviewer's verdict on one revision."""

    reviewer: Annotated[str, Field(description="A Slack user id.")]
    verdict: Literal["approve", "reject"]
    reason: str | None
    revision: int
    at: Moment
    retracted_at: Annotated[Moment | None, Field(description="When the reviewer took it back; it is void since.")]


class OutcomeBody(_Body):
    """What the agent reported."""

    status: Literal["succeeded", "failed", "unknown"]
    detail: str | None
    verification: str | None
    at: Moment


class SuspendedBody(_Body):
    """That a person stopped everything while it was open."""

    since: Moment
    reason: str | None


class RollbackBody(_Body):
    """A person objected to what was claimed already: roll it back, then say what came of it."""

    requested_by: Annotated[str, Field(description="A Slack user id.")]
    reason: str
    requested_at: Moment
    status: Literal["requested", "done", "failed"]
    detail: str | None
    reported_at: Moment | None
    plan: Annotated[str | None, Field(description="How the agent said it would be rolled back.")]


class QuestionBody(_Body):
    """What a reviewer asks while the proposal waits, and the reply to it."""

    id: Annotated[str, Field(description="Within the proposal: `q1`, then `q2`.")]
    text: str
    asked_by: Annotated[str, Field(description="A Slack user id.")]
    asked_at: Moment
    reply: Annotated[str | None, Field(description="Null: it waits for `POST …/reply`, while the status is pending.")]
    replied_at: Moment | None


class ProposalBody(_Body):
    """A proposal as it stands."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE]})

    id: Annotated[str, Field(pattern=PROPOSAL_ID)]
    version: Annotated[int, Field(description="Grows with every change.")]
    status: Annotated[str, Field(json_schema_extra={"enum": [str(each) for each in Status]})]
    cause: Annotated[str | None, Field(json_schema_extra={"enum": [*(str(each) for each in Cause), None]})]
    action: str
    payload: Annotated[dict[str, Any] | None, Field(description="The one to run, whole; null once it was erased.")]
    edited: Annotated[bool, Field(description="Whether a reviewer changed the payload.")]
    revision: int
    digest: Annotated[str, Field(pattern=DIGEST)]
    tier: Literal["auto", "watch", "approve", "block"]
    risk: list[RiskBody]
    gate: GateBody
    decisions: list[DecisionBody]
    reason: Annotated[str | None, Field(description="The human's, or the policy's.")]
    allowed_by: Annotated[
        str | None,
        Field(description="Under the cause `remembered_approval`: the Slack user id of whose approval that was."),
    ]
    rejected_until: Annotated[
        Moment | None,
        Field(
            description="A rejection of exactly this is remembered: proposed again before then, it is rejected at once."
        ),
    ]
    message: Annotated[str, Field(description="One sentence a language model can read.")]
    preconditions: list[str]
    created_at: Moment
    expires_at: Moment
    resolved_at: Moment | None
    claimable_at: Annotated[
        Moment | None, Field(description="From when on it can be claimed; null where the approval has no undo window.")
    ]
    execute_by: Moment | None
    claimed_at: Moment | None
    overdue: Annotated[bool, Field(description="Claimed, and not reported in time.")]
    erased_at: Annotated[Moment | None, Field(description="When what was written of it was erased.")]
    outcome: OutcomeBody | None
    rollback: RollbackBody | None
    suspended: Annotated[
        SuspendedBody | None, Field(description="Everything is stopped: it waits, and nobody can approve it for now.")
    ]
    question: Annotated[QuestionBody | None, Field(description="The newest of `questions`.")]
    questions: Annotated[list[QuestionBody], Field(description="What reviewers asked, in order.")]
    run_id: str | None
    tool_call_id: str | None
    traceparent: str | None
    permit: Annotated[
        str | None,
        Field(description="A JWS that lets this payload run once, in the answer to the attempt that claimed it alone."),
    ]


class AnswerPage(_Body):
    """Proposals, newest first."""

    proposals: list[ProposalBody]
    next_cursor: str | None


class EventBody(_Body):
    """The `data` of one event on the stream: a CloudEvents 1.0 event, and a Standard Webhooks payload."""

    specversion: Literal["1.0"]
    id: Annotated[str, Field(description="The same in a callback that tells of it.")]
    source: Literal["urn:signoff"]
    type: Annotated[
        str,
        Field(description="What happened; the event's name.", json_schema_extra={"enum": [t.type for t in AgentEvent]}),
    ]
    subject: Annotated[str, Field(pattern=PROPOSAL_ID)]
    time: Annotated[Moment, Field(description="When it happened.")]
    timestamp: Annotated[Moment, Field(description="The same, by its name in Standard Webhooks.")]
    datacontenttype: Literal["application/json"]
    data: Annotated[
        ProposalBody, Field(description="The proposal as it stands when this is sent; `version` says which.")
    ]


class FaultBody(_Body):
    """One thing wrong with one field."""

    pointer: Annotated[str, Field(description="RFC 6901, into the body.")]
    detail: str


class ProblemBody(BaseModel):
    """RFC 9457."""

    model_config = ConfigDict(extra="allow")

    type: Annotated[str, Field(pattern=r"^urn:signoff:problem:[a-z-]+$")]
    title: str
    status: int
    detail: str
    errors: Annotated[list[FaultBody], Field(default_factory=list)]


class Liveness(_Body):
    """The process answers."""

    status: Literal["live"]
    version: str


class PartsBody(_Body):
    """Whether each part works."""

    store: bool
    schema_: Annotated[bool, Field(alias="schema")]
    scheduler: bool
    policy: Annotated[bool, Field(description="Whether it decides by the policy that is in force.")]


class ReadinessBody(_Body):
    """Whether it can do its work, part by part."""

    status: Literal["ready", "degraded"]
    parts: PartsBody
    degraded: Annotated[list[str], Field(description="What is in trouble without stopping the work.")]


class KeyBody(_Body):
    """One public key, Ed25519."""

    kty: Literal["OKP"]
    crv: Literal["Ed25519"]
    x: Annotated[str, Field(description="32 bytes in base64url.")]
    use: Literal["sig"]
    alg: Literal["EdDSA"]
    kid: Annotated[str, Field(description="The thumbprint of the key, RFC 7638.")]


class KeysBody(_Body):
    """The keys that sign or have signed; the first signs now."""

    keys: list[KeyBody]


class EntryBody(_Body):
    """One audit entry: `hash` is over `previous` and the RFC 8785 bytes of all else but `content`."""

    seq: Annotated[int | None, Field(description="This, id, previous and hash are left out without places.")] = None
    id: str | None = None
    at: Annotated[int, Field(description="Milliseconds since the epoch.")]
    tag: str
    proposal_id: str
    revision: int | None
    actor_kind: str
    actor_id: str
    actor_team: str | None
    actor_proof: Annotated[str, Field(description="JSON: how the actor's roles were known.")]
    facts: Annotated[str, Field(description="JSON: what happened.")]
    previous: Annotated[str | None, Field(description="The hash of the entry before it in the whole log.")] = None
    hash: str | None = None
    content: Annotated[str | None, Field(description="JSON: what agents and people wrote; null once it was erased.")]


class AuditEntryBody(_Body):
    """One entry of the audit log: `hash` is over `previous` and the RFC 8785 bytes of all above it, as it is stored."""

    seq: Annotated[int, Field(description="From 1, without a gap.")]
    id: str
    at: Annotated[int, Field(description="Milliseconds since the epoch.")]
    tag: str
    proposal_id: str | None
    revision: int | None
    actor_kind: Literal["agent", "reviewer", "policy", "system"]
    actor_id: str
    actor_team: str | None
    actor_proof: Annotated[str, Field(description="JSON: how the actor's roles were known.")]
    facts: Annotated[str, Field(description="JSON: what happened.")]
    previous: Annotated[str, Field(description="The hash of the entry before it; of the first 64 zeros.")]
    hash: Annotated[str, Field(description="SHA-256 in hex.")]
    seal: Annotated[str, Field(description="HMAC-SHA-256 of `hash` in hex, with the key that the bot keeps.")]
    redacted: Annotated[bool, Field(description="Whether marks stand in the place of what the policy redacts.")]
    content: Annotated[
        str | None,
        Field(
            description="JSON: what agents and people wrote; null for nothing, and once it was erased. Where there was "
            "any, `facts` begins with `content`, the SHA-256 of this text."
        ),
    ]


class AuditPage(_Body):
    """Entries of the audit log, in order."""

    entries: list[AuditEntryBody]
    next_after: Annotated[int, Field(description="What `after` is for the next page, also one that is not there yet.")]
    head: Annotated[int, Field(description="The newest entry there is; 0 for none. You have all once you have it.")]


class ReceiptBody(_Body):
    """The whole record of a proposal."""

    form: Literal[1]
    issuer: Annotated[str, Field(description="SIGNOFF_URL.")]
    made_at: Moment
    places: Annotated[bool, Field(description="Whether it tells where in the log its entries stand.")]
    final: Annotated[bool, Field(description="Whether the status can change no more.")]
    proposal: dict[str, Any]
    revisions: list[dict[str, Any]]
    gate: dict[str, Any]
    decisions: list[dict[str, Any]]
    questions: list[dict[str, Any]]
    outcome: dict[str, Any] | None
    rollback: dict[str, Any] | None
    permit: Annotated[dict[str, Any] | None, Field(description="What its permit says; nobody can act with this.")]
    entries: list[EntryBody]
    signature: Annotated[
        str, Field(description="A detached JWS (EdDSA) over the RFC 8785 bytes of all else in this object.")
    ]
