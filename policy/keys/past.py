"""Keys about the past: from what a rule asks to questions, and from the answers to facts.

An agent has no say in it: what is counted are proposals and decisions that we keep. Where there is no answer, or the
payload has no such field, the condition holds: doubt asks a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import TYPE_CHECKING, TypeAlias

from approvals.digest import canonical
from approvals.events import instant
from approvals.gate import Fact, Gate
from approvals.past import About, PastAnswer, PastQuery
from approvals.paths import path_text, steps, value_at
from policy.file.durations import duration_text
from policy.keys.budget import Budget

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.digest import JSON
    from approvals.proposal import Action, Ask

FEWEST = 10
"""Approvals by people that succeeded, below which nothing is known of what is usual."""
LONGEST_QUOTE = 200
"""Characters of a reviewer's reason that a fact repeats."""
BUILT_IN = "repeat"
"""Stands for a rule where a fact holds a proposal without one."""
REJECTED = "A person rejected exactly this before."
UNSURE = "It is not known whether a person rejected exactly this before."
MISSING, NO_NUMBER, UNKNOWN = "a field is missing", "a field is no number", "the past is not known"


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """What is known when a proposal is judged."""

    known: Mapping[PastQuery, PastAnswer] = field(default_factory=dict)
    before: Gate | None = None
    """The gate it had until now; what it learned of the past stays true."""

    def kept(self, rule: str) -> tuple[Fact, ...]:
        """What the rule found when it applied before."""
        return () if self.before is None else tuple(fact for fact in self.before.facts if fact.rule == rule)


@dataclass(frozen=True, slots=True, kw_only=True)
class ConditionMet:
    """That a condition about the past holds."""

    name: str
    value: str
    """A sentence with the figures; never a text of the agent's."""
    doubt: str | None = None
    """Why it holds though nobody knows."""
    newest_counts: bool = False
    """Whether it takes the place of what was found before: figures of another payload say nothing of this one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstTime:
    """One of these fields has a value that was never approved for this agent and action."""

    fields: tuple[str, ...]
    """As the policy file has them, `payload.` in front."""

    def questions(self, ask: "Ask", action: "Action", pattern: str) -> "Iterator[tuple[str, PastQuery | str]]":
        """For each field what to ask, or why that is impossible."""
        del pattern
        for path in self.fields:
            asked: PastQuery | str = MISSING
            for value in value_at(action.payload, path):
                asked = PastQuery(
                    about=About.first_time,
                    agent=ask.agent,
                    action=action.name,
                    field=_inside(path),
                    value=_canonical(_Part(value, action.digest, path)),
                )
            yield f"first_time {path}", asked

    def finding(self, question: PastQuery, answer: PastAnswer, action: "Action") -> str | None:
        """The fact, if it is one."""
        del action
        return None if answer.count else f"payload.{question.field} has a value that was never approved before."


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """A number is more than so many times the median of what people approved, by its size; or of the other sign."""

    field: str
    times: float

    def questions(self, ask: "Ask", action: "Action", pattern: str) -> "Iterator[tuple[str, PastQuery | str]]":
        """What to ask of the field, or why that is impossible."""
        del pattern
        asked: PastQuery | str = MISSING
        for value in value_at(action.payload, self.field):
            inside = _inside(self.field)
            known = PastQuery(about=About.unusual, agent=ask.agent, action=action.name, field=inside)
            asked = known if _is_number(value) else NO_NUMBER
        yield f"unusual {self.field}", asked

    def finding(self, question: PastQuery, answer: PastAnswer, action: "Action") -> str | None:
        """The fact, if it is one."""
        del question
        (value,) = value_at(action.payload, self.field)
        assert isinstance(value, (int, float))
        if answer.count < FEWEST or answer.median is None:
            return (
                f"{self.field} is {_figure(value)}, and only {answer.count} approved by people succeeded so far; "
                f"what is usual is known from {FEWEST} on."
            )
        usual = answer.median
        if abs(value) <= self.times * abs(usual) and not value * usual < 0:
            return None
        return (
            f"{self.field} is {_figure(value)}, against a median of {_figure(usual)} in the {answer.count} that people "
            f"approved; unusual is {self._bound(value, usual)}."
        )

    def _bound(self, value: float, usual: float) -> str:
        """What the value is that is unusual, where the usual may be nothing or below it."""
        if not usual:
            return "whatever is not that"
        if value * usual < 0:
            return "the other sign"
        return f"{'above' if usual > 0 else 'below'} {self.times:g} times that"


@dataclass(frozen=True, slots=True, kw_only=True)
class Repeat:
    """A person rejected the same payload before; or, with `nearly`, nearly the same."""

    nearly: bool = True

    def questions(self, ask: "Ask", action: "Action", pattern: str) -> "Iterator[tuple[str, PastQuery | str]]":
        """Whether it was rejected."""
        del pattern
        payload = _canonical(_Part(dict(action.payload), action.digest, "")) if self.nearly else None
        question = PastQuery(
            about=About.repeat, agent=ask.agent, action=action.name, value=action.digest, payload=payload
        )
        yield REPEAT_NAME, question

    def finding(self, question: PastQuery, answer: PastAnswer, action: "Action") -> str | None:
        """The fact, if it is one."""
        del question, action
        if answer.by is None or not (answer.same or self.nearly):
            return None
        when = "" if answer.at is None else f" on {instant(answer.at)}"
        since = ", before somebody approved it" if answer.overruled else ""
        why = "" if answer.reason is None else f": {_quoted(answer.reason)}"
        return f"{answer.by} rejected {'exactly' if answer.same else 'nearly'} this{when}{since}{why}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rate:
    """More of the agent's proposals that the rule names than `over` within `per` seconds, this one counted."""

    per: int
    over: int

    def questions(self, ask: "Ask", action: "Action", pattern: str) -> "Iterator[tuple[str, PastQuery | str]]":
        """How many came lately."""
        del action
        yield "rate", PastQuery(about=About.rate, agent=ask.agent, action=pattern, per=self.per)

    def finding(self, question: PastQuery, answer: PastAnswer, action: "Action") -> str | None:
        """The fact, if it is one."""
        del question, action
        if answer.count < self.over:
            return None
        within = duration_text(self.per)
        return f"{answer.count} such proposals came in the last {within}; more than {self.over} are too many."


