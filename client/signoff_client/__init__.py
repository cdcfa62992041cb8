"""Client for agents: propose, wait for people, claim what they approved exactly once, report what came of it."""

from importlib import import_module
from typing import TYPE_CHECKING, Final

from signoff_client.callbacks import Callback, verify_callback
from signoff_client.errors import (
    AlreadyClaimed,
    AlreadyDone,
    ApprovalPending,
    Blocked,
    Conflict,
    EffectOpen,
    Expired,
    Forbidden,
    Invalid,
    KeyReused,
    Lapsed,
    NotConfigured,
    NotFound,
    Refused,
    Rejected,
    Revoked,
    SignoffError,
    Stopped,
    Superseded,
    Tampered,
    TooMany,
    Unauthorized,
    Unavailable,
    Unfinished,
    Unfit,
    UnknownEvent,
    Unreported,
    Withdrawn,
)
from signoff_client.model import Claimed, Event, Feedback, Proposal, Question, Ticket
from signoff_client.permits import Permit, UsedPermits, verify_permit
from signoff_client.receipts import Receipt, verify_receipt

if TYPE_CHECKING:
    from signoff_client.client import AsyncSignoff, Signoff
    from signoff_client.guarding import AsyncGuarded, Guarded, requires_approval

__all__ = [
    "AlreadyClaimed",
    "AlreadyDone",
    "ApprovalPending",
    "AsyncGuarded",
    "AsyncSignoff",
    "Blocked",
    "Callback",
    "Claimed",
    "Conflict",
    "EffectOpen",
    "Event",
    "Expired",
    "Feedback",
    "Forbidden",
    "Guarded",
    "Invalid",
    "KeyReused",
    "Lapsed",
    "NotConfigured",
    "NotFound",
    "Permit",
    "Proposal",
    "Question",
    "Receipt",
    "Refused",
    "Rejected",
    "Revoked",
    "Signoff",
    "SignoffError",
    "Stopped",
    "Superseded",
    "Tampered",
    "Ticket",
    "TooMany",
    "Unauthorized",
    "Unavailable",
    "Unfinished",
    "Unfit",
    "UnknownEvent",
    "Unreported",
    "UsedPermits",
    "Withdrawn",
    "requires_approval",
    "verify_callback",
    "verify_permit",
    "verify_receipt",
]

_ON_DEMAND: Final = {
    "AsyncGuarded": "guarding",
    "AsyncSignoff": "client",
    "Guarded": "guarding",
    "Signoff": "client",
    "requires_approval": "guarding",
}
"""What needs an HTTP client, by module: whoever only verifies, or only asks for a command's help, does without one."""

if not TYPE_CHECKING:

    def __getattr__(name: str) -> object:
        """Imports what is asked for the first time."""
        if name not in _ON_DEMAND:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        globals()[name] = found = getattr(import_module(f"{__name__}.{_ON_DEMAND[name]}"), name)
        return found
