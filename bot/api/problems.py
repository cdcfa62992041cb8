"""Problem details (RFC 9457): every no in HTTP, with a stable type and a sentence on what is wrong and what to do."""

import json
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, NamedTuple

from aiohttp import web

from approvals.events import instant
from approvals.moves.questions import NotAsked, RevisionBlocked
from approvals.proposal import Status
from approvals.refusals import (
    ActionNotAllowed,
    AlreadyClaimed,
    AlreadyReported,
    CallbackRefused,
    DigestMismatch,
    EffectOpen,
    Fault,
    InUndoWindow,
    KeyReused,
    NotApproved,
    NotFound,
    NothingToRollBack,
    PendingLimit,
    Refusal,
    SchemaFailed,
    Stopped,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

PREFIX = "urn:signoff:problem:"
MEDIA_TYPE = "application/problem+json"


class ProblemType(NamedTuple):
    """What all problems of one slug share."""

    status: int
    title: str


PROBLEM_TYPES: "Mapping[str, ProblemType]" = MappingProxyType(
    {
        "malformed": ProblemType(400, "The request cannot be read"),
        "unauthenticated": ProblemType(401, "Nobody is known by this token"),
        "action-not-allowed": ProblemType(403, "The agent may not propose this action"),
        "revision-blocked": ProblemType(403, "The policy forbids the payload of the reply"),
        "stopped": ProblemType(403, "The agent is stopped, or everything is"),
        "wrong-token": ProblemType(403, "The token is for another address"),
        "not-found": ProblemType(404, "There is nothing here"),
        "method-not-allowed": ProblemType(405, "The method does not fit the address"),
        "too-slow": ProblemType(408, "The body did not arrive in time"),
        "not-approved": ProblemType(409, "The proposal is not in a state for this"),
        "undo-window": ProblemType(409, "The approval can still be undone"),
        "already-claimed": ProblemType(409, "The proposal has been claimed"),
        "digest-mismatch": ProblemType(409, "Something else was approved"),
        "already-reported": ProblemType(409, "Another outcome was reported"),
        "effect-open": ProblemType(409, "Another proposal does the same"),
        "nothing-to-roll-back": ProblemType(409, "Nobody asked for a rollback"),
        "not-asked": ProblemType(409, "Nobody waits for this reply"),
        "too-large": ProblemType(413, "The body is too large"),
        "invalid": ProblemType(422, "The request says something it may not say"),
        "unknown-event": ProblemType(422, "The stream cannot go on from there"),
        "unknown-entry": ProblemType(422, "The audit log does not reach that far"),
        "schema": ProblemType(422, "The payload does not fit its schema"),
        "key-reused": ProblemType(422, "The idempotency key belongs to another body"),
        "pending-limit": ProblemType(429, "Too many proposals of this agent wait"),
        "rate-limit": ProblemType(429, "Too many requests"),
        "waiting-limit": ProblemType(429, "Too many requests of this agent wait"),
        "damaged": ProblemType(500, "What is stored is not what was written"),
        "internal": ProblemType(500, "Something is wrong here"),
        "not-ready": ProblemType(503, "Not ready"),
        "judging-busy": ProblemType(503, "Too much is being judged"),
        "store-busy": ProblemType(503, "The store is busy"),
        "too-many-connections": ProblemType(503, "Every connection is at work"),
    }
)


@dataclass(slots=True, kw_only=True, eq=False)
class Problem(Exception):
    """A request that ends without what it asked for. `slug` is one of KINDS."""

    slug: str
    detail: str
    faults: "Sequence[Fault]" = ()
    headers: "Mapping[str, str]" = field(default_factory=dict)
    more: "Mapping[str, Any]" = field(default_factory=dict)
    """Extension members."""

    def __str__(self) -> str:
        return f"{self.slug}: {self.detail}"

    @property
    def status(self) -> int:
        """The HTTP status of the slug."""
        return PROBLEM_TYPES[self.slug].status

    def body(self) -> dict[str, Any]:
        """The problem object."""
        body = {
            "type": PREFIX + self.slug,
            "title": PROBLEM_TYPES[self.slug].title,
            "status": self.status,
            "detail": self.detail,
            **self.more,
        }
        if self.faults:
            body["errors"] = [{"pointer": fault.pointer, "detail": fault.detail} for fault in self.faults]
        return body

    def response(self) -> web.Response:
        """The problem as an answer."""
        text = json.dumps(self.body(), ensure_ascii=False)
        return web.Response(
            status=self.status, body=text.encode("utf-8", "replace"), content_type=MEDIA_TYPE, headers=self.headers
        )


def retry_after(seconds: int) -> dict[str, str]:
    """The header that says when trying again makes sense."""
    return {"Retry-After": str(seconds)}


def invalid(detail: str, faults: "Sequence[Fault]" = ()) -> Problem:
    """A 422 for something said that may not be said."""
    return Problem(slug="invalid", detail=detail, faults=faults)


def store_busy() -> Problem:
    """The 503 for a store that did not answer in time."""
    return Problem(
        slug="store-busy",
        detail="The store did not answer in time and nothing was changed. Try the same request again.",
        headers=retry_after(1),
    )


def policy_replaced() -> Problem:
    """The 503 of a process that has not read the policy that is in force."""
    return Problem(
        slug="store-busy",
        detail="Another policy is in force than this process has read, so it decides nothing and nothing was changed. "
        "Try the same request again.",
        headers=retry_after(2),
    )


def judging_busy() -> Problem:
    """The 503 for what is too large to judge at once while too much like it is being judged."""
    return Problem(
        slug="judging-busy",
        detail="This takes long to judge, too much like it is being judged now, and nothing was changed. "
        "Try the same request again, one at a time.",
        headers=retry_after(2),
    )


def damaged_row() -> Problem:
    """The 500 for what is stored and is not what was written; which row it is, only the operators are told."""
    return Problem(
        slug="damaged",
        detail="What is stored of this is not what was written, so none of it is given out and nothing may run on its "
        "word. Do not act, and do not try again by yourself; tell a person: whoever runs Signoff looks with "
        "signoff audit verify.",
    )


def internal() -> Problem:
    """The 500 for a fault of this program; it says nothing of what went wrong inside."""
    return Problem(
        slug="internal",
        detail="The request met a fault of this program; its log says which. "
        "With the same Idempotency-Key the request may be sent again.",
    )


def refused(refusal: Refusal) -> Problem:
    """A refusal of the domain in HTTP; raises KeyError for one that is not said to agents."""
    faults: tuple[Fault, ...] = ()
    headers: Mapping[str, str] = {}
    if isinstance(refusal, SchemaFailed):
        faults = tuple(Fault("/payload" + fault.pointer, fault.detail) for fault in refusal.faults)
    if isinstance(refusal, CallbackRefused):
        faults = (Fault("/callback_url", "Is not among the callbacks that your entry in the policy names."),)
    if isinstance(refusal, (PendingLimit, InUndoWindow)):
        headers = retry_after(refusal.retry_after)
    more: dict[str, Any] = {}
    if isinstance(refusal, EffectOpen):
        first = {"id": refusal.proposal_id, "status": str(refusal.status), "own": refusal.own}
        more = {"effect": refusal.effect, "proposal": first}
    return Problem(slug=refusal.slug, detail=WORDS[type(refusal)](refusal), faults=faults, headers=headers, more=more)


def from_http(error: web.HTTPException, method: str, path: str) -> Problem:
    """What aiohttp itself answers, said as we say it."""
    match error.status:
        case 404:
            return Problem(slug="not-found", detail=f"Nothing is at {path}. The addresses are in /openapi.json.")
        case 405:
            allow = error.headers.get("Allow", "")
            detail = f"{method} does not fit {path}; use {' or '.join(allow.split(','))}."
            return Problem(slug="method-not-allowed", detail=detail, headers={"Allow": allow})
        case 413:
            return Problem(slug="too-large", detail="The body is larger than this address takes.")
        case status if status < 500:
            return Problem(slug="malformed", detail=f"The request cannot be read: {error.reason}.")
        case _:
            return internal()


def _not_approved(refusal: NotApproved) -> str:
    if refusal.status is Status.pending:
        return "The proposal is pending: people still decide. Wait until its status is approved; do not act before."
    if refusal.status is Status.approved:
        return "The proposal is approved, but nobody claimed it. Claim it before you act, then report."
    if refusal.status in (Status.succeeded, Status.failed, Status.unknown):
        return f"The proposal is {refusal.status}: it ran, and nothing more can be done with it."
    return f"The proposal is {refusal.status}, and that stays so. Do not act on it and do not try this again."


def _effect_open(refusal: EffectOpen) -> str:
    first, status = refusal.proposal_id, refusal.status
    same = f"Proposal {first} does the same ({refusal.effect}) and is {status}"
    whose = "yours: read it, and go on with that one" if refusal.own else "another agent's: leave it to that one"
    match status:
        case Status.unknown:
            then = "nobody knows yet whether it ran. Do not do it and do not propose it again before that is settled"
            return f"{same}: {then}; report what came of it, if it is yours, or tell a person."
        case Status.succeeded | Status.failed:
            return f"{same}, so this one does not run as it stands. Propose it again if it is to happen once more."
        case _:
            return f"{same}, so nothing more was asked. It is {whose}; do not do it by yourself."


def _why(refusal: Stopped) -> str:
    since = f" at {instant(refusal.since)}" if refusal.since else ""
    return f"{since} ({refusal.reason})" if refusal.reason else since


WORDS: "Mapping[type[Refusal], Callable[[Any], str]]" = MappingProxyType(
    {
        NotFound: lambda _: "No proposal of yours has this id.",
        Stopped: lambda no: (
            f"A person stopped {'everything' if no.everything else 'you'}{_why(no)}: nothing of yours may be proposed "
            f"or claimed until the operators resume {'it' if no.everything else 'you'}. "
            "Do not act and do not try again by yourself; report what already runs, and tell a person."
        ),
        ActionNotAllowed: lambda no: (
            f"Your entry in the policy does not name the action {no.action}. "
            "Do not try again; whoever keeps the policy can add it."
        ),
        SchemaFailed: lambda _: "The payload does not fit the schema for this action. Correct the fields in errors.",
        CallbackRefused: lambda _: (
            "You may not be called back at this address, and nothing was proposed. Leave callback_url out and wait "
            "with GET, or name one that your entry in the policy allows; whoever keeps the policy can add it."
        ),
        KeyReused: lambda _: (
            "This Idempotency-Key came with another body before. "
            "A retry repeats the body; another proposal needs another key."
        ),
        PendingLimit: lambda no: (
            f"{no.limit} of your proposals wait for a decision, as many as the policy allows. "
            "Try again when some are decided, or withdraw what is no longer needed."
        ),
        EffectOpen: _effect_open,
        NotApproved: _not_approved,
        InUndoWindow: lambda no: (
            f"The proposal is approved, and whoever approved it may still take that back until {instant(no.until)}. "
            "Do not act before you have claimed it; claim it again from then on."
        ),
        AlreadyClaimed: lambda _: (
            "The proposal has been claimed, and a claim is given once. If another attempt of yours has it, "
            "leave it to that one; do not run it again."
        ),
        DigestMismatch: lambda no: (
            f"The approved digest is {no.digest}. Read the proposal again and run the payload that it gives, no other."
        ),
        NothingToRollBack: lambda _: (
            "Nobody objected to this proposal, so there is nothing to roll back. Leave what ran as it is."
        ),
        NotAsked: lambda _: (
            "No question waits for this reply: none was asked, it was answered before, or it is another one. "
            "Read the proposal again; question says what is asked."
        ),
        RevisionBlocked: lambda no: (
            f"The policy forbids what this payload would make ({'; '.join(no.reasons) or 'it blocks the action'}). "
            "Nothing was changed and the question still waits: reply without it, or with another."
        ),
        AlreadyReported: lambda no: (
            f"The outcome reported before is {no.status}; "
            + (
                "only succeeded or failed can settle that."
                if no.status is Status.unknown
                else "reports are not changed. Do not report again."
            )
        ),
    }
)
"""What is said to an agent. A slug says which, a sentence what to do."""
