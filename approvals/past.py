"""Past queries: what a rule may ask about the past. The answers are ours; an agent cannot write them."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from enum import StrEnum


class About(StrEnum):
    """What a question is about."""

    first_time = "first_time"
    """Whether this agent's action was ever approved with this value."""
    unusual = "unusual"
    """What people approved of this field, and succeeded."""
    repeat = "repeat_of_rejected"
    """Whether a person rejected the same payload, or nearly the same."""
    rate = "rate"
    """How many proposals came lately."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastQuery:
    """One question about the past of an agent's action."""

    about: About
    agent: str
    action: str
    """The action's name; for a rate the rule's pattern, `*` for any run of characters."""
    apart_from: str | None = dataclass_field(default=None, compare=False)
    """The proposal that is judged again: it does not count itself. Part of the asking, not of what is asked."""
    field: str | None = None
    """A dotted path into the payload."""
    value: str | None = None
    """The value at the field, as canonical JSON; for a repeat the payload's digest."""
    payload: str | None = None
    """For a repeat: the whole payload as canonical JSON, to find what is nearly the same."""
    per: int | None = None
    """For a rate: seconds to look back."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastAnswer:
    """What is known; `count` is 0 where nothing is."""

    count: int = 0
    """Approvals with this value; approvals of people that succeeded; proposals in the time."""
    median: float | None = None
    """Of the field's values among those counted."""
    by: str | None = None
    """For a repeat: who rejected it last."""
    at: datetime | None = None
    """For a repeat: when."""
    reason: str | None = None
    """For a repeat: why, in that person's words."""
    same: bool = False
    """For a repeat: whether the digest is the same; else it is nearly the same."""
    overruled: bool = False
    """For a repeat of the same: whether a person who could know of the no approved it for this agent since."""
