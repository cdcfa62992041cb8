"""Actors: who does something, as the audit log names them, with the delegations in force at that moment."""

from dataclasses import replace
from typing import TYPE_CHECKING

from approvals.events import Actor

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.ports import Transaction
    from approvals.proposal import Ask
    from approvals.reviewer import Reviewer

SYSTEM = Actor(kind="system", id="signoff")
"""This program, for what time does and for what it notes of its own doing."""


async def still_delegated(tx: "Transaction", person: "Reviewer", now: "datetime") -> "Reviewer":
    """The person with the places that are lent to them at the moment of deciding: a delegation may have ended since."""
    if not person.delegated:
        return person
    delegators = await tx.delegators(person.user, now)
    return replace(person, delegated=tuple(each for each in person.delegated if each.by in delegators))


def agent(ask: "Ask") -> Actor:
    """The agent that proposed."""
    return Actor(kind="agent", id=ask.agent)


def reviewer(person: "Reviewer") -> Actor:
    """A person, with how their roles were known."""
    delegated = tuple(f"{how} (lent by {each.by})" for each in person.delegated for how in each.proof)
    return Actor(kind="reviewer", id=person.user, team=person.team, proof=person.proof + delegated)
