"""Budgets in a terminal, `signoff budgets`: what counts in each budget of the policy now, and what is left of it."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.budget import without
from approvals.ports import StoreBusy
from bot.cli.console import terminal_safe
from bot.clock import SystemClock
from bot.keys import KeyFault, seal_keys, seeds_for
from policy import check_policy
from policy.file.durations import duration_text
from policy.keys.budget import Budget, figure
from storage import StoreFault, database_file, open_to_read

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from approvals.digest import JSON
    from approvals.past import PastAnswer
    from bot.settings import LocalSettings

MOST_SHOWN = 20
"""Groups of one budget in the terminal, those with the most first; all are in the JSON."""


class Unread(Exception):
    """Nothing can be told; a sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """Where the budget of one rule stands."""

    rule: str
    budget: Budget
    groups: "dict[str, PastAnswer]"

    @property
    def fullest_first(self) -> "list[tuple[str, PastAnswer]]":
        """The groups, those of which something is not known before all others."""
        return sorted(self.groups.items(), key=lambda each: (-each[1].unsure, -each[1].total, each[0]))


async def standings(settings: "LocalSettings") -> "list[Standing]":
    """Each budget of the policy, in the order of its file. Raises Unread."""
    policy = check_policy(settings.signoff_policy, None).policy
    if policy is None:
        raise Unread(f"{settings.signoff_policy} cannot be used; `signoff policy check` says why.")
    signing_key = settings.signoff_signing_key
    url = settings.signoff_database_url
    budgets = [(rule.id, each) for rule in policy.rules for each in rule.past if isinstance(each, Budget)]
    try:
        seeds = seeds_for(database_file(url), signing_key.get_secret_value() if signing_key else None)
        async with open_to_read(url, seal_keys(seeds), SystemClock()) as store:
            now = SystemClock().now()
            return [
                Standing(rule=rule, budget=each, groups=await store.budget_standing(each.question, now))
                for rule, each in budgets
            ]
    except (KeyFault, StoreFault, StoreBusy) as fault:
        raise Unread(str(fault)) from None


def budget_lines(found: "Sequence[Standing]") -> list[str]:
    """For people."""
    return [line for each in found for line in _lines(each)] or ["No rule of the policy has a budget."]


def _lines(of: Standing) -> "Iterator[str]":
    yield f"{terminal_safe(of.rule)}: {terminal_safe(of.budget.text)}"
    over = of.budget.over
    for group, answer in of.fullest_first[:MOST_SHOWN]:
        left = "nothing left" if answer.total >= over else f"{figure(without(over, answer.total))} left"
        known = f"not known: of {answer.unsure} the amount cannot be read" if answer.unsure else left
        name = terminal_safe(group.replace("\n", " ")) or "all"
        yield f"  {name}: {figure(answer.total)} of {figure(over)}, {known}"
    if (more := len(of.groups) - MOST_SHOWN) > 0:
        yield f"  and {more} more"


def as_json(found: "Sequence[Standing]") -> "dict[str, JSON]":
    """For programs; amounts are texts, for they are exact."""
    return {
        "budgets": [
            {
                "rule": each.rule,
                "action": each.budget.terms.action,
                "sum": each.budget.terms.sum,
                "per": each.budget.terms.per,
                "same": each.budget.terms.same,
                "window": duration_text(each.budget.window),
                "over": f"{each.budget.over:f}",
                "groups": [
                    {"group": group, "counts": f"{answer.total:f}", "unknown_amounts": answer.unsure}
                    for group, answer in each.fullest_first
                ],
            }
            for each in found
        ]
    }
