"""The JSON value of what was typed into one input.

The parser is the endpoint's, so that an edit can hold nothing that an agent could not have sent.
"""

import json
import re
from typing import TYPE_CHECKING

from bot.api.parsing import MAX_INTEGER, Faulty, Malformed, parse
from bot.slack.alignment import aligned
from bot.slack.corrections import FORMATS, shortened
from bot.slack.fields import Field, Kind
from bot.slack.kinds import is_date, plain
from bot.slack.roundtrip import restored
from bot.slack.words import reading as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import JSON

_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_BLANKS = " \t\u00a0\r\n"


class NotTaken(Exception):
    """What a person typed is not what the field takes; says what to do."""


def value_of(field: Field, said: str) -> "JSON":
    """The value; raises NotTaken."""
    match field.kind:
        case Kind.text:
            return read_text(field.shown, said)
        case Kind.email | Kind.uri:
            return read_text(field.shown, said.strip(_BLANKS))
        case Kind.date:
            return _date(said)
        case Kind.number | Kind.integer:
            whole = field.kind is Kind.integer
            return _number(said.strip(), whole=whole, floating=isinstance(field.value, float))
        case Kind.boolean | Kind.choice:
            return _picked(field, said)
        case Kind.lines | Kind.numbers:
            return _listed(field, restored(field.shown, said))
        case Kind.several:
            return _several(field, said)
        case Kind.json:
            return _json(field, said)


def read_text(prefilled: str, said: str) -> str:
    """What was typed, with the bytes of the prefilled text wherever it was left alone; raises NotTaken."""
    return _sound(restored(prefilled, said))


def _sound(said: str) -> str:
    try:
        said.encode()
    except UnicodeEncodeError:
        raise NotTaken("The text has half of a character in it; type it again.") from None
    return said


def _date(said: str) -> str:
    if not is_date(said):
        raise NotTaken(FORMATS["date"])
    return said


def _picked(field: Field, said: str) -> "JSON":
    for text, value in field.choices:
        if text == said:
            return value
    raise NotTaken("Pick one of the options.")


def _several(field: Field, said: str) -> "JSON":
    """What stayed, as it was and where it was, then what came."""
    chosen = [line for line in said.split("\n") if line]
    assert isinstance(field.value, list)
    before = {plain(entry): entry for entry in field.value}
    came = [_picked(field, text) for text in dict.fromkeys(chosen) if text not in before]
    return [entry for text, entry in before.items() if text in chosen] + came


def _listed(field: Field, said: str) -> "JSON":
    """An entry for each line that is not empty; lines that were left alone give the very entries they stood for."""
    assert isinstance(field.value, list)
    lines = [line.strip() for line in re.split(r"\r\n|\r|\n", said) if line.strip()]
    runs = aligned(list(map(plain, field.value)), lines)
    whole, floating = field.entries.whole, _all_floating(field.value)
    made: list[JSON] = []
    wrong: list[str] = []
    for run in runs:
        if run.same:
            made += field.value[run.start : run.end]
            continue
        for number in range(run.other_start, run.other_end):
            try:
                line = lines[number]
                made.append(_sound(line) if field.kind is Kind.lines else _number(line, whole=whole, floating=floating))
            except NotTaken as fault:
                wrong.append(f"Line {number + 1}: {fault}")
    if wrong:
        raise NotTaken(shortened(" ".join(wrong)))
    return made


def _all_floating(values: "Sequence[JSON]") -> bool:
    return bool(values) and all(isinstance(each, float) for each in values)


def _number(said: str, *, whole: bool, floating: bool) -> int | float:
    """The number typed, of the kind the field had, int or float, wherever that can hold it."""
    if not _NUMBER.fullmatch(said):
        raise NotTaken("Write a number as JSON does, such as 250, -3.5 or 1e3.")
    value = _parsed(said)
    assert isinstance(value, (int, float))
    integral = isinstance(value, int) or value.is_integer()
    if whole and not integral:
        raise NotTaken("Write a whole number.")
    if floating:
        return float(value)
    return int(value) if integral and abs(value) <= MAX_INTEGER else value


def _json(field: Field, said: str) -> "JSON":
    if not said.strip():
        raise NotTaken("Write JSON here; null stands for nothing.")
    try:
        return _parsed(restored(field.shown, said), len(field.path))
    except NotTaken:
        return _parsed(said, len(field.path))


def _parsed(said: str, depth: int = 1) -> "JSON":
    """The value of a field `depth` names down in the payload, under all that the endpoint asks of one."""
    try:
        value = parse(_sound(said).encode())
        # Once more at the depth at which it will stand: a body holds the payload, and the payload the field.
        nested: JSON = value
        for _ in range(depth):
            nested = {"field": nested}
        parse(json.dumps({"payload": nested}).encode())
    except Malformed as error:
        hint = say.USE_STRAIGHT_QUOTES if {*said} & {*"“”„‟"} else ""
        raise NotTaken(shortened(str(error).replace("The body", "This")) + hint) from None
    except Faulty as error:
        raise NotTaken(shortened(" ".join(fault.detail for fault in error.faults))) from None
    return value
