"""Places of a payload's values: the path to each, its label, and how far objects and tables are taken apart.

A table is a list of objects that have something in them; each value of each row is a place of its own, or each row is
where there are too many.
"""

import json
import zlib
from enum import IntEnum
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple, TypeAlias, cast

from approvals.digest import canonical
from bot.slack.blockkit.text import has_invisible, length, one_line, shorten
from bot.slack.forms.field_types import LONGEST_OPTION, FieldType, as_input_text
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from approvals.digest import JSON

Path: TypeAlias = "tuple[str | int, ...]"
"""The names, and the numbers of rows, from the top to a value."""
DEEPEST = 4
"""Steps from the top to a value; what lies deeper is edited as JSON."""
MOST_VALUES = 24
"""Values that one field is taken apart into; one that has more is edited as JSON."""
MOST_CELLS = 60
"""The same of a field with a table."""
_MOST_PLACES = 4 * MOST_CELLS
_LONGEST_NESTED_LABEL = 500
_LONGEST_CELL = 20
_CONTROLS = {
    FieldType.rows: say.ROWS_TO_KEEP,
    FieldType.new_rows: say.NEW_ROWS,
    FieldType.names: say.NAMES_TO_KEEP,
    FieldType.new_fields: say.NEW_FIELDS,
    FieldType.null: say.KEEP_OR_NULL,
}
_QUOTED = (".", '"', "[", ": ")
"""What makes a name look like more than one step."""


class Granularity(IntEnum):
    """How far a payload's fields are taken apart."""

    whole = 0
    rows = 1
    values = 2
    blanks = 3
    """Values, and inputs for what is not there yet."""


class Place(NamedTuple):
    """Where a value stands, or what may be done to the list or the object there."""

    path: Path
    value: "JSON"
    control: FieldType | None = None
    blank: bool = False
    """Whether the payload has nothing there yet."""

    @property
    def in_new_row(self) -> bool:
        """Whether it is a column of a row that is not there yet."""
        return self.blank and is_in_row(self.path)


