"""Asked roles: whom the rules and the default ask together, and who may step in when nobody answers."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import Tier
from policy.keys.past import Repeat

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.hours import Hours
    from policy.rules import Defaults, Rule, Weighed


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """Which role may stand in for which, after so many seconds, or at once for what comes outside of the hours."""

    after: int
    to: str
    outside: "tuple[Hours, ...]" = ()
    roles: tuple[str, ...] = ()
    """Sorted."""


def default_holds(defaults: "Defaults", revisions: "Sequence[Sequence[Weighed]]") -> bool:
    """Whether the default holds: where of some revision no rule took its place.

    It is lifted neither by a rule that goes by the agent's claims or by the past, nor by one that only sharpens, nor by
    one in doubt, nor by one that matched another revision: else a claim, a flood, a value of another type, or an edit
    would reach what no rule allows, or pass over whom it asks. But if it only asks, those whom a rule surely asks for
    another revision are enough where the policy says so.
    """
    lifting = [
        [each for each in weighed if each.matched and not each.doubts and each.rule.lifts] for weighed in revisions
    ]
    if all(lifting):
        return False
    enough = {
        role for each in lifting for one in each if one.tier is Tier.approve for role in one.rule.asks(defaults.role)
    }
    return defaults.tier is Tier.block or enough.isdisjoint(defaults.covered_by)


def asked_by(
    matched: "Sequence[Weighed]", defaults: "Defaults", tier: Tier, *, default: bool, repeat: bool = False
) -> "dict[str, list[Rule | None]]":
    """The roles that are asked, or look on where nobody is, each with who asks it; None stands for the default.

    Every rule of the tier that holds asks its own, and one of a lower tier those that it names: whoever may object to
    what runs is not passed over where it waits. Where none has any, the default's is asked; beside a rule that only
    sharpens, and where people are asked because they said no to the same before (`repeat`), also where none has any
    but by what the agent says, or does: that must not choose who decides.
    """
    if tier not in (Tier.watch, Tier.approve):
        return {}
    asked: dict[str, list[Rule | None]] = {}
    for each in matched:
        for role in each.rule.asks(defaults.role) if each.tier is tier else each.rule.roles:
            asked.setdefault(role, []).append(each.rule)
    rules = [each.rule for each in matched if each.tier is tier]
    asking = [rule for rule in rules if rule.asks(defaults.role)]
    if any(rule.same for rule in rules):
        asking = [rule for rule in asking if rule.firm]
    elif repeat:
        asking = [rule for rule in asking if _whatever_is_said(rule)]
    if default or not asking:
        asked.setdefault(defaults.role, []).append(None)
    return asked


def escalation_steps(asked: "Mapping[str, Sequence[Rule | None]]") -> tuple[Step, ...]:
    """The steps that all who ask a role agree on, taken when the last of them would; each with its roles.

    A step lets others sit in a role's places, so one rule alone cannot say it of a role that another asks as well, nor
    hasten it by hours that the others do not have.
    """
    steps: dict[tuple[int, str, tuple[Hours, ...]], set[str]] = {}
    for role, rules in asked.items():
        said = [None if rule is None or rule.escalate is None else (*rule.escalate, _hastened(rule)) for rule in rules]
        agreed = [each for each in said if each is not None]
        if len(agreed) == len(said) and len({to for _, to, _ in agreed}) == 1:
            after, to = max((after, to) for after, to, _ in agreed)
            hours = {outside for _, _, outside in agreed}
            steps.setdefault((after, to, hours.pop() if len(hours) == 1 else ()), set()).add(role)
    made = [
        Step(after=after, to=to, outside=outside, roles=tuple(sorted(each)))
        for (after, to, outside), each in steps.items()
    ]
    return tuple(sorted(made, key=lambda step: (step.after, step.to, step.roles)))


def _whatever_is_said(rule: "Rule") -> bool:
    """Whether beside the payload nothing but a no of people makes it apply, whatever the agent says and does."""
    return not rule.trusts_the_agent and all(isinstance(each, Repeat) for each in rule.past)


def _hastened(rule: "Rule") -> "tuple[Hours, ...]":
    """The hours outside of which the rule's step is taken at once."""
    return () if rule.hours is None or rule.hours.extend else (rule.hours,)
