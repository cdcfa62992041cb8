"""Stories whose receipts hold."""

from approvals.digest import canonical
from approvals.events import Overdue
from signoff_client import proof
from tests.making import make_gate, make_reviewer
from tests.recording import (
    BOB,
    SYSTEM,
    Story,
)


def said(receipt):
    return proof.faults(receipt, canonical)


def one(receipt):
    """The one sentence that is said."""
    (sentence,) = said(receipt)
    return sentence


def overdue():
    story = Story().approve().claim()
    return story.take(SYSTEM, [Overdue(at=story.now)])


def two_of_two_roles():
    gate = make_gate(roles=("finance", "support"), approvals=1)
    both, support = make_reviewer("U0BOTH", roles=frozenset({"finance", "support"})), make_reviewer("U0SAM")
    return Story(gate=gate).approve(both).approve(support)


def second_person():
    gate = make_gate(second_person=True)
    return Story(gate=gate).edit(amount=120).approve(BOB)
