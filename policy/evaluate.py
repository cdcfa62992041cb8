"""Rules against proposals: which match, and what they ask for together.

The law: every matching rule applies, and one more can only make a gate stricter. So the order of rules means
nothing, and all that is combined here is a maximum, a minimum, a union or an intersection.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import Reason, Tier
from policy.expressions import Condition, Facts, Unevaluable, facts
from policy.patterns import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from approvals.proposal import Action, Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule, ready to be asked. Durations are seconds; None stands for what the rule does not say."""

    id: str
    action: str
    conditions: tuple[Condition, ...] = ()
    tier: Tier
    roles: tuple[str, ...] = ()
    approvals: int | None = None
    expires_in: int | None = None
    reason: str | None = None
    edit: tuple[str, ...] | None = None

    @property
    def trusts_the_agent(self) -> bool:
        """Whether it may match or not by what the agent says about itself."""
        return any(condition.trusts_the_agent for condition in self.conditions)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where no rule matches. Durations are seconds."""

    tier: Tier
    role: str
    expires_in: int
    execute_within: int
    report_within: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """What one rule says of one action."""

    rule: Rule
    named: bool
    """Whether its pattern fits the action's name."""
    false: str | None = None
    """The first condition that is false."""
    doubts: tuple[tuple[str, str], ...] = ()
    """Conditions that could not be evaluated, each with why."""

    @property
    def matched(self) -> bool:
        """Whether the rule applies: a false condition wins over doubt, and doubt counts as true."""
        return self.named and self.false is None

    @property
    def tier(self) -> Tier:
        """How strict it is here: in doubt a person is asked at least."""
        return max(self.rule.tier, Tier.approve) if self.doubts else self.rule.tier

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The rule's own words, with each condition that could not be evaluated named."""
        own = self.rule.reason
        if not self.doubts:
            return () if own is None else (Reason(rule=self.rule.id, reason=own),)
        prefix = "" if own is None else f"{own} — "
        return tuple(
            Reason(rule=self.rule.id, reason=f"{prefix}the condition {source} could not be evaluated: {why}")
            for source, why in self.doubts
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules ask for together."""

    tier: Tier
    roles: tuple[str, ...]
    """Sorted; empty unless people are asked."""
    approvals: int
    expires_in: int
    edit: tuple[str, ...] | None
    risk: tuple[Reason, ...]
    rules: tuple[str, ...]


def weigh(rule: Rule, known: Facts) -> Weighed:
    """Asks every condition of a rule that names the action."""
    if not rule.conditions:
        return Weighed(rule=rule, named=True)
    answers = [(condition.source, condition.ask(known)) for condition in rule.conditions]
    return Weighed(
        rule=rule,
        named=True,
        false=next((source for source, answer in answers if answer is False), None),
        doubts=tuple((source, answer.why) for source, answer in answers if isinstance(answer, Unevaluable)),
    )


def weigh_all(rules: "Iterable[Rule]", ask: "Ask", action: "Action") -> list[Weighed]:
    """Asks every rule about one action, and keeps those that do not name it."""
    known = facts(ask, action)
    return [
        weigh(rule, known) if matches(rule.action, action.name) else Weighed(rule=rule, named=False) for rule in rules
    ]


def judge(
    rules: "Sequence[Rule]", defaults: Defaults, ask: "Ask", revisions: "Iterable[Action]", at_least: Tier
) -> Judgement:
    """What holds for a proposal: the rules that match any of its revisions, or the default where none ever did."""
    return combined([_named(rules, ask, action) for action in revisions], defaults, at_least)


def _named(rules: "Iterable[Rule]", ask: "Ask", action: "Action") -> list[Weighed]:
    """What the rules that name the action say of it; the others change no judgement, and there may be a thousand."""
    known = facts(ask, action)
    return [weigh(rule, known) for rule in rules if matches(rule.action, action.name)]


def combined(revisions: "Sequence[Sequence[Weighed]]", defaults: Defaults, at_least: Tier) -> Judgement:
    """The strictest of all that matched; each revision comes with what every rule says of it."""
    matched = [each for weighed in revisions for each in weighed if each.matched]
    rules = {each.rule.id: each.rule for each in matched}.values()
    tiers = {at_least, *(each.tier for each in matched), *([defaults.tier] if _holds(defaults, revisions) else [])}
    tier = max(tiers)
    roles = {role for rule in rules for role in rule.roles} or {defaults.role}
    edits = [set(rule.edit) for rule in rules if rule.edit is not None]
    return Judgement(
        tier=tier,
        roles=tuple(sorted(roles)) if tier is Tier.approve else (),
        approvals=max((rule.approvals for rule in rules if rule.approvals is not None), default=1),
        expires_in=min((rule.expires_in for rule in rules if rule.expires_in is not None), default=defaults.expires_in),
        edit=tuple(sorted(set.intersection(*edits))) if edits else None,
        risk=tuple(sorted({reason for each in matched for reason in each.reasons}, key=_by_rule)),
        rules=tuple(sorted(rule.id for rule in rules)),
    )


def _holds(defaults: Defaults, revisions: "Sequence[Sequence[Weighed]]") -> bool:
    """Whether the default's tier holds: where no rule ever matched.

    One that blocks is lifted neither by a rule that goes by the agent's claims, nor by one that matched an earlier
    revision only: else a claim, or an edit, would reach what no rule allows.
    """
    lifted = [any(each.matched and not each.rule.trusts_the_agent for each in weighed) for weighed in revisions]
    return not (all(lifted) if defaults.tier is Tier.block else any(lifted))


def _by_rule(reason: Reason) -> tuple[str, str]:
    return reason.rule, reason.reason
