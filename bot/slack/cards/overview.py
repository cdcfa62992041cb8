"""Overview of a long payload: what differs from the rest first, then what is alike by one of it, and what occurs.

It stands before the payload, never instead of it: what will run follows whole. It is bounded by its own size, and says
how much it leaves out.

Rows that are alike are told by their shape. Each is in one kind, and the rarest kinds stand first. Where a kind has
many rows, those with values far from what is usual in it are named: another word where most have the same or few
do, a number ten times the median, a text much longer than the rest. The time grows with the text, but for sorting.
"""

import csv
import io
import json
from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.blockkit.blocks import Block, boxed, bullets, json_size, paragraph, rich, run
from bot.slack.blockkit.text import characters, one_line, shorten, visible
from bot.slack.cards.occurs import occurs, read_sql, sql_texts
from bot.slack.cards.shapes import cells_shape, entry_shape, line_shape, member_shape, tokens_shape
from bot.slack.words import overview as say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from bot.slack.cards.occurs import Occurrence
    from bot.slack.cards.shapes import Shape

MOST = 9_000
"""Of an overview, as JSON: some of the first page of `Details`."""
FEWEST_ROWS = 12
"""Lines or entries below which a text or list is read as it is."""
_ROOM_FOR_THE_REST = 250
_LONGEST_VALUE = 80
_MOST_THINGS = (12, 4)
"""Of each kind of thing that occurs; the fewer where there is no room for more."""
_MANY_MEMBERS = 30
"""Of an object, from which on they are rows."""
_LONG_STATEMENT = 8
"""Lines of a statement of which each is a row."""
_DELIMITERS = (",", ";", "\t", "|")
_FEWEST_CELLS = 2
_NEARLY_ALL = 0.9


class _Room(NamedTuple):
    """How much is shown of one text or list."""

    kinds: int
    unusual: int
    row: int
    """Characters."""


_PAGE, _BRIEF, _LEAST = _Room(8, 6, 240), _Room(3, 3, 120), _Room(1, 1, 80)


def overview(payload: "Mapping[str, JSON]", most: int = MOST) -> list[Block]:
    """The overview in blocks of at most `most` as JSON; none where no part of the payload is long."""
    found = [each for each in foldings(payload) if each.folds]
    known = occurs(payload)
    parts = [[rich(bullets([_occurrence(each, most) for each in known])) for most in _MOST_THINGS]] if known else []
    parts += [[rich(*_folded(each, room)) for room in (_PAGE, _BRIEF, _LEAST)] for each in found]
    if not parts:
        return []
    shown = [rich(paragraph(run(say.IN_SHORT, bold=True)), paragraph(run(say.NOTHING_IS_LEFT_OUT, italic=True)))]
    left = 0
    for part in parts:
        form = next((each for each in part if json_size([*shown, each]) <= most - _ROOM_FOR_THE_REST), None)
        if form is None:
            left += 1
        else:
            shown.append(form)
    return [*shown, rich(paragraph(run(say.more_lists(left), italic=True)))] if left else shown


def foldings(payload: "Mapping[str, JSON]") -> "Iterator[Folding]":
    """The long texts and lists of a payload, each with its rows."""
    known = {name for name, _ in sql_texts(payload)}
    for name, text in sql_texts(payload):
        yield from _long(name, *_statements(text))
    yield from _members("", {name: value for name, value in payload.items() if name not in known})


def _within(path: str, value: "JSON") -> "Iterator[Folding]":
    if isinstance(value, str):
        if value.count("\n") >= FEWEST_ROWS - 1:
            yield from _long(path, "line", _lines(visible(value).split("\n")))
    elif isinstance(value, list) and len(value) >= FEWEST_ROWS:
        texts = [_on_a_line(each) for each in value]
        if all(isinstance(each, str) for each in value):
            yield from _long(path, "entry", _lines(texts))
        else:
            shapes = [entry_shape(each) for each in value]
            yield from _long(path, "entry", _numbered(texts, shapes))
    elif isinstance(value, list):
        for number, each in enumerate(value, 1):
            yield from _within(f"{path} {number}", each)
    elif isinstance(value, dict):
        yield from _members(path, value)


def _members(path: str, value: "Mapping[str, JSON]") -> "Iterator[Folding]":
    """What is long in an object, and the object itself where it has many members."""
    if len(value) >= _MANY_MEMBERS:
        texts = [f"{_json(name)}: {_json(member)}" for name, member in value.items()]
        shapes = [member_shape(name, member) for name, member in value.items()]
        yield from _long(path or say.ALL_FIELDS, "member", _numbered(texts, shapes))
    for name, member in value.items():
        yield from _within(f"{path}.{name}" if path else name, member)


def _long(name: str, thing: str, rows: "Sequence[Row]") -> "Iterator[Folding]":
    if len(rows) >= FEWEST_ROWS:
        yield Folding(label=shorten(one_line(name), _LONGEST_VALUE)[0], thing=thing, rows=rows)


