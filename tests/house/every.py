"""Every event and every refusal there is, with an example of each refusal."""

import inspect
import sys
from datetime import UTC, datetime

from approvals import agent_stop, delegation, second_factor
from approvals.events import Event, Note
from approvals.moves import questions
from approvals.proposal import Status
from approvals.refusals import Fault, Refusal

HOMES = (questions, delegation, agent_stop, second_factor)
"""Where leaves of the tree of refusals are written beside their rules."""
FACTS = {
    "what": "guest",
    "roles": ("finance", "support"),
    "status": Status.approved,
    "by": "U0CAROL",
    "at": datetime(2026, 11, 20, 10, 15, tzinfo=UTC),
    "fields": ("amount", "note"),
    "reasons": ("Tables are never dropped by agents",),
    "faults": (Fault("/amount", "must be a number"),),
    "action": "refund.create",
    "limit": 50,
    "people": ("U0CAROL",),
    "missing": (("support", 1),),
    "second_person": False,
    "since": datetime(2026, 11, 20, 10, 16, tzinfo=UTC),
    "until": datetime(2026, 11, 20, 10, 16, tzinfo=UTC),
    "now": datetime(2026, 11, 20, 10, 15, tzinfo=UTC),
    "retry_after": 60,
    "left": 4,
    "everything": True,
    "reason": "all were taken over",
    "digest": "sha256:" + "0" * 64,
    "proposal_id": "prp_0190c3e5a4b07cc2a1d6b3f0e4d5c6b7",
    "effect": "refund:pay_5",
    "own": True,
}


def leaves(kind: type) -> tuple[type, ...]:
    """The classes below `kind` that nothing refines further, in the order they were written.

    A slotted dataclass is made twice, and its first making may still be about: only what a module names counts.
    """
    below = [each for each in kind.__subclasses__() if getattr(sys.modules[each.__module__], each.__name__) is each]
    return tuple(leaf for each in below for leaf in leaves(each)) if below else (kind,)


def events() -> tuple[type[Event], ...]:
    """Every fact that changes a proposal."""
    return tuple(leaf for leaf in leaves(Event) if not issubclass(leaf, Note))


def notes() -> tuple[type[Note], ...]:
    """Every fact that changes nothing."""
    return leaves(Note)


def example(kind: type[Refusal]) -> Refusal:
    """A refusal of this kind, with plausible facts."""
    if kind.__init__ is Exception.__init__:
        return kind()
    return kind(**{name: FACTS[name] for name in list(inspect.signature(kind.__init__).parameters)[1:]})
