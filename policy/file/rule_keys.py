"""Rule keys that hold more than one value, as strict models."""

from typing import Annotated, Literal

from pydantic import Field

from policy.file.durations import Duration
from policy.file.entry import PolicyEntry
from policy.file.scalars import BudgetPer, Daytime, EachOnce, Name, PayloadPath, Weekday, Zone


class UnusualEntry(PolicyEntry):
    """A number far beyond what people are used to."""

    field: PayloadPath
    """Which field of the payload."""
    times: Annotated[float, Field(ge=1, le=1000)]
    """How many times the median of what people approved and that succeeded; what is further from zero than that, or
    has the other sign, is unusual, and so is everything with fewer than ten of them."""


class RateEntry(PolicyEntry):
    """More proposals than usual."""

    per: Duration
    """How far to look back."""
    over: Annotated[int, Field(ge=1, le=100_000)]
    """How many of the agent's proposals that the rule names may come in that time; the next one is over it."""


class BudgetEntry(PolicyEntry):
    """How much proposals may come to together.

    What counts is what may still run, waiting or approved, and what was claimed within the window; what was rejected,
    withdrawn or revoked, expired or lapsed counts no longer. It is read in the transaction that decides, so that of
    many that come at once none passes unseen.
    """

    sum: PayloadPath
    """The field of the payload whose numbers are added up, exactly. Where it is missing, is no number or below zero,
    the rule applies."""
    per: BudgetPer | None = None
    """For each what there is a sum of its own: agent, action, role (each of the rule, of what it was asked) or a
    field of the payload. Left out: one for all that the rule's action names."""
    window: Duration
    """How far back what was claimed counts; what may still run always does."""
    over: Annotated[int | float, Field(ge=0, allow_inf_nan=False)]
    """What they may come to, this one included; the rule applies to what goes over it."""
    same: PayloadPath | None = None
    """A field that parts the sums further, such as payload.currency: what differs there is never added up."""
    trust_reports: bool = False
    """Lets what its agent reports as failed or rolled back count no longer. Left out, it counts until the window is
    over: only the agent says so."""


class EscalateEntry(PolicyEntry):
    """Who may step in when nobody answers."""

    after: Duration
    """How long nobody has answered."""
    to: Name
    """The role whose people may decide too from then on, in its own channel."""


class HoursEntry(PolicyEntry):
    """When people are there, by the clock on their wall."""

    tz: Zone
    """A name of the IANA time zone database."""
    days: Annotated[list[Weekday], Field(min_length=1), EachOnce]
    """The days they are there."""
    start: Daytime = Field(alias="from")
    """When they begin."""
    end: Daytime = Field(alias="to")
    """When they end, later on the same day; 24:00 is midnight."""
    outside: Literal["extend", "escalate"]
    """extend: only time inside counts, for the deadline and for all before it. escalate: what comes outside is
    escalated at once, and all time counts."""


class RememberApprovalEntry(PolicyEntry):
    """What whoever approves may allow beyond the one proposal."""

    may_differ: Annotated[list[PayloadPath], EachOnce] = []
    """Fields of the payload that may have other values of the same JSON type, or be absent; all else has to be equal.
    Left out: none."""
    lasts: Duration = Field(alias="for")
    """How long it is remembered."""
    most: Annotated[int, Field(alias="max", ge=1, le=1000)]
    """How many more it may approve."""


class BatchEntry(PolicyEntry):
    """Proposals that share one card, to be looked through and decided together."""

    window: Duration
    """How long after the first another one may join its card."""
    max: Annotated[int, Field(ge=2, le=40)]
    """How many share a card at most."""
