"""Rules in force, the defaults beside them, and what a rule says of one proposal."""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.gate import ApprovalTerms, Batch, Confirmation, Fact, Reason, Sampling, Tier
from policy.expressions.condition import Condition
from policy.keys.past import UNKNOWN, PastCondition

if TYPE_CHECKING:
    from approvals.hours import Hours


@dataclass(frozen=True, slots=True, kw_only=True)
class EffectTerms:
    """What a rule says of an effect."""

    template: str
    """Words and places that the payload fills; see approvals.effect_key."""
    once: bool = False
    """Whether it never runs again, once it has succeeded; else people are asked, who are told so."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """A rule, ready to be asked. Durations are seconds; None stands for what the rule does not say."""

    id: str
    action: str
    conditions: tuple[Condition, ...] = ()
    past: tuple[PastCondition, ...] = ()
    """What must hold of the past, beside the conditions."""
    tier: Tier
    roles: tuple[str, ...] = ()
    same: bool = False
    """Whether it asks nobody of its own, and only sharpens what others ask."""
    approvals: int | None = None
    expires_in: int | None = None
    max_expires_in: int | None = None
    execute_within: int | None = None
    object_within: int | None = None
    undo_window: int | None = None
    remind: tuple[int, ...] = ()
    escalate: tuple[int, str] | None = None
    """After how long to which role."""
    hours: "Hours | None" = None
    second_person: bool = False
    sampling: Sampling | None = None
    """What share of what it lets run is looked over, by which of the roles it names; then `roles` has none."""
    remember_approval: ApprovalTerms | None = None
    batch: Batch | None = None
    confirmation: Confirmation | None = None
    reject_reasons: tuple[str, ...] = ()
    remember_rejection: int | None = None
    title: str | None = None
    show: tuple[str, ...] = ()
    redact: tuple[str, ...] = ()
    reason: str | None = None
    edit: tuple[str, ...] | None = None
    effect: "EffectTerms | None" = None

    @property
    def trusts_the_agent(self) -> bool:
        """Whether it may match or not by what the agent says about itself."""
        return any(condition.trusts_the_agent for condition in self.conditions)

    @property
    def always(self) -> bool:
        """Whether it applies to every action that it names."""
        return not self.conditions and not self.past

    @property
    def lifts(self) -> bool:
        """Whether it takes the default's place: no claim and no flood of proposals does, nor what only sharpens."""
        return self.firm and not self.same

    @property
    def firm(self) -> bool:
        """Whether it applies whatever the agent says of itself, and whatever happened before."""
        return not self.trusts_the_agent and not self.past

    def asks(self, default: str) -> tuple[str, ...]:
        """The roles that it wants to agree, or to look on, by itself: the default's where it names none."""
        return () if self.same else self.roles or (default,)


@dataclass(frozen=True, slots=True, kw_only=True)
class Defaults:
    """What holds where no rule matches. Durations are seconds."""

    tier: Tier
    role: str
    expires_in: int
    execute_within: int
    report_within: int
    remember_rejection: int = 86_400
    covered_by: tuple[str, ...] = ()
    """The roles that are enough where a changed payload is one that no rule knows. Sorted."""


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
    facts: tuple[Fact, ...] = ()
    """What it found in the past, now or when it applied before."""
    kept: tuple[Reason, ...] = ()
    """The reasons it gave when it applied before."""

    @property
    def matched(self) -> bool:
        """Whether the rule applies: a false condition wins over doubt, and doubt counts as true."""
        return self.named and self.false is None

    @property
    def plain(self) -> bool:
        """Whether the rule says no more of it than of every other that it matches."""
        return not (self.doubts or self.facts or self.kept or self.rule.effect)

    @property
    def tier(self) -> Tier:
        """How strict it is here: in doubt a person is asked at least."""
        return max(self.rule.tier, Tier.approve) if self.doubts else self.rule.tier

    @property
    def reasons(self) -> tuple[Reason, ...]:
        """The rule's own words, with each condition that could not be evaluated named."""
        own, always = self.rule.reason, self.rule.always
        if not self.doubts:
            return self.kept if own is None else (*self.kept, Reason(rule=self.rule.id, reason=own, always=always))
        prefix = "" if own is None else f"{own} — "
        return self.kept + tuple(
            Reason(rule=self.rule.id, reason=f"{prefix}the condition {source} could not be evaluated: {why}")
            for source, why in self.doubts
        )

    @property
    def open(self) -> bool:
        """Whether it applies only because nobody knows the past."""
        return any(why == UNKNOWN for _, why in self.doubts)
