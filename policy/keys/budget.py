"""The key `budget`: a rule applies once what counts and this proposal together are over a limit.

Where an amount, or what it belongs to, cannot be told, the rule applies: nothing unread is a way below a budget.
"""

from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING

from approvals.budget import BudgetTerms, NoAmount, Per, added, amount_of, groups_of
from approvals.past import About, PastQuery
from approvals.paths import is_redacted
from policy.file.durations import UNITS, duration_text
from policy.file.faults import UnplacedFault
from policy.patterns import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.past import PastAnswer
    from approvals.proposal import Action, Ask
    from policy.file.rule_keys import BudgetEntry
    from policy.file.rulebook import Rulebook

NO_GROUP = "a field is missing that says what it counts with"
_PLAINLY = range(-9, 15)
"""Digits before and after the point of a number that is written out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """What counts together, over how long, and what it may come to."""

    terms: BudgetTerms
    window: int
    over: Decimal
    roles: tuple[str, ...] = ()
    """Those of the rule, for a budget of each."""

    def questions(self, ask: "Ask", action: "Action", pattern: str) -> "Iterator[tuple[str, PastQuery | str]]":
        """What to ask of each group that it counts in, or why that is impossible."""
        del pattern
        try:
            amount_of(action.payload, self.terms.sum)
        except NoAmount as none:
            yield f"budget {self.terms.sum}", str(none)
            return
        groups = groups_of(self.terms, ask.agent, action.name, self.roles, action.payload)
        if groups is None:
            yield f"budget {self.terms.sum}", NO_GROUP
        for group in groups or ():
            role = f" of {_role_in(group)}" if self.terms.per == Per.role else ""
            question = PastQuery(
                about=About.budget,
                agent=ask.agent,
                action=self.terms.action,
                field=self.terms.sum,
                value=group,
                per=self.window,
                budget=self.terms,
            )
            yield f"budget {self.terms.sum}{role}", question

    @property
    def question(self) -> PastQuery:
        """What it asks, of no group yet."""
        terms = self.terms
        asked = {"action": terms.action, "field": terms.sum, "value": ""}
        return PastQuery(about=About.budget, agent="", per=self.window, budget=terms, **asked)

    def finding(self, question: PastQuery, answer: "PastAnswer", action: "Action") -> str | None:
        """The fact, if it is one."""
        within = f"in {span_text(self.window)}{self._of(question)}"
        if answer.unsure:
            return f"What counts {within} is not known: of {answer.unsure} the amount cannot be read."
        total = added(answer.total, amount_of(action.payload, self.terms.sum))
        if total <= self.over:
            return None
        most, sum_text = figure(self.over), figure(total)
        with_this = f"a little more than {most}" if sum_text == most else sum_text
        return f"{figure(answer.total)} of {most} {within}; with this {with_this}."

    def _of(self, question: PastQuery) -> str:
        """What the sum is of, without a word of an agent's."""
        match self.terms.per:
            case None:
                whose = ""
            case Per.role:
                whose = f" for {_role_in(question.value or '')}"
            case per:
                whose = f" for this {per}"
        return whose if self.terms.same is None else f"{whose} in this {self.terms.same}"

    @property
    def fields(self) -> tuple[str, ...]:
        """The fields of the payload that it reads."""
        per = None if self.terms.per in tuple(Per) else self.terms.per
        return tuple(path for path in (self.terms.sum, per, self.terms.same) if path is not None)

    @property
    def text(self) -> str:
        """As faults and explanations name it."""
        per = "" if self.terms.per is None else f" per {self.terms.per}"
        same = "" if self.terms.same is None else f", same {self.terms.same}"
        return f"budget {self.terms.sum} over {figure(self.over)} in {duration_text(self.window)}{per}{same}"


def budget_of(entry: "BudgetEntry", action: str, roles: tuple[str, ...]) -> Budget:
    """The budget of a rule with that pattern and those roles."""
    terms = BudgetTerms(action=action, sum=entry.sum, per=entry.per, same=entry.same, trust_reports=entry.trust_reports)
    return Budget(terms=terms, window=entry.window, over=Decimal(repr(entry.over)), roles=tuple(sorted(set(roles))))


def _role_in(group: str) -> str:
    return group.partition("\n")[0]


def is_of_budget(name: str) -> bool:
    """Whether a fact of that name has a budget's figures."""
    return name.startswith(f"{About.budget} ")


def figure(number: Decimal) -> str:
    """A number as people write it: 4,180 and 0.5, and what is very long in short."""
    plain = number.normalize()
    if not number or (plain.adjusted() in _PLAINLY and plain.as_tuple().exponent in _PLAINLY):
        return f"{number.quantize(Decimal(1)) if number == number.to_integral_value() else plain:,f}"
    return f"{plain:.6g}"


def span_text(seconds: int) -> str:
    """So long in words: 24 hours, 7 days, 90 seconds."""
    words = {"d": "day", "h": "hour", "m": "minute", "s": "second"}
    fits = (unit for unit in words if seconds % UNITS[unit] == 0 and (unit != "d" or seconds > UNITS["d"]))
    unit = next(fits)
    number = seconds // UNITS[unit]
    return f"{number} {words[unit]}" if number == 1 else f"{number} {words[unit]}s"


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in book.rules.items():
        if rule.budget is None:
            continue
        if rule.budget.per == Per.role and not rule.named_roles:
            message = "is for each role, and the rule names none"
            remedy = "Name them in role or roles, or leave per out."
            yield UnplacedFault(path=("rules", index, "budget", "per"), message=message, remedy=remedy)
        for other in book.rules.values():
            if overlap(rule.action, other.action) and is_redacted(rule.budget.sum, other.redact):
                message = f"is redacted by {other.id}, and what the budget says on cards would tell it"
                remedy = "Redact another field, or add up another."
                yield UnplacedFault(path=("rules", index, "budget", "sum"), message=message, remedy=remedy)
                break
