"""Editable fields: what of a payload can be edited in a form, one input a value, or locked and why.

Objects and tables are taken apart into their values, long texts into parts, as far as all of it fits. Fields that the
payload does not have get no input of their own; where a schema lets an object have more, one input takes them.
"""

import json
import zlib
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, cast

from approvals.digest import canonical
from bot.slack.blockkit.text import has_invisible, length, passes_for_other
from bot.slack.cards.redaction import redacted_fields, veiled
from bot.slack.forms.blanks import absent_names, blank_fields, may_grow, with_blanks
from bot.slack.forms.constraints import NOTHING, Constraints, NewNames, Schemas
from bot.slack.forms.field_types import (
    CONTROLS,
    EMPTIED,
    LISTS,
    MOST_OPTIONS,
    TEXTS,
    Choices,
    FieldType,
    Typing,
    as_input_text,
    blank_typing,
    kind_of,
)
from bot.slack.forms.input_text import TextPart, split
from bot.slack.forms.places import (
    Granularity,
    Path,
    Place,
    can_be_read,
    field_options,
    in_order,
    is_table,
    labels,
    places,
    pointer_to,
    reached,
    row_options,
)
from bot.slack.forms.spelling import Spelling, spelling_of
from bot.slack.forms.unions import type_of
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from approvals.digest import JSON
    from approvals.proposal import Proposal


LONGEST_INPUT = 3000
KEEP = "keep"
"""Says that what is in a place stays, where null could take it."""
LONGEST_LABEL = 2000
MOST_INPUTS = 80
INPUT_BYTES = 190_000
"""For all inputs together with what may be typed into them; a view has 250,000 bytes, and more than inputs in it."""
MOST_TRIED = 300
"""Fields that may get an input; a form has room for 80. What comes after so many is not looked at so closely."""
REDACTED = say.THE_POLICY_REDACTS_IT
NO_ROOM = say.THERE_ARE_MORE_FIELDS_THAN_FIT
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
    schemas: Schemas | None = field(default=None, compare=False, repr=False)
    """What is asked of the list or the object that a control is for."""
    new: NewNames | None = None
    """Which fields an object may get, of the control that takes them."""
    blank: bool = False
    """Whether it is of something that the payload does not have yet; empty leaves it so."""
    row: int = 0
    """Of a value in the row of a table, which row that is by all that is in it; 0 elsewhere."""
    part: Part | None = None
    locked: str | None = None
    """Why it cannot be changed here, to follow its name; None if it can."""

    @property
    def block_id(self) -> str:
        """Unique in the form, and another for another value: Slack keeps what stood in a block id it saw before."""
        # What is empty, or in quotes, means something else where null or a number may stand: not the same input.
        odd = self.blank or self.spelling or (self.constraints.nullable and self.kind in EMPTIED)
        spelled = [self.kind.value, *(["blank"] if self.blank else [])] if odd else []
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
        if self.kind in LISTS | CONTROLS or self.kind is FieldType.json or self.part is not None:
            return True
        may_be_long = self.kind in TEXTS and (self.constraints.max_length or 0) > _LONG
        return may_be_long or len(self.shown) > _MULTILINE or "\n" in self.shown or "\r" in self.shown

    @property
    def may_be_empty(self) -> bool:
        """Whether nothing may stand in it: null, or of texts and lists nothing, as far as the schemas let it."""
        if self.blank or (self.constraints.nullable and (self.spelling or self.kind in EMPTIED)):
            return True
        if self.kind in CONTROLS:
            return self.kind is not FieldType.null
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
    for granularity in sorted(Granularity, reverse=True):
        made = _laid_out(proposal, schemas, granularity=granularity, parted=True, all_or_none=True)
        if made is not None:
            return made
    return _laid_out(proposal, schemas, granularity=Granularity.whole, parted=False) or ()


