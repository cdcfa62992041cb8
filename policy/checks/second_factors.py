"""Second factors: whom a rule asks for a code, held against who has enrolled one."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import Tier
from policy.checks.lint import finding
from policy.patterns import overlap

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault
    from policy.loaded import LoadedPolicy
    from policy.rules import Rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Unenrolled:
    """People whom the policy names for what a rule asks a code for, and who have no second factor."""

    rule: str
    people: tuple[str, ...]
    everybody: bool
    """Whether nobody is left who could approve it: none of those named has one, and no group is asked either."""

    @property
    def said(self) -> str:
        """What is wrong, without a full stop."""
        who = "nobody who is asked has a second factor" if self.everybody else f"{', '.join(self.people)} have none"
        return f"takes a code of a second factor, and {who}"


REMEDY = "Have them type `/approvals enrol` in Slack; who has none can approve nothing that takes a code."


def takes_code(policy: "LoadedPolicy") -> bool:
    """Whether any rule asks for one."""
    return any(_asks_code(rule) for rule in policy.rules)


def unenrolled(policy: "LoadedPolicy", enrolled: "Collection[str]") -> "Iterator[Unenrolled]":
    """By rule; nothing of one whose people all have a second factor. Members of groups are Slack's to know."""
    for rule in policy.rules:
        if not _asks_code(rule):
            continue
        roles = [policy.roles[name] for name in _asked(policy, rule)]
        named = {person for role in roles for person in role.members}
        missing = tuple(sorted(named - set(enrolled)))
        if missing:
            groups = any(role.groups for role in roles)
            yield Unenrolled(rule=rule.id, people=missing, everybody=len(missing) == len(named) and not groups)


def findings(policy: "LoadedPolicy", lint: "Lint", enrolled: "Collection[str]") -> "Iterator[UnplacedFault]":
    """The same, each where its rule stands in the file."""
    places = {rule.id: index for index, rule in lint.rules.items()}
    for each in unenrolled(policy, enrolled):
        yield finding(("rules", places[each.rule], "confirmation"), each.said, REMEDY)


def _asks_code(rule: "Rule") -> bool:
    return rule.confirmation is not None and rule.confirmation.code


def _asked(policy: "LoadedPolicy", rule: "Rule") -> set[str]:
    """The roles that decide what it matches; of one that only sharpens, those of the rules it may match beside."""
    default = policy.defaults.role
    beside = [each for each in policy.rules if each.tier is Tier.approve and overlap(rule.action, each.action)]
    return set(rule.asks(default)) or {default, *(role for each in beside for role in each.asks(default))}
