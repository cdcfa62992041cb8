"""Conditions of rules: the one door to CEL.

Three things of the library shape this module: errors come back as values whose text is truthy, so that only a value
of type BOOL counts as an answer; what is nested too deep ends the process, so depth is looked at first; and it is
slow from threads, so it is called in the loop (a condition costs some 15 µs, its iterations are bounded).
"""

import re
from dataclasses import dataclass, field
from functools import cache
from typing import TYPE_CHECKING, Any

from cel_expr_python import cel

from policy.strict_json import too_deep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.proposal import JSON, Action, Ask

_STRING, _OBJECT = cel.Type.STRING, cel.Type.Map(cel.Type.STRING, cel.Type.DYN)
VARIABLES: dict[str, Any] = {
    "action": _STRING,
    "agent": _STRING,
    "payload": _OBJECT,
    "confidence": cel.Type.DOUBLE,
    "signals": _OBJECT,
    "source": _STRING,
    "run_id": _STRING,
    "on_behalf_of": _STRING,
}
"""What a condition may read."""
BOUND = frozenset({"action", "agent", "payload"})
"""What an agent cannot say one way or the other at will: its name, and what the digest binds."""
LONGEST = 1000
"""Characters of a condition."""

_ERROR = re.compile(r"ERROR: <input>:-?\d+:(-?\d+): (.*)")
_UNKNOWN = re.compile(r"undeclared reference to '([^']*)'")


class BadExpression(ValueError):
    """The condition is not one; the message says why."""


@dataclass(frozen=True, slots=True)
class Unevaluable:
    """No answer. `why` is in our own words: what an agent sends must never get into a reason."""

    why: str


@dataclass(frozen=True, slots=True)
class Facts:
    """What the conditions are asked about one action; None where it could not be handed over at all."""

    activation: Any | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Condition:
    """A compiled expression."""

    source: str
    """On one line."""
    reads: frozenset[str]
    """Which VARIABLES it depends on."""
    program: Any = field(repr=False, compare=False)

    @property
    def trusts_the_agent(self) -> bool:
        """Whether it reads what an agent says about itself."""
        return not self.reads <= BOUND

    def ask(self, facts: Facts) -> bool | Unevaluable:
        """True, false, or why there is no answer."""
        if facts.activation is None:
            return Unevaluable("the proposal cannot be read")
        try:
            answer = self.program.eval(facts.activation)
        except RuntimeError as error:
            return Unevaluable(_why(str(error)))
        if answer.type() == cel.Type.BOOL:
            return bool(answer.value())
        if answer.type() == cel.Type.ERROR:
            return Unevaluable(_why(str(answer.value())))
        return Unevaluable("it gives no yes or no")


def compiled(source: str) -> Condition:
    """The condition; raises BadExpression for what is no CEL, or can be neither true nor false."""
    if len(source) > LONGEST:
        raise BadExpression(f"the condition is longer than {LONGEST} characters")
    try:
        program = _language(None).compile(source)
    except RuntimeError as error:
        raise BadExpression(_worded(str(error))) from None
    kind = program.return_type()
    if kind not in (cel.Type.BOOL, cel.Type.DYN):
        raise BadExpression(f"the condition gives {str(kind).lower()}, not true or false")
    reads = frozenset(name for name in VARIABLES if not _compiles_without(name, source))
    return Condition(source=" ".join(source.split()), reads=reads, program=program)


def facts(ask: "Ask", action: "Action") -> Facts:
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


def handed_over(values: "Mapping[str, JSON]") -> Facts:
    """The values where CEL can read them, unless they are too deep for it."""
    return Facts(None if too_deep(dict(values)) else _language(None).Activation(dict(values)))


@cache
def _language(without: str | None) -> Any:
    return cel.NewEnv(variables={name: kind for name, kind in VARIABLES.items() if name != without})


def _compiles_without(name: str, source: str) -> bool:
    try:
        _language(name).compile(source)
    except RuntimeError:
        return False
    return True


def _worded(text: str) -> str:
    errors = [f"{message} (column {column})" for column, message in _ERROR.findall(text)]
    unknown = [name for name in _UNKNOWN.findall(text) if name not in VARIABLES]
    known = f"; a condition may read {', '.join(VARIABLES)}" if unknown else ""
    return "; ".join(errors or [text.removesuffix(" [CANCELLED]").removeprefix("CANCELLED: ")]) + known


def _why(text: str) -> str:
    if text.startswith("NOT_FOUND"):
        return "a field is missing"
    if "No matching overloads" in text:
        return "a field has another type"
    if "budget" in text:
        return "it would take too long"
    return "it cannot be computed"
