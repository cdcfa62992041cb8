"""Delegations: one person lends another their place for a while. The pure rules of beginning and ending one."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING

from approvals.events import DelegationBegun, DelegationEnded, Note
from approvals.refusals import DelegationRefused

if TYPE_CHECKING:
    from approvals.reviewer import Reviewer

LONGEST = timedelta(days=60)
"""The schema's CHECK says the same."""
MOST_GIVEN = 10
"""Delegates of one person at a time."""


class OwnDelegate(DelegationRefused):
    """Nobody is their own delegate."""

    slug = "own-delegate"


class CannotStandIn(DelegationRefused):
    """The account may not decide anything, so it cannot for others: `what` is as in NotEligible, or unverified."""

    slug = "cannot-stand-in"

    def __init__(self, what: str) -> None:
        super().__init__(what)
        self.what = what


class NothingToDelegate(DelegationRefused):
    """The person is in no role."""

    slug = "nothing-to-delegate"


class NotAhead(DelegationRefused):
    """The moment at which it would end has passed."""

    slug = "not-ahead"

    def __init__(self, at: "datetime") -> None:
        super().__init__(at.isoformat())
        self.at = at


class DelegationTooLong(DelegationRefused):
    """It would be in force for more than so many days."""

    slug = "delegation-too-long"

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class TooManyDelegates(DelegationRefused):
    """The person has so many delegates already."""

    slug = "too-many-delegates"

    def __init__(self, limit: int) -> None:
        super().__init__(str(limit))
        self.limit = limit


class NoDelegation(DelegationRefused):
    """There is none to end, or it is over, or it is somebody else's."""

    slug = "no-delegation"


class Ending(StrEnum):
    """Why a delegation is over."""

    retracted = "retracted"
    given_back = "given_back"
    replaced = "replaced"
    expired = "expired"


@dataclass(frozen=True, slots=True, kw_only=True)
class Delegation:
    """The delegate may decide wherever the delegator might as a member of a role. It cannot be passed on."""

    id: str
    delegator: str
    delegate: str
    begun_at: datetime
    until: datetime
    ended_at: datetime | None = None
    ended_by: str | None = None
    """Who ended it early; None where its time was over."""

    def in_force(self, now: datetime) -> bool:
        """Whether it counts at this moment. Equal to its end is late."""
        return self.ended_at is None and self.begun_at <= now < self.until

    def ended(self, cause: Ending, by: str | None, now: datetime) -> tuple["Delegation", Note]:
        """It as it is once over, and the fact."""
        at = self.until if cause is Ending.expired else now
        note = DelegationEnded(at=at, id=self.id, delegator=self.delegator, delegate=self.delegate, by=by, cause=cause)
        return replace(self, ended_at=at, ended_by=by), note


def begin(
    reviewer: "Reviewer",
    delegate: str,
    until: datetime,
    unended: Iterable[Delegation],
    *,
    delegation_id: str,
    now: datetime,
) -> tuple[Delegation, Note]:
    """The new delegation and its fact. `unended` are those the person gave or was given before.

    Raises OwnDelegate, NothingToDelegate, NotAhead, DelegationTooLong, TooManyDelegates.
    """
    if delegate == reviewer.user:
        raise OwnDelegate
    if not reviewer.roles:
        raise NothingToDelegate
    if until <= now:
        raise NotAhead(until)
    if until - now > LONGEST:
        raise DelegationTooLong(LONGEST.days)
    others = {each.delegate for each in unended if each.delegator == reviewer.user and each.in_force(now)} - {delegate}
    if len(others) >= MOST_GIVEN:
        raise TooManyDelegates(MOST_GIVEN)
    made = Delegation(id=delegation_id, delegator=reviewer.user, delegate=delegate, begun_at=now, until=until)
    roles = tuple(sorted(reviewer.roles))
    return made, DelegationBegun(
        at=now, id=made.id, delegator=made.delegator, delegate=delegate, until=until, roles=roles
    )


def superseded(
    unended: Iterable[Delegation], delegator: str, delegate: str, now: datetime
) -> list[tuple[Delegation, Note]]:
    """What a new delegation between the two puts an end to, each with its fact."""
    return [
        each.ended(Ending.replaced, delegator, now) if each.until > now else each.ended(Ending.expired, None, now)
        for each in unended
        if (each.delegator, each.delegate) == (delegator, delegate)
    ]


def end(delegation: Delegation | None, by: str, now: datetime) -> tuple[Delegation, Note]:
    """Either of the two may end it, at any time; raises NoDelegation where there is none to end."""
    if delegation is None or not delegation.in_force(now) or by not in (delegation.delegator, delegation.delegate):
        raise NoDelegation
    return delegation.ended(Ending.retracted if by == delegation.delegator else Ending.given_back, by, now)


def between(unended: Iterable[Delegation], person: str, other: str, now: datetime) -> Delegation | None:
    """What is in force between the two: first what the person gave, else what they were given."""
    current = [each for each in unended if each.in_force(now)]
    for pair in ((person, other), (other, person)):
        for each in current:
            if (each.delegator, each.delegate) == pair:
                return each
    return None
