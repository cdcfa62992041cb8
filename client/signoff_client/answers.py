"""Answers of the service: whether one can be believed, and whether the proposal in it may run.

One rule, here and for events, callbacks, receipts and permits: what is made as Signoff makes it but for one thing, as a
time without a zone or the digest of something else, is Tampered. What cannot be Signoff at all never gets here: that is
Unavailable.
"""

from typing import TYPE_CHECKING, Any

from signoff_client.errors import (
    AlreadyClaimed,
    AlreadyDone,
    ApprovalPending,
    Blocked,
    Expired,
    Invalid,
    Lapsed,
    Refused,
    Rejected,
    Revoked,
    Stopped,
    Tampered,
    Withdrawn,
)
from signoff_client.model import Claimed, Feedback, NotOurs, Proposal

if TYPE_CHECKING:
    from collections.abc import Mapping


def raise_for(proposal: Proposal) -> None:  # noqa: C901 one line a status
    """Raises what its status means for somebody who wants to run it; returns for one that is approved."""
    match proposal.status, proposal.cause:
        case "approved", _:
            return
        case "pending", _:
            raise ApprovalPending(proposal, proposal.ticket)
        case "rejected", "expired":
            raise Expired(proposal)
        case (("rejected" | "revoked"), "stopped"):
            raise Stopped(proposal)
        case "rejected", ("blocked" | "policy_changed" | "quorum_unreachable"):
            raise Blocked(proposal)
        case "rejected", _:
            raise Rejected(proposal)
        case "revoked", _:
            raise Revoked(proposal)
        case "withdrawn", _:
            raise Withdrawn(proposal)
        case "lapsed", _:
            raise Lapsed(proposal)
        case "claimed", _:
            raise AlreadyClaimed(proposal)
        case (("succeeded" | "failed" | "unknown"), _):
            raise AlreadyDone(proposal)
    raise Refused(proposal)


def proposal_of(body: object) -> Proposal:
    """The proposal in an answer. Raises Tampered where anything of it is missing, of another kind, or does not fit."""
    try:
        return Proposal.read(body)
    except (NotOurs, Invalid, TypeError, ValueError) as fault:
        raise Tampered(
            f"What answered for the approval service cannot be believed: {fault}. Nothing of it was used."
        ) from None


def feedback_of(body: "Mapping[str, Any]") -> "tuple[Feedback, ...]":
    """The feedback on a page. Raises Tampered where anything of it is missing or of another kind."""
    try:
        return tuple(Feedback.read(each) for each in body["feedback"])
    except NotOurs as fault:
        raise Tampered(
            f"What answered for the approval service cannot be believed: {fault}. Nothing of it was used."
        ) from None


def same(proposal: Proposal, proposal_id: str | None) -> Proposal:
    """The proposal. Raises Tampered where another one was asked about."""
    if proposal_id is not None and proposal.id != proposal_id:
        raise Tampered(
            "The service answered with another proposal than the one that was asked about. Nothing of it was used."
        )
    return proposal


def unchanged(claimed: Claimed, digest: str) -> Claimed:
    """What was claimed as it was asked for. Raises Tampered where it is not: it has met nobody who could change it."""
    if claimed.proposal.digest != digest:
        raise Tampered("The service claimed another payload than the one that was asked for; nothing ran.")
    return claimed