PastCondition: TypeAlias = FirstTime | Unusual | Repeat | Rate | Budget
REPEAT_NAME = str(About.repeat)


def questions(conditions: tuple[PastCondition, ...], ask: "Ask", action: "Action", pattern: str) -> list[PastQuery]:
    """What has to be known to answer the conditions of a rule with that pattern."""
    asked = [question for each in conditions for _, question in each.questions(ask, action, pattern)]
    return [question for question in asked if isinstance(question, PastQuery)]


def condition_met(
    condition: PastCondition, ask: "Ask", action: "Action", pattern: str, known: Mapping[PastQuery, PastAnswer]
) -> list[ConditionMet]:
    """What makes the condition hold; empty where it is known not to."""
    return [
        found
        for name, question in condition.questions(ask, action, pattern)
        if (found := _past_fact(condition, name, question, action, known)) is not None
    ]


def named(condition: PastCondition) -> str:
    """The condition as faults and explanations name it."""
    match condition:
        case FirstTime(fields=fields):
            return f"first_time {', '.join(fields)}"
        case Unusual(field=path, times=times):
            return f"unusual {path}, {times:g} times"
        case Rate(per=per, over=over):
            return f"rate over {over} in {duration_text(per)}"
        case Budget():
            return condition.text
        case _:
            return REPEAT_NAME


def rejected_before(ask: "Ask", action: "Action", past: Past) -> Fact | None:
    """What holds a proposal without any rule: that a person rejected exactly this before, or that nobody knows.

    Once a person approved the same after all, only rules that ask for it hold it again.
    """
    if kept := [fact for fact in past.kept(BUILT_IN) if fact.name == REPEAT_NAME]:
        return kept[0]
    for nearly in (False, True):
        for _, question in Repeat(nearly=nearly).questions(ask, action, action.name):
            assert isinstance(question, PastQuery)
            if question in past.known:
                answer = past.known[question]
                value = None if answer.overruled else Repeat(nearly=False).finding(question, answer, action)
                return None if value is None else Fact(rule=BUILT_IN, name=REPEAT_NAME, value=value)
    return Fact(rule=BUILT_IN, name=REPEAT_NAME, value=UNSURE)


@dataclass(frozen=True, slots=True)
class _Part:
    """A value of an action, known by where it stands in what: several rules ask of it, several times."""

    value: "JSON" = field(compare=False)
    digest: str
    path: str


@lru_cache(maxsize=16)
def _canonical(part: _Part) -> str:
    return canonical(part.value).decode()


def _past_fact(
    condition: PastCondition,
    name: str,
    question: PastQuery | str,
    action: "Action",
    known: Mapping[PastQuery, PastAnswer],
) -> ConditionMet | None:
    if isinstance(question, str):
        return ConditionMet(name=name, value=f"It counts as true: {question}.", doubt=question)
    answer = known.get(question)
    if answer is None:
        return ConditionMet(name=name, value=f"It counts as true: {UNKNOWN}.", doubt=UNKNOWN)
    value = condition.finding(question, answer, action)
    newest_counts = isinstance(condition, Budget)
    return None if value is None else ConditionMet(name=name, value=value, newest_counts=newest_counts)


def _figure(number: float) -> str:
    return f"{number:.12g}"


def _inside(path: str) -> str:
    return path_text(steps(path))


def _is_number(value: "JSON") -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _quoted(reason: str) -> str:
    return reason if len(reason) <= LONGEST_QUOTE else f"{reason[:LONGEST_QUOTE]}… ({len(reason)} characters)"
