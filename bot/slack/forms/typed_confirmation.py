"""Typed confirmations: the form in which somebody approves by typing, what will run and an input for each word.

Pure.
"""

from typing import TYPE_CHECKING, Any

from approvals.moves.confirmation import CODE, LONGEST, Word, words, wrong
from approvals.paths import steps
from bot.slack.blockkit.blocks import Block, json_size, paragraph, plain_text, rich, run, section
from bot.slack.blockkit.excerpt import beginning, labelled
from bot.slack.blockkit.modals import modal
from bot.slack.blockkit.text import one_line
from bot.slack.cards.claims import payload
from bot.slack.cards.evidence import held_against_evidence
from bot.slack.cards.payload import PAYLOAD
from bot.slack.cards.preview import PREVIEW, preview
from bot.slack.cards.redaction import veiled
from bot.slack.words import forms as say
from bot.slack.words.second_factor import CODE_HINT, CODE_LABEL, CODE_MISSHAPEN

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.proposal import Proposal

_ACTION = "input_word"
_MOST = 60_000
"""Of what is shown, as JSON; what is longer was read in `Details`, where `Approve` stands after the last page."""
_BEGINNING = 3_000


def type_form(proposal: "Proposal", form_id: str, *, tired: bool = False) -> dict[str, Any]:
    """Shows what would run, and wants the words that approve it; of whoever is tired one more, and says why."""
    name = one_line(proposal.action.name)
    seen = veiled(proposal)
    shown = [(PAYLOAD, payload(seen))]
    if (foreseen := preview(seen.ask.preview)) is not None:
        shown.append((PREVIEW, foreseen))
    blocks = [labelled(label, text) for label, text in shown]
    whole = json_size(blocks) <= _MOST
    if not whole:
        blocks = [block for label, text in shown for block in beginning(label, text, _BEGINNING)]
        blocks.append(section(plain_text(say.YOU_HAVE_READ_IT_WHOLE)))
    head = rich(paragraph(run("Approve "), run(name, bold=True), run(".")))
    told = section(plain_text(say.IT_RUNS_ONCE_ENOUGH_PEOPLE_AGREE))
    asked = word_inputs(words(proposal, tired=tired), shown=whole)
    return modal(
        "Approve",
        [head, *blocks, told, *care(proposal, tired=tired), *asked],
        form_id=form_id,
        callback_id="type",
        submit="Approve",
        close="Cancel",
    )


def care(proposal: "Proposal", *, tired: bool) -> list[Block]:
    """Why a tired person types one more word, and whether the evidence has it; nothing where they type what all do."""
    usual = words(proposal)
    more = [each for each in words(proposal, tired=True) if each not in usual] if tired else []
    if not more:
        return []
    odd = held_against_evidence(proposal).instead
    doubted = any(each.field and steps(each.field) in odd for each in more)
    told = [say.YOU_HAVE_DECIDED_A_LOT, *([say.THE_EVIDENCE_HAS_NO_SUCH_VALUE] if doubted else [])]
    return [section(plain_text(" ".join(told)))]


def word_inputs(wanted: "Sequence[Word]", *, shown: bool) -> list[Block]:
    """An input for each; `shown` says that the reader finds the values above."""
    return [
        {
            "type": "input",
            "block_id": _block(number),
            "label": plain_text(_label(each)),
            "hint": plain_text(_hint(each, shown=shown)),
            "element": {"type": "plain_text_input", "action_id": _ACTION, "max_length": 2 * LONGEST},
            "optional": False,
        }
        for number, each in enumerate(wanted)
    ]


def has_inputs(state: "Mapping[str, Any]", wanted: "Sequence[Word]") -> bool:
    """Whether the submitted form had an input for each."""
    return all(_block(number) in state for number in range(len(wanted)))


def typed_in_state(state: "Mapping[str, Any]", wanted: "Sequence[Word]") -> tuple[str, ...]:
    """What was typed, in the order of the words; empty for what was left out."""
    return tuple(
        str(state.get(_block(number), {}).get(_ACTION, {}).get("value") or "") for number in range(len(wanted))
    )


def word_faults(wanted: "Sequence[Word]", typed: "Sequence[str]") -> dict[str, str]:
    """What to type instead, by input."""
    at_fault = wrong(wanted, typed)
    return {_block(number): _fault(each) for number, each in enumerate(wanted) if at_fault[number]}


def code_block(wanted: "Sequence[Word]") -> str | None:
    """The input of the code, where one is wanted."""
    return next((_block(number) for number, each in enumerate(wanted) if each.field == CODE), None)


def _label(word: Word) -> str:
    if word.field == CODE:
        return CODE_LABEL
    return say.type_the_value_of(word.field) if word.field else say.TYPE_THE_ACTIONS_NAME


def _fault(word: Word) -> str:
    if word.field == CODE:
        return CODE_MISSHAPEN
    return f"Type {'exactly ' if word.number is None else 'the number '}{one_line(word.text)}"


def _hint(word: Word, *, shown: bool) -> str:
    if word.field == CODE:
        return CODE_HINT
    if word.rounded:
        return say.without_its_last_digits(one_line(word.text))
    return say.AS_IT_STANDS_ABOVE if shown else f"It is {one_line(word.text)}"


def _block(number: int) -> str:
    return f"word.{number}"
