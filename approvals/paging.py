"""Paging: the cursor, the filter and the page of a person's list."""

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import date, datetime

    from approvals.proposal import Proposal

EQUALLY_URGENT = 300_000
"""Milliseconds: what falls due in the same five minutes of the clock is equally urgent."""
_PRIME = 300_007
"""Above it: times any order, no two of them fall on the same place."""
_ROOM = 1_000_000
PLAIN = 1
"""The order that leaves all as it falls due."""


def order_of(person: str, day: "date") -> int:
    """In which order the person has on that day what is equally urgent: another one than others have, and tomorrow."""
    drawn = sha256(f"{day.isoformat()} {person}".encode()).digest()
    return PLAIN + int.from_bytes(drawn[:8], "big") % (_PRIME - 1)


def urgency(due: int, order: int) -> int:
    """By what is sorted in that order what falls due at that millisecond. The query `waiting` does the same in SQL."""
    return due // EQUALLY_URGENT * _ROOM + due % EQUALLY_URGENT * order % _PRIME


def is_order(value: int) -> bool:
    """Whether it is one that `order_of` gives."""
    return PLAIN <= value < _PRIME


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """Where a row stands in the order of a list; what comes after it is wanted, or right `before` it."""

    rank: int
    key: int
    id: str
    before: bool = False
    place: int = 0
    """Which of all it was on the page that led here, counted from 1; 0 where that is looked up anew."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """What of a list is wanted; None wants all."""

    agent: str | None = None
    action: str | None = None
    """A name, or a pattern in which `*` stands for any run of characters."""
    role: str | None = None
    """Looked at where things wait, not in the history."""
    by: str | None = None
    """Who decided it. From here on: looked at in the history alone."""
    status: str | None = None
    """What time has made of it, or `expired`."""
    since: "datetime | None" = None
    """When it was over at the earliest."""


ALL = Filter()


@dataclass(frozen=True, slots=True, kw_only=True)
class Listed:
    """A page of a person's list, and how much there is in all."""

    proposals: "list[Proposal]"
    total: int
    exact: bool = True
    """Whether the total is all there is; else there is more, which nobody counts."""
    first: int = 1
    """Which of all is the first on the page, counted from 1."""
    before: Cursor | None = None
    """Asks for the page before this one; None on the first."""
    after: Cursor | None = None
    """Asks for the page after this one; None on the last."""
    damaged: tuple[str, ...] = ()
    """What is wrong with rows that belong here and are not served."""
