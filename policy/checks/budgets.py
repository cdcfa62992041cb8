"""Budgets that never hold anything back, or hold back everything."""

from typing import TYPE_CHECKING

from approvals.gate import Tier
from approvals.paths import steps
from policy.checks.lint import finding
from policy.expressions.operators import ValueType
from policy.file.durations import duration_text
from policy.keys.budget import Budget
from policy.patterns import is_wider, overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault


def budget_warnings(lint: "Lint") -> "Iterator[UnplacedFault]":
    """What an operator should know of each."""
    for index, rule in lint.rules.items():
        for budget in (each for each in rule.past if isinstance(each, Budget)):
            path = ("rules", index, "budget")
            blocking = [other for other in lint.rules.values() if other.always and other.tier is Tier.block]
            if (never := next((each for each in blocking if is_wider(each.action, rule.action)), None)) is not None:
                message = f"is never reached: {never.id} blocks all that would count"
                yield finding(path, message, f"Narrow {never.id}, or remove this rule.")
            kind = lint.fields.get(rule.action, {}).get(("payload", *steps(budget.terms.sum)))
            if kind is not None and kind is not ValueType.number:
                message = f"adds up {budget.terms.sum}, which is no number by the schema of {rule.action}"
                yield finding((*path, "sum"), message, "So the rule applies whatever is proposed: name a number.")
            yield from _erased_sooner(lint, index, budget)


def _erased_sooner(lint: "Lint", index: int, budget: Budget) -> "Iterator[UnplacedFault]":
    """Where an amount may be erased while it counts: then what counts is not known, and people are asked."""
    retention = lint.book.retention
    action = budget.terms.action
    times = [] if retention is None else [time for each, time in retention.actions.items() if overlap(each, action)]
    times += [] if retention is None or retention.content is None else [retention.content]
    if times and min(times) < budget.window:
        message = f"looks back {duration_text(budget.window)}, and amounts are erased after {duration_text(min(times))}"
        remedy = "Keep them for as long: of what was erased no amount is known, and then people are asked."
        yield finding(("rules", index, "budget", "window"), message, remedy)
