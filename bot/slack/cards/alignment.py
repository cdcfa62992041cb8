"""Alignment of two sequences: which parts are the same, found within a budget.

What the search costs grows with the product of both lengths, however few parts are alike, so it is counted. Where it
would go beyond, parts that stand once on either side are kept as they follow one another, and what else lies between
them counts as changed: what is called the same still is, and what was not searched says so.
"""

from bisect import bisect_left
from collections import Counter
from dataclasses import dataclass
from difflib import Match, SequenceMatcher
from itertools import accumulate
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

MOST_PAIRS = 50_000
"""Equal pairs that the search may have to weigh; beyond, what stands between the common ends counts as changed."""
MOST_WORK = 400_000
"""Parts that one search may look at, again and again, and pairs that it may weigh: some tenths of a second at most."""


class Run(NamedTuple):
    """A stretch of both sequences, half open; one of the two may be empty."""

    same: bool
    start: int
    end: int
    other_start: int
    other_end: int
    searched: bool = True
    """Whether all that stays was looked for; else a changed stretch may hold parts that both have."""


@dataclass(slots=True)
class Budget:
    """What searches may still cost; one for all that a person looks at together."""

    left: int = MOST_WORK


class _TooMuch(Exception):
    """The search would cost more than is left."""


def aligned(before: "Sequence[str]", after: "Sequence[str]", budget: Budget | None = None) -> list[Run]:
    """Runs that cover both sequences in order, the same and the changed taking turns."""
    head = 0
    while head < min(len(before), len(after)) and before[head] == after[head]:
        head += 1
    tail = 0
    while tail < min(len(before), len(after)) - head and before[-1 - tail] == after[-1 - tail]:
        tail += 1
    middle = before[head : len(before) - tail]
    other = after[head : len(after) - tail]
    runs = [Run(True, 0, head, 0, head)] if head else []
    runs += [
        Run(same, start + head, end + head, other_start + head, other_end + head, searched)
        for same, start, end, other_start, other_end, searched in _between(middle, other, budget or Budget())
    ]
    if tail:
        runs.append(Run(True, len(before) - tail, len(before), len(after) - tail, len(after)))
    return runs


def _between(before: "Sequence[str]", after: "Sequence[str]", budget: Budget) -> list[Run]:
    if not before and not after:
        return []
    counts = Counter(after)
    if sum(counts[part] for part in before) <= MOST_PAIRS:
        try:
            codes = _Bounded(before, after, budget).get_opcodes()
            return [Run(tag == "equal", start, end, other, other_end) for tag, start, end, other, other_end in codes]
        except _TooMuch:
            pass
    return _coarse(before, after)


class _Bounded(SequenceMatcher[str]):
    """The search, at most as long as the budget lets it."""

    def __init__(self, before: "Sequence[str]", after: "Sequence[str]", budget: Budget) -> None:
        super().__init__(None, before, after, autojunk=False)
        self._budget = budget
        places: dict[str, list[int]] = self.b2j  # type: ignore[attr-defined]  # typeshed leaves it out
        # So that the cost of looking through any stretch is known before.
        self._costs = list(accumulate((1 + len(places.get(part, ())) for part in before), initial=0))

    def find_longest_match(self, alo: int = 0, ahi: int | None = None, blo: int = 0, bhi: int | None = None) -> Match:
        """As it is, or _TooMuch."""
        assert ahi is not None
        self._budget.left -= self._costs[ahi] - self._costs[alo]
        if self._budget.left < 0:
            raise _TooMuch
        return super().find_longest_match(alo, ahi, blo, bhi)


def _coarse(before: "Sequence[str]", after: "Sequence[str]") -> list[Run]:
    """Runs around what stands once on either side, as far as it follows one another in both."""
    runs: list[Run] = []
    end = other_end = 0
    for anchor in (*_anchors(before, after), (len(before), len(after))):
        start, other = anchor
        if start < end:
            continue  # the run of the anchor before has it already
        while start > end and other > other_end and before[start - 1] == after[other - 1]:
            start, other = start - 1, other - 1
        if start > end or other > other_end:
            searched = {*before[end:start]}.isdisjoint(after[other_end:other])
            runs.append(Run(False, end, start, other_end, other, searched))
        end, other_end = start, other
        while end < len(before) and other_end < len(after) and before[end] == after[other_end]:
            end, other_end = end + 1, other_end + 1
        if end > start:
            runs.append(Run(True, start, end, other, other_end))
    return runs


def _anchors(before: "Sequence[str]", after: "Sequence[str]") -> list[tuple[int, int]]:
    """The places of the longest series, in order on both sides, of parts that stand once on each."""
    once, there = Counter(before), Counter(after)
    places = {part: place for place, part in enumerate(after) if there[part] == 1}
    pairs = [(place, places[part]) for place, part in enumerate(before) if once[part] == 1 and part in places]
    ends: list[int] = []  # the least place at which a series of so many can end
    last: list[int] = []  # which pair that is
    previous: list[int] = []
    for number, (_, other) in enumerate(pairs):
        at = bisect_left(ends, other)
        previous.append(last[at - 1] if at else -1)
        ends[at : at + 1] = [other]
        last[at : at + 1] = [number]
    series: list[tuple[int, int]] = []
    number = last[-1] if last else -1
    while number >= 0:
        series.append(pairs[number])
        number = previous[number]
    return series[::-1]
