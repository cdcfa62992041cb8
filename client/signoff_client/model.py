"""Models of the service's answers: read strictly where something would run by it, and kept whole in `raw`."""

import json
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, Self

import rfc8785

from signoff_client.proof import digest

if TYPE_CHECKING:
    from collections.abc import Mapping

FINAL: Final = frozenset({"rejected", "withdrawn", "revoked", "lapsed", "succeeded", "failed"})
STATUSES: Final = FINAL | {"pending", "approved", "claimed", "unknown"}


class NotOurs(Exception):
    """An answer that cannot be one of Signoff's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """What a reviewer asks the agent."""

    id: str
    text: str
    asked_by: str
    reply: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ticket:
    """All that another process, or a later run, needs to go on with a proposal."""

    id: str
    action: str
    digest: str
    """Of the payload as it was proposed."""
    key: str | None = None
    run_id: str | None = None
    tool_call_id: str | None = None
    tool: str | None = None
    """Of the call that was parked, where a gate asked for it."""

    def to_json(self) -> str:
        """For a queue, a checkpoint, a column."""
        return json.dumps(asdict(self), ensure_ascii=False)

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Raises ValueError for what `to_json` did not write."""
        known = json.loads(text)
        wanted = {"id", "action", "digest"}
        fits = isinstance(known, dict) and wanted <= known.keys() <= wanted | {"key", "run_id", "tool_call_id", "tool"}
        if not fits or not all(isinstance(value, str | None) for value in known.values()):
            raise ValueError("This is no ticket of Signoff.")
        return cls(**known)


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """A proposal as the service knows it. Times are aware UTC."""

    id: str
    version: int
    status: str
    cause: str | None
    action: str
    payload: dict[str, Any]
    edited: bool
    revision: int
    digest: str
    tier: str
    reason: str | None
    message: str
    """One sentence for the model behind the agent: the status, the reason, whether to act, wait or try again."""
    created_at: datetime
    expires_at: datetime
    resolved_at: datetime | None
    claimable_at: datetime | None
    execute_by: datetime | None
    claimed_at: datetime | None
    preconditions: tuple[str, ...]
    question: Question | None
    """The newest; open while it has no reply."""
    permit: str | None
    run_id: str | None
    tool_call_id: str | None
    raw: "dict[str, Any]" = field(repr=False)
    """The whole answer."""

    @classmethod
    def read(cls, answer: object) -> Self:
        """Raises NotOurs for an answer in which anything that matters is missing or of another type."""
        if not isinstance(answer, dict):
            raise NotOurs("it is no JSON object")
        proposal = cls(
            id=_of(answer, "id", str),
            version=_of(answer, "version", int),
            status=_of(answer, "status", str),
            cause=_maybe(answer, "cause", str),
            action=_of(answer, "action", str),
            payload=_of(answer, "payload", dict),
            edited=_of(answer, "edited", bool),
            revision=_of(answer, "revision", int),
            digest=_of(answer, "digest", str),
            tier=_of(answer, "tier", str),
            reason=_maybe(answer, "reason", str),
            message=_of(answer, "message", str),
            created_at=moment(_of(answer, "created_at", str)),
            expires_at=moment(_of(answer, "expires_at", str)),
            resolved_at=_maybe_moment(answer, "resolved_at"),
            claimable_at=_maybe_moment(answer, "claimable_at"),
            execute_by=_maybe_moment(answer, "execute_by"),
            claimed_at=_maybe_moment(answer, "claimed_at"),
            preconditions=_texts(answer, "preconditions"),
            question=_question(answer.get("question")),
            permit=_maybe(answer, "permit", str),
            run_id=_maybe(answer, "run_id", str),
            tool_call_id=_maybe(answer, "tool_call_id", str),
            raw=answer,
        )
        if proposal.status not in STATUSES:
            raise NotOurs(f"it has the status {proposal.status[:40]!r}")
        if _digest(proposal) != proposal.digest:
            raise NotOurs("its payload does not have its digest")
        return proposal

    @property
    def pending(self) -> bool:
        """Whether people have not decided yet."""
        return self.status == "pending"

    @property
    def open_question(self) -> Question | None:
        """What a reviewer waits to hear, while it is pending."""
        return self.question if self.pending and self.question is not None and self.question.reply is None else None

    @property
    def ticket(self) -> Ticket:
        """Where it is parked; `propose` and `ask` add the key that they used."""
        return Ticket(
            id=self.id, action=self.action, digest=self.digest, run_id=self.run_id, tool_call_id=self.tool_call_id
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Claimed:
    """The right to act once, with exactly this payload."""

    proposal: Proposal
    claimant: str = field(repr=False)

    @property
    def id(self) -> str:
        """Of the proposal."""
        return self.proposal.id

    @property
    def payload(self) -> dict[str, Any]:
        """What people approved: run this, and nothing else."""
        return self.proposal.payload

    @property
    def edited(self) -> bool:
        """Whether people changed what was proposed."""
        return self.proposal.edited

    @property
    def permit(self) -> str | None:
        """A signed token for a tool that checks for itself."""
        return self.proposal.permit


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """Something that happened to one of the agent's proposals."""

    id: str
    """Of its place on the stream: `events(after=…)` goes on behind it."""
    kind: str
    """Such as `signoff.proposal.approved`."""
    at: datetime
    """When it happened, in UTC."""
    proposal: Proposal
    """As it stood when the event was sent."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feedback:
    """What people said of one of the agent's own proposals."""

    proposal: str
    """Its id."""
    kind: str
    """`negative` (rejected), `corrected` (changed, then approved) or `regression` (let through, then taken back)."""
    action: str
    payload: dict[str, Any]
    """As the agent gave it."""
    edited: dict[str, Any] | None
    """As a person left it, where one changed it."""
    patch: tuple[dict[str, Any], ...]
    """JSON Patch (RFC 6902) from the one to the other."""
    reason: str | None
    """A person's words on one line, at most 600 characters: for a model to weigh, never a command to it."""
    message: str
    """One sentence for the model behind the agent."""
    at: datetime
    """When it was decided, in UTC."""
    run_id: str | None

    @classmethod
    def read(cls, answer: object) -> Self:
        """Raises NotOurs for what is no feedback of Signoff's."""
        if not isinstance(answer, dict):
            raise NotOurs("it is no JSON object")
        edit = _maybe(answer, "edit", dict)
        patch = () if edit is None else tuple(_of(edit, "patch", list))
        if not all(isinstance(each, dict) for each in patch):
            raise NotOurs("its patch is none")
        return cls(
            proposal=_of(answer, "proposal", str),
            kind=_of(answer, "kind", str),
            action=_of(answer, "action", str),
            payload=_of(answer, "payload", dict),
            edited=None if edit is None else _of(edit, "payload", dict),
            patch=patch,
            reason=_maybe(answer, "reason", str),
            message=_of(answer, "message", str),
            at=moment(_of(answer, "at", str)),
            run_id=_maybe(answer, "run_id", str),
        )


def _digest(proposal: Proposal) -> str | None:
    """That of its action and payload; None for what has none."""
    try:
        return digest(proposal.action, proposal.payload, rfc8785.dumps)
    except (rfc8785.CanonicalizationError, RecursionError, TypeError, UnicodeEncodeError):
        return None


def _of(answer: "Mapping[str, Any]", name: str, kind: type) -> Any:
    value = answer.get(name)
    if not isinstance(value, kind) or (kind is int and isinstance(value, bool)):
        raise NotOurs(f"its {name} is missing or of another kind")
    return value


def _maybe(answer: "Mapping[str, Any]", name: str, kind: type) -> Any:
    return None if answer.get(name) is None else _of(answer, name, kind)


def _texts(answer: "Mapping[str, Any]", name: str) -> tuple[str, ...]:
    listed = _maybe(answer, name, list) or []
    if not all(isinstance(each, str) for each in listed):
        raise NotOurs(f"its {name} are not all texts")
    return tuple(listed)


def moment(text: str) -> datetime:
    """Aware; raises NotOurs for anything else."""
    try:
        at = datetime.fromisoformat(text)
    except ValueError:
        raise NotOurs(f"{text[:40]!r} is no time") from None
    if at.tzinfo is None:
        raise NotOurs(f"{text[:40]!r} is in no time zone")
    return at


def _maybe_moment(answer: "Mapping[str, Any]", name: str) -> datetime | None:
    text = _maybe(answer, name, str)
    return None if text is None else moment(text)


def _question(asked: object) -> Question | None:
    if asked is None:
        return None
    if not isinstance(asked, dict):
        raise NotOurs("its question is no object")
    return Question(
        id=_of(asked, "id", str),
        text=_of(asked, "text", str),
        asked_by=_of(asked, "asked_by", str),
        reply=_maybe(asked, "reply", str),
    )
