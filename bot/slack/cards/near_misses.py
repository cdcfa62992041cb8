"""Near misses: what the evidence has that is nearly a value which stands in none of it.

The same figures with the point elsewhere, two of them exchanged, a name or a number with another letter, another day
of the month, another currency. Whether that is a slip is for people to say. How long it takes is bounded, whatever the
evidence is: where there is more than that to compare, the rest is not compared.
"""

import json
from decimal import Decimal
from itertools import islice
from typing import TYPE_CHECKING

from bot.slack.blockkit.text import named_emoji, one_line, shorten
from bot.slack.cards.evidence import BETWEEN, account_code, evidence_texts, folded, leaves, stripped
from bot.slack.cards.figures import figures, written_moment
from bot.slack.cards.redaction import veiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.cards.evidence import Path
    from bot.slack.cards.figures import Day, Time

MOST = 2
"""That are named of one value."""
MOST_VALUES = 24
"""For which anything is looked for."""
MOST_COMPARED = 30_000
"""Pairs of texts or numbers, of all values together."""
_LONGEST = 60
"""Of a text that is shown."""
_SHORTEST = 5
"""Of a word without a figure: shorter ones are alike by chance."""
_SHORTEST_NUMBERED = 3
_FIGURES = 3
"""Of a number, from which on one of them may be another."""
_PART = 6
"""Of a long text such a part may differ, in one place."""
_LONG = 12
_MOST_WORDS = 4
_MOST_GROUPS = 12
_SWAPPED = 4
_CURRENCIES = frozenset(("eur", "usd", "gbp", "chf", "sek", "nok", "dkk", "pln", "czk", "huf", "ron", "try", "jpy"))
_CURRENCIES |= frozenset(("aud", "brl", "cad", "cny", "hkd", "ils", "inr", "krw", "mxn", "nzd", "sgd", "thb", "zar"))
_MONTHS = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


def near_misses(proposal: "Proposal", paths: "Iterable[Path]") -> "dict[Path, tuple[str, ...]]":
    """For each of these values of the payload what of the evidence is near it, visible and on one line."""
    wanted = dict.fromkeys(islice(paths, MOST_VALUES))
    if not wanted:
        return {}
    proposal = veiled(proposal)
    evidence = _Evidence(evidence_texts(proposal))
    values = {path: leaf for path, leaf in leaves(proposal.action.payload) if path in wanted}
    return {path: tuple(islice(evidence.near(values[path]), MOST)) for path in wanted}


class _Evidence:
    def __init__(self, pieces: "Sequence[str]") -> None:
        self._figures = figures("\n".join(map(folded, pieces)))
        self._words = [stripped(BETWEEN.split(" ".join(piece.split()))) for piece in pieces]
        self._folded = [[folded(word) for word in words] for words in self._words]
        self._left = MOST_COMPARED

    def near(self, value: "JSON") -> "Iterator[str]":
        """The nearest first."""
        if not isinstance(value, str):
            yield from self._near_number(Decimal(json.dumps(value)))
            return
        text = folded(value)
        if text in _CURRENCIES:
            every = (word for words in self._words for word in words if self._may_compare())
            yield from dict.fromkeys(word.upper() for word in every if word.lower() in _CURRENCIES)
        elif moments := written_moment(text):
            yield from self._near_moment(*moments[0])
        elif code := account_code(text):
            yield from self._near_code(code)
        else:
            yield from self._near_words(text)

    def _near_number(self, value: Decimal) -> "Iterator[str]":
        own = _digits(value)
        others = sorted(each for each in self._figures.numbers if self._may_compare())
        alike = [each for each in others if _digits(each) == own]
        yield from [f"{each:,f}" for each in sorted(alike, key=lambda each: abs(each - value))][:1]
        if len(own) >= _FIGURES:
            yield from (f"{each:,f}" for each in others if each not in alike and _slipped(own, _digits(each)))

    def _near_moment(self, day: "Day", time: "Time | None") -> "Iterator[str]":
        if self._figures.has_day(day):
            hours = sorted(self._figures.times, key=lambda each: abs(_minutes(each) - _minutes(time or (0, 0))))
            yield from (f"{hour:02}:{minute:02}" for hour, minute in hours)
            return
        days = [each for each in self._figures.days if self._may_compare() and _differ_in_one(day, each)]
        yield from map(_day, sorted(days, key=lambda each: [part or 0 for part in each]))

    def _near_code(self, code: str) -> "Iterator[str]":
        """In however many groups."""
        for words, bare in zip(self._words, self._folded, strict=True):
            for start in range(len(words) if self._left > 0 else 0):
                joined = ""
                for end in range(start, min(start + _MOST_GROUPS, len(words))):
                    joined += bare[end].replace("-", "")
                    if not self._may_compare() or joined[:1] != code[:1] or len(joined) > len(code) + 1:
                        break
                    if len(joined) >= len(code) - 1 and _slipped(code, joined):
                        yield _shown(words[start : end + 1])

    def _near_words(self, text: str) -> "Iterator[str]":
        count = len(stripped(BETWEEN.split(text)))
        if count > _MOST_WORDS:
            return
        own = " ".join(stripped(BETWEEN.split(text)))
        if len(own) < (_SHORTEST_NUMBERED if any(map(str.isdigit, own)) else _SHORTEST):
            return
        seen = set[str]()
        for words, bare in zip(self._words, self._folded, strict=True):
            for start in range(len(words) - count + 1 if self._left > 0 else 0):
                other = " ".join(bare[start : start + count])
                if self._may_compare() and other not in seen and _slipped(own, other):
                    seen.add(other)
                    yield _shown(words[start : start + count])

    def _may_compare(self) -> bool:
        self._left -= 1
        return self._left >= 0


def _slipped(text: str, other: str) -> bool:
    """Whether they differ in one place alone: by a character or the order of a few, in a long text by some."""
    if text == other or abs(len(text) - len(other)) > max(1, len(text) // _PART):
        return False
    start = _same_beginning(text, other)
    end = min(_same_beginning(text[::-1], other[::-1]), len(text) - start, len(other) - start)
    mine, its = text[start : len(text) - end], other[start : len(other) - end]
    widest = max(len(mine), len(its))
    exchanged = widest <= _SWAPPED and sorted(mine) == sorted(its)
    return widest <= 1 or exchanged or (len(text) >= _LONG and widest <= len(text) // _PART)


def _same_beginning(text: str, other: str) -> int:
    """How many characters they have in common at their beginning."""
    pairs = enumerate(zip(text, other, strict=False))
    return next((place for place, (mine, its) in pairs if mine != its), min(len(text), len(other)))


def _digits(number: Decimal) -> str:
    """Without its sign, its point and the zeros at its ends."""
    return "".join(map(str, number.as_tuple().digits)).strip("0")


def _differ_in_one(day: "Day", other: "Day") -> bool:
    """Whether one of year, month and day is another; a year that is left out is none."""
    parts = list(zip(day, other, strict=True))
    if (day[2] is None) != (other[2] is None):
        return False
    return sum(mine != its for mine, its in parts if None not in (mine, its)) == 1


def _day(day: "Day") -> str:
    year, month, number = day
    named = _MONTHS[month - 1] if 1 <= month <= len(_MONTHS) else str(month)
    return " ".join(str(part) for part in (number, named, year) if part is not None)


def _minutes(time: "Time") -> int:
    return time[0] * 60 + time[1]


def _shown(words: "Sequence[str]") -> str:
    shown, left = shorten(named_emoji(one_line(" ".join(words))), _LONGEST)
    return f"{shown}…" if left else shown
