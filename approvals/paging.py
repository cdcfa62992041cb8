"""Paging: the cursor, the filter and the page of a person's list."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal


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
