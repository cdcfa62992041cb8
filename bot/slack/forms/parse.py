"""Submitted forms, read back: what changed, and what is wrong with what was typed, each on its input.

What stands in an input is read whichever element it is, so that a form outlives a change of its schema.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from bot.slack.blockkit.text import one_line
from bot.slack.forms.errors import corrected, of_agents, shortened
from bot.slack.forms.fields import Field, FieldType, Path, fields, pointer_to, put, reached
from bot.slack.forms.input_text import untouched
from bot.slack.forms.input_values import NotTaken, read_text, value_of
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

    @property
    def stale(self) -> bool:
        """Whether there are inputs in it that nobody can tell any more what they were for."""
        return any(said == STALE for _, said in self.faults)


def read_form(shown: "Sequence[Field]", state: "Mapping[str, Any]") -> SubmittedForm:
    """Reads a submitted form. `state` is the view's: block id → action id → the input's state."""
    payload: dict[str, JSON] = {field.path[0]: field.top for field in shown}
    typed: dict[str, JSON] = {}
    inputs, stale = _inputs(shown, state)
    faults = [(block, STALE) for block in stale]
    changed: dict[str, list[str]] = {}
    parts: dict[Path, dict[int, tuple[Field, str]]] = {}
    for field in shown:
        said = inputs.get(field.number, field.shown)
        alone = left_alone(field, said)
        if not alone:
            typed[field.name] = said
        if field.locked is not None:
            faults += [] if alone else [(field.block_id, NOT_HERE)]
            continue
        try:
            if field.part is not None:
                pieces = parts.setdefault(field.path, {})
                pieces[field.part.number] = (field, field.shown)
                if not alone:
                    pieces[field.part.number] = (field, read_text(field.shown, said))
            elif not alone and canonical(value := value_of(field, said)) != canonical(field.value):
                put(payload, field.path, value)
                changed.setdefault(field.path[0], []).append(field.block_id)
        except NotTaken as wrong:
            faults.append((field.block_id, str(wrong)))
    for path, pieces in parts.items():
        blocks = [field.block_id for field, text in pieces.values() if text != field.shown]
        if blocks:
            put(payload, path, _joined(pieces))
            changed.setdefault(path[0], []).extend(blocks)
    return SubmittedForm(
        payload=payload,
        typed=typed,
        faults=tuple(faults),
        changed=tuple(name for name in payload if name in changed),
        blocks=tuple(block for blocks in changed.values() for block in blocks),
    )


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
    if field.kind is FieldType.several:
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
) -> dict[str, str]:
    """Faults of a payload as Slack shows them, by block id; one without an input of its own says what it is about.

    With the `payload` at fault, what is told says what to do about it wherever the schemas say enough for that.
    `agents` says that the agent sent a schema of its own: then nothing is repeated that it may have written there.
    """
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
            told, rest = corrected(own, reached(dict(payload), own.path), found)
        told += [of_agents(_about(own, fault.pointer), fault.detail, agents=agents) for fault in rest]
        said[block] = shortened(" ".join(one_line(each) for each in dict.fromkeys(told)))
    return said


def _about(own: Field | None, pointer: str) -> str:
    """What a fault is about, where it does not stand on that very input."""
    return "" if own is not None and own.pointer == pointer else f"{pointer or 'The payload'}: "


def _named(shown: "Sequence[Field]", pointer: str) -> Field | None:
    """The input that holds what the pointer names."""
    return next(
        (one for one in shown if one.locked is None and (pointer + "/").startswith(one.pointer + "/")),
        None,
    )


def _near(shown: "Sequence[Field]", pointer: str) -> Field | None:
    """The input next to what the pointer names, in the same object if there is one."""
    inputs = [one for one in shown if one.locked is None]
    while pointer:
        for one in inputs:
            if one.pointer.startswith(pointer + "/"):
                return one
        pointer = pointer.rpartition("/")[0]
    return inputs[0] if inputs else None


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
