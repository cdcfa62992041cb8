"""Warnings and notes about a sound policy: what is said at every start, and what is only worth knowing."""

from collections import defaultdict
from itertools import combinations
from typing import TYPE_CHECKING

from approvals.gate import Tier
from policy.checks.budgets import budget_warnings
from policy.checks.fields import REMEDY, described, named_below, nearest
from policy.checks.lint import MORE_PEOPLE, finding
from policy.file.durations import UNITS, duration_text
from policy.keys.budget import Budget
from policy.keys.past import FirstTime, Unusual
from policy.patterns import is_wider, overlap
from policy.rules import Rule

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault
    from policy.json_schema.schemas import PayloadSchema

SHORT_RETENTION = 7 * UNITS["d"]
"""Below it, whoever comes back from a week away finds nothing of what ran."""


def warnings(lint: "Lint", schemas: "Mapping[str, PayloadSchema]") -> "Iterator[UnplacedFault]":
    """What an operator should know at every start."""
    yield from _loud(lint)
    yield from _unguarded(lint)
    yield from _unfit(lint)
    yield from _unused(lint)
    yield from _overruled(lint)
    yield from _unfillable_pairs(lint)
    yield from _calls_itself(lint)
    yield from _titles(lint)
    yield from _unknown_fields(lint, schemas)
    yield from _short_retention(lint)
    yield from budget_warnings(lint)


def notes(lint: "Lint") -> "Iterator[UnplacedFault]":
    """What is as it should be, and worth knowing: what a rule asks, or no longer says, because of another."""
    yield from _spread(lint)
    yield from _retention(lint)
    for index, rule in lint.rules.items():
        for other in lint.rules.values():
            if other is rule or rule.tier is not Tier.approve or not overlap(rule.action, other.action):
                continue
            if _keeps_seated(lint, rule, other):
                message = f"does not hold where {other.id} matches too, which asks the same role without it"
                remedy = f"Write it in {other.id} as well, or role: same there if it only sharpens what others ask."
                yield finding(("rules", index, "escalate"), message, remedy)
                break


def _spread(lint: "Lint") -> "Iterator[UnplacedFault]":
    """Where a number of approvals counts for the roles of another rule too, so that more people are asked than said."""
    default = "" if lint.book.defaults is None else lint.book.defaults.role
    asking = [(index, rule) for index, rule in lint.rules.items() if rule.tier is Tier.approve]
    for (one_at, one), (other_at, other) in combinations(asking, 2):
        roles = sorted({*one.asks(default), *other.asks(default)})
        most = max(one.approvals or 1, other.approvals or 1)
        counting, beside, index = (one, other, one_at) if one.approvals == most else (other, one, other_at)
        of_the_other = set(beside.asks(default)) - set(counting.asks(default))
        said = not of_the_other or counting.same or (beside.approvals or 1) == most
        if said or not overlap(one.action, other.action):
            continue
        asked = " and ".join(f"{most} of {role}" for role in roles)
        message = f"counts for each role where {beside.id} matches too: {asked}, {most * len(roles)} people"
        remedy = f"If {counting.id} is meant to sharpen the other alone, write role: same; else all is well."
        yield finding(("rules", index, "approvals"), message, remedy)


def _keeps_seated(lint: "Lint", rule: "Rule", other: "Rule") -> bool:
    """Whether the other rule asks a role of this one, and nobody may stand in for it in the same way."""
    if rule.escalate is None or other.tier is not Tier.approve or lint.book.defaults is None:
        return False
    shared = set(rule.asks(lint.book.defaults.role)) & set(other.asks(lint.book.defaults.role))
    return bool(shared) and (other.escalate is None or other.escalate[1] != rule.escalate[1])


def _loud(lint: "Lint") -> "Iterator[UnplacedFault]":
    for name, role in lint.book.roles.items():
        if role.allow_self_review:
            message = "people may approve their own agents' proposals here"
            yield finding(("roles", name, "allow_self_review"), message, "Drop it once a second person can decide.")
    for name, agent in lint.book.agents.items():
        if agent.owner is None:
            message = "has no owner, so nobody is kept from approving their own proposals"
            yield finding(("agents", name), message, "Name the person who answers for it.")
    if not lint.book.agents:
        yield finding(("agents",), "nobody can propose", "Add an agent.")


def _unguarded(lint: "Lint") -> "Iterator[UnplacedFault]":
    reading: defaultdict[str, list[int]] = defaultdict(list)
    for index, rule in lint.rules.items():
        reads = any("payload" in condition.reads for condition in rule.conditions)
        reads |= any(isinstance(each, (Budget, FirstTime, Unusual)) for each in rule.past)
        if reads and rule.action not in lint.book.schemas:
            reading[rule.action].append(index)
    for action, (first, *others) in reading.items():
        more = f", as {len(others)} more do" if others else ""
        message = f"reads the payload of {action}, which has no schema{more}"
        remedy = "Add one to schemas; a field of another type makes its conditions unevaluable."
        key = ("when",) if lint.book.rules[first].when else ()
        yield finding(("rules", first, *key), message, remedy)