def _laid_out(
    proposal: "Proposal", schemas: Schemas, *, granularity: Granularity, parted: bool, all_or_none: bool = False
) -> tuple[Field, ...] | None:
    """None where not all that may be changed has room, if `all_or_none`."""
    redacted, veil = redacted_fields(proposal), veiled(proposal).action.payload
    found = _places(proposal, schemas, granularity, redacted, most=MOST_TRIED if all_or_none else None)
    if found is None:
        return None
    inputs, room, tried = 0, INPUT_BYTES, 0
    made: list[Field] = []
    for place, label in zip(found, labels(found), strict=True):
        top = str(place.path[0]) if place.path else ""
        hidden = bool(place.path) and top in redacted
        may_change = not place.path or (not hidden and _allowed(proposal, top))
        if place.path and (tried >= MOST_TRIED or (len(made) >= MOST_TRIED and not may_change)):
            shown = as_input_text(veil[top] if hidden else place.value)
            whole = _closed(proposal, len(made), place, label, shown, redacted=hidden)
            parts = [whole]
        elif (one := _field(proposal, schemas, place, label)) is None:
            continue
        else:
            whole = one
            if hidden:
                whole = replace(whole, kind=FieldType.json, choices=(), shown=as_input_text(veil[top]), locked=REDACTED)
            tried += may_change
            parts = _parts(whole) if parted and whole.locked is not None else [whole]
        if parts[0].locked is None:
            weight = sum(map(_weight, parts))
            if inputs + len(parts) > MOST_INPUTS or weight > room:
                parts = [replace(whole, locked=whole.locked or NO_ROOM)]
            else:
                inputs, room = inputs + len(parts), room - weight
        if all_or_none and parts[0].locked == NO_ROOM:
            return None
        made += parts
    return tuple(each if each.number == number else replace(each, number=number) for number, each in enumerate(made))


def _places(
    proposal: "Proposal", schemas: Schemas, granularity: Granularity, redacted: "Collection[str]", most: int | None
) -> list[Place] | None:
    """All that gets a field; None where more than `most` values may be changed."""
    found: list[Place] = []
    open_places = 0
    open_names = {name for name in proposal.action.payload if _allowed(proposal, name) and name not in redacted}
    for name, value in proposal.action.payload.items():
        may_change = name in open_names
        pieces = places(name, value, granularity if may_change else Granularity.whole)
        if may_change and granularity is Granularity.blanks:
            pieces = with_blanks(proposal, pieces, schemas)
        found += pieces
        open_places += sum(each.control is None for each in pieces) if may_change else 0
        if most is not None and open_places > most:
            return None
    # What is inside of an object that is taken apart may go by itself.
    apart = [(), *(place.path for place in found if place.control is FieldType.new_fields)]
    optional = [(*path, name) for path in apart for name in schemas.at(path).optional_names()]
    may_go = in_order([path for path in optional if str(path[0]) in open_names and can_be_read(str(path[-1]))], found)
    places_to_go: list[JSON] = [[*path] for path in may_go]
    return [*found, *_top_places(proposal, schemas, granularity), Place((), places_to_go, FieldType.names)]


def _top_places(proposal: "Proposal", schemas: Schemas, granularity: Granularity) -> list[Place]:
    """What may come into the payload."""
    payload = dict(proposal.action.payload)
    new = absent_names(proposal, schemas.new_names())
    blank = blank_fields(new) if granularity is Granularity.blanks else []
    more = [] if blank and not new.any else [Place((), payload, FieldType.new_fields)]
    return [*blank, *more]


def _closed(proposal: "Proposal", number: int, place: Place, name: str, shown: str, *, redacted: bool) -> Field:
    """A field beyond all that get an input: nobody asks the schemas what that would be."""
    top = str(place.path[0]) if place.path else ""
    why = REDACTED if redacted else NO_ROOM if _allowed(proposal, top) else say.THE_POLICY_DOES_NOT_LET_REVIEWERS
    return Field(
        number=number,
        path=place.path,
        name=name,
        value=place.value,
        top=proposal.action.payload.get(top),
        kind=FieldType.json,
        shown=shown,
        locked=why,
    )


