"""What this installation signs: permits for what was claimed, and receipts of all that was proposed."""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from approvals.receipt import PERMIT, RECEIPT, permit, receipt_of
from signoff_client.proof import HASHED

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.signing import Signer
    from storage import Entry


@dataclass(frozen=True, slots=True, kw_only=True)
class Issuer:
    """Signs in the name of the address under which it is reached."""

    signer: "Signer"
    name: "Callable[[], str]"
    """SIGNOFF_URL, or the address that was opened."""

    def permit(self, proposal: "Proposal") -> str:
        """The permit of a claimed proposal: as long as key and address stay, the same bytes each time."""
        return self.signer.signed(canonical(permit(proposal, self.name())), PERMIT)

    def receipt(
        self, proposal: "Proposal", entries: "Iterable[Entry]", now: "datetime", *, places: bool = True
    ) -> dict[str, Any]:
        """The record with `signature`: a detached JWS over the RFC 8785 bytes of all else."""
        body = receipt_of(proposal, [_shown(entry) for entry in entries], self.name(), now, places=places)
        return {**body, "signature": self.signer.detached(canonical(body), RECEIPT)}


def _shown(entry: "Entry") -> "dict[str, JSON]":
    """All that the hash is made over, and the hash; the seal tells nobody anything who has not our key."""
    return {name: getattr(entry, name) for name in (*HASHED, "previous", "hash")}