def _unfit(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        for place, condition in enumerate(rule.conditions):
            types = condition.against(lint.fields.get(rule.action, {}))
            if isinstance(types, str):
                message = f"can never be evaluated, by the schema of {rule.action}: {types}"
                remedy = "So the rule asks people whatever is proposed: mend the condition, or the schema."
                yield finding(("rules", index, "when", place), message, remedy)


def _unused(lint: "Lint") -> "Iterator[UnplacedFault]":
    used = {role for rule in lint.rules.values() for role in rule.roles}
    used |= {role for rule in lint.rules.values() if rule.sampling is not None for role in rule.sampling.roles}
    used |= {rule.escalate[1] for rule in lint.rules.values() if rule.escalate is not None}
    used |= {role.backup for role in lint.book.roles.values() if role.backup is not None}
    default = {lint.book.defaults.role} if lint.book.defaults is not None else set()
    for name in lint.book.roles:
        if name not in used | default:
            yield finding(("roles", name), "no rule asks this role", "Name it in a rule, or remove it.")
    for action in lint.book.schemas:
        if not lint.proposers(action):
            yield finding(("schemas", action), "no agent may propose this", "Mend the name, or remove it.")
    for index, rule in lint.rules.items():
        for place, condition in enumerate(rule.conditions):
            if not condition.reads:
                yield finding(("rules", index, "when", place), "is always true", "Leave the condition out.")


def _overruled(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        for other in lint.rules.values():
            if never_decides(rule, other):
                message = f"never decides: {other.id} is stricter and matches whenever this does"
                kept = ", or remove this rule" if says_nothing_else(rule) else "; what else this rule says still holds"
                yield finding(("rules", index), message, f"Narrow {other.id}{kept}.")
                break


def never_decides(rule: "Rule", other: "Rule") -> bool:
    """Whether the other is stricter, in doubt too, and matches whenever the rule does."""
    strictest = max(rule.tier, Tier.approve) if rule.conditions else rule.tier
    return (
        other.always and is_wider(other.action, rule.action) and rule.tier < other.tier and not other.tier < strictest
    )


def says_nothing_else(rule: "Rule") -> bool:
    """Whether all that a rule may do is to decide, so that one which never does can be removed.

    One with a condition may be in doubt, and then it asks like others do, and says so.
    """
    # That a rule of tier watch has a time to object counts only where such a tier decides, and so does a sample.
    empty = Rule(
        id=rule.id, action=rule.action, tier=rule.tier, object_within=rule.object_within, sampling=rule.sampling
    )
    return rule == empty


def _calls_itself(lint: "Lint") -> "Iterator[UnplacedFault]":
    for index, rule in lint.rules.items():
        if rule.escalate is not None and (rule.escalate[1],) == rule.roles:
            message = f"calls in {rule.escalate[1]}, who is asked already"
            yield finding(("rules", index, "escalate", "to"), message, "Name a role with other people.")


def _unfillable_pairs(lint: "Lint") -> "Iterator[UnplacedFault]":
    asking = [(index, rule) for index, rule in lint.rules.items() if rule.tier is Tier.approve]
    for (_, one), (index, other) in combinations(asking, 2):
        if overlap(one.action, other.action) and (shortage := lint.shortage([one, other])):
            message = f"where {one.id} matches too, nobody can fill both: {shortage}"
            yield finding(lint.asking(index), message, MORE_PEOPLE)


def _titles(lint: "Lint") -> "Iterator[UnplacedFault]":
    titled = [(index, rule) for index, rule in lint.rules.items() if rule.title is not None]
    for (_, one), (index, other) in combinations(titled, 2):
        if one.tier is other.tier and one.title != other.title and overlap(one.action, other.action):
            message = f"where {one.id} matches too, the title is that of {min(one.id, other.id)}"
            yield finding(("rules", index, "title"), message, "Keep one of the two, if both can match.")


def _unknown_fields(lint: "Lint", schemas: "Mapping[str, PayloadSchema]") -> "Iterator[UnplacedFault]":
    """Fields that no schema of the actions of their rule describes, though one lets a payload have them."""
    for key, path, ways, known in named_below(lint, schemas):
        possible = "*" in lint.rules[int(key[1])].action or described(known, ways, only_described=False)
        if possible and not described(known, ways, only_described=True):
            near = nearest(path, known)
            message = f"no schema of its actions has a field {path}"
            yield finding(key, message, f"Did you mean {near}?" if near else REMEDY)


def _short_retention(lint: "Lint") -> "Iterator[UnplacedFault]":
    kept = lint.book.retention
    times: dict[tuple[str, ...], int] = {}
    if kept is not None:
        times |= {("actions", pattern): time for pattern, time in kept.actions.items()}
        times |= {} if kept.content is None else {("content",): kept.content}
    for key, time in times.items():
        if time < SHORT_RETENTION:
            message = f"what was written is erased {duration_text(time)} after it is over"
            yield finding(("retention", *key), message, "Write a longer time, unless it has to be so short.")


def _retention(lint: "Lint") -> "Iterator[UnplacedFault]":
    """Patterns that meet each other, and those that no agent can meet now."""
    actions = {} if lint.book.retention is None else lint.book.retention.actions
    for (one, kept), (other, longer) in combinations(sorted(actions.items(), key=lambda each: each[1]), 2):
        if kept != longer and overlap(one, other):
            message = f"where {other} fits too, it is kept for {duration_text(longer)}, the longer time"
            yield finding(("retention", "actions", one), message, "Narrow one of the two, if that is not meant.")
    allowed = [pattern for agent in lint.book.agents.values() for pattern in agent.actions]
    for pattern in actions:
        if not any(overlap(pattern, each) for each in allowed):
            remedy = "Mend the name, unless it is for what was proposed before."
            yield finding(("retention", "actions", pattern), "no agent may propose this now", remedy)
