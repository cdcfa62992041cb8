"""Dead rules: those that add nothing or can never match, and actions that no rule names."""

from dataclasses import fields
from itertools import combinations, product
from typing import TYPE_CHECKING

from approvals.gate import Tier
from approvals.proposal import Source
from policy.checks.lint import MORE_PEOPLE, finding
from policy.expressions.condition import handed_over
from policy.patterns import is_wider, overlap
from policy.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault
    from policy.file.rulebook import AgentEntry

COMPARED = {"id", "action", "conditions", "tier", "roles", "approvals", "expires_in", "reason", "edit"}
"""What `adds_nothing` weighs; in all else that a rule may say, two rules have to be alike."""
_DEFAULT = ""
"""Stands for the default's role, whichever that is: no role has this name."""
SETTLED = {"action", "agent", "source"}
"""What a condition may read and still be tried for every agent there is."""


def inert(lint: "Lint") -> "Iterator[UnplacedFault]":
    """Everything of the kind, in no order."""
    yield from _contained(lint)
    yield from _never_remembered(lint)
    yield from _never_true(lint)
    yield from _quorum_unreachable(lint)
    yield from _unnamed(lint)


def adds_nothing(rule: Rule, beside: Rule) -> bool:
    """Whether `beside` matches whenever the rule does and asks no less, so that only a reason goes with the rule."""
    own, others = ({condition.source for condition in each.conditions} for each in (rule, beside))
    # A condition of its own may be in doubt, and then the rule asks people at least.
    tier = rule.tier if own == others else max(rule.tier, Tier.approve)
    return (
        is_wider(beside.action, rule.action)
        and others <= own
        and (rule.batch is None or own == others)  # in doubt it keeps apart what shares a card
        and (beside.id < rule.id or not (rule.title or rule.show or rule.reject_reasons))  # its words may come first
        and not beside.tier < tier
        and (tier is Tier.auto or set(rule.asks(_DEFAULT)) <= set(beside.asks(_DEFAULT)))
        and (rule.approvals or 1) <= (beside.approvals or 1)
        and (rule.expires_in is None or (beside.expires_in is not None and beside.expires_in <= rule.expires_in))
        and (rule.edit is None or (beside.edit is not None and set(beside.edit) <= set(rule.edit)))
        and all(
            getattr(rule, field.name) == getattr(beside, field.name)
            for field in fields(Rule)
            if field.name not in COMPARED
        )
    )


def _contained(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        for place, beside in lint.rules.items():
            if place == index or not adds_nothing(rule, beside):
                continue
            if adds_nothing(beside, rule) and index < place:  # of two alike the later is told
                continue
            if rule.tier < beside.tier and beside.always:  # told at every start
                continue
            message = f"adds nothing: {beside.id} matches whenever this does and asks no less"
            kept = ", unless its reason is worth a line on the card" if rule.reason else ""
            yield finding(("rules", index), message, f"Remove it{kept}, or narrow {beside.id}.")
            break


def _never_remembered(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        for beside in lint.rules.values() if rule.remember_approval is not None else ():
            asks = beside.tier is Tier.approve and beside.remember_approval is None and beside.always
            if asks and is_wider(beside.action, rule.action):
                message = f"no approval is ever remembered: {beside.id} matches whenever this does and does not let it"
                yield finding(
                    ("rules", index, "remember_approval"), message, f"Write it in {beside.id} as well, or remove it."
                )
                break


def _never_true(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        agents = [(name, source) for name in lint.proposers(rule.action) for source in _sources(lint.book.agents[name])]
        for place, condition in enumerate(rule.conditions):
            if not condition.reads or not condition.reads <= SETTLED - ({"action"} if "*" in rule.action else set()):
                continue
            answers = [
                condition.ask(handed_over({"action": rule.action, "agent": name, "source": source}))
                for name, source in agents
            ]
            if all(answer is False for answer in answers):
                message = "is false for every agent that may propose this"
                yield finding(("rules", index, "when", place), message, "Mend the condition, or remove the rule.")


def _sources(agent: "AgentEntry") -> list[str]:
    """What may count as the source of its proposals."""
    return [source.value for source in Source if source in (Source.untrusted, agent.source)]


def _quorum_unreachable(lint: "Lint") -> "Iterator[UnplacedFault]":
    asking = [(index, rule) for index, rule in lint.rules.items() if rule.tier is Tier.approve]
    owners = [(name, agent.owner) for name, agent in lint.book.agents.items() if agent.owner]
    for ((_, one), (index, other)), (name, owner) in product(combinations(asking, 2), owners):
        if not overlap(one.action, other.action) or lint.shortage([one, other]):  # the latter is told at every start
            continue
        if not {name} <= lint.proposers(one.action).keys() & lint.proposers(other.action).keys():
            continue
        if shortage := lint.shortage([one, other], owner):
            message = (
                f"where {one.id} matches too, nobody can fill both for {name}, "
                f"whose owner {owner} may not approve: {shortage}"
            )
            yield finding(lint.asking(index), message, MORE_PEOPLE)


def _unnamed(lint: "Lint") -> "Iterator[UnplacedFault]":
    for name, agent in lint.book.agents.items():
        for place, action in enumerate(agent.actions):
            if not any(overlap(rule.action, action) for rule in lint.rules.values()):
                message = f"no rule names {action}, so the default holds for all of it"
                yield finding(("agents", name, "actions", place), message, "Write a rule, if not all of it is alike.")
