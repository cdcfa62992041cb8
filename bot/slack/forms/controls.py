"""Controls of a form for what is not one value: rows and fields that stay, that come, and null in place of them all.

What they say is done after all values are in their places, the innermost first, so that each row is the one that the
form showed.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from approvals.digest import canonical
from approvals.refusals import Fault
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.forms.field_types import FieldType
from bot.slack.forms.input_values import NotTaken, json_of, value_in_line
from bot.slack.forms.places import Path, path_of, put, reached
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Container, Mapping, Sequence

    from approvals.digest import JSON
    from bot.slack.forms.fields import Field

_QUOTED_NAME = re.compile(r'\s*("(?:[^"\\]|\\.)*")\s*:(.*)', re.DOTALL)
_LINES = re.compile(r"\r\n|\r|\n")


class Rows(NamedTuple):
    """Which rows of a table stayed."""

    before: int
    """How many there were."""
    kept: tuple[int, ...]
    first: int
    """Where the form has the first of the new ones."""


class Arrangement(NamedTuple):
    """What the controls of one list or object say."""

    kept: tuple[int, ...] | None = None
    """The numbers of the rows."""
    lost: tuple[str, ...] = ()
    """The names of the fields that go."""
    rows: "tuple[JSON, ...]" = ()
    fields: "tuple[tuple[str, JSON], ...]" = ()
    cells: "tuple[tuple[str, JSON], ...]" = ()
    """Of the new row that has inputs of its own."""
    null: bool = False

    def spares(self, step: "str | int") -> bool:
        """Whether the row or the field stays."""
        return not self.null and step not in self.lost and (self.kept is None or step in self.kept)


def arrangement(field: "Field", said: str) -> Arrangement:
    """What a control says; raises NotTaken."""
    match field.kind:
        case FieldType.rows:
            picked = {*said.split("\n")}
            return Arrangement(kept=tuple(number for number, (text, _) in enumerate(field.choices) if text in picked))
        case FieldType.null:
            return Arrangement(null=said == "null")
        case FieldType.new_rows:
            return Arrangement(rows=tuple(_new_rows(field, said)))
        case _:
            return Arrangement(fields=tuple(_new_fields(field, said).items()))


def lost_places(field: "Field", said: str) -> list[Path]:
    """The fields that are taken out, each by its place."""
    picked = {*said.split("\n")}
    return [path_of(place) for text, place in field.choices if text not in picked]


def joint(said: "Sequence[Arrangement]") -> Arrangement:
    """What the controls of one place say together."""
    cells = tuple(cell for each in said for cell in each.cells)
    return Arrangement(
        kept=next((each.kept for each in said if each.kept is not None), None),
        lost=tuple(name for each in said for name in each.lost),
        rows=(*((dict(cells),) if cells else ()), *(row for each in said for row in each.rows)),
        fields=tuple(new for each in said for new in each.fields),
        cells=cells,
        null=any(each.null for each in said),
    )


def arrange(
    payload: "dict[str, JSON]", controls: "Mapping[Path, Arrangement]", blank: "Container[Path]" = ()
) -> tuple[dict[Path, Rows], tuple[Path, ...]]:
    """Does in the payload what the controls say: which rows stayed, and where anything is different.

    `blank` are the tables of which the form has inputs for a new row.
    """
    stayed: dict[Path, Rows] = {}
    changed: list[Path] = []
    for path, asked in sorted(controls.items(), key=lambda each: -len(each[0])):
        before = reached(payload, path)
        if asked.null:
            after: JSON = None
        elif isinstance(before, list):
            kept = tuple(number for number in range(len(before)) if asked.spares(number))
            stayed[path] = Rows(len(before), kept, len(before) + (path in blank and not asked.cells))
            after = [*(before[number] for number in kept), *asked.rows]
        else:
            before = {} if before is None else before  # null, of which the form had inputs for an object
            assert isinstance(before, dict)
            after = {**{name: one for name, one in before.items() if asked.spares(name)}, **dict(asked.fields)}
        if canonical(after) == canonical(before):
            continue
        changed.append(path)
        if path:
            put(payload, path, after)
        else:
            assert isinstance(after, dict)
            payload.clear()
            payload |= after
    return stayed, tuple(changed)


def as_shown(
    payload: "Mapping[str, JSON]", faults: "Sequence[Fault]", stayed: "Mapping[Path, Rows]"
) -> "tuple[dict[str, JSON], list[Fault]]":
    """A payload and its faults with each row in the place where the form has it; new rows after the last."""
    laid, told = dict(payload), [*faults]
    for path, rows in sorted(stayed.items(), key=lambda each: len(each[0])):
        now = reached(laid, path)
        assert isinstance(now, list)
        places = [*rows.kept, *range(rows.first, rows.first + len(now) - len(rows.kept))]
        wide: list[JSON] = [None] * (rows.first + len(now) - len(rows.kept))
        for number, row in zip(places, now, strict=True):
            wide[number] = row
        put(laid, path, wide)
        told = [_moved(fault, path, places) for fault in told]
    return laid, told


def _moved(fault: "Fault", path: Path, places: "Sequence[int]") -> "Fault":
    steps = fault.pointer.split("/")
    above = ["", *(str(step).replace("~", "~0").replace("/", "~1") for step in path)]
    if steps[: len(above)] != above or len(steps) == len(above):
        return fault
    number = int(steps[len(above)])
    return Fault("/".join([*above, str(places[number]), *steps[len(above) + 1 :]]), fault.detail)


def _new_rows(field: "Field", said: str) -> "list[JSON]":
    """A row for each line, or as many as a list has; each an object."""
    depth = len(field.path)
    try:
        whole = json_of(said, depth)
    except NotTaken as fault:
        lines = [line for line in _LINES.split(said) if line.strip()]
        if len(lines) == 1:
            raise NotTaken(f"{say.write_each_row_as(example(field))} {fault}") from None
        rows: list[JSON] = []
        for number, line in enumerate(lines, start=1):
            try:
                rows.append(json_of(line, depth + 1))
            except NotTaken as wrong:
                raise NotTaken(say.in_line(number, str(wrong))) from None
    else:
        rows = whole if isinstance(whole, list) else [whole]
    if not all(isinstance(row, dict) for row in rows):
        raise NotTaken(say.write_each_row_as(example(field)))
    return rows


def example(field: "Field") -> str:
    """How a row of this table is written."""
    row = field.value[-1] if isinstance(field.value, list) and field.value else {}
    names = [*row] if isinstance(row, dict) else []
    return shorten(one_line("{" + ", ".join(f"{as_json(name)}: …" for name in names) + "}"), 300)[0]


def as_json(name: str) -> str:
    """A name as JSON has it."""
    return '"' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _new_fields(field: "Field", said: str) -> "dict[str, JSON]":
    depth = len(field.path)
    made: dict[str, JSON] = {}
    there = field.value if isinstance(field.value, dict) else {}
    if said.strip().startswith("{"):
        whole = json_of(said, depth)
        assert isinstance(whole, dict)
        found: list[tuple[int, str, JSON]] = [(1, name, value) for name, value in whole.items()]
    else:
        found = [
            _new_field(field, number, line) for number, line in enumerate(_LINES.split(said), start=1) if line.strip()
        ]
    for number, name, value in found:
        if name in there or name in made:
            raise NotTaken(say.in_line(number, say.it_is_there_already(shorten(one_line(name), 100)[0])))
        made[name] = value
    return made


def _new_field(field: "Field", number: int, line: str) -> "tuple[int, str, JSON]":
    quoted = _QUOTED_NAME.fullmatch(line)
    name, _, rest = (quoted[1], ":", quoted[2]) if quoted else line.partition(":")
    if not name.strip() or not rest.strip():
        raise NotTaken(say.in_line(number, say.WRITE_A_NAME_A_COLON_AND_A_VALUE))
    assert field.schemas is not None
    try:
        name = str(json_of(name)) if quoted else name.strip()
        asked = field.schemas.member(name).constraints()
        return number, name, value_in_line(rest.strip(), asked, len(field.path) + 1)
    except NotTaken as wrong:
        raise NotTaken(say.in_line(number, str(wrong))) from None
