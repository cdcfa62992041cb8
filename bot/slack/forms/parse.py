"""Parsing of submitted forms, strictly: JSON types survive, and what was left alone stays as it is.

What stands in an input is read whichever element it is, so that a form outlives a change of its schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from bot.slack.blockkit.text import one_line, shorten
from bot.slack.forms.controls import Arrangement, Rows, arrange, arrangement, as_shown, joint, lost_places
from bot.slack.forms.errors import corrected, of_agents, shortened
from bot.slack.forms.field_types import CONTROLS, KEPT, SEVERAL
from bot.slack.forms.fields import Field, FieldType, fields
from bot.slack.forms.input_text import untouched
from bot.slack.forms.input_values import NotTaken, read_text, value_of
from bot.slack.forms.places import Path, is_in_row, pointer_to, put, reached
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON
    from approvals.refusals import Fault

__all__ = [
    "ACTION",
    "Field",
    "FieldType",
    "SubmittedForm",
    "block_of",
    "errors",
    "fields",
    "left_alone",
    "pointer_to",
    "read_form",
]

ACTION = "input"
"""The action id of every input of an edit form."""
STALE = say.THIS_FORM_IS_OUT_OF_DATE
IS_MISSING = "is missing"
"""How the schemas say it."""
NOT_HERE = say.THIS_FIELD_CANNOT_BE_CHANGED_HERE
_FIELD_BLOCK = re.compile(r"field\.([0-9]{1,9})\.[0-9a-f]{8}")


@dataclass(frozen=True, slots=True, kw_only=True)
class SubmittedForm:
    """A form as it was submitted."""

    payload: "dict[str, JSON]"
    """The payload with the changes; values that were left alone, or are at fault, are the very same objects."""
    typed: "dict[str, JSON]"
    """By label, the text in each input that was not left alone, to keep and to prefill the form with again."""
    faults: tuple[tuple[str, str], ...]
    """The block id of each input at fault, and what to do."""
    changed: tuple[str, ...]
    """The names of the top-level fields that changed, in their order."""
    blocks: tuple[str, ...] = ()
    """The block ids of the inputs whose values changed."""
    rows: "dict[Path, Rows]" = field(default_factory=dict)
    """Which rows stayed of the tables of which some went, or some came."""

    @property
    def stale(self) -> bool:
        """Whether there are inputs in it that nobody can tell any more what they were for."""
        return any(said == STALE for _, said in self.faults)


def read_form(shown: "Sequence[Field]", state: "Mapping[str, Any]") -> SubmittedForm:
    """Reads a submitted form. `state` is the view's: block id → action id → the input's state."""
    inputs, stale = _inputs(shown, state)
    there = [each for each in shown if each.path and not (each.blank and len(each.path) == 1)]
    form = _Form({str(each.path[0]): each.top for each in there}, [(block, STALE) for block in stale])
    for one in shown:
        form.read(one, inputs.get(one.number, one.shown))
    return form.submitted()


class _Form:
    """A form while it is read, input by input."""

    def __init__(self, payload: "dict[str, JSON]", faults: list[tuple[str, str]]) -> None:
        self._payload, self._faults = payload, faults
        self._names = tuple(payload)
        self._blank: set[Path] = set()
        """The tables of which a new row has inputs."""
        self._typed: dict[str, JSON] = {}
        self._changed: dict[str, list[str]] = {}
        self._values: dict[Path, Field] = {}
        self._parts: dict[Path, dict[int, tuple[Field, str]]] = {}
        self._controls: dict[Path, list[tuple[Field, Arrangement]]] = {}

    def read(self, one: Field, said: str) -> None:
        """One input, and what stands in it."""
        alone = left_alone(one, said)
        if one.blank and is_in_row(one.path):
            self._blank.add(one.path[:-2])
        if not alone:
            self._typed[one.name] = said
        if one.part is not None and one.locked is None:
            self._parts.setdefault(one.path, {})[one.part.number] = (one, one.shown)
        if alone:
            return
        if one.locked is not None:
            self._faults.append((one.block_id, NOT_HERE))
            return
        try:
            self._take(one, said)
        except NotTaken as wrong:
            self._faults.append((one.block_id, str(wrong)))

    def _take(self, one: Field, said: str) -> None:
        if one.part is not None:
            self._parts[one.path][one.part.number] = (one, read_text(one.shown, said))
        elif one.blank:
            cell = ((str(one.path[-1]), value_of(one, said)),)
            in_row = is_in_row(one.path)
            new = Arrangement(cells=cell) if in_row else Arrangement(fields=cell)
            self._controls.setdefault(one.path[: -2 if in_row else -1], []).append((one, new))
        elif one.kind is FieldType.names:
            for *above, name in lost_places(one, said):
                self._controls.setdefault(tuple(above), []).append((one, Arrangement(lost=(str(name),))))
        elif one.kind in CONTROLS:
            self._controls.setdefault(one.path, []).append((one, arrangement(one, said)))
        elif canonical(value := value_of(one, said)) != canonical(one.value):
            self._put(one.path, value, [one])

    def _put(self, path: Path, value: "JSON", by: "Sequence[Field]") -> None:
        put(self._payload, path, value)
        self._values[path] = by[0]
        self._note(path, by)

    def _note(self, path: Path, by: "Sequence[Field]") -> None:
        self._changed.setdefault(str(path[0]), []).extend(each.block_id for each in by)

    def _note_names(self) -> None:
        """Which fields came into the payload, and which went."""
        for one, each in self._controls[()]:
            for name in (*(name for name, _ in each.fields), *each.lost):
                self._note((name,), [one])

    def submitted(self) -> SubmittedForm:
        """All of it, once everything was read."""
        for path, pieces in self._parts.items():
            if changed := [one for one, text in pieces.values() if text != one.shown]:
                text = _joined(pieces)
                self._put(path, None if not text and changed[0].constraints.nullable else text, changed)
        asked = {path: joint([each for _, each in said]) for path, said in self._controls.items()}
        self._faults += [*_lost(self._values, self._controls, asked), *_twice(self._controls)]
        rows, places = arrange(self._payload, asked, self._blank)
        for path in places:
            if path:
                self._note(path, [one for one, _ in self._controls[path]])
            else:
                self._note_names()
        return SubmittedForm(
            payload=self._payload,
            typed=self._typed,
            faults=tuple(self._faults),
            changed=tuple(name for name in dict.fromkeys((*self._names, *self._payload)) if name in self._changed),
            blocks=tuple(block for blocks in self._changed.values() for block in blocks),
            rows=rows,
        )


def _lost(
    values: "Mapping[Path, Field]",
    controls: "Mapping[Path, Sequence[tuple[Field, Arrangement]]]",
    asked: "Mapping[Path, Arrangement]",
) -> list[tuple[str, str]]:
    """Faults of what was typed into a row or a field that is taken out, or that null takes the place of."""
    said = [*((path, one) for path, one in values.items())]
    said += [(path, one) for path, each in controls.items() for one, _ in each]
    return [
        (one.block_id, why)
        for path, one in said
        for above, arranged in asked.items()
        if (why := _why_lost(path, one, above, arranged))
    ]


def _why_lost(path: Path, one: Field, above: Path, asked: Arrangement) -> str:
    """Why what was said of the place comes to nothing by what is asked above; empty if it does not."""
    if path[: len(above)] != above or one.kind in {FieldType.null, FieldType.names}:
        return ""
    if asked.null:
        return say.ALL_OF_IT_BECOMES_NULL
    if len(path) == len(above) or asked.spares(path[len(above)]):
        return ""
    return say.THIS_ROW_IS_TAKEN_OUT if isinstance(path[len(above)], int) else say.THIS_FIELD_IS_TAKEN_OUT


def _twice(controls: "Mapping[Path, Sequence[tuple[Field, Arrangement]]]") -> list[tuple[str, str]]:
    """Faults of new fields that are given a value in an input of their own, too."""
    return [
        (one.block_id, say.it_is_there_already(shorten(one_line(name), 100)[0]))
        for said in controls.values()
        for one, each in said
        for name, _ in each.fields
        if not one.blank and any(other.blank and other.path[-1] == name for other, _ in said)
    ]


def _inputs(shown: "Sequence[Field]", state: "Mapping[str, Any]") -> tuple[dict[int, str], list[str]]:
    """What stands in the input of each field that has one here, and the block ids of inputs of no field."""
    by_number = {field.number: field for field in shown}
    said: dict[int, str] = {}
    stale: list[str] = []
    for block, actions in state.items():
        if (found := _FIELD_BLOCK.fullmatch(block)) is None:
            continue
        field = by_number.get(int(found[1]))
        if field is not None and field.block_id == block:
            said[field.number] = _said(actions)
        else:
            stale.append(block)
    return said, stale


def left_alone(field: Field, said: str) -> bool:
    """Whether what stands in the input is what it was prefilled with, as far as Slack lets anyone tell."""
    if said == field.shown:
        return True
    if field.kind in SEVERAL:
        return {*said.split("\n")} == {*field.shown.split("\n")}
    return not field.choices and untouched(field.shown, said)


def block_of(shown: "Sequence[Field]", pointer: str) -> str:
    """The block id of the input for what the pointer names, or for something near it; else of the first input."""
    field = _named(shown, pointer) or _near(shown, pointer)
    return "" if field is None else field.block_id


def errors(
    shown: "Sequence[Field]",
    faults: "Sequence[Fault]",
    payload: "Mapping[str, JSON] | None" = None,
    *,
    agents: bool = False,
    rows: "Mapping[Path, Rows] | None" = None,
) -> dict[str, str]:
    """Faults of a payload as Slack shows them, by block id; one without an input of its own says what it is about.

    With the `payload` at fault, what is told says what to do about it wherever the schemas say enough for that.
    `rows` are those of the form that was read: a row that moved up is told where the form has it.

    `agents` says that the agent sent a schema of its own: then nothing is repeated that it may have written there.
    """
    if payload is not None and rows:
        payload, faults = as_shown(payload, faults, rows)
    by_input: dict[str, list[Fault]] = {}
    inputs = [field for field in shown if field.locked is None]
    for fault in faults:
        by_input.setdefault(block_of(inputs, fault.pointer), []).append(fault)
    said: dict[str, str] = {}
    for block, found in by_input.items():
        own = next((field for field in inputs if field.block_id == block), None)
        told: list[str] = []
        rest = found
        if own is not None and payload is not None:
            value = reached(dict(payload), own.path)
            if own.kind is FieldType.rows and isinstance(value, list):
                value = [row for row in value if row is not None]  # without those that are taken out
            told, rest = corrected(own, value, found)
            if own.blank and (lacking := [fault for fault in rest if fault.detail == IS_MISSING]):
                told, rest = [*told, say.THIS_IS_NEEDED], [fault for fault in rest if fault not in lacking]
        told += [
            of_agents(_about(own, fault.pointer, _first_new(inputs, own)), fault.detail, agents=agents)
            for fault in rest
        ]
        said[block] = shortened(" ".join(one_line(each) for each in dict.fromkeys(told)))
    return said


def _first_new(shown: "Sequence[Field]", own: Field | None) -> int:
    """Where the form has the first new row that is none with inputs of its own."""
    if own is None or not isinstance(own.value, list):
        return 0
    return len(own.value) + any(one.blank and one.path[:-2] == own.path for one in shown if len(one.path) > 1)


def _about(own: Field | None, pointer: str, first: int) -> str:
    """What a fault is about, where it does not stand on that very input."""
    if own is None or own.pointer == pointer:
        return "" if own is not None else f"{pointer or 'The payload'}: "
    if own.kind in CONTROLS and pointer.startswith(own.pointer + "/"):
        steps = [step.replace("~1", "/").replace("~0", "~") for step in pointer[len(own.pointer) + 1 :].split("/")]
        if not isinstance(own.value, list):
            return f"{'.'.join(steps)}: "
        return say.new_row(int(steps[0]) - first + 1, ".".join(steps[1:]))
    return f"{pointer or 'The payload'}: "


def _named(shown: "Sequence[Field]", pointer: str) -> Field | None:
    """The input that holds what the pointer names, the nearest; what is wrong with a table stands on its rows."""
    found = [one for one in shown if one.locked is None and one.path and (pointer + "/").startswith(one.pointer + "/")]
    wanted = KEPT if any(one.pointer == pointer for one in found) else {FieldType.new_rows, FieldType.new_fields}
    return max(found, key=lambda one: (len(one.path), one.kind in wanted), default=None)


def _near(shown: "Sequence[Field]", pointer: str) -> Field | None:
    """The input next to what the pointer names, in the same object if there is one."""
    inputs = [one for one in shown if one.locked is None]
    while pointer:
        for one in inputs:
            if one.pointer.startswith(pointer + "/"):
                return one
        pointer = pointer.rpartition("/")[0]
    new = [one for one in inputs if not one.path and one.kind is FieldType.new_fields]
    return next(iter([*new, *inputs]), None)


def _joined(pieces: "Mapping[int, tuple[Field, str]]") -> str:
    """The parts of a long text with what stands between them; nothing where all were cleared."""
    if not any(text for _, text in pieces.values()):
        return ""
    made = ""
    for number in sorted(pieces):
        field, text = pieces[number]
        assert field.part is not None
        made += field.part.piece.before + text + field.part.piece.after
    return made


def _said(actions: Any) -> str:
    """What stands in an input, entries a line; nothing typed and nothing picked are the empty text."""
    state = actions.get(ACTION) if isinstance(actions, Mapping) else None
    if not isinstance(state, Mapping):
        return ""
    if isinstance(several := state.get("selected_options"), list):
        return "\n".join(each["value"] for each in several if isinstance(each, Mapping) and "value" in each)
    option = state.get("selected_option")
    said = option.get("value") if isinstance(option, Mapping) else state.get("value", state.get("selected_date"))
    return said if isinstance(said, str) else ""
