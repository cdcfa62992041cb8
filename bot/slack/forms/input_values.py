"""The value that a text in an input stands for, and the text of a value where more than one type may stand.

JSON types survive, and what was left alone stays as it is. The parser is the endpoint's, so that an edit can hold
nothing that an agent could not have sent.
"""

import json
import re
from typing import TYPE_CHECKING

from bot.api.strict_json import MAX_INTEGER, Faulty, Malformed, parse_request
from bot.slack.cards.alignment import aligned
from bot.slack.forms.errors import FORMATS, shortened
from bot.slack.forms.field_types import EMPTIED, EMPTY_LIST, as_input_text, is_date
from bot.slack.forms.fields import Field, FieldType
from bot.slack.forms.input_text import restored
from bot.slack.forms.spelling import NUMBER, Kind, Spelling
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON
    from bot.slack.forms.constraints import Constraints

_BLANKS = " \t\u00a0\r\n"
_NULL_IN_WORDS = frozenset({FieldType.text, FieldType.number, FieldType.integer})
"""What says null by the word where an empty input says that there is nothing at all."""


class NotTaken(Exception):
    """What a person typed is not what the field takes; says what to do."""


def value_of(field: Field, said: str) -> "JSON":
    """The value; raises NotTaken."""
    if field.blank and field.kind in _NULL_IN_WORDS and field.constraints.nullable and said.strip() == "null":
        return None
    if field.kind in EMPTIED and field.constraints.nullable and _is_null(field, said):
        return None
    return _of_kind(field, said)


def _of_kind(field: Field, said: str) -> "JSON":
    match field.kind:
        case FieldType.text:
            return read_text(field.shown, said)
        case FieldType.scalar:
            return _scalar(field, restored(field.shown, said))
        case FieldType.email | FieldType.uri:
            return read_text(field.shown, said.strip(_BLANKS))
        case FieldType.date:
            return _date(said)
        case FieldType.number | FieldType.integer:
            whole = field.kind is FieldType.integer
            return _number(said.strip(), whole=whole, floating=isinstance(field.value, float))
        case FieldType.boolean | FieldType.choice:
            return _picked(field, said)
        case FieldType.lines | FieldType.numbers:
            return _listed(field, restored(field.shown, said))
        case FieldType.several:
            return _several(field, said)
        case _ if field.blank:
            return value_in_line(said, field.constraints, len(field.path))
        case _:
            return _json(field, said)


def _is_null(field: Field, said: str) -> bool:
    # Of a list that nobody picks anything from any more there are no entries; of null there never was a list.
    return not said.strip(_BLANKS) and (field.kind is not FieldType.several or field.value is None)


def _scalar(field: Field, said: str) -> "JSON":
    assert field.spelling is not None
    kind, text = field.spelling.read(said)
    match kind:
        case Kind.null:
            return None
        case Kind.unclear:
            raise NotTaken(say.NULL_OR_THE_TEXT_NULL)
        case Kind.number:
            whole = field.constraints.whole and not isinstance(field.value, float)
            try:
                return _number(text, whole=whole, floating=isinstance(field.value, float))
            except NotTaken as wrong:
                raise NotTaken(f"{wrong} {say.OR_LEAVE_IT_EMPTY}" if field.spelling.null else str(wrong)) from None
        case Kind.text:
            return _sound(text)


def read_text(prefilled: str, said: str) -> str:
    """What was typed, with the bytes of the prefilled text wherever it was left alone; raises NotTaken."""
    return _sound(restored(prefilled, said))


def _sound(said: str) -> str:
    try:
        said.encode()
    except UnicodeEncodeError:
        raise NotTaken(say.HALF_OF_A_CHARACTER) from None
    return said


def _date(said: str) -> str:
    if not is_date(said):
        raise NotTaken(FORMATS["date"])
    return said


