"""Holds: the very same, stopped for a while by whoever said no to it; what that does, and its audit entries. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import Note, instant
from approvals.gate import Gate, Held, Reason, Tier
from approvals.refusals import EditRefused, StandingOver

if TYPE_CHECKING:
    from approvals.proposal import Proposal

OURS = "hold"
"""Stands for a rule where a proposal is stopped by none, because somebody holds it."""


class HoldEnd(StrEnum):
    """Why a hold ended."""

    person = "person"
    """Somebody ended it."""
    expired = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Hold:
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
    ended: HoldEnd | None = None
    ended_by: str | None = None
    ended_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldBegun(Note):
    """Somebody said no, and holds the same from then on."""

    tag = "hold:begun"
    hold: Hold


@dataclass(frozen=True, slots=True, kw_only=True)
class HoldEnded(Note):
    """The same may be proposed again."""

    tag = "hold:ended"
    why: HoldEnd
    by: str | None
    stopped: int


class EditHeld(EditRefused):
    """The edit would make what somebody holds; `at` is when the hold ends."""

    slug = "edit-held"

    def __init__(self, at: datetime) -> None:
        super().__init__(at.isoformat())
        self.at = at


class HoldOver(StandingOver):
    """The hold had ended before."""

    slug = "hold-over"


def hold_of(proposal: "Proposal", by: str, now: datetime) -> Hold:
    """What holds the same as a proposal that was just said no to.

    Both what the agent proposed and what it had become by edits: an agent that tries again sends the first, and one
    that takes up what a reviewer made of it the second.
    """
    return Hold(
        id=proposal.id,
        agent=proposal.ask.agent,
        action=proposal.action.name,
        proposed=proposal.revisions[0].action.digest,
        digest=proposal.digest,
        roles=tuple(sorted(proposal.gate.asked)),
        by=by,
        reason=proposal.reason or "",
        at=now,
        until=now + timedelta(seconds=proposal.gate.hold),
    )


def stopping(gate: Gate, hold: Hold) -> Gate:
    """The gate of what is held: nobody is asked, whatever the policy would have asked, and no card stands for it."""
    why = f"{hold.by} holds exactly this until {instant(hold.until)}: {hold.reason}"
    return replace(
        gate,
        tier=Tier.block,
        roles=hold.roles,
        approvals=1,
        channels=(),
        stand_ins=(),
        unfillable=None,
        second_person=False,
        object_within=None,
        remind=(),
        escalate=(),
        sampling=None,
        standing=None,
        batch=None,
        risk=(Reason(rule=OURS, reason=why),),
        held=Held(hold=hold.id, by=hold.by, until=hold.until, reason=hold.reason),
    )
