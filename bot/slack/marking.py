"""Many values replaced by their marks wherever they stand in a text: one pass, however many there are.

What it costs grows with values times text, and both come from outside, so it is counted. Beyond the budget nobody
knows any more what stands in a text: then all of it is replaced.
"""

import re
from collections import defaultdict
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

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
