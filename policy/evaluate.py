"""Evaluation: which rules match a proposal, and what they ask for together.

The law: every matching rule applies, and one more can only make a gate stricter. So the order of rules means
nothing, and all that is combined here is a maximum, a minimum, a union or an intersection.
"""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.gate import ApprovalTerms, Batch, Confirmation, Fact, Reason, Sampling, Tier
from policy.asked_roles import Step, asked_by, default_holds, escalation_steps
from policy.expressions.condition import ConditionInputs, Unevaluable, condition_inputs
from policy.keys import confirmation
from policy.keys.budget import is_of_budget
from policy.keys.past import Past, condition_met, named, questions
from policy.patterns import matches
from policy.rules import Defaults, Rule, Weighed

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from approvals.gate import Gate
    from approvals.hours import Hours
    from approvals.past import PastQuery
    from approvals.proposal import Action, Ask


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the rules ask for together."""

    tier: Tier
    roles: tuple[str, ...]
    """Sorted; empty unless people are asked, or may object."""
    approvals: int
    expires_in: int
    execute_within: int
    object_within: int | None
    undo_window: int | None
    max_expires_in: int | None
    remind: tuple[int, ...]
    escalate: tuple[Step, ...]
    hours: "tuple[Hours, ...]"
    second_person: bool
    remember_approval: ApprovalTerms | None
    batch: Batch | None
    confirmation: Confirmation | None
    reject_reasons: tuple[str, ...]
    remember_rejection: int
    title: str | None
    show: tuple[str, ...]
    redact: tuple[str, ...]
    edit: tuple[str, ...] | None
    risk: tuple[Reason, ...]
    sampling: Sampling | None
    rules: tuple[str, ...]
    facts: tuple[Fact, ...]


def weigh(rule: Rule, known: ConditionInputs) -> Weighed:
    """Asks every condition of a rule that names the action, but for those about the past."""
    if not rule.conditions:
        return Weighed(rule=rule, named=True)
    answers = [(condition.source, condition.ask(known)) for condition in rule.conditions]
    return Weighed(
        rule=rule,
        named=True,
        false=next((source for source, answer in answers if answer is False), None),
        doubts=tuple((source, answer.why) for source, answer in answers if isinstance(answer, Unevaluable)),
    )


def weigh_all(rules: "Sequence[Rule]", ask: "Ask", action: "Action", past: Past) -> list[Weighed]:
    """Asks every rule about one action, and keeps those that do not name it."""
    known = condition_inputs(ask, action).shared(_conditions(rules, action))
    return [
        _recalled(weigh(rule, known), ask, action, past, newest=True)
        if matches(rule.action, action.name)
        else Weighed(rule=rule, named=False)
        for rule in rules
    ]


def judge(
    rules: "Sequence[Rule]",
    defaults: Defaults,
    ask: "Ask",
    revisions: "Sequence[Action]",
    at_least: Tier,
    past: Past,
    *,
    repeat: bool = False,
) -> Judgement:
    """What holds for a proposal: the rules that match any of its revisions, and the default where none does.

    `repeat` says that people are asked because they said no to the same before.
    """
    return combined(weigh_revisions(rules, ask, revisions, past), defaults, at_least, repeat=repeat)


def weigh_revisions(
    rules: "Sequence[Rule]", ask: "Ask", revisions: "Sequence[Action]", past: Past
) -> list[list[Weighed]]:
    """Of each revision, the newest last, what the rules that name its action say of it."""
    newest = len(revisions) - 1
    conditions = sum(_conditions(rules, action) for action in revisions)
    weighed = [
        _named(rules, _inputs(ask, action, conditions), ask, action, past, newest=place == newest)
        for place, action in enumerate(revisions)
    ]
    return weighed if past.before is None else _without_outdated(weighed, past.before)


def _without_outdated(weighed: list[list[Weighed]], before: "Gate") -> list[list[Weighed]]:
    """The same without what was found of budgets before, where the newest payload has other figures."""
    newest = {(fact.rule, fact.name) for each in weighed[-1] for fact in each.facts if fact not in before.facts}
    outdated = {each for each in before.facts if is_of_budget(each.name) and (each.rule, each.name) in newest}
    if not outdated:
        return weighed
    return [
        [replace(each, facts=tuple(fact for fact in each.facts if fact not in outdated)) for each in revision]
        for revision in weighed
    ]


def past_queries(rules: "Sequence[Rule]", ask: "Ask", action: "Action") -> "list[PastQuery]":
    """What the rules have to know of the past: of those that their other conditions do not rule out."""
    looking_back = [rule for rule in rules if rule.past and matches(rule.action, action.name)]
    if not looking_back:
        return []
    known = _inputs(ask, action, _conditions(rules, action))
    return [
        question
        for rule in looking_back
        if weigh(rule, known).matched
        for question in questions(rule.past, ask, action, rule.action)
    ]


def _conditions(rules: "Iterable[Rule]", action: "Action") -> int:
    """How many conditions are asked about the action."""
    return sum(len(rule.conditions) for rule in rules if matches(rule.action, action.name))


def _inputs(ask: "Ask", action: "Action", conditions: int) -> ConditionInputs:
    """What so many conditions are asked about; nothing where there are none."""
    return condition_inputs(ask, action).shared(conditions) if conditions else ConditionInputs({})


def _named(
    rules: "Iterable[Rule]", known: ConditionInputs, ask: "Ask", action: "Action", past: Past, *, newest: bool
) -> list[Weighed]:
    """What the rules that name the action say of it; the others change no judgement, and there may be a thousand."""
    return [
        _recalled(weigh(rule, known), ask, action, past, newest=newest)
        for rule in rules
        if matches(rule.action, action.name)
    ]


def _recalled(weighed: Weighed, ask: "Ask", action: "Action", past: Past, *, newest: bool) -> Weighed:
    """The same with what is known of the past: what held once, holds; older revisions were asked in their time."""
    rule = weighed.rule
    if not rule.past or not weighed.matched:
        return weighed
    kept = past.kept(rule.id) if past.before is not None and rule.id in past.before.rules else None
    if kept is None and past.before is not None and not newest:
        return replace(weighed, false=named(rule.past[0]))
    found = [(each, condition_met(each, ask, action, rule.action, past.known)) for each in rule.past]
    absent = next((named(each) for each, facts in found if not facts), None)
    fresh = [fact for _, several in found for fact in several] if absent is None else []
    if kept is None or past.before is None:
        return replace(
            weighed,
            false=absent,
            doubts=(*weighed.doubts, *((fact.name, fact.doubt) for fact in fresh if fact.doubt is not None)),
            facts=tuple(Fact(rule=rule.id, name=fact.name, value=fact.value) for fact in fresh),
        )
    names = {fact.name for fact in kept}
    anew = {fact.name for fact in fresh if fact.newest_counts and newest}
    new = [fact for fact in fresh if fact.doubt is None and (fact.name not in names or fact.name in anew)]
    return replace(
        weighed,
        facts=(
            *(fact for fact in kept if fact.name not in anew),
            *(Fact(rule=rule.id, name=fact.name, value=fact.value) for fact in new),
        ),
        kept=tuple(reason for reason in past.before.risk if reason.rule == rule.id),
    )


def combined(
    revisions: "Sequence[Sequence[Weighed]]", defaults: Defaults, at_least: Tier, *, repeat: bool = False
) -> Judgement:
    """The strictest of all that matched; each revision comes with what every rule says of it."""
    matched = [each for weighed in revisions for each in weighed if each.matched]
    rules = list({each.rule.id: each.rule for each in matched}.values())
    asking = list({each.rule.id: each.rule for each in matched if each.tier is Tier.approve}.values())
    default = default_holds(defaults, revisions)
    tier = max({at_least, *(each.tier for each in matched), *([defaults.tier] if default else [])})
    default = default and defaults.tier is Tier.approve
    asked = asked_by(matched, defaults, tier, default=default, repeat=repeat)
    alone = [None] if default else []  # it asks as a rule that says nothing further
    edits = [set(rule.edit) for rule in rules if rule.edit is not None]
    hours = [rule.hours for rule in asking if rule.hours is not None and rule.hours.extend]
    furthest = [rule.max_expires_in for rule in asking if rule.max_expires_in is not None]
    objecting = [rule.object_within for rule in rules if rule.object_within is not None]
    undo_windows = [rule.undo_window for rule in rules if rule.undo_window is not None]
    return Judgement(
        tier=tier,
        roles=tuple(sorted(asked)),
        approvals=max((rule.approvals for rule in rules if rule.approvals is not None), default=1),
        expires_in=_least([rule.expires_in for rule in rules], defaults.expires_in, at_most=default),
        execute_within=_least([rule.execute_within for rule in rules], defaults.execute_within, at_most=default),
        object_within=max(objecting, default=None) if tier is Tier.watch else None,
        undo_window=max(undo_windows, default=None) if tier is Tier.approve else None,
        max_expires_in=min(furthest) if asking and len(furthest) == len([*asking, *alone]) else None,
        remind=tuple(sorted({after for rule in rules for after in rule.remind})),
        escalate=escalation_steps(asked),
        hours=tuple(sorted(set(hours), key=_by_clock)) if len(hours) == len([*asking, *alone]) else (),
        second_person=any(rule.second_person for rule in rules),
        remember_approval=_approval_terms([*(rule.remember_approval for rule in asking), *alone]),
        confirmation=confirmation.strictest(rule.confirmation for rule in rules),
        batch=None if default else _shared([each for each in matched if each.tier is Tier.approve]),
        reject_reasons=_offered(rules),
        remember_rejection=_least(
            [rule.remember_rejection for rule in rules], defaults.remember_rejection, at_most=False
        ),
        title=next((rule.title for rule in _strictest_first(rules) if rule.title is not None), None),
        show=tuple(dict.fromkeys(field for rule in _strictest_first(rules) for field in rule.show)),
        redact=tuple(sorted({field for rule in rules for field in rule.redact})),
        edit=tuple(sorted(set.intersection(*edits))) if edits else None,
        risk=tuple(sorted({reason for each in matched for reason in each.reasons}, key=_by_rule)),
        sampling=_sampled(rules) if tier is Tier.auto else None,
        rules=tuple(sorted(rule.id for rule in rules)),
        facts=tuple(sorted({fact for each in matched for fact in each.facts}, key=_by_name)),
    )


def _sampled(rules: "Iterable[Rule]") -> Sampling | None:
    """The largest share of all, for whoever is named with any."""
    wanted = [rule.sampling for rule in rules if rule.sampling is not None]
    if not wanted:
        return None
    roles = {role for each in wanted for role in each.roles}
    return Sampling(share=max(each.share for each in wanted), roles=tuple(sorted(roles)))


def _strictest_first(rules: "Iterable[Rule]") -> list[Rule]:
    """By tier, then by id: whose words come first, whatever the order of the file."""
    return sorted(sorted(rules, key=lambda rule: rule.id), key=lambda rule: rule.tier, reverse=True)


def _approval_terms(said: "Sequence[ApprovalTerms | None]") -> ApprovalTerms | None:
    """What all of them allow; nothing where one does not, or nobody is asked."""
    terms = [each for each in said if each is not None]
    if not terms or len(terms) < len(said):
        return None
    return ApprovalTerms(
        may_differ=tuple(sorted(set.intersection(*(set(each.may_differ) for each in terms)))),
        lasts=min(each.lasts for each in terms),
        most=min(each.most for each in terms),
    )


def _shared(asking: "Sequence[Weighed]") -> Batch | None:
    """The batch that all rules which ask allow; none in doubt, and none where nobody but the default asks."""
    said = [each.rule.batch for each in asking if each.rule.batch is not None and not each.doubts]
    if not asking or len(said) < len(asking):
        return None
    return Batch(window=min(each.window for each in said), most=min(each.most for each in said))


def _offered(rules: "Iterable[Rule]") -> tuple[str, ...]:
    """The reasons of all, by the ids of the rules and then as written, each once."""
    named = sorted(rules, key=lambda rule: rule.id)
    return tuple(dict.fromkeys(reason for rule in named for reason in rule.reject_reasons))


def _least(said: "Iterable[int | None]", default: int, *, at_most: bool) -> int:
    """The smallest that is said, else the default; that counts as said where the default holds."""
    seconds = [each for each in said if each is not None]
    return min([*seconds, default] if at_most else seconds, default=default)


def _by_rule(reason: Reason) -> tuple[str, str]:
    return reason.rule, reason.reason


def _by_name(fact: Fact) -> tuple[str, str, str]:
    return fact.rule, fact.name, fact.value


def _by_clock(hours: "Hours") -> tuple[object, ...]:
    return hours.tz, hours.days, hours.start, hours.end, hours.extend
