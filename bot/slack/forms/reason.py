"""Reason blocks of a form that says no: a reason to choose, own words, whether to have it remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from approvals.digest import JSON
from approvals.gate import Gate
from bot.slack.blockkit.blocks import Block, context_block, plain_text
from bot.slack.blockkit.text import length
from bot.slack.forms.fields import LONGEST_INPUT
from bot.slack.words import forms as say
from bot.slack.words.shared import span

REASON_BLOCK = "reason"
CHOICE_BLOCK = "choice"
REMEMBER_BLOCK = "remember"
_REASON_ACTION, _CHOICE_ACTION, _REMEMBER_ACTION = "input_reason", "input_choice", "input_remember"
MOST_RADIO = 10
MOST_SELECT = 100
"""What Slack takes in each."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReasonInput:
    """What somebody put into such a form."""

    chosen: str = ""
    typed: str = ""
    remember: bool = False

    @property
    def reason(self) -> str:
        """The reason that is kept: what was chosen, what was typed, or the one with the other; empty for neither."""
        return ": ".join(part for part in (self.chosen.strip(), self.typed.strip()) if part)

    @property
    def kept(self) -> dict[str, JSON]:
        """For the form's row: to be filled in again, or shown back where it came too late."""
        given: dict[str, JSON] = {"reason": self.typed, "choice": self.chosen, "remember": self.remember}
        return {name: value for name, value in given.items() if value}


def reason_in(state: Mapping[str, Any]) -> ReasonInput:
    """What is in the state of a form that says no."""
    chosen = _of(state, CHOICE_BLOCK, _CHOICE_ACTION).get("selected_option") or {}
    ticked = _of(state, REMEMBER_BLOCK, _REMEMBER_ACTION).get("selected_options") or ()
    return ReasonInput(chosen=str(chosen.get("value") or ""), typed=reason_of(state), remember=bool(ticked))


def reason_of(state: Mapping[str, Any]) -> str:
    """The words in the state of a form that wants a reason; empty if there are none."""
    return str(_of(state, REASON_BLOCK, _REASON_ACTION).get("value") or "")


def reason_blocks(gate: Gate, typed: Mapping[str, JSON], *, remember: bool) -> list[Block]:
    """The inputs, with what was put into them once; `remember` says whether that may be remembered."""
    offered = gate.reject_reasons
    blocks = _choice(offered, typed.get("choice")) if offered else []
    blocks.append(reason_block(typed.get("reason"), say.EITHER if offered else None))
    return [*blocks, _remember(gate, ticked=typed.get("remember") is True)] if remember else blocks


def reason_block(before: JSON = None, hint: str | None = None) -> Block:
    """The input for a reason; `before` is what was typed into it once, with a `hint` it may stay empty."""
    element: Block = {
        "type": "plain_text_input",
        "action_id": _REASON_ACTION,
        "multiline": True,
        "max_length": LONGEST_INPUT,
    }
    if isinstance(before, str) and before and length(before) <= LONGEST_INPUT:
        element["initial_value"] = before
    block = _input(REASON_BLOCK, "Reason", element, optional=hint is not None)
    return block if hint is None else {**block, "hint": plain_text(hint)}


def _choice(offered: Sequence[str], before: JSON) -> list[Block]:
    """Few to tap at once, more in a menu; what is beyond that is said to be left out."""
    shown = offered[:MOST_SELECT]
    kind = "radio_buttons" if len(shown) <= MOST_RADIO else "static_select"
    element: Block = {"type": kind, "action_id": _CHOICE_ACTION, "options": [_option(each) for each in shown]}
    if before in shown:
        element["initial_option"] = _option(str(before))
    left = len(offered) - len(shown)
    note = [context_block(plain_text(say.the_policy_has_more(left)))] if left else []
    return [_input(CHOICE_BLOCK, say.WHAT_IS_WRONG, element, optional=True), *note]


def _remember(gate: Gate, *, ticked: bool) -> Block:
    label = say.remember_for(span(timedelta(seconds=gate.remember_rejection)))
    option = {"text": plain_text(label), "value": "remember", "description": plain_text(say.REJECTED_AT_ONCE)}
    element: Block = {"type": "checkboxes", "action_id": _REMEMBER_ACTION, "options": [option]}
    if ticked:
        element["initial_options"] = [option]
    return _input(REMEMBER_BLOCK, say.IF_THE_AGENT_TRIES_AGAIN, element, optional=True)


def _option(reason: str) -> Block:
    return {"text": plain_text(reason), "value": reason}


def _input(block_id: str, label: str, element: Block, *, optional: bool) -> Block:
    return {"type": "input", "block_id": block_id, "label": plain_text(label), "element": element, "optional": optional}


def _of(state: Mapping[str, Any], block_id: str, action_id: str) -> Mapping[str, Any]:
    found = state.get(block_id, {}).get(action_id)
    return found if isinstance(found, Mapping) else {}
