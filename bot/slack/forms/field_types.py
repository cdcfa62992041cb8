"""Field types: how a value is typed in, by its own type and what the schemas say of it, and how it is shown there.

A kind is chosen only where its input shows the value exactly; anything else is typed as text or as JSON.
"""

import re
from contextlib import suppress
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from bot.slack.blockkit.text import indented, length, one_line
from bot.slack.forms.spelling import spelling_of
from bot.slack.forms.unions import type_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON
    from bot.slack.forms.constraints import Constraints

LONGEST_OPTION = 75
MOST_OPTIONS = 100
_YEARS = range(1900, 2101)
"""What every calendar of Slack can show."""
_EMAIL = re.compile(r"[A-Za-z0-9_+-]+(?:\.[A-Za-z0-9_+-]+)*@[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)*\.[A-Za-z]{2,}")
_LINK = re.compile(r"https?://[A-Za-z0-9-]+(?:\.[A-Za-z0-9-]+)+(?::[0-9]{1,5})?(?:[/?#][!-;=?-~]*)?")
_LONGEST_EMAIL = 254
"""The longest address that RFC 5321 delivers to."""
_BREAKS = re.compile(r"[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]")
EMPTY_LIST = "[]"
"""Says that there is no entry, where an empty input says that there is no list."""
Choices: TypeAlias = "tuple[tuple[str, JSON], ...]"


class FieldType(StrEnum):
    """How a value is typed in."""

    text = "text"
    number = "number"
    integer = "integer"
    boolean = "boolean"
    choice = "choice"
    date = "date"
    email = "email"
    uri = "uri"
    lines = "lines"
    """A list of texts, one a line."""
    numbers = "numbers"
    """A list of numbers, one a line."""
    several = "several"
    """A list of what an enum offers."""
    json = "json"
    scalar = "scalar"
    """A text, a number or null, told apart by how it is spelled."""
    rows = "rows"
    """Which rows of a table stay."""
    new_rows = "new_rows"
    names = "names"
    """Which fields of an object stay."""
    new_fields = "new_fields"
    null = "null"
    """Whether null stands in place of it all."""


PICKED = frozenset({FieldType.date, FieldType.email, FieldType.uri})
"""Texts that have an element of their own; it is empty for null."""
TEXTS = frozenset({FieldType.text, FieldType.scalar})
LISTS = frozenset({FieldType.lines, FieldType.numbers, FieldType.several})
KEPT = frozenset({FieldType.rows, FieldType.names})
CONTROLS = KEPT | {FieldType.new_rows, FieldType.new_fields, FieldType.null}
"""What is no value, but says what becomes of a table or an object."""
SEVERAL = KEPT | {FieldType.several}
EMPTIED = PICKED | LISTS
"""What is empty for null, where null may stand."""


class Typing(NamedTuple):
    """How a value stands in its input."""

    kind: FieldType
    shown: str
    """As the input is prefilled; of lists, an entry a line."""
    choices: Choices = ()
    """What can be picked: the option's text and the value it stands for."""


def kind_of(value: "JSON", constraints: "Constraints", entries: "Constraints") -> Typing:
    """How the value is typed in; `entries` is what is asked of each entry of a list."""
    shown = as_input_text(value)
    match value:
        case bool():
            return Typing(FieldType.boolean, shown, _booleans(constraints))
        case None if not constraints.nullable:
            return Typing(FieldType.json, shown)
        case None | str() | int() | float():
            return _scalar_typing(value, constraints, entries)
        case list():
            return _list_typing(value, constraints, entries) or Typing(FieldType.json, shown)
        case _:
            return Typing(FieldType.json, shown)


def blank_typing(constraints: "Constraints", entries: "Constraints") -> Typing:
    """How a value is typed in that is not there yet; its input is empty."""
    if choices := _choices([], constraints):
        return Typing(FieldType.choice, "", choices)
    match tuple(sorted(constraints.types - {"null"})):
        case ("boolean",):
            return Typing(FieldType.boolean, "", _booleans(constraints))
        case ("array",):
            return _no_list(entries)._replace(shown="")
        case ("string",):
            return Typing(_text_kind(None, constraints), "")
        case ("integer",):
            return Typing(FieldType.integer, "")
        case ("number",) | ("integer", "number"):
            return Typing(FieldType.number, "")
        case _:
            return Typing(FieldType.json, "")