def _field(proposal: "Proposal", schemas: Schemas, place: Place, name: str) -> Field | None:
    schemas = schemas.at(place.path)
    constraints, entries = schemas.constraints(), schemas.entries().constraints()
    if place.blank:
        constraints = _as_beside(proposal, place, constraints)
        typing: Typing | None = blank_typing(constraints, entries)
    elif place.control is not None:
        typing = _control(proposal, place, schemas, constraints)
    else:
        typing = kind_of(place.value, constraints, entries)
    if typing is None:
        return None
    kind, shown, choices = typing
    if kind is FieldType.scalar and isinstance(place.value, str) and length(shown) > LONGEST_INPUT:
        kind, shown = FieldType.text, place.value  # in parts, of which none is null
    made = Field(
        number=0,
        path=place.path,
        name=name,
        value=place.value,
        top=proposal.action.payload.get(str(place.path[0])) if place.path else None,
        blank=place.blank,
        kind=kind,
        shown=shown,
        choices=choices,
        constraints=constraints,
        entries=NOTHING if place.control else entries,
        schemas=schemas if place.control else None,
        new=_new_names(proposal, place.path, schemas) if place.control is FieldType.new_fields else None,
        row=_row(proposal, place.path),
    )
    return replace(made, locked=_locked(proposal, made))


def _as_beside(proposal: "Proposal", place: Place, constraints: Constraints) -> Constraints:
    """Of a new row's column of which no schema says anything: the type that it has in the row before."""
    if constraints.types or constraints.enum is not None or not place.in_new_row:
        return constraints
    *table, number, name = place.path
    before = reached(dict(proposal.action.payload), (*table, cast("int", number) - 1, name))
    kind = type_of(before)
    return replace(constraints, types=frozenset({kind})) if kind in {"string", "number", "boolean"} else constraints


def _new_names(proposal: "Proposal", path: Path, schemas: Schemas) -> NewNames:
    return schemas.new_names() if path else absent_names(proposal, schemas.new_names())


def _control(proposal: "Proposal", place: Place, schemas: Schemas, constraints: Constraints) -> Typing | None:
    """The control, if there is anything that it could do under these schemas."""
    assert place.control is not None
    if place.control is FieldType.null:
        picked = isinstance(place.value, list) and not is_table(place.value)
        if picked and kind_of(place.value, constraints, schemas.entries().constraints()).kind is not FieldType.several:
            return None  # its own input says null, if null may stand there
        return Typing(place.control, KEEP, ((KEEP, KEEP), ("null", None))) if constraints.nullable else None
    if place.control is FieldType.names and isinstance(place.value, list):
        may_go = place.value[:MOST_OPTIONS]
        choices = tuple(zip(field_options(may_go), may_go, strict=True))
        return Typing(place.control, "\n".join(text for text, _ in choices), choices) if choices else None
    if isinstance(place.value, list):
        fixed = constraints.min_items == constraints.max_items == len(place.value)
        if place.control is FieldType.rows and not fixed and len(place.value) <= MOST_OPTIONS:
            options = tuple(row_options(place.value))
            return Typing(place.control, "\n".join(options), tuple((text, at) for at, text in enumerate(options)))
        takes = place.control is not FieldType.rows and may_grow(place.value, constraints)
        return Typing(place.control, "") if takes else None
    new = _new_names(proposal, place.path, schemas)
    return Typing(place.control, "") if new.any or new.named or new.agents else None


def _row(proposal: "Proposal", path: Path) -> int:
    ends = [at for at, step in enumerate(path, start=1) if isinstance(step, int)]
    return zlib.crc32(canonical(reached(dict(proposal.action.payload), path[: ends[-1]]))) if ends else 0


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
    if field.path and not _allowed(proposal, str(field.path[0])):
        return say.THE_POLICY_DOES_NOT_LET_REVIEWERS
    if not can_be_read(field.name) or length(field.name) > LONGEST_LABEL:
        return say.NAME_TOO_LONG_FOR_AN_INPUT
    if field.kind in CONTROLS:
        return None
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
        prefilled = len(field.shown.split("\n"))
        options = [150 + 2 * len(json.dumps(text)) for text, _ in field.choices]
        return _FRAME_BYTES + label + sum(options) + (max(options) * prefilled)
    typed = LONGEST_INPUT if field.multiline or field.kind is FieldType.text else 0
    return _FRAME_BYTES + label + max(typed, len(json.dumps(field.shown)))


__all__ = ["LONGEST_INPUT", "Field", "FieldType", "Part", "as_input_text", "fields"]