def pointer_to(*path: str | int) -> str:
    """The RFC 6901 pointer to a value."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


def is_in_row(path: Path) -> bool:
    """Whether it is right in a row of a table."""
    return len(path) > 1 and isinstance(path[-2], int)


def put(payload: "dict[str, JSON]", path: Path, value: "JSON") -> None:
    """Puts the value in its place. What is on the way is copied, so that others who hold it see no change."""
    here = cast("dict[str | int, JSON]", payload)  # of lists, too, by the numbers of their rows
    for step in path[:-1]:
        inner = here[step]
        assert isinstance(inner, (dict, list))
        copy = inner.copy()
        here[step] = copy
        here = cast("dict[str | int, JSON]", copy)
    here[path[-1]] = value


def reached(payload: "JSON", path: Path) -> "JSON":
    """The value at the path; None where there is none."""
    for step in path:
        if isinstance(payload, list) and isinstance(step, int):
            payload = payload[step] if step < len(payload) else None
        else:
            payload = payload.get(step) if isinstance(payload, dict) and isinstance(step, str) else None
    return payload


def can_be_read(name: str) -> bool:
    """Whether a name can stand over an input: people see all of it, on one line."""
    return bool(name.strip()) and not has_invisible(name) and not {*name} & {"\n", "\r", "\t"}


def labels(places: "Iterable[Place]") -> list[str]:
    """`customer.address.city`, `lines[row 2].sku`; a name that could be taken for more than one step is quoted."""
    listed = list(places)
    below = {_label(place) for place in listed if len(place.path) > 1 or place.control}
    return [
        _label(place) if len(place.path) > 1 or place.control else _top(cast("str", place.path[0]), below)
        for place in listed
    ]


def _label(place: Place) -> str:
    new = len(place.path) - 2 if place.in_new_row else -1
    label = "".join(
        f".{_step(step)}" if isinstance(step, str) else say.NEW_ROW if at == new else say.row(step + 1)
        for at, step in enumerate(place.path)
    )[1:]
    if not place.control:
        return label
    return f"{label}: {_CONTROLS[place.control]}" if label else _CONTROLS[place.control]


def _step(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if any(mark in name for mark in _QUOTED) else name


def _top(name: str, taken: set[str]) -> str:
    return json.dumps(name, ensure_ascii=False) if name in taken or (taken and name.startswith('"')) else name


def places(name: str, value: "JSON", granularity: Granularity) -> list[Place]:
    """The field in pieces, as far as it is to be taken apart and is not too much for that."""
    for how in (Granularity.values, Granularity.rows):
        if how > granularity or (how is Granularity.rows and not is_table(value)):
            continue
        found = list(islice(_inside((name,), value, how), _MOST_PLACES))
        values = sum(place.control is None for place in found)
        table = any(place.control is FieldType.rows for place in found)
        # Controls are dropped where no schema gives them anything to do.
        if 0 < values <= (MOST_CELLS if table else MOST_VALUES):
            return found
    return [Place((name,), value)]


def is_table(value: "JSON") -> bool:
    """Whether it is a list of objects, each of which has something in it."""
    return isinstance(value, list) and bool(value) and all(isinstance(row, dict) and row for row in value)


def row_options(table: "Iterable[JSON]") -> dict[str, str]:
    """The options for the rows of a table, with what people read of each; another option for another row."""
    return {
        f"row {number}.{zlib.crc32(canonical(row)):08x}": _row_label(number, row)
        for number, row in enumerate(table, start=1)
    }


def field_options(paths: "Iterable[JSON]") -> dict[str, str]:
    """The options for fields that may go, with what people read of each."""
    named = [(path, one_line(_label(Place(path_of(path), None)))) for path in paths]
    return {
        f"field {number}.{zlib.crc32(canonical(path)):08x}": shorten(label, LONGEST_OPTION)[0]
        for number, (path, label) in enumerate(named, start=1)
    }


def path_of(steps: "JSON") -> Path:
    """A path that was written as a list."""
    assert isinstance(steps, list)
    return tuple(step for step in steps if isinstance(step, (str, int)))


def in_order(paths: "Iterable[Path]", places: "Iterable[Place]") -> list[Path]:
    """The paths in the order in which the form has what is there."""
    first: dict[Path, int] = {}
    for number, place in enumerate(places):
        for end in range(1, len(place.path) + 1):
            first.setdefault(place.path[:end], number)
    return sorted(paths, key=lambda path: (first.get(path, len(first)), len(path)))


def _row_label(number: int, row: "JSON") -> str:
    values = row.values() if isinstance(row, dict) else [row]
    cells = [shorten(one_line(as_input_text(each)), _LONGEST_CELL)[0] for each in values]
    return shorten(" · ".join([f"row {number}", *cells]), LONGEST_OPTION)[0]


def _inside(path: Path, value: "JSON", how: Granularity) -> "Iterator[Place]":
    """The values of an object or a table, in their order, down to where they cannot be taken apart any further."""
    if is_table(value) and len(path) < DEEPEST:
        for number, row in enumerate(cast("list[JSON]", value)):
            yield from (
                _inside((*path, number), row, how) if how is Granularity.values else [Place((*path, number), row)]
            )
        yield Place(path, value, FieldType.rows)
        yield Place(path, value, FieldType.new_rows)
        yield Place(path, value, FieldType.null)
    elif isinstance(value, dict) and value and len(path) < DEEPEST and all(can_be_label(path, name) for name in value):
        for name, member in value.items():
            yield from _inside((*path, name), member, how)
        yield Place(path, value, FieldType.new_fields)
        yield Place(path, value, FieldType.null)
    else:
        yield Place(path, value)
        if isinstance(value, list):
            yield Place(path, value, FieldType.null)


def can_be_label(path: Path, name: str) -> bool:
    """Whether what has this name in this place can have an input of its own."""
    names = [*(step for step in path if isinstance(step, str)), name]
    return all(map(can_be_read, names)) and length("".join(names)) <= _LONGEST_NESTED_LABEL
