"""What people approved settles: for a while nobody can claim it, and whoever approved it can take that back. Pure."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Event, TakenBack
from approvals.moves.deadlines import run_out
from approvals.proposal import Proposal, Status
from approvals.refusals import AlreadyResolved, Changed, NotApprover, Settled
from approvals.states import after_all

if TYPE_CHECKING:
    from datetime import datetime


def settles_until(proposal: Proposal, now: "datetime") -> "datetime | None":
    """From when on what is approved can be claimed; None where it can be by now, or is not approved."""
    at = proposal.claimable_at
    return at if at is not None and proposal.status is Status.approved and now < at else None


def take_back(proposal: Proposal, user: str, nonce: str, new_nonce: str, now: "datetime") -> list[Event]:
    """A slip: the person's own approval is void, and the proposal waits again for as long as it would have anyway.

    What others approved stands. The new nonce makes every button from before stale: a click that was on its way, or
    comes a second time, must not approve it again. A deadline that has passed meanwhile is silence, at once.
    """
    present = after_all(proposal, run_out(proposal, now))
    if present.status not in (Status.pending, Status.approved):
        raise AlreadyResolved(present.status, present.resolved_by, present.resolved_at)
    if nonce != proposal.nonce:
        raise Changed
    if proposal.status is Status.pending or user not in {each.reviewer for each in proposal.standing_decisions}:
        raise NotApprover
    if settles_until(proposal, now) is None:
        raise Settled(proposal.claimable_at)
    taken_back = TakenBack(at=now, by=user, nonce=new_nonce)
    expired = run_out(after_all(proposal, [taken_back]), now)
    return [taken_back, *(replace(each, at=now) for each in expired)]
