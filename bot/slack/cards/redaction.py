"""Redaction: what the policy redacts is a mark in its place, wherever the proposal is shown.

For display alone: what runs, the digest, the claim's answer and the audit log keep every byte. What it costs grows with
values times text, and both come from outside, so it is counted: beyond the budget nobody knows any more what stands in
a text, and all of it is replaced.
"""

import json
import re
from collections import defaultdict
from copy import copy
from dataclasses import replace
from typing import TYPE_CHECKING, TypeVar

from approvals.paths import names_below, readings
from bot.slack.blockkit.text import MARK, VEILED
from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.ports import Line
    from approvals.proposal import Action, Ask, Evidence, Preview, Proposal, Revision

MOST_WORK = 4_000_000
"""Places that one marking may look at, over all its texts; about half a second."""
BOUNDED = 4
"""A shorter value is looked for as a whole word alone: else a single letter would blacken every text."""
_HEADS = (8, 4, 3, 2, 1)
"""How many characters of a value are looked at first: as many of these as it has."""
_NUMBER = re.compile(r"[\d.eE+-]+")
_FEW = 64
"""So many values are each looked for in the whole text first, which for most texts is the end of it."""
_AT_ONCE = 64
"""Characters that are compared in the time of one step."""


class Marking:
    """Replaces values in texts; where two begin at one place the longer counts, and they never overlap."""

    def __init__(self, marks: "Mapping[str, str]", instead: "Callable[[str], str]", budget: int = MOST_WORK) -> None:
        """`marks` are what to put for each value, `instead` for a text that cannot be looked through any more."""
        self._marks = {value: mark for value, mark in marks.items() if value}
        self._instead = instead
        self._left = budget
        self._bounded = {value for value in self._marks if len(value) < BOUNDED or _NUMBER.fullmatch(value)}
        heads: defaultdict[int, defaultdict[str, set[int]]] = defaultdict(lambda: defaultdict(set))
        for value in self._marks:
            head = next(each for each in _HEADS if each <= len(value))
            heads[head][value[:head]].add(len(value))
        self._heads = [
            (head, {begin: sorted(lengths, reverse=True) for begin, lengths in heads[head].items()})
            for head in _HEADS
            if head in heads
        ]

    def __call__(self, text: str) -> str:
        """The text with a mark for each value in it."""
        if not self._marks or (len(self._marks) <= _FEW and not any(value in text for value in self._marks)):
            return text
        self._left -= len(text) * len(self._heads)
        made: list[str] = []
        start = place = 0
        while place < len(text) and self._left >= 0:
            found = self._at(text, place)
            if not found:
                place += 1
                continue
            made += (text[start:place], self._marks[text[place : place + found]])
            start = place = place + found
        return self._instead(text) if self._left < 0 else "".join([*made, text[start:]])

    def _at(self, text: str, place: int) -> int:
        """The length of the longest value that begins here; 0 for none."""
        for head, lengths in self._heads:
            for length in lengths.get(text[place : place + head], ()):
                self._left -= 1 + length // _AT_ONCE
                if self._left < 0:
                    return 0
                value = text[place : place + length]
                if value in self._marks and (value not in self._bounded or _stands_alone(text, place, length)):
                    return length
        return 0


def _stands_alone(text: str, place: int, length: int) -> bool:
    around = text[max(place - 1, 0) : place] + text[place + length : place + length + 1]
    return not any(char.isalnum() or char == "_" for char in around)


T = TypeVar("T")


def veiled(proposal: "Proposal", redact: "Iterable[str]" = ()) -> "Proposal":
    """The proposal with its redacted values replaced, in each revision and in every text that repeats one.

    `redact` are ways to fields beside those that its own gate names. Veiling what is veiled changes nothing.
    """
    paths = tuple(dict.fromkeys((*proposal.gate.redact, *redact)))
    if not paths:
        return proposal
    veil = _veil(proposal, paths)
    outcome, rollback = proposal.outcome, proposal.rollback
    return replace(
        proposal,
        ask=_ask(proposal.ask, veil),
        revisions=_revisions(proposal.revisions, paths),
        gate=replace(
            proposal.gate,
            risk=tuple(replace(each, reason=veil(each.reason)) for each in proposal.gate.risk),
            facts=tuple(replace(each, value=veil(each.value)) for each in proposal.gate.facts),
        ),
        reason=_maybe(veil, proposal.reason),
        decisions=tuple(replace(each, reason=_maybe(veil, each.reason)) for each in proposal.decisions),
        outcome=outcome
        and replace(outcome, detail=_maybe(veil, outcome.detail), verification=_maybe(veil, outcome.verification)),
        questions=tuple(
            replace(each, text=veil(each.text), reply=_maybe(veil, each.reply)) for each in proposal.questions
        ),
        rollback=rollback and replace(rollback, reason=veil(rollback.reason), detail=_maybe(veil, rollback.detail)),
    )


