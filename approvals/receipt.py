"""Permits and receipts: what they say, before anybody signs them. Pure; `signoff_client.proof` checks a receipt."""

from typing import TYPE_CHECKING

from approvals.events import as_json, instant
from approvals.proposal import Status
from approvals.states import FINAL

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Proposal

PERMIT, RECEIPT = "signoff-permit+jwt", "signoff-receipt+jws"
"""The `typ` of each signature, so that none is taken for the other (RFC 8725)."""
PLACE = frozenset({"seq", "id", "previous", "hash"})
"""What tells where in the log an entry stands; each of them shows whether another lies in between."""
FORM = 1
"""The form of a receipt; another number is another form."""


def may_act(proposal: "Proposal") -> bool:
    """Whether who claimed it may be given its permit, again too: not once it is over, late or objected to."""
    return proposal.status is Status.claimed and not proposal.overdue and proposal.rollback is None


def permit(proposal: "Proposal", issuer: str) -> "dict[str, JSON]":
    """The claims of the permit of a claimed proposal: which payload may run, by whom, and until when.

    `iat` and `exp` are whole seconds since the epoch: the claim, and when its report is due, never later.
    """
    assert proposal.claimed_at is not None
    assert proposal.report_by is not None
    return {
        "iss": issuer,
        "sub": proposal.id,
        "act": proposal.action.name,
        "digest": proposal.digest,
        "agent": proposal.ask.agent,
        "iat": int(proposal.claimed_at.timestamp()),
        "exp": int(proposal.report_by.timestamp()),
    }


def receipt_of(
    proposal: "Proposal", entries: "Iterable[dict[str, JSON]]", issuer: str, now: "datetime", *, places: bool
) -> "dict[str, JSON]":
    """The whole record of a proposal, with all that its audit entries need to be hashed anew; unsigned.

    The permit is in it as its claims alone, which nobody can act with. The secrets of the cards are in no entry.
    Without `places` it does not say where in the log its entries stand, and so they cannot be hashed: from the gaps
    between its own entries an agent could tell that something was drawn to be looked over.
    """
    return {
        "form": FORM,
        "issuer": issuer,
        "made_at": instant(now),
        "places": places,
        "final": proposal.status in FINAL,
        "proposal": {
            "id": proposal.id,
            "agent": proposal.ask.agent,
            "action": proposal.action.name,
            "revision": proposal.revision,
            "digest": proposal.digest,
            "status": str(proposal.status),
            "cause": None if proposal.cause is None else str(proposal.cause),
            "reason": proposal.reason,
            "round": proposal.round,
            "created_at": instant(proposal.created_at),
            "expires_at": instant(proposal.expires_at),
            "resolved_at": _moment(proposal.resolved_at),
            "resolved_by": proposal.resolved_by,
            "claimable_at": _moment(proposal.claimable_at),
            "execute_by": _moment(proposal.execute_by),
            "claimed_at": _moment(proposal.claimed_at),
            "report_by": _moment(proposal.report_by),
            "overdue": proposal.overdue,
            "erased_at": _moment(proposal.erased_at),
            "ask": as_json(proposal.ask),
        },
        "revisions": as_json(proposal.revisions),
        "gate": as_json(proposal.gate),
        "decisions": as_json(proposal.decisions),
        "questions": as_json(proposal.questions),
        "outcome": as_json(proposal.outcome),
        "rollback": as_json(proposal.rollback),
        "permit": None if proposal.claimed_at is None else permit(proposal, issuer),
        "entries": [{name: value for name, value in entry.items() if places or name not in PLACE} for entry in entries],
    }


def _moment(at: "datetime | None") -> str | None:
    return None if at is None else instant(at)
