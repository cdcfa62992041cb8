"""Folding of a long text or list: rows that are alike, told by their shape, and what differs from them.

Every row is in one kind, and the rarest kinds stand first. Where a kind has many rows, those whose values are far from
what is usual in it are named: another word where most have the same or few do, a number ten times the median, a text
much longer than the rest. All of it takes a time that grows with the text, but for sorting.
"""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING

from bot.slack.cards.shapes import line_shape

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bot.slack.cards.shapes import Shape

FEWEST = 4
"""Rows from which on a kind is shown by one of them."""
_MOSTLY = 0.5
"""A value that so large a part of the rows has is the usual one."""
_FEW_KINDS = 0.25
"""If there are no more kinds of values than that, each is usual that is not rare."""
_RARE = 0.05
"""A value that no larger part has, where there is a usual one, is not."""
_FEW = 0.1
"""If more of the numbers than that are far off, none of them is."""
_FAR = 10
_BEGINNING = 100
"""Characters of a text by which it is told of what kind it is; its signs and domains count wherever they are."""
_LONG = 40
"""Characters of a text that can be much longer than the rest."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A line, statement or entry."""

    number: int
    """From 1, with those that are empty and no rows."""
    text: str
    """Visible, on one line."""
    shape: "Shape"


@dataclass(frozen=True, slots=True, kw_only=True)
class Unusual:
    """A value that is far from what those of its kind have in its place."""

    row: int
    value: str
    usual: str


@dataclass(frozen=True, kw_only=True)
class Folding:
    """The rows of one text or list."""

    label: str
    """Visible: which field it is."""
    thing: str
    """What one of them is called: line, statement or entry."""
    rows: "Sequence[Row]"

    @cached_property
    def kinds(self) -> list[list[int]]:
        """The rows that are alike, by number from 0: what stands amid others that are folded first, then the rarest."""
        alike: dict[object, list[int]] = {}
        for number, row in enumerate(self.rows):
            alike.setdefault(row.shape.key, []).append(number)
        large = {number for kind in alike.values() if len(kind) >= FEWEST for number in kind}

        def rank(kind: list[int]) -> tuple[bool, int, int]:
            amid = all(each - 1 in large and each + 1 in large for each in kind)
            return len(kind) >= FEWEST, len(kind) + (0 if amid else FEWEST), kind[0]

        return sorted(alike.values(), key=rank)

    @property
    def folds(self) -> bool:
        """Whether most of it is alike: what is written for people to read is not, and is not folded."""
        return 2 * sum(len(kind) for kind in self.kinds if len(kind) >= FEWEST) >= len(self.rows) >= FEWEST

    @cached_property
    def unusual(self) -> list[Unusual]:
        """The values that are far from the usual ones, in order."""
        found = [each for kind in self.kinds if len(kind) >= FEWEST for each in self._unusual_of(kind)]
        return sorted({each.row: each for each in reversed(found)}.values(), key=lambda each: each.row)

    def _unusual_of(self, kind: list[int]) -> "Iterator[Unusual]":
        shapes = [self.rows[number].shape for number in kind]
        for place, what in enumerate(shapes[0].kinds):
            values = [shape.values[place] for shape in shapes]
            odd, usual = _odd(values, what)
            yield from (
                Unusual(row=kind[number], value=values[number], usual=usual or values[number]) for number in odd
            )


def _odd(values: list[str], what: str) -> tuple[list[int], str]:
    """Which of them are far from the usual one, by their place, and what that is."""
    texts = what.startswith("text")
    groups = [line_shape(value[:_BEGINNING]).key if texts else value for value in values]
    counts = Counter(groups)
    ((commonest, times), *_) = counts.most_common(1)
    if times >= _MOSTLY * len(values) or len(counts) <= _FEW_KINDS * len(values):
        most = max(1, int(_RARE * len(values)))
        odd = [place for place, group in enumerate(groups) if counts[group] <= most and group != commonest]
        return odd, values[groups.index(commonest)]
    if what == "number":
        return _far([_number(value) for value in values], values)
    if texts:
        lengths = [float(len(value)) for value in values]
        odd, usual = _far(lengths, values)
        return [place for place in odd if lengths[place] > _LONG], usual
    return [], ""


def _far(numbers: list[float], values: list[str]) -> tuple[list[int], str]:
    """Those ten times the median or more, and those below zero where the others are not."""
    sizes = [abs(number) for number in numbers]
    middle = median(sizes)
    below = sum(number < 0 for number in numbers)
    odd = [
        place
        for place, number in enumerate(numbers)
        if (middle > 0 and sizes[place] >= _FAR * middle) or (number < 0 and below <= _FEW * len(numbers))
    ]
    if len(odd) > max(1, _FEW * len(numbers)):
        return [], ""
    return odd, values[min(range(len(sizes)), key=lambda place: abs(sizes[place] - middle))]


def _number(text: str) -> float:
    try:
        return float(text.replace(",", "").replace("_", ""))
    except ValueError:  # such as 1.2.3
        return 0.0
