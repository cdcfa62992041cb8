"""What of a payload can be edited in a form, and how each field stands in it: one input a field, or locked and why.

Fields that the payload does not have are not offered: an edit changes what the agent asked for, it does not ask for
more.
"""

import json
import zlib
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from bot.slack.redaction import redacted_fields, veiled
from bot.slack.text import has_invisible, length, one_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.proposal import JSON, Proposal

LONGEST_INPUT = 3000
LONGEST_LABEL = 2000
LONGEST_OPTION = 75
MOST_OPTIONS = 100
MOST_INPUTS = 80
INPUT_BYTES = 190_000
"""For all inputs together with what may be typed into them; a view has 250,000 bytes, and more than inputs in it."""
_FRAME_BYTES = 400
_MULTILINE = 80


class Kind(StrEnum):
    """How a field is typed in."""

    text = "text"
    number = "number"
    integer = "integer"
    boolean = "boolean"
    choice = "choice"
    json = "json"


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One top-level field of a payload, as a form shows it."""

    number: int
    """Its place in the payload, from 0."""
    name: str
    value: "JSON"
    kind: Kind
    shown: str
    """The value as its input is prefilled."""
    choices: tuple[tuple[str, "JSON"], ...] = ()
    """What can be picked: the option's text and the value it stands for."""
    locked: str | None = None
    """Why it cannot be changed here, to follow its name; None if it can."""

    @property
    def block_id(self) -> str:
        """Unique in the form, and another for another value: Slack keeps what stood in a block id it saw before."""
        return f"field.{self.number}.{zlib.crc32(json.dumps([self.name, self.shown]).encode()):08x}"

    @property
    def multiline(self) -> bool:
        """Whether its input has several lines."""
        return self.kind is Kind.json or len(self.shown) > _MULTILINE or "\n" in self.shown or "\r" in self.shown


def fields(proposal: "Proposal") -> tuple[Field, ...]:
    """The payload's fields in their order, each with the input it gets or the reason why it gets none."""
    schemas, redacted, shown = _schemas(proposal), redacted_fields(proposal), veiled(proposal).action.payload
    inputs, room = 0, INPUT_BYTES
    made: list[Field] = []
    for number, (name, value) in enumerate(proposal.action.payload.items()):
        field = _field(number, name, value, schemas.get(name))
        locked = _locked(proposal, field)
        if name in redacted:
            field = replace(field, kind=Kind.json, choices=(), shown=plain(shown[name]))
            locked = "the policy redacts it, so nobody changes what nobody sees"
        if locked is None:
            weight = _weight(field)
            if inputs == MOST_INPUTS or weight > room:
                locked = "there are more fields than fit one form"
            else:
                inputs, room = inputs + 1, room - weight
        made.append(replace(field, locked=locked))
    return tuple(made)


def plain(value: "JSON") -> str:
    """A value as an input shows it: text as it is, anything else as JSON with its members in their order."""
    if isinstance(value, str):
        return value
    return json.dumps(value, ensure_ascii=False, indent=2 if isinstance(value, (dict, list)) and value else None)


def _schemas(proposal: "Proposal") -> "Mapping[str, JSON]":
    schema = proposal.ask.payload_schema or {}
    properties = schema.get("properties")
    return properties if isinstance(properties, dict) else {}


def _field(number: int, name: str, value: "JSON", schema: "JSON") -> Field:
    said = schema if isinstance(schema, dict) else {}
    field = Field(number=number, name=name, value=value, kind=_kind(value, said), shown=plain(value))
    if field.kind is Kind.boolean:
        return replace(field, choices=(("true", True), ("false", False)))
    choices = _choices(value, said.get("enum"))
    return replace(field, kind=Kind.choice, choices=choices) if choices else field


def _kind(value: "JSON", schema: "Mapping[str, JSON]") -> Kind:
    match value:
        case bool():
            return Kind.boolean
        case str():
            return Kind.text
        case int() | float():
            whole = schema.get("type") == "integer" and value == int(value)
            return Kind.integer if whole else Kind.number
        case _:
            return Kind.json


def _choices(value: "JSON", offered: "JSON") -> tuple[tuple[str, "JSON"], ...]:
    """The schema's `enum` as options, where the value is one of them and each can be told apart in a menu."""
    if not isinstance(offered, list) or not isinstance(value, (str, int, float)) or isinstance(value, bool):
        return ()
    kind = str if isinstance(value, str) else (int, float)
    if len(offered) > MOST_OPTIONS or not all(isinstance(one, kind) and not isinstance(one, bool) for one in offered):
        return ()
    choices = tuple((plain(one), one) for one in offered)
    texts = [text for text, _ in choices]
    ours = plain(value)
    fit = all(text and one_line(text) == text and length(text) <= LONGEST_OPTION for text in texts)
    return choices if fit and ours in texts and len({*texts}) == len(texts) else ()


def _locked(proposal: "Proposal", field: Field) -> str | None:
    allowed = proposal.gate.edit
    if allowed is not None and field.name not in allowed:
        return "the policy does not let reviewers change it"
    if not field.name.strip() or length(field.name) > LONGEST_LABEL or not _one_line(field.name):
        return "its name cannot stand over an input"
    if any(has_invisible(text) for text in _texts(field.value)):
        return "it has invisible characters"
    if length(field.shown) > LONGEST_INPUT:
        return f"its {len(field.shown)} characters do not fit an input"
    return None


def _one_line(text: str) -> bool:
    return not has_invisible(text) and not {*text} & {"\n", "\r", "\t"}


def _texts(value: "JSON") -> "Iterator[str]":
    """Every string in a value, keys too."""
    waiting: list[JSON] = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, str):
            yield one
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, dict):
            yield from one
            waiting += one.values()


def _weight(field: Field) -> int:
    """Bytes of its input in a view, filled as far as can be foreseen."""
    label = len(json.dumps(field.name))
    if field.choices:
        return _FRAME_BYTES + label + sum(150 + 2 * len(json.dumps(text)) for text, _ in field.choices)
    typed = LONGEST_INPUT if field.multiline or field.kind is Kind.text else 0
    return _FRAME_BYTES + label + max(typed, len(json.dumps(field.shown)))