def _statements(text: str) -> "tuple[str, list[Row]]":
    """Statements where they are understood and none is long; else lines."""
    found = read_sql(text)
    if found is None or any(text.count("\n", each.start, each.end) > _LONG_STATEMENT for each in found):
        lines = visible(text).split("\n")
        return "line", _numbered(lines, [line_shape(line, names=True) for line in lines])
    texts = [one_line(text[each.start : each.end]) for each in found]
    return "statement", _numbered(texts, [tokens_shape(each.tokens) for each in found])


def _lines(lines: "Sequence[str]") -> "list[Row]":
    """Lines, as those of a table where they are one."""
    delimiter = _delimiter([line for line in lines if line.strip()])
    if delimiter is None:
        return _numbered(lines, [line_shape(line) for line in lines])
    return _numbered(lines, [cells_shape(_cells(line, delimiter), delimiter) for line in lines])


def _numbered(texts: "Sequence[str]", shapes: "Sequence[Shape]") -> "list[Row]":
    """Those that are not empty."""
    rows = enumerate(zip(texts, shapes, strict=True), 1)
    return [Row(number=number, text=text, shape=shape) for number, (text, shape) in rows if text.strip()]


def _delimiter(lines: "Sequence[str]") -> str | None:
    """What nearly all lines have equally often, if they are rows of a table."""
    if len(lines) < FEWEST_ROWS:
        return None
    for delimiter in _DELIMITERS:
        ((usual, times), *_) = Counter(line.count(delimiter) for line in lines).most_common(1)
        if usual >= _FEWEST_CELLS and times >= _NEARLY_ALL * len(lines):
            return delimiter
    return None


def _cells(line: str, delimiter: str) -> list[str]:
    try:
        return next(csv.reader(io.StringIO(line), delimiter=delimiter), [])
    except csv.Error:
        return line.split(delimiter)


def _on_a_line(value: "JSON") -> str:
    return one_line(value) if isinstance(value, str) else _json(value)


def _json(value: "JSON") -> str:
    return one_line(json.dumps(value, ensure_ascii=False))


def _folded(folding: "Folding", room: _Room) -> "Iterator[Block]":
    """One text or list: the rare, the unusual, then what is alike."""
    kinds, thing = folding.kinds, folding.thing
    yield paragraph(run(say.kinds_of(folding.label, len(folding.rows), thing, len(kinds)), bold=True))
    rare = [kind for kind in kinds if len(kind) < FEWEST]
    for kind in rare[: room.kinds]:
        more = len(kind) - 1
        yield paragraph(
            run(say.UNLIKE_THE_REST, bold=True), run(say.place(thing, folding.rows[kind[0]].number)), *_and(more)
        )
        yield from _row(folding.rows[kind[0]], room.row)
    if len(rare) > room.kinds:
        yield paragraph(run(say.more_unlike(len(rare) - room.kinds, thing), italic=True))
    for each in folding.unusual[: room.unusual]:
        yield paragraph(
            run(say.OUT_OF_THE_USUAL, bold=True),
            run(f"{say.place(thing, folding.rows[each.row].number)}: "),
            run(_value(each.value), code=True),
            run(say.WHERE_OTHERS_HAVE),
            run(_value(each.usual), code=True),
        )
    if len(folding.unusual) > room.unusual:
        yield paragraph(run(say.more_of_the_usual(len(folding.unusual) - room.unusual), italic=True))
    alike = kinds[len(rare) :]
    for kind in alike[: room.kinds]:
        row = folding.rows[kind[0]]
        yield paragraph(run(say.place(thing, row.number)))
        yield from _row(row, room.row)
        pattern = shorten(row.shape.pattern, room.row)[0]
        yield paragraph(run(say.more_like_this(len(kind) - 1), bold=True), run(pattern, code=True))
    if len(alike) > room.kinds:
        yield paragraph(run(say.more_unlike(len(alike) - room.kinds, thing), italic=True))


def _and(more: int) -> list[Block]:
    return [run(say.and_more(more))] if more else []


def _row(row: "Row", most: int) -> "Iterator[Block]":
    shown, left = shorten(row.text, most)
    yield boxed(shown or say.AN_EMPTY_ONE)
    if left:
        yield paragraph(run(say.left_of_it(characters(left)), italic=True))


def _value(value: str) -> str:
    return shorten(value, _LONGEST_VALUE)[0] or say.AN_EMPTY_ONE


def _occurrence(each: "Occurrence", most: int) -> Block:
    parts = [run(each.label, bold=True), run(f", {each.note}" if each.note else "")]
    for number, (thing, said) in enumerate(each.things[:most]):
        parts += [run(", " if number else ": "), run(thing or say.AN_EMPTY_ONE, code=True), run(said)]
    parts += _and(max(0, len(each.things) - most))
    return paragraph(*(part for part in parts if part["text"]))


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
