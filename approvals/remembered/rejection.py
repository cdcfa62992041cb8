"""Remembered rejections: a no that rejects the very same payload of that agent for a while. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.events import Note, instant
from approvals.gate import EarlierRejection, Gate, Reason, Tier
from approvals.refusals import EditRefused
from approvals.remembered.decision import RememberedDecision

if TYPE_CHECKING:
    from approvals.proposal import Proposal

OURS = "remembered_rejection"
"""Stands for a rule where a proposal is stopped by none, because a rejection is remembered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejection(RememberedDecision):
    """One person's no to an agent's action with its payload, not even to be asked about for a while."""

    verdict = Verdict.reject
    content = frozenset({"reason"})
    proposed: str
    """The digest as the agent proposed it."""
    digest: str
    """The digest that was said no to; another one where a reviewer had changed the payload."""
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRejectionBegun(Note):
    """Somebody said no and had it remembered."""

    tag = "remembered_rejection:begun"
    decision: RememberedRejection


class EditRejectedBefore(EditRefused):
    """The edit would make what a remembered rejection covers until `at`."""

    slug = "edit-rejected-before"

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


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
        gate=proposal.gate,
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
        roles=tuple(sorted(rejection.gate.asked)),
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
