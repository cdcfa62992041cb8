"""Effects of a proposal, by the key `effect`: what it does, what is known of that, and what people are asked then.

While one proposal of an effect is open, the lifecycle lets no other be. What the gate says here is what comes after it:
an effect that happened, or may have, is asked of people who are told so. By what agents say nothing is loosened: that a
proposal failed, or was rolled back, is their word alone.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from approvals.effect_key import EffectKey, Unnamed, effect_key
from approvals.gate import Fact, Reason, Tier
from approvals.past import About, PastAnswer, PastQuery
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.proposal import Action, Ask
    from policy.file.rulebook import Rulebook
    from policy.keys.past import Past
    from policy.rules import Rule, Weighed

DONE = str(About.effect)
"""How a fact is named by which an effect happened, or may have."""
HELD = "effect_held"
"""And one by which another proposal has it."""
ONCE = ", and may happen once."
UNSURE = "It is not known whether this was done before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Effects:
    """What a proposal does, and what follows from what is known of that."""

    keys: tuple[EffectKey, ...] = ()
    """By their digests."""
    tier: Tier = Tier.auto
    """How strict the gate has to be because of them."""
    risk: tuple[Reason, ...] = ()
    facts: tuple[Fact, ...] = ()

    @property
    def asks(self) -> bool:
        """Whether people are asked, or nobody may, because of them."""
        return self.tier is not Tier.auto


NONE = Effects()


class _Finding(NamedTuple):
    """What one rule has to say."""

    rule: str
    reason: str
    """For the card, without a value of the payload; empty where there is nothing to say."""
    fact: str
    """What we knew, if anything."""
    tier: Tier
    """How strict the gate has to be."""
    name: str = DONE


def queries(rules: "Iterable[Rule]", ask: "Ask", action: "Action") -> "Iterator[PastQuery]":
    """What has to be known of the effects of such rules, whether or not they match."""
    for rule in rules:
        if rule.effect is not None and isinstance(key := effect_key(rule.effect.template, action), EffectKey):
            yield _query(key, ask, action)


def effects_of(
    weighed: "Sequence[Sequence[Weighed]]", ask: "Ask", action: "Action", past: "Past | None" = None
) -> Effects:
    """Those of every rule that matched any revision, as the newest names them; None: nothing is asked of the past."""
    rules = {each.rule.id: each.rule for one in weighed for each in one if each.rule.effect and each.matched}
    if not rules:
        return NONE
    names = {name: effect_key(rule.effect.template, action) for name, rule in rules.items() if rule.effect}
    keys = {key.digest: key for key in names.values() if isinstance(key, EffectKey)}
    findings = {_finding(rules[name], key, ask, action, past) for name, key in names.items()}
    findings |= {each for rule in rules.values() for each in _kept(past, rule, keys)}
    found = sorted((each for each in findings if each.reason), key=lambda each: (each.rule, each.reason, each.fact))
    return Effects(
        keys=tuple(keys[digest] for digest in sorted(keys)),
        tier=max((each.tier for each in found), default=Tier.auto),
        risk=tuple(dict.fromkeys(Reason(rule=each.rule, reason=each.reason) for each in found)),
        facts=tuple(
            dict.fromkeys(Fact(rule=each.rule, name=each.name, value=each.fact) for each in found if each.fact)
        ),
    )


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, rule by rule."""
    for index, rule in book.rules.items():
        if rule.again is not None and rule.effect is None:
            message = "says nothing: the rule names no effect"
            remedy = "Name it: effect: refund:{payload.payment_id}; or leave it out."
            yield UnplacedFault(path=("rules", index, "again"), message=message, remedy=remedy)
        if rule.effect is not None and rule.tier is Tier.block:
            message = "is held by nobody: what is blocked never runs"
            yield UnplacedFault(path=("rules", index, "effect"), message=message, remedy="Leave it out.")


def _query(key: EffectKey, ask: "Ask", action: "Action") -> PastQuery:
    return PastQuery(about=About.effect, agent=ask.agent, action=action.name, value=key.digest)


def _finding(rule: "Rule", key: EffectKey | Unnamed, ask: "Ask", action: "Action", past: "Past | None") -> _Finding:
    if isinstance(key, Unnamed):
        return _Finding(rule.id, f"What this does once cannot be named: {key.why}.", "", Tier.approve)
    answer = PastAnswer() if past is None else past.known.get(_query(key, ask, action))
    if answer is None:
        return _Finding(rule.id, UNSURE, UNSURE, Tier.approve)
    if answer.done is not None:
        once = rule.effect is not None and rule.effect.once
        reason = f"This happened before, by {answer.done}{ONCE if once else '.'}"
        fact = f"{answer.done} succeeded in the same: approve this only if it is to happen again."
        return _Finding(rule.id, reason, fact, Tier.block if once else Tier.approve)
    if answer.tried is not None:
        fact = f"{answer.tried} failed at the same or was rolled back, as its agent says: look whether it happened."
        return _Finding(rule.id, f"This was tried before, by {answer.tried}.", fact, Tier.approve)
    if answer.holder is not None:
        fact = f"{answer.holder} does the same and was first: nobody approves this as long as that is open."
        return _Finding(rule.id, f"Another proposal of the same, {answer.holder}, is open.", fact, Tier.auto, HELD)
    return _Finding(rule.id, "", "", Tier.auto)


def _kept(past: "Past | None", rule: "Rule", keys: "Mapping[str, EffectKey]") -> "Iterator[_Finding]":
    """What the rule found of the same effects before: time must not loosen."""
    if past is None or past.before is None or set(past.before.effects).isdisjoint(keys):
        return
    for fact in past.kept(rule.id):
        if fact.name in (DONE, HELD):
            reasons = [each.reason for each in past.before.risk if each.rule == rule.id]
            reason = next((each for each in reasons if _first_word(fact.value) in each), UNSURE)
            once = reason.endswith(ONCE)
            yield _Finding(rule.id, reason, fact.value, Tier.block if once else Tier.approve, fact.name)


def _first_word(fact: str) -> str:
    """The proposal that it is about, or nothing that a reason of another would have."""
    return UNSURE if fact == UNSURE else fact.split(" ", maxsplit=1)[0]
