"""Every modal but `Details`: forms that want a reason, the steps of an edit, the card to review, sentences."""

from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from bot.slack.blocks import Block, ours, paragraph, plain, quote, rich, run, section
from bot.slack.cards import buttons
from bot.slack.difference import text_blocks
from bot.slack.editing import confirm_form, confirm_pages, edit_form
from bot.slack.fields import LONGEST_INPUT
from bot.slack.fields import plain as written
from bot.slack.frame import modal, paged, turning
from bot.slack.text import length, one_line, visible

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.proposal import JSON, Proposal
    from bot.slack.cards import Card

__all__ = [
    "REASON_BLOCK",
    "confirm_form",
    "confirm_pages",
    "edit_form",
    "home_sentence",
    "lost_nothing",
    "lost_pages",
    "reason_of",
    "reject_form",
    "review",
    "revoke_form",
    "sentence",
]

REASON_BLOCK = "reason"
_REASON_ACTION = "input_reason"


def reject_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants the reason for a no; `typed` is `{"reason": …}` from before."""
    told = "One no ends the review. The agent is told your reason and can learn from it."
    return _reasoned("Reject", told, proposal, form_id, typed)


def revoke_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants the reason for taking an approval back."""
    told = "This takes the approval back, if the agent has not claimed it by then. The agent is told your reason."
    return _reasoned("Revoke", told, proposal, form_id, typed)


def reason_of(state: "Mapping[str, Any]") -> str:
    """The reason in the state of a form that wants one; empty if there is none."""
    return str(state.get(REASON_BLOCK, {}).get(_REASON_ACTION, {}).get("value") or "")


def review(proposal: "Proposal", form_id: str, card: "Card") -> dict[str, Any]:
    """The card in a modal, its buttons bound to the form instead of the message."""
    row = buttons(proposal, form_id, whole=card.whole)
    blocks = [*(block for block in card.blocks if block["type"] != "actions"), *([row] if row else [])]
    return modal("Review", blocks, form_id=form_id, callback_id="review")


def sentence(title: str, text: str) -> dict[str, Any]:
    """A modal that says one thing; `text` is markup of ours."""
    return modal(title, [section(ours(text))])


def home_sentence(text: str) -> dict[str, Any]:
    """A home tab that says one thing; `text` is markup of ours."""
    return {"type": "home", "blocks": [section(ours(text))]}


def lost_nothing(
    proposal: "Proposal", typed: "Mapping[str, JSON]", said: str, form_id: str = "", page: int = 0
) -> dict[str, Any]:
    """Why what was typed came too late, in markup of ours, and all of it, to be copied.

    `typed` are texts by field, a reason, or a whole payload; of a payload, what the proposal ever held is left out.
    """
    pages = paged(_typed_blocks(proposal, typed))
    page = min(max(page, 0), len(pages) - 1)
    note = [rich(paragraph(run("What you typed, so that it is not lost:", italic=True)))] if pages[0] else []
    blocks = [section(ours(said)), *note, *pages[page], *turning("lost", page, len(pages), form_id)]
    return modal("Too late", blocks, form_id=form_id)


def lost_pages(proposal: "Proposal", typed: "Mapping[str, JSON]") -> int:
    """How many pages `lost_nothing` takes."""
    return len(paged(_typed_blocks(proposal, typed)))


def _reasoned(verb: str, told: str, proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    about = [rich(paragraph(run(verb + " "), run(one_line(proposal.action.name), bold=True), run(".")))]
    if proposal.ask.summary:
        about.append(rich(quote(visible(proposal.ask.summary))))
    element: Block = {
        "type": "plain_text_input",
        "action_id": _REASON_ACTION,
        "multiline": True,
        "max_length": LONGEST_INPUT,
    }
    before = typed.get("reason")
    if isinstance(before, str) and before and length(before) <= LONGEST_INPUT:
        element["initial_value"] = before
    reason: Block = {
        "type": "input",
        "block_id": REASON_BLOCK,
        "label": plain("Reason"),
        "element": element,
        "optional": False,
    }
    blocks = [*about, section(plain(told)), reason]
    return modal(verb, blocks, form_id=form_id, callback_id=verb.lower(), submit=verb, close="Cancel")


def _typed_blocks(proposal: "Proposal", typed: "Mapping[str, JSON]") -> list[Block]:
    return [
        block
        for name, value in typed.items()
        if not _known(proposal, name, value)
        for block in (
            *(text_blocks(name) if length(name) > LONGEST_INPUT // 2 else [_name(name)]),
            *text_blocks(value if isinstance(value, str) else written(value)),
        )
    ]


def _name(name: str) -> Block:
    return rich(paragraph(run(one_line(name), bold=True) if name else run("a field without a name", italic=True)))


def _known(proposal: "Proposal", name: str, value: "JSON") -> bool:
    return any(
        name in revision.action.payload and canonical(revision.action.payload[name]) == canonical(value)
        for revision in proposal.revisions
    )
