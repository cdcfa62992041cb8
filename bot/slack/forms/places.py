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
_LONGEST_NESTED_LABEL = 500
_LONGEST_CELL = 20
_CONTROLS = {FieldType.rows: say.ROWS_TO_KEEP, FieldType.new_rows: say.NEW_ROWS, FieldType.new_fields: say.NEW_FIELDS}
_QUOTED = (".", '"', "[", ": ")
"""What makes a name look like more than one step."""


class Granularity(IntEnum):
    """How far a payload's fields are taken apart."""

    whole = 0
    rows = 1
    values = 2


class Place(NamedTuple):
    """Where a value stands, or what may be done to the list or the object there."""

    path: Path
    value: "JSON"
    control: FieldType | None = None


def pointer_to(*path: str | int) -> str:
    """The RFC 6901 pointer to a value."""
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in path)


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
    label = "".join(say.row(step + 1) if isinstance(step, int) else f".{_step(step)}" for step in place.path)[1:]
    return f"{label}: {_CONTROLS[place.control]}" if place.control else label


def _step(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if any(mark in name for mark in _QUOTED) else name


def _top(name: str, taken: set[str]) -> str:
    return json.dumps(name, ensure_ascii=False) if name in taken or (taken and name.startswith('"')) else name


def places(name: str, value: "JSON", granularity: Granularity) -> list[Place]:
    """The field in pieces, as far as it is to be taken apart and is not too much for that."""
    for how in (Granularity.values, Granularity.rows):
        if how > granularity or (how is Granularity.rows and not is_table(value)):
            continue
        found = list(islice(_inside((name,), value, how), MOST_CELLS + 1))
        values = sum(place.control is None for place in found)
        most = MOST_CELLS if any(place.control is FieldType.rows for place in found) else MOST_VALUES
        if 0 < values <= most and len(found) <= MOST_CELLS:
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
    elif isinstance(value, dict) and value and len(path) < DEEPEST and all(_can_be_label(path, name) for name in value):
        for name, member in value.items():
            yield from _inside((*path, name), member, how)
        yield Place(path, value, FieldType.new_fields)
    else:
        yield Place(path, value)


def _can_be_label(path: Path, name: str) -> bool:
    names = [*(step for step in path if isinstance(step, str)), name]
    return all(map(can_be_read, names)) and length("".join(names)) <= _LONGEST_NESTED_LABEL
