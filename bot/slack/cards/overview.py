"""Overview of a long payload: what differs from the rest first, then what is alike by one of it, and what occurs.

It stands before the payload, never instead of it: what will run follows whole. It is bounded by its own size, and says
how much it leaves out.
"""

import csv
import io
import json
from collections import Counter
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.blockkit.blocks import Block, boxed, bullets, json_size, paragraph, rich, run
from bot.slack.blockkit.text import characters, one_line, shorten, visible
from bot.slack.cards.folding import FEWEST, Folding, Row
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


def _lines(lines: "Sequence[str]") -> list[Row]:
    """Lines, as those of a table where they are one."""
    delimiter = _delimiter([line for line in lines if line.strip()])
    if delimiter is None:
        return _numbered(lines, [line_shape(line) for line in lines])
    return _numbered(lines, [cells_shape(_cells(line, delimiter), delimiter) for line in lines])


def _numbered(texts: "Sequence[str]", shapes: "Sequence[Shape]") -> list[Row]:
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


def _folded(folding: Folding, room: _Room) -> "Iterator[Block]":
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


def _row(row: Row, most: int) -> "Iterator[Block]":
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