def veiled_lines(proposal: "Proposal", lines: "Sequence[Line]") -> "tuple[Line, ...]":
    """The same for what its history says."""
    if not proposal.gate.redact:
        return tuple(lines)
    veil = _veil(proposal, proposal.gate.redact)
    return tuple(
        replace(each, facts={key: _within(value, veil) for key, value in each.facts.items()}) for each in lines
    )


def veiled_facts(proposal: "Proposal", facts: "dict[str, JSON]", redact: "Iterable[str]" = ()) -> "dict[str, JSON]":
    """What an audit entry tells of it, for those outside: payloads and changes veiled by their ways, then all texts.

    The mark is one that every encoding has a place for. Facts in which nothing is redacted are the same.
    """
    paths = tuple(dict.fromkeys((*proposal.gate.redact, *redact)))
    if not paths:
        return facts
    found = [value for revision in proposal.revisions for path in paths for value in _at(revision.action.payload, path)]
    numbers = {
        leaf for value in found for leaf in _leaves(value) if isinstance(leaf, (int, float)) and _spellings(leaf)
    }
    veil = _veil(proposal, paths)
    shown = {name: _by_ways(member, name, paths) for name, member in facts.items()}
    return {name: _spelled(member, veil, numbers) for name, member in shown.items()}


def _by_ways(value: "JSON", name: str | None, paths: "tuple[str, ...]") -> "JSON":
    """Every payload in it veiled, and every change of something redacted; `name` is what it is called there."""
    if isinstance(value, list):
        return [_by_ways(member, "change" if name == "patch" else None, paths) for member in value]
    if not isinstance(value, dict):
        return value
    if name == "payload":
        for path in paths:
            for reading in readings(path):
                value = _replaced(value, reading, _mark_once)
        return value
    if name == "change" and _outermost(paths) & set(str(value.get("path", "")).split("/")):
        return {**value, "value": _mark_once(value.get("value"))}
    return {key: _by_ways(member, key, paths) for key, member in value.items()}


def _spelled(value: "JSON", veil: "Callable[[str], str]", numbers: "Collection[int | float]") -> "JSON":
    """Every text and number in it veiled."""
    if isinstance(value, dict):
        return {key: _spelled(member, veil, numbers) for key, member in value.items()}
    if isinstance(value, list):
        return [_spelled(member, veil, numbers) for member in value]
    if isinstance(value, str):
        return veil(value).replace(VEILED, MARK)
    return _mark(value).replace(VEILED, MARK) if not isinstance(value, bool) and value in numbers else value


def _mark_once(value: "JSON") -> "JSON":
    return value if isinstance(value, str) and VEILED in value else _mark(value)


def _outermost(paths: "Iterable[str]") -> set[str]:
    """The names that ways begin with, however they are read."""
    return {name for path in paths for reading in readings(path) for name in (reading, re.split(r"[.\[]", reading)[0])}


def redacted_fields(proposal: "Proposal") -> frozenset[str]:
    """The top-level fields of the present payload that hold something redacted."""
    payload = proposal.action.payload
    return frozenset(
        name
        for path in proposal.gate.redact
        for reading in readings(path)
        for name, rest in names_below(reading, payload)
        if not rest or any(True for _ in _below(payload[name], rest))
    )


def count(proposal: "Proposal") -> int:
    """How many fields of the present payload are redacted."""
    return sum(any(True for _ in _at(proposal.action.payload, path)) for path in proposal.gate.redact)


def comparable(value: "JSON") -> "JSON":
    """A veiled value in characters that a digest can be made of."""
    return _within(value, lambda text: text.replace(VEILED, "\ue0ae"))


def _veil(proposal: "Proposal", paths: "Iterable[str]") -> "Callable[[str], str]":
    """What replaces every redacted value of any revision inside a text."""
    secrets: dict[str, str] = {}
    for revision in proposal.revisions:
        for path in paths:
            for value in _at(revision.action.payload, path):
                for leaf in _leaves(value):
                    secrets.update(dict.fromkeys(_spellings(leaf), _mark(leaf)))
    return Marking(secrets, _all_of)


def _spellings(leaf: "JSON") -> "tuple[str, ...]":
    """How a value may stand in a text; nothing for one that says nothing, or is veiled already."""
    if isinstance(leaf, str):
        quoted = (json.dumps(leaf)[1:-1], json.dumps(leaf, ensure_ascii=False)[1:-1])
        return () if not leaf.strip() or VEILED in leaf else tuple(dict.fromkeys((leaf, *quoted)))
    if isinstance(leaf, (int, float)) and not isinstance(leaf, bool):
        shown = json.dumps(leaf)
        return (shown,) if len(shown) >= BOUNDED else ()
    return ()


def _all_of(text: str) -> str:
    """What stands for a text in which nobody can look for so many values."""
    return f"{VEILED * 3} {say.all_of_it(len(text))}" if text else text


