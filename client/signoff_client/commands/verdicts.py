"""Command results: one JSON document on standard output, an exit code for shells, notes on standard error."""

import json
import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from signoff_client.model import Proposal

APPROVED: Final = 0
"""Approved as given, and claimed by this call."""
WRONG_USE: Final = 2
"""The call has to be mended: arguments, payload, address, token."""
REJECTED: Final = 3
"""Rejected, blocked, revoked, withdrawn, lapsed, or the agent may not ask for it, or was stopped."""
EXPIRED: Final = 4
"""Nobody decided in time."""
UNREACHABLE: Final = 5
"""The service could not be asked, or what answered is not Signoff."""
CHANGED: Final = 6
"""Approved with changes."""
PENDING: Final = 7
"""Not decided when the wait was over."""
TAKEN: Final = 8
"""Another call has claimed it: that one acts, this one does not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """How the command ends."""

    exit: int
    decision: str
    message: str
    action: str | None = None
    key: str | None = None
    proposal: "Proposal | None" = None
    payload: dict[str, Any] | None = None
    """Only what was claimed by this call: what may run."""
    payload_file: str | None = None

    def document(self) -> dict[str, Any]:
        """For programs."""
        known = self.proposal
        return {
            "decision": self.decision,
            "exit": self.exit,
            "claimed": self.payload is not None,
            "message": self.message,
            "id": known.id if known else None,
            "status": known.status if known else None,
            "cause": known.cause if known else None,
            "action": self.action,
            "payload": self.payload,
            "payload_file": self.payload_file,
            "edited": known.edited if known else None,
            "digest": known.digest if known else None,
            "reason": known.reason if known else None,
            "expires_at": known.expires_at.isoformat().replace("+00:00", "Z") if known else None,
            "permit": known.permit if known and self.payload is not None else None,
            "key": self.key,
        }


def deliver(verdict: Verdict) -> int:
    """Writes it; the exit code. Raises OSError where nobody can read it."""
    note(verdict.message)
    try:
        sys.stdout.write(json.dumps(verdict.document(), ensure_ascii=True) + "\n")
        sys.stdout.flush()
    except OSError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())  # or the interpreter complains as it ends
        raise
    return verdict.exit


def note(text: str) -> None:
    """A line for people, where they can be reached: whether anybody reads it changes nothing of how the call ends."""
    if sys.stderr is None:
        return
    with suppress(OSError):  # of the descriptor: what a buffer still holds at the end would change the exit code
        os.write(2, f"{text}\n".encode("utf-8", "backslashreplace"))
