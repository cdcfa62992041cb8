"""Messages between workflow, activities and bridge. All of it is in the workflow's history, as JSON."""

from dataclasses import dataclass, field
from typing import Any, Final

from signoff_client.answers import raise_for
from signoff_client.errors import SignoffError
from signoff_client.model import Proposal

DECIDED: Final = "signoff_decided"
"""The update's name; its id is the proposal's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """What to propose. `key` makes every retry the same proposal."""

    action: str
    payload: dict[str, Any]
    reasoning: str
    key: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class ProposalState:
    """Where a proposal stands. Times are ISO 8601 in UTC."""

    id: str
    version: int
    status: str
    message: str
    expires_at: str
    claimable_at: str | None = None
    refusal: str | None = None
    """The name of the client's exception for it, where the answer is no."""

    @classmethod
    def of(cls, proposal: Proposal) -> "ProposalState":
        """As the service tells it."""
        refusal = None
        if proposal.status not in ("pending", "approved"):
            try:
                raise_for(proposal)
            except SignoffError as error:
                refusal = type(error).__name__
        return cls(
            id=proposal.id,
            version=proposal.version,
            status=proposal.status,
            message=proposal.message,
            expires_at=proposal.expires_at.isoformat(),
            claimable_at=None if proposal.claimable_at is None else proposal.claimable_at.isoformat(),
            refusal=refusal,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Taking:
    """One claim. A retry carries the same claimant and so gets the same answer."""

    id: str
    claimant: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Approved:
    """The right to act once, with exactly this payload."""

    id: str
    action: str
    payload: dict[str, Any]
    edited: bool
    permit: str | None
    preconditions: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What came of acting: succeeded, failed or unknown."""

    id: str
    status: str
    detail: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class TakingBack:
    """Why the workflow does not want it any more."""

    id: str
    reason: str