def _scalar_typing(value: "str | float | None", constraints: "Constraints", entries: "Constraints") -> Typing:
    shown = as_input_text(value)
    choices = _choices([value], constraints)
    if choices and shown in (text for text, _ in choices):
        return Typing(FieldType.choice, shown, choices)
    own = constraints.types - {"null"}
    if value is None and own == {"boolean"}:
        return Typing(FieldType.boolean, shown, _booleans(constraints))
    if value is None and own == {"array"}:
        return _no_list(entries)
    kind = FieldType.json if value is None else _number_kind(value, constraints)
    if isinstance(value, str) or (value is None and own == {"string"}):
        kind = _text_kind(value, constraints)
    if kind in PICKED:
        return Typing(kind, "" if value is None else shown)
    if (spelling := spelling_of(value, constraints)) is not None:
        return Typing(FieldType.scalar, spelling.spelled(value))
    return Typing(kind, shown)


def _booleans(constraints: "Constraints") -> Choices:
    return (("true", True), ("false", False), *((("null", None),) if constraints.nullable else ()))


def as_input_text(value: "JSON") -> str:
    """A value as an input shows it: text as it is, anything else as JSON with its members in their order."""
    if isinstance(value, str):
        return value
    return indented(value)


def is_date(text: str) -> bool:
    """Whether a date picker can show exactly this."""
    with suppress(ValueError):
        day = date.fromisoformat(text)
        return day.isoformat() == text and day.year in _YEARS
    return False


def is_email(text: str) -> bool:
    """Whether Slack surely takes this into an input for an e-mail address."""
    return bool(_EMAIL.fullmatch(text)) and len(text) <= _LONGEST_EMAIL


def is_link(text: str) -> bool:
    """Whether Slack surely takes this into an input for a web address."""
    return bool(_LINK.fullmatch(text))


def _text_kind(value: str | None, constraints: "Constraints") -> FieldType:
    match constraints.format:
        case "date" if value is None or is_date(value):
            return FieldType.date
        case "email" if value is None or is_email(value):
            return FieldType.email
        case "uri" if value is None or is_link(value):
            return FieldType.uri
        case _:
            return FieldType.text


def _number_kind(value: "str | float", constraints: "Constraints") -> FieldType:
    whole = constraints.whole and isinstance(value, (int, float)) and value == int(value)
    return FieldType.integer if whole else FieldType.number


def _list_typing(value: "list[JSON]", constraints: "Constraints", entries: "Constraints") -> Typing | None:
    if constraints.nullable and not value:
        empty = _no_list(entries)
        return empty if empty.kind is FieldType.several else empty._replace(shown=EMPTY_LIST)
    shown = "\n".join(map(as_input_text, value))
    if constraints.nullable and shown == EMPTY_LIST:
        return None  # its one entry would be taken for no entry
    choices = _choices(value, entries)
    texts = [as_input_text(entry) for entry in value]
    if choices and len({*texts}) == len(texts) and {*texts} <= {text for text, _ in choices}:
        return Typing(FieldType.several, shown, choices)
    if all(isinstance(entry, str) and _one_a_line(entry) for entry in value):
        return Typing(FieldType.lines, shown) if value or entries.types == {"string"} else _no_numbers(entries)
    if all(_is_number(entry) for entry in value):
        return Typing(FieldType.numbers, shown)
    return None


def _no_list(entries: "Constraints") -> Typing:
    """Null, or no entry, where a list of texts or of numbers may stand."""
    if choices := _choices([], entries):
        return Typing(FieldType.several, "", choices)
    if entries.types == {"string"}:
        return Typing(FieldType.lines, "")
    return _no_numbers(entries) or Typing(FieldType.json, "null")


def _no_numbers(entries: "Constraints") -> Typing | None:
    return Typing(FieldType.numbers, "") if entries.types and entries.types <= {"number", "integer"} else None


def _one_a_line(entry: str) -> bool:
    """Whether it comes back as it was from an input that trims lines and drops empty ones."""
    return bool(entry) and entry.strip() == entry and not _BREAKS.search(entry)


def _is_number(value: "JSON") -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def _choices(values: "Sequence[JSON]", constraints: "Constraints") -> Choices:
    """The enum as options, where all are texts or all are numbers and each can be told apart in a menu."""
    offered = constraints.enum or ()
    if not 0 < len(offered) <= MOST_OPTIONS:
        return ()
    kinds = {type_of(each) for each in (*offered, *values)} - {"null"}
    if len(kinds) > 1 or not kinds <= {"string", "number"}:
        return ()
    choices = tuple((as_input_text(each), each) for each in offered)
    texts = [text for text, _ in choices]
    fit = all(text and one_line(text) == text and length(text) <= LONGEST_OPTION for text in texts)
    return choices if fit and len({*texts}) == len(texts) else ()
