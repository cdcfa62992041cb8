"""What of a payload can be edited in a form, and how each value stands in it: one input a value, or locked and why.

Objects are taken apart into their values, long texts into parts, as far as all of it fits. Fields that the payload
does not have are not offered: an edit changes what the agent asked for, it does not ask for more.
"""

import json
import zlib
from dataclasses import dataclass, replace
from itertools import islice
from typing import TYPE_CHECKING, TypeAlias

from bot.slack.blockkit.text import has_invisible, length, passes_for_other
from bot.slack.cards.redaction import redacted_fields, veiled
from bot.slack.forms.constraints import NOTHING, Constraints, Schemas
from bot.slack.forms.field_types import EMPTIED, LISTS, TEXTS, Choices, FieldType, as_input_text, kind_of
from bot.slack.forms.input_text import TextPart, split
from bot.slack.forms.spelling import Spelling, spelling_of
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from approvals.digest import JSON
    from approvals.proposal import Proposal


Path: TypeAlias = tuple[str, ...]
"""The names from the top to a value."""


def pointer_to(*path: str) -> str:
    """The RFC 6901 pointer to a value."""
    return "".join("/" + name.replace("~", "~0").replace("/", "~1") for name in path)


def labels(paths: "Iterable[Path]") -> dict[Path, str]:
    """`customer.address.city`; a name with a dot is quoted where it could be taken for two."""
    listed = list(paths)
    nested = {path: ".".join(map(_step, path)) for path in listed if len(path) > 1}
    taken = {*nested.values()}
    return nested | {path: _top(path[0], taken) for path in listed if len(path) == 1}


def put(payload: "dict[str, JSON]", path: Path, value: "JSON") -> None:
    """Puts the value in its place. Objects on the way are copied, so that others who hold them see no change."""
    here = payload
    for name in path[:-1]:
        inner = here[name]
        assert isinstance(inner, dict)
        here[name] = here = dict(inner)
    here[path[-1]] = value


def reached(payload: "JSON", path: Path) -> "JSON":
    """The value at the path; None where there is none."""
    for name in path:
        payload = payload.get(name) if isinstance(payload, dict) else None
    return payload


def can_be_read(name: str) -> bool:
    """Whether a name can stand over an input: people see all of it, on one line."""
    return bool(name.strip()) and not has_invisible(name) and not {*name} & {"\n", "\r", "\t"}


def _step(name: str) -> str:
    return json.dumps(name, ensure_ascii=False) if "." in name or '"' in name else name


def _top(name: str, taken: set[str]) -> str:
    return json.dumps(name, ensure_ascii=False) if name in taken or (taken and name.startswith('"')) else name