def _mark(value: "JSON", changed_in: int | None = None) -> str:
    match value:
        case str():
            kind = f"{len(value)} character{'' if len(value) == 1 else 's'}"
        case bool():
            kind = say.TRUE_OR_FALSE
        case int() | float():
            kind = "a number"
        case list():
            kind = say.a_redacted_list_of(len(value))
        case dict():
            kind = f"{len(value)} field{'' if len(value) == 1 else 's'}"
        case _:
            kind = "null"
    changed = say.changed_in_revision(changed_in) if changed_in else ""
    return f"{VEILED * 3} redacted ({kind}{changed})"


def _revisions(revisions: "tuple[Revision, ...]", paths: "Iterable[str]") -> "tuple[Revision, ...]":
    """Each with its payload veiled; a value that a reviewer changed says in which revision, for marks look alike."""
    known: dict[tuple[str, str], int] = {}
    for revision in revisions:
        for path in paths:
            for value in _at(revision.action.payload, path):
                known.setdefault((path, _key(value)), revision.number)

    return tuple(replace(revision, action=_action(revision.action, paths, known)) for revision in revisions)


def _action(action: "Action", paths: "Iterable[str]", known: "Mapping[tuple[str, str], int]") -> "Action":
    payload = action.payload
    for path in paths:

        def marked(value: "JSON", path: str = path) -> "JSON":
            # Where another path left a mark inside of the value, it is not among what was found.
            return _since(value, known.get((path, _key(value)), 1))

        for reading in readings(path):
            payload = _replaced(payload, reading, marked)
    shown = copy(action)  # not made anew: it keeps the digest, which is that of what runs
    object.__setattr__(shown, "payload", payload)
    return shown


def _since(value: "JSON", revision: int) -> "JSON":
    if isinstance(value, str) and VEILED in value:
        return value
    return _mark(value, revision if revision > 1 else None)


def _key(value: "JSON") -> str:
    return json.dumps(value, sort_keys=True)


def _at(payload: "Mapping[str, JSON]", path: str) -> "Iterator[JSON]":
    """What stands at a path in any of its readings; a list on the way is entered, in each of its members."""
    for reading in readings(path):
        yield from _below(payload, reading)


def _below(value: "JSON | Mapping[str, JSON]", reading: str) -> "Iterator[JSON]":
    if isinstance(value, list):
        for member in value:
            yield from _below(member, reading)
    elif isinstance(value, dict):
        for name, rest in names_below(reading, value):
            if rest:
                yield from _below(value[name], rest)
            else:
                yield value[name]


def _replaced(value: T, reading: str, by: "Callable[[JSON], JSON]") -> T:
    if isinstance(value, list):
        return [_replaced(member, reading, by) for member in value]  # type: ignore[return-value]  # a list as before
    if not isinstance(value, dict):
        return value
    made = {
        name: _replaced(value[name], rest, by) if rest else by(value[name])
        for name, rest in names_below(reading, value)
    }
    return {**value, **made}  # type: ignore[return-value]  # a mapping as before


def _leaves(value: "JSON") -> "Iterator[JSON]":
    if isinstance(value, dict):
        value = list(value.values())
    if isinstance(value, list):
        for member in value:
            yield from _leaves(member)
    else:
        yield value


def _within(value: "JSON", veil: "Callable[[str], str]") -> "JSON":
    if isinstance(value, str):
        return veil(value)
    if isinstance(value, list):
        return [_within(member, veil) for member in value]
    if isinstance(value, dict):
        return {veil(key): _within(member, veil) for key, member in value.items()}
    return value


def _maybe(veil: "Callable[[str], str]", text: str | None) -> str | None:
    return None if text is None else veil(text)


def _ask(ask: "Ask", veil: "Callable[[str], str]") -> "Ask":
    return replace(
        ask,
        reasoning=veil(ask.reasoning),
        summary=_maybe(veil, ask.summary),
        signals={veil(key): _within(value, veil) for key, value in ask.signals.items()},
        context=tuple(_evidence(each, veil) for each in ask.context),
        preview=ask.preview and _preview(ask.preview, veil),
        rollback_plan=_maybe(veil, ask.rollback_plan),
        preconditions=tuple(map(veil, ask.preconditions)),
        run_id=_maybe(veil, ask.run_id),
        tool_call_id=_maybe(veil, ask.tool_call_id),
    )


def _evidence(each: "Evidence", veil: "Callable[[str], str]") -> "Evidence":
    return replace(each, title=veil(each.title), text=_maybe(veil, each.text), url=_maybe(veil, each.url))


def _preview(shown: "Preview", veil: "Callable[[str], str]") -> "Preview":
    return replace(
        shown,
        before=_maybe(veil, shown.before),
        after=_maybe(veil, shown.after),
        text=_maybe(veil, shown.text),
    )
