"""Past queries: what a rule may ask about the past. The answers are ours; an agent cannot write them."""

from dataclasses import dataclass
from dataclasses import field as dataclass_field
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from approvals.budget import NOTHING, BudgetTerms


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
    budget = "budget"
    """What proposals that may still run, or ran lately, come to together."""
    effect = "effect"
    """Whether an effect was open, tried or had happened, whoever's it was."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastQuery:
    """One question about the past of an agent's action."""

    about: About
    agent: str
    action: str
    """The action's name; for a rate and a budget the rule's pattern, `*` for any run of characters."""
    apart_from: str | None = dataclass_field(default=None, compare=False)
    """The proposal that is judged again: it does not count itself. Part of the asking, not of what is asked."""
    field: str | None = None
    """A dotted path into the payload."""
    value: str | None = None
    """The value at the field, as canonical JSON; for a repeat the payload's digest, for a budget the group, for an
    effect that."""
    payload: str | None = None
    """For a repeat: the whole payload as canonical JSON, to find what is nearly the same."""
    per: int | None = None
    """For a rate and a budget: seconds to look back."""
    budget: BudgetTerms | None = None
    """For a budget: what counts together."""


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
    holder: str | None = None
    """For an effect: the proposal that holds it, while it is open."""
    done: str | None = None
    """For an effect: the newest proposal by which it happened."""
    tried: str | None = None
    """For an effect: the newest by which it may have: it failed, or was rolled back, by the word of its agent."""
    overruled: bool = False
    """For a repeat of the same: whether a person who could know of the no approved it for this agent since."""
    total: Decimal = NOTHING
    """For a budget: what counts."""
    unsure: int = 0
    """For a budget: how many count of which no amount is known."""
