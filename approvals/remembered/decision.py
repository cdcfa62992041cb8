"""Remembered decisions: what both kinds have in common, who may end one, and the audit entries of both. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar, Self

from approvals.decision import Verdict
from approvals.events import Note
from approvals.gate import Gate
from approvals.refusals import Refusal
from approvals.seats import place_to_refuse, require_place

if TYPE_CHECKING:
    from approvals.reviewer import Reviewer


class RememberedEnding(StrEnum):
    """Why a remembered decision ended."""

    person = "person"
    """Somebody ended it."""
    expired = "expired"
    exhausted = "exhausted"
    """An approval was used as often as it may."""
    retracted = "retracted"
    """What an approval came from, or what it approved, was revoked."""
    policy_changed = "policy_changed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedDecision:
    """One person's decision on a proposal that counts for later ones too, until it ends."""

    verdict: ClassVar[Verdict]
    content: ClassVar[frozenset[str]] = frozenset()
    id: str
    """Of the proposal that was decided; one may have both kinds, first the approval."""
    agent: str
    action: str
    by: str
    gate: Gate
    """The one under which it was decided."""
    at: datetime
    until: datetime
    used: int = 0
    """For how many later ones it has counted."""
    ended: RememberedEnding | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None

    @property
    def original(self) -> Self:
        """As it was when it began."""
        return replace(self, used=0, ended=None, ended_by=None, ended_at=None)


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedEnded(Note):
    """It counts no more, for another reason than that it is used up."""

    why: RememberedEnding
    by: str | None
    used: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalEnded(RememberedEnded):
    """People are asked again about the next like it."""

    tag = "remembered_approval:ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionEnded(RememberedEnded):
    """The same may be proposed again."""

    tag = "remembered_rejection:ended"


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalUsed(Note):
    """It approved another proposal."""

    tag = "remembered_approval:used"
    proposal: str
    by: str
    """Whose approval it is."""
    left: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalExhausted(Note):
    """It has approved as many as it may."""

    tag = "remembered_approval:exhausted"
    used: int


ENDED: dict[Verdict, type[RememberedEnded]] = {
    Verdict.approve: RememberedApprovalEnded,
    Verdict.reject: RememberedRejectionEnded,
}


def require_end(decision: RememberedDecision, reviewer: "Reviewer") -> None:
    """Raises what stands against an end by this person, who gave it or may decide such a proposal the other way.

    To end an approval is a no, so whoever may reject may, the owner among them; to end a rejection lets people be asked
    again, so it takes who may approve. Both also in a place that was lent: a delegate may reject and approve.
    """
    if reviewer.user != decision.by:
        require = place_to_refuse if decision.verdict is Verdict.approve else require_place
        require(decision.gate, reviewer)


def may_end(decision: RememberedDecision, reviewer: "Reviewer") -> bool:
    """Whether this person may end it."""
    try:
        require_end(decision, reviewer)
    except Refusal:
        return False
    return True