def _picked(field: Field, said: str) -> "JSON":
    for text, value in field.choices:
        if text == said:
            return value
    raise NotTaken(say.PICK_ONE_OF_THE_OPTIONS)


def _several(field: Field, said: str) -> "JSON":
    """What stayed, as it was and where it was, then what came."""
    chosen = [line for line in said.split("\n") if line]
    before = {as_input_text(entry): entry for entry in _entries(field)}
    came = [_picked(field, text) for text in dict.fromkeys(chosen) if text not in before]
    return [entry for text, entry in before.items() if text in chosen] + came


def _listed(field: Field, said: str) -> "JSON":
    """An entry for each line that is not empty; lines that were left alone give the very entries they stood for."""
    if field.constraints.nullable and said.strip() == EMPTY_LIST:
        return []
    before = _entries(field)
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", said) if line.strip()]
    runs = aligned(list(map(as_input_text, before)), lines)
    whole, floating = field.entries.whole, _all_floating(before)
    made: list[JSON] = []
    wrong: list[str] = []
    for run in runs:
        if run.same:
            made += before[run.start : run.end]
            continue
        for number in range(run.other_start, run.other_end):
            try:
                line = lines[number]
                made.append(
                    _sound(line) if field.kind is FieldType.lines else _number(line, whole=whole, floating=floating)
                )
            except NotTaken as fault:
                wrong.append(f"Line {number + 1}: {fault}")
    if wrong:
        raise NotTaken(shortened(" ".join(wrong)))
    return made


def _entries(field: Field) -> "list[JSON]":
    return field.value if isinstance(field.value, list) else []


def _all_floating(values: "Sequence[JSON]") -> bool:
    return bool(values) and all(isinstance(each, float) for each in values)


def _number(said: str, *, whole: bool, floating: bool) -> int | float:
    """The number typed, of the kind the field had, int or float, wherever that can hold it."""
    if not NUMBER.fullmatch(said):
        raise NotTaken(say.WRITE_A_NUMBER)
    value = json_of(said)
    assert isinstance(value, (int, float))
    integral = isinstance(value, int) or value.is_integer()
    if whole and not integral:
        raise NotTaken(say.WRITE_A_WHOLE_NUMBER)
    if floating:
        return float(value)
    return int(value) if integral and abs(value) <= MAX_INTEGER else value


def _json(field: Field, said: str) -> "JSON":
    if not said.strip():
        raise NotTaken(say.WRITE_JSON_HERE)
    try:
        return json_of(restored(field.shown, said), len(field.path))
    except NotTaken:
        return json_of(said, len(field.path))


def json_of(said: str, depth: int = 1) -> "JSON":
    """The value, `depth` steps down in the payload, under all that the endpoint asks of one; raises NotTaken."""
    try:
        value = parse_request(_sound(said).encode())
        # Once more at the depth at which it will stand: a body holds the payload, and the payload the field.
        nested: JSON = value
        for _ in range(depth):
            nested = {"field": nested}
        parse_request(json.dumps({"payload": nested}).encode())
    except Malformed as error:
        hint = say.USE_STRAIGHT_QUOTES if {*said} & {*"“”„‟"} else ""
        raise NotTaken(shortened(str(error).replace("The body", "This")) + hint) from None
    except Faulty as error:
        raise NotTaken(shortened(" ".join(fault.detail for fault in error.faults))) from None
    return value


def value_in_line(said: str, constraints: "Constraints", depth: int) -> "JSON":
    """A value after its name: a text where only that may stand, else JSON, else a text; raises NotTaken."""
    if "string" in constraints.types and constraints.types <= {"string", "null"}:
        kind, text = Spelling(null=constraints.nullable and said == "null", texts=True, numbers=False).read(said)
        return None if kind is Kind.unclear else _sound(text)
    try:
        return json_of(said, depth)
    except NotTaken:
        if constraints.types and "string" not in constraints.types:
            raise
        return _sound(said)
