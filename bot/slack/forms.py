"""What a person typed into a form, read back strictly: JSON types survive, and what was left alone stays as it is.

The parser is the endpoint's, so that an edit can hold nothing that an agent could not have sent.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from bot.api.parsing import MAX_INTEGER, Faulty, Malformed, parse
from bot.slack.fields import Field, Kind, fields
from bot.slack.roundtrip import restored, untouched
from bot.slack.text import one_line

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import JSON
    from approvals.refusals import Fault

__all__ = ["ACTION", "Field", "Kind", "Typed", "block_of", "errors", "fields", "pointer_to", "read"]

ACTION = "input"
"""The action id of every input of an edit form."""
STALE = "This form is out of date. Copy what you typed, close it and open Edit again."
NOT_HERE = "This field cannot be changed here any more. Close the form and open Edit again."
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]*)(?:\.[0-9]+)?(?:[eE][+-]?[0-9]+)?")
_FIELD_BLOCK = re.compile(r"field\.[0-9]+\.[0-9a-f]{8}")
_LONGEST_ERROR = 500


class _Wrong(Exception):
    """What a person typed is not what the field takes; says what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Typed:
    """A form as it was submitted."""

    payload: "dict[str, JSON]"
    """The payload with the changes; values that were left alone, or are at fault, are the very same objects."""
    typed: "dict[str, JSON]"
    """By field, the text in each input that was not left alone, to keep and to prefill the form with again."""
    faults: tuple[tuple[str, str], ...]
    """The block id of each input at fault, and what to do."""
    changed: tuple[str, ...]
    """The names of the fields that changed, in their order."""


def read(shown: "Sequence[Field]", state: "Mapping[str, Any]") -> Typed:
    """Reads a submitted form. `state` is the view's: block id → action id → the input's state."""
    payload = {field.name: field.value for field in shown}
    typed: dict[str, JSON] = {}
    known = {field.block_id for field in shown}
    faults = [(block, STALE) for block in state if _FIELD_BLOCK.fullmatch(block) and block not in known]
    changed: list[str] = []
    for field in shown:
        if field.block_id not in state:
            continue
        said = _said(state[field.block_id])
        if said == field.shown or (not field.choices and untouched(field.shown, said)):
            continue
        typed[field.name] = said
        try:
            value = _value(field, said)
        except _Wrong as wrong:
            faults.append((field.block_id, str(wrong)))
            continue
        if canonical(value) != canonical(field.value):
            payload[field.name] = value
            changed.append(field.name)
    return Typed(payload=payload, typed=typed, faults=tuple(faults), changed=tuple(changed))


def pointer_to(name: str) -> str:
    """The RFC 6901 pointer to a top-level field."""
    return "/" + name.replace("~", "~0").replace("/", "~1")


def block_of(shown: "Sequence[Field]", pointer: str) -> str:
    """The block id of the input for what the pointer names; of the first input if it has none of its own."""
    field = _named(shown, pointer)
    return field.block_id if field is not None else next((one.block_id for one in shown if one.locked is None), "")


def errors(shown: "Sequence[Field]", faults: "Sequence[Fault]") -> dict[str, str]:
    """Faults of a payload as Slack shows them, by block id; one without an input of its own says what it is about."""
    said: dict[str, list[str]] = {}
    for fault in faults:
        own = _named(shown, fault.pointer)
        inside = fault.pointer.count("/") > 1
        about = f"{fault.pointer or 'The payload'}: " if own is None or inside else ""
        said.setdefault(block_of(shown, fault.pointer), []).append(one_line(about + fault.detail))
    return {block: _shortened(" ".join(sentences)) for block, sentences in said.items()}


def _named(shown: "Sequence[Field]", pointer: str) -> Field | None:
    own = "/" + pointer.removeprefix("/").partition("/")[0]
    return next((one for one in shown if one.locked is None and pointer_to(one.name) == own), None)


def _said(actions: Any) -> str:
    """What stands in an input; nothing typed and nothing picked are the empty text."""
    state = actions.get(ACTION) if isinstance(actions, Mapping) else None
    if not isinstance(state, Mapping):
        return ""
    option = state.get("selected_option")
    said = option.get("value") if isinstance(option, Mapping) else state.get("value")
    return said if isinstance(said, str) else ""


def _value(field: Field, said: str) -> "JSON":
    if field.locked is not None:
        raise _Wrong(NOT_HERE)
    match field.kind:
        case Kind.text:
            return _text(restored(field.shown, said))
        case Kind.number | Kind.integer:
            return _number(field, said.strip())
        case Kind.boolean | Kind.choice:
            return _picked(field, said)
        case Kind.json:
            return _json(field, said)


def _text(said: str) -> str:
    try:
        said.encode()
    except UnicodeEncodeError:
        raise _Wrong("The text has half of a character in it; type it again.") from None
    return said


def _picked(field: Field, said: str) -> "JSON":
    for text, value in field.choices:
        if text == said:
            return value
    raise _Wrong("Pick one of the options.")


def _number(field: Field, said: str) -> int | float:
    """The number typed, of the kind the field had, int or float, wherever that can hold it."""
    if not _NUMBER.fullmatch(said):
        raise _Wrong("Write a number as JSON does, such as 250, -3.5 or 1e3.")
    value = _parsed(said)
    assert isinstance(value, (int, float))
    whole = isinstance(value, int) or value.is_integer()
    if field.kind is Kind.integer and not whole:
        raise _Wrong("Write a whole number.")
    if isinstance(field.value, float):
        return float(value)
    return int(value) if whole and abs(value) <= MAX_INTEGER else value


def _json(field: Field, said: str) -> "JSON":
    if not said.strip():
        raise _Wrong("Write JSON here; null stands for nothing.")
    try:
        return _parsed(restored(field.shown, said))
    except _Wrong:
        return _parsed(said)


def _parsed(said: str) -> "JSON":
    """The value of a top-level field, under all that the endpoint asks of one."""
    try:
        value = parse(_text(said).encode())
        # Once more at the depth at which it will stand: a body holds the payload, and the payload the field.
        parse(json.dumps({"payload": {"field": value}}).encode())
    except Malformed as error:
        hint = " Use straight quotes." if {*said} & {*"“”„‟"} else ""
        raise _Wrong(_shortened(str(error).replace("The body", "This")) + hint) from None
    except Faulty as error:
        raise _Wrong(_shortened(" ".join(fault.detail for fault in error.faults))) from None
    return value


def _shortened(sentence: str) -> str:
    missing = len(sentence) - _LONGEST_ERROR
    return sentence if missing <= 0 else f"{sentence[:_LONGEST_ERROR]}… ({missing} characters more)"
