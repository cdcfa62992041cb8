"""Weekly digest of a role as one message: what was asked and read, what is always approved, what nobody answered."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.oversight import ONCE, Figure, moment
from bot.slack.words import digest as say
from bot.slack.words.shared import name, roughly

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from approvals.estimate import Share
    from approvals.oversight import Oversight

PEOPLE = 3
"""With fewer who decided, the sum would be the figure of a person: how they read is then not told."""
_MANY = 20
_ALWAYS = 0.98
_MOST_RULES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Week:
    """The figures of a role's week."""

    everything: "Oversight"
    rules: "Sequence[Oversight]"
    people: int
    """How many decided."""


def digest(role: str, week: Week, first: "datetime", last: "datetime") -> str | None:
    """At most five lines below a title; None where nothing was asked and no sample was drawn."""
    everything = week.everything
    if not everything.asked and not everything.number(Figure.sampled):
        return None
    return "\n".join([say.title(role, first, last), *_lines(week), say.OWN_FIGURES])


def _lines(week: Week) -> "Iterator[str]":
    of = week.everything
    if of.asked:
        median = moment(of.wait, 0.5)
        yield say.asked(of.asked, _endings(of), None if median is None else roughly(median))
    middle, read = of.read.quantile(0.5), of.unread
    practice = say.drills(of.caught.hits, of.caught.cases) if of.caught.cases and week.people >= PEOPLE else None
    if middle is not None and read.cases >= _MANY and week.people >= PEOPLE:
        yield say.read(middle / ONCE, read.hits, read.cases, practice)
    elif practice is not None:
        yield say.practised(practice)
    if always := _always(week.rules):
        yield say.always_approved(always)
    if expired := of.number(Figure.expired):
        yield say.expired(expired, _mostly(week.rules, expired))
    if error := of.error if of.error.cases else None:
        bound, more = next(((bound, more) for bound, more in of.more_to_judge if more), (0.0, None))
        yield say.samples(error.hits, error.cases, *error.bounds, more, bound)
    elif waiting := of.number(Figure.sampled):
        yield say.samples_wait(waiting)


def _endings(of: "Oversight") -> list[str]:
    return [f"{number} {word}" for figure, word in say.ENDINGS.items() if (number := of.number(figure))]


def _always(rules: "Sequence[Oversight]") -> list[str]:
    """The rules of which enough was answered, and hardly anything otherwise than approved as it was."""
    shares: list[tuple[str, Share]] = [(each.name, each.untouched) for each in rules if each.name]
    found = [(rule, of) for rule, of in shares if of.cases >= _MANY and of.hits >= _ALWAYS * of.cases]
    return [say.rule_count(rule, of.hits, of.cases) for rule, of in found[:_MOST_RULES]]


def _mostly(rules: "Sequence[Oversight]", expired: int) -> str | None:
    """The rule that asked for more than half of what nobody answered, if one did."""
    most = max(rules, key=lambda each: each.number(Figure.expired), default=None)
    if most is None or not most.name or 2 * most.number(Figure.expired) <= expired:
        return None
    return name(most.name)
