"""Conditions of rules: true, false, or no answer and why.

An answer is true, false, or that there is none and why. Conditions run in the loop, so what
all of one proposal may look at is bounded: one costs some 20 µs, and all together 0.25 s at most. Each has the same
share of that, so that it does not matter which is asked first.
"""

import re
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from policy.expressions.cel import NotCEL, parse_cel
from policy.expressions.evaluation import FEWEST, STEPS, evaluated
from policy.expressions.operators import NoValue, ValueType
from policy.expressions.syntax import Node, UnknownSyntax
from policy.expressions.types import Fields, NeverFits, typed
from policy.expressions.ways import Way, ways_read
from policy.file.strict_json import too_deep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON
    from approvals.proposal import Action, Ask

VARIABLES: dict[str, ValueType] = {
    "action": ValueType.text,
    "agent": ValueType.text,
    "payload": ValueType.object,
    "confidence": ValueType.number,
    "signals": ValueType.object,
    "source": ValueType.text,
    "run_id": ValueType.text,
    "on_behalf_of": ValueType.text,
}
"""What a condition may read."""
BOUND = frozenset({"action", "agent", "payload"})
"""What an agent cannot say one way or the other at will: its name, and what the digest binds."""
LONGEST = 1000
"""Characters of a condition."""


_TEXTS = re.compile(r"\"(?:[^\"\\]|\\.)*\"|'(?:[^'\\]|\\.)*'")
_INSTEAD = (
    (re.compile(r"\band\b", re.IGNORECASE), "&& instead of and"),
    (re.compile(r"\bor\b", re.IGNORECASE), "|| instead of or"),
    (re.compile(r"\bnot\b", re.IGNORECASE), "! instead of not"),
    (re.compile(r"(?<![=!<>])=(?!=)"), "== instead of ="),
    (re.compile(r"<>"), "!= instead of <>"),
    (re.compile(r"[\u201c\u201d\u2018\u2019]"), "straight quotes"),
)
"""What other languages write, outside of texts, and what CEL has instead."""


class BadExpression(ValueError):
    """The condition is not one; the message says why."""


@dataclass(frozen=True, slots=True)
class Unevaluable:
    """No answer. `why` is in our own words: what an agent sends must never get into a reason."""

    why: str


@dataclass(frozen=True, slots=True)
class ConditionInputs:
    """What the conditions are asked about one action; None where it could not be handed over at all."""

    values: "Mapping[str, Any] | None"
    steps: int = STEPS
    """How many parts and entries each condition may look at."""

    def shared(self, conditions: int) -> "ConditionInputs":
        """The same for so many conditions."""
        return ConditionInputs(self.values, max(FEWEST, STEPS // max(conditions, 1)))


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A parsed expression."""

    source: str
    """On one line."""
    reads: frozenset[str]
    """Which VARIABLES it depends on."""
    tree: Node = field(repr=False, compare=False)

    @property
    def trusts_the_agent(self) -> bool:
        """Whether it reads what an agent says about itself."""
        return not self.reads <= BOUND

    @property
    def fields(self) -> "tuple[Way, ...]":
        """The fields of the payload that it reads, as far as it spells them out, each by its names."""
        return tuple(dict.fromkeys(way[1:] for way in ways_read(self.tree) if way[0] == "payload" and way[1:]))

    def ask(self, facts: ConditionInputs) -> bool | Unevaluable:
        """True, false, or why there is no answer."""
        if facts.values is None:
            return Unevaluable("the proposal cannot be read")
        try:
            answer = evaluated(self.tree, facts.values, facts.steps)
        except NoValue as none:
            return Unevaluable(none.why)
        return answer if isinstance(answer, bool) else Unevaluable("it gives no yes or no")

    def against(self, fields: Fields) -> "Condition | str":
        """The same where a schema gives these types to fields, or why it can never be evaluated there."""
        try:
            return replace(self, tree=_yes_or_no(self.tree, fields))
        except NeverFits as error:
            return str(error)


def compiled(source: str) -> Condition:
    """The condition; raises BadExpression for what is no CEL, or can be neither true nor false."""
    if len(source) > LONGEST:
        raise BadExpression(f"the condition is longer than {LONGEST} characters")
    try:
        tree = _yes_or_no(parse_cel(source), {})
    except (NotCEL, UnknownSyntax, NeverFits) as error:
        undeclared = "undeclared reference" in str(error)
        may = f"; a condition may read {', '.join(VARIABLES)}" if undeclared else ""
        raise BadExpression(f"{error}{may}") from None
    reads = frozenset(way[0] for way in ways_read(tree)) & VARIABLES.keys()
    return Condition(source=" ".join(source.split()), reads=reads, tree=tree)


def condition_inputs(ask: "Ask", action: "Action") -> ConditionInputs:
    """What conditions may read of a proposal; what the agent left out is empty, and no confidence is none at all."""
    return handed_over(
        {
            "action": action.name,
            "agent": ask.agent,
            "payload": dict(action.payload),
            "confidence": float(ask.confidence or 0.0),
            "signals": dict(ask.signals),
            "source": str(ask.source),
            "run_id": ask.run_id or "",
            "on_behalf_of": ask.on_behalf_of or "",
        }
    )


def handed_over(values: "Mapping[str, JSON]") -> ConditionInputs:
    """The values where a condition can read them, unless they are too deep for it."""
    return ConditionInputs(None if too_deep(dict(values)) else values)


def _yes_or_no(tree: Node, fields: Fields) -> Node:
    known = typed(tree, VARIABLES, fields)
    if known.kind not in (ValueType.truth, None):
        raise NeverFits(f"the condition gives {known.kind}, not true or false")
    return known.node


def slips(source: str) -> str:
    """What to write instead of what; empty where nothing of another language is in it."""
    bare = _TEXTS.sub('""', source)
    return " and ".join(own for others, own in _INSTEAD if others.search(bare))
