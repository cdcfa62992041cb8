"""Remembered rejections: what each rejects for a while, and their audit entries. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import Note, instant
from approvals.gate import EarlierRejection, Gate, Reason, Tier
from approvals.refusals import EditRefused, RememberedOver

if TYPE_CHECKING:
    from approvals.proposal import Proposal

OURS = "remembered_rejection"
"""Stands for a rule where a proposal is stopped by none, because a rejection is remembered."""


class RejectionEnd(StrEnum):
    """Why a remembered rejection ended."""

    person = "person"
    """Somebody ended it."""
    expired = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejection:
    """One person's word that an agent's action with its payload is not even to be asked about for a while."""

    id: str
    """Of the proposal that was rejected or revoked with it."""
    agent: str
    action: str
    proposed: str
    """The digest as the agent proposed it."""
    digest: str
    """The digest that was said no to; another one where a reviewer had changed the payload."""
    roles: tuple[str, ...]
    """Who was asked then, sorted: they may see what it stops."""
    by: str
    reason: str
    at: datetime
    until: datetime
    stopped: int = 0
    """How many it has stopped."""
    ended: RejectionEnd | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionBegun(Note):
    """Somebody said no and had it remembered."""

    tag = "remembered_rejection:begun"
    rejection: RememberedRejection


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionEnded(Note):
    """The same may be proposed again."""

    tag = "remembered_rejection:ended"
    why: RejectionEnd
    by: str | None
    stopped: int


class EditRejectedBefore(EditRefused):
    """The edit would make what a remembered rejection covers until `at`."""

    slug = "edit-rejected-before"

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class RememberedRejectionOver(RememberedOver):
    """The remembered rejection had ended before."""

    slug = "remembered-rejection-over"


def rejection_of(proposal: "Proposal", by: str, now: datetime) -> RememberedRejection:
    """What is remembered of a proposal that was just said no to.

    Both what the agent proposed and what it had become by edits: an agent that tries again sends the first, and one
    that takes up what a reviewer made of it the second.
    """
    return RememberedRejection(
        id=proposal.id,
        agent=proposal.ask.agent,
        action=proposal.action.name,
        proposed=proposal.revisions[0].action.digest,
        digest=proposal.digest,
        roles=tuple(sorted(proposal.gate.asked)),
        by=by,
        reason=proposal.reason or "",
        at=now,
        until=now + timedelta(seconds=proposal.gate.remember_rejection),
    )


def stopping(gate: Gate, rejection: RememberedRejection) -> Gate:
    """The gate of what was rejected before: nobody is asked, whatever the policy would have asked, on no card."""
    until = instant(rejection.until)
    why = f"{rejection.by} rejected exactly this, remembered until {until}: {rejection.reason}"
    return replace(
        gate,
        tier=Tier.block,
        roles=rejection.roles,
        approvals=1,
        channels=(),
        stand_ins=(),
        quorum_unreachable=None,
        second_person=False,
        object_within=None,
        remind=(),
        escalate=(),
        sampling=None,
        remember_approval=None,
        batch=None,
        risk=(Reason(rule=OURS, reason=why),),
        earlier_rejection=EarlierRejection(
            proposal=rejection.id, by=rejection.by, until=rejection.until, reason=rejection.reason
        ),
    )
