"""What people approved settles: for a while nobody can claim it, and whoever approved it can take that back. Pure."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Event, Retracted
from approvals.moves.deadlines import run_out
from approvals.proposal import Proposal, Status
from approvals.refusals import AlreadyResolved, Changed, NotApprover, UndoWindowOver
from approvals.states import after_all

if TYPE_CHECKING:
    from datetime import datetime


def undoable_until(proposal: Proposal, now: "datetime") -> "datetime | None":
    """From when on what is approved can be claimed; None where it can be by now, or is not approved."""
    at = proposal.claimable_at
    return at if at is not None and proposal.status is Status.approved and now < at else None


def retract(proposal: Proposal, user: str, nonce: str, new_nonce: str, now: "datetime") -> list[Event]:
    """A slip: the person's own approval is void, and the proposal waits again for as long as it would have anyway.

    What others approved stands. The new nonce makes every button from before stale: a click that was on its way, or
    comes a second time, must not approve it again. A deadline that has passed meanwhile is silence, at once.
    """
    present = after_all(proposal, run_out(proposal, now))
    if present.status not in (Status.pending, Status.approved):
        raise AlreadyResolved(present.status, present.resolved_by, present.resolved_at)
    if nonce != proposal.nonce:
        raise Changed
    if proposal.status is Status.pending or user not in {each.reviewer for each in proposal.active_decisions}:
        raise NotApprover
    if undoable_until(proposal, now) is None:
        raise UndoWindowOver(proposal.claimable_at)
    retracted = Retracted(at=now, by=user, nonce=new_nonce)
    expired = run_out(after_all(proposal, [retracted]), now)
    return [retracted, *(replace(each, at=now) for each in expired)]