LONGEST_INPUT = 3000
LONGEST_LABEL = 2000
MOST_INPUTS = 80
INPUT_BYTES = 190_000
"""For all inputs together with what may be typed into them; a view has 250,000 bytes, and more than inputs in it."""
DEEPEST = 4
"""Names from the top to a value; what lies deeper is edited as JSON."""
MOST_VALUES = 24
"""Values that one field is taken apart into; one that has more is edited as JSON."""
MOST_TRIED = 300
"""Fields that may get an input; a form has room for 80. What comes after so many is not looked at so closely."""
REDACTED = say.THE_POLICY_REDACTS_IT
NO_ROOM = say.THERE_ARE_MORE_FIELDS_THAN_FIT
_LONGEST_NESTED_LABEL = 500
_FRAME_BYTES = 500
_MULTILINE = 80
_LONG = 200
"""A text that may become longer than this has several lines from the start."""
_BLANKS = " \t\u00a0\u202f\u2007\u2009\u3000\r\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """Which of the inputs of a long text it is."""

    number: int
    count: int
    piece: TextPart


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """One value of a payload, or a part of a long text, as a form shows it."""

    number: int
    """Its place in the form, from 0."""
    path: Path
    name: str
    """What stands over it; unique in the form."""
    value: "JSON"
    top: "JSON"
    """The whole field of the payload that it is, or is in."""
    kind: FieldType
    shown: str
    """The value as its input is prefilled."""
    choices: Choices = ()
    """What can be picked: the option's text and the value it stands for."""
    constraints: Constraints = NOTHING
    entries: Constraints = NOTHING
    """What is asked of each entry of a list."""
    part: Part | None = None
    locked: str | None = None
    """Why it cannot be changed here, to follow its name; None if it can."""

    @property
    def block_id(self) -> str:
        """Unique in the form, and another for another value: Slack keeps what stood in a block id it saw before."""
        # What is empty, or in quotes, means something else where null or a number may stand: not the same input.
        spelled = [self.kind.value] if self.spelling or (self.constraints.nullable and self.kind in EMPTIED) else []
        return f"field.{self.number}.{zlib.crc32(json.dumps([self.name, self.shown, *spelled]).encode()):08x}"

    @property
    def spelling(self) -> Spelling | None:
        """How a text, a number or null is spelled here; None where only one of them may stand."""
        return spelling_of(self.value, self.constraints) if self.kind is FieldType.scalar else None

    @property
    def pointer(self) -> str:
        """Where it stands in the payload, by RFC 6901."""
        return pointer_to(*self.path)

    @property
    def multiline(self) -> bool:
        """Whether its input has several lines."""
        if self.kind in LISTS or self.kind is FieldType.json or self.part is not None:
            return True
        may_be_long = self.kind in TEXTS and (self.constraints.max_length or 0) > _LONG
        return may_be_long or len(self.shown) > _MULTILINE or "\n" in self.shown or "\r" in self.shown

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing may stand in it: null, or of texts and lists nothing, as far as the schemas let it."""
        if self.constraints.nullable and (self.spelling or self.kind in EMPTIED):
            return True
        if not self.shown.strip(_BLANKS):
            return self.kind in TEXTS or self.kind in LISTS
        if self.kind in TEXTS:
            return self.part is not None or not (self.constraints.min_length or self.constraints.format)
        return self.kind in LISTS and not self.constraints.min_items


def fields(proposal: "Proposal", operators: "Mapping[str, JSON] | None" = None) -> tuple[Field, ...]:
    """The payload's values in their order, each with the input it gets or the reason why it gets none.

    `operators` is the operator's schema of the action; the agent's own is in the proposal.
    """
    schemas = Schemas(operators, agents=proposal.ask.payload_schema, payload=dict(proposal.action.payload))
    for apart, parted in ((True, True), (False, True)):
        made = _laid_out(proposal, schemas, apart=apart, parted=parted, all_or_none=True)
        if made is not None:
            return made
    return _laid_out(proposal, schemas, apart=False, parted=False) or ()


def _laid_out(
    proposal: "Proposal", schemas: Schemas, *, apart: bool, parted: bool, all_or_none: bool = False
) -> tuple[Field, ...] | None:
    """None where not all that may be changed has room, if `all_or_none`."""
    redacted, veil = redacted_fields(proposal), veiled(proposal).action.payload
    places: list[tuple[Path, JSON]] = []
    open_places = 0
    for name, value in proposal.action.payload.items():
        taken_apart = apart and _allowed(proposal, name) and name not in redacted
        inside = list(islice(_inside((name,), value), MOST_VALUES + 1)) if taken_apart else []
        values = inside if 0 < len(inside) <= MOST_VALUES else [((name,), value)]
        places += values
        open_places += len(values) if _allowed(proposal, name) and name not in redacted else 0
        if all_or_none and open_places > MOST_TRIED:
            return None
    names = labels(path for path, _ in places)
    inputs, room, tried = 0, INPUT_BYTES, 0
    made: list[Field] = []
    for path, value in places:
        hidden = path[0] in redacted
        may_change = not hidden and _allowed(proposal, path[0])
        if tried >= MOST_TRIED or (len(made) >= MOST_TRIED and not may_change):
            shown = as_input_text(veil[path[0]] if hidden else value)
            pieces = [_closed(proposal, len(made), path, names[path], value, shown, redacted=hidden)]
        else:
            field = _field(proposal, schemas, path, names[path], value)
            if hidden:
                field = replace(
                    field, kind=FieldType.json, choices=(), shown=as_input_text(veil[path[0]]), locked=REDACTED
                )
            tried += may_change
            pieces = _parts(field) if parted and field.locked is not None else [field]
        if pieces[0].locked is None:
            weight = sum(map(_weight, pieces))
            if inputs + len(pieces) > MOST_INPUTS or weight > room:
                pieces = [replace(field, locked=field.locked or NO_ROOM)]
            else:
                inputs, room = inputs + len(pieces), room - weight
        if all_or_none and pieces[0].locked == NO_ROOM:
            return None
        made += pieces
    return tuple(
        field if field.number == number else replace(field, number=number) for number, field in enumerate(made)
    )


def _closed(
    proposal: "Proposal", number: int, path: Path, name: str, value: "JSON", shown: str, *, redacted: bool
) -> Field:
    """A field beyond all that get an input: nobody asks the schemas what that would be."""
    why = REDACTED if redacted else NO_ROOM if _allowed(proposal, path[0]) else say.THE_POLICY_DOES_NOT_LET_REVIEWERS
    top = proposal.action.payload[path[0]]
    return Field(
        number=number, path=path, name=name, value=value, top=top, kind=FieldType.json, shown=shown, locked=why
    )


def _inside(path: Path, value: "JSON") -> "Iterator[tuple[Path, JSON]]":
    """The values of an object, in their order, down to where it cannot be taken apart any further."""
    if (
        isinstance(value, dict)
        and value
        and len(path) < DEEPEST
        and all(_can_be_labelled(path, name) for name in value)
    ):
        for name, member in value.items():
            yield from _inside((*path, name), member)
    else:
        yield path, value


def _can_be_labelled(path: Path, name: str) -> bool:
    return all(map(can_be_read, (*path, name))) and length("".join((*path, name))) <= _LONGEST_NESTED_LABEL


def _field(proposal: "Proposal", schemas: Schemas, path: Path, name: str, value: "JSON") -> Field:
    for step in path:
        schemas = schemas.member(step)
    constraints, entries = schemas.constraints(), schemas.entries().constraints()
    kind, shown, choices = kind_of(value, constraints, entries)
    if kind is FieldType.scalar and isinstance(value, str) and length(shown) > LONGEST_INPUT:
        kind, shown = FieldType.text, value  # in parts, of which none is null
    field = Field(
        number=0,
        path=path,
        name=name,
        value=value,
        top=proposal.action.payload[path[0]],
        kind=kind,
        shown=shown,
        choices=choices,
        constraints=constraints,
        entries=entries,
    )
    return replace(field, locked=_locked(proposal, field))


def _parts(field: Field) -> list[Field]:
    """A text that is locked only because it is too long, in parts."""
    pieces = split(field.shown) if field.locked == _too_long(field) and field.kind is FieldType.text else None
    if pieces is None:
        return [field]
    return [
        replace(
            field,
            name=f"{field.name} ({number} of {len(pieces)})",
            shown=piece.text,
            part=Part(number=number, count=len(pieces), piece=piece),
            locked=None,
        )
        for number, piece in enumerate(pieces, start=1)
    ]


def _allowed(proposal: "Proposal", name: str) -> bool:
    return proposal.gate.edit is None or name in proposal.gate.edit


def _locked(proposal: "Proposal", field: Field) -> str | None:
    if not _allowed(proposal, field.path[0]):
        return say.THE_POLICY_DOES_NOT_LET_REVIEWERS
    if not can_be_read(field.name) or length(field.name) > LONGEST_LABEL:
        return say.NAME_TOO_LONG_FOR_AN_INPUT
    if odd := [text for text in _texts(field.value) if has_invisible(text)]:
        return say.IT_HAS_LOOK_ALIKES if all(map(passes_for_other, odd)) else say.IT_HAS_INVISIBLE_CHARACTERS
    return _too_long(field) if length(field.shown) > LONGEST_INPUT else None


def _too_long(field: Field) -> str:
    return say.its_characters_do_not_fit(len(field.shown))


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
        prefilled = len(field.value) if isinstance(field.value, list) else 1
        options = [150 + 2 * len(json.dumps(text)) for text, _ in field.choices]
        return _FRAME_BYTES + label + sum(options) + (max(options) * prefilled)
    typed = LONGEST_INPUT if field.multiline or field.kind is FieldType.text else 0
    return _FRAME_BYTES + label + max(typed, len(json.dumps(field.shown)))


__all__ = ["LONGEST_INPUT", "Field", "FieldType", "Part", "as_input_text", "fields"]
