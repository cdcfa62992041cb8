"""Dialogs, every modal but `Details`: forms that ask for a reason, steps of an edit, a card to review, sentences."""

from typing import TYPE_CHECKING, Any

from approvals.digest import canonical
from bot.slack.blockkit.blocks import (
    Block,
    actions,
    context_block,
    ours,
    paragraph,
    plain_text,
    quote,
    rich,
    run,
    section,
)
from bot.slack.blockkit.modals import modal, paged, turning
from bot.slack.blockkit.text import length, one_line, visible
from bot.slack.cards.buttons import buttons, menu, retract_button, unbound
from bot.slack.cards.diff import text_blocks
from bot.slack.cards.redaction import veiled
from bot.slack.cards.sample_card import NOT_FINE
from bot.slack.forms.edit_form import confirm_form, confirm_pages, edit_form
from bot.slack.forms.fields import LONGEST_INPUT
from bot.slack.forms.fields import as_input_text as written
from bot.slack.forms.reason import REASON_BLOCK, reason_block, reason_blocks, reason_of
from bot.slack.words import cards, shared
from bot.slack.words import forms as say

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.cards.card import Card

__all__ = [
    "REASON_BLOCK",
    "ROLE_BLOCK",
    "approved_modal",
    "confirm_form",
    "confirm_pages",
    "edit_form",
    "hand_over_form",
    "lost_nothing",
    "lost_pages",
    "object_form",
    "reason_block",
    "reason_of",
    "reject_form",
    "review_modal",
    "revoke_form",
    "role_of",
]

ROLE_BLOCK = "role"
_ROLE_ACTION = "input_role"
_MOST_OPTIONS = 100
"""In a select, and in each group of one."""


def reject_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants the reason for a no, and whether to remember it; `typed` is what `ReasonInput` kept before."""
    lead = say.REJECTING
    return _reasoned("Reject", lead, proposal, form_id, typed, remember=True)


def revoke_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants the reason for taking an approval back."""
    lead = say.REVOKING
    return _reasoned("Revoke", lead, proposal, form_id, typed, remember=True)


def object_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants the reason for objecting to what ran without waiting."""
    lead = say.OBJECTING
    undone = veiled(proposal).ask.rollback_plan
    how = [rich(paragraph(run(say.HOW_THE_AGENT_SAYS_IT_WOULD, bold=True)))] if undone else []
    how += text_blocks(undone) if undone else []
    return _reasoned("Object", lead, proposal, form_id, typed, how)


def hand_over_form(proposal: "Proposal", form_id: str, roles: "Sequence[str]") -> dict[str, Any]:
    """Wants the role that is to decide too, one of at least one."""
    lead = say.HANDING_OVER
    options = [{"text": plain_text(role), "value": role} for role in roles]
    groups = [
        {"label": plain_text(f"From {part[0]['value']} on"), "options": part}
        for part in (options[start : start + _MOST_OPTIONS] for start in range(0, len(options), _MOST_OPTIONS))
    ]
    offered = {"options": options} if len(groups) == 1 else {"option_groups": groups}
    role: Block = {
        "type": "input",
        "block_id": ROLE_BLOCK,
        "label": plain_text("Role"),
        "element": {"type": "static_select", "action_id": _ROLE_ACTION, **offered},
        "optional": False,
    }
    blocks = [*_about("Hand over", proposal), section(plain_text(lead)), role]
    return modal("Hand over", blocks, form_id=form_id, callback_id="hand_over", submit="Hand over", close="Cancel")


def role_of(state: "Mapping[str, Any]") -> str:
    """The role chosen in the state of a form that wants one; empty if there is none."""
    chosen = state.get(ROLE_BLOCK, {}).get(_ROLE_ACTION, {}).get("selected_option") or {}
    return str(chosen.get("value") or "")


def review_modal(
    proposal: "Proposal", form_id: str, card: "Card", *, editable: bool = True, below: "Sequence[Block]" = ()
) -> dict[str, Any]:
    """The card in a modal, its buttons bound to the form instead of the message; `below` stands under it all.

    It is not `editable` above another modal: an edit takes two more, and Slack stacks three.
    """
    row = buttons(proposal, form_id, whole=card.whole, offered=card.offered)
    more = menu(proposal, form_id, offered=card.offered)
    kept = [each for each in row["elements"] if editable or each["action_id"] != "edit"]
    left = [] if len(kept) == len(row["elements"]) else [context_block(plain_text(say.to_edit_it(proposal.id)))]
    shown = [unbound(block) for block in card.blocks if block["type"] != "actions"]
    blocks = [*shown, actions(*kept, *([more] if more else [])), *left, *below]
    return modal("Review", blocks, form_id=form_id, callback_id="review")


def approved_modal(proposal: "Proposal", form_id: str, text: str, way_on: "Sequence[Block]" = ()) -> dict[str, Any]:
    """What a person reads who approved in a modal, our markup; with the button that undoes it, and the way on."""
    row = actions(retract_button(proposal, form_id), *way_on)
    return modal("Signoff", [section(ours(text)), row], form_id=form_id, callback_id="thanks")


def lost_nothing(
    proposal: "Proposal",
    typed: "Mapping[str, JSON]",
    said: str,
    form_id: str = "",
    page: int = 0,
    news: "Sequence[Block]" = (),
) -> dict[str, Any]:
    """Why what was typed came too late, in markup of ours, and all of it, to be copied.

    `news` are a few blocks on what happened. `typed` are texts by field, a reason, or a whole payload; of a payload,
    what the proposal ever held is left out.
    """
    pages = paged(_typed_blocks(proposal, typed))
    page = min(max(page, 0), len(pages) - 1)
    note = [rich(paragraph(run(say.WHAT_YOU_TYPED, italic=True)))] if pages[0] else []
    blocks = [section(ours(said)), *news, *note, *pages[page], *turning("lost", page, len(pages), form_id)]
    return modal("Too late", blocks, form_id=form_id)


def lost_pages(proposal: "Proposal", typed: "Mapping[str, JSON]") -> int:
    """How many pages `lost_nothing` takes."""
    return len(paged(_typed_blocks(proposal, typed)))


def _about(verb: str, proposal: "Proposal") -> list[Block]:
    about = [rich(paragraph(run(verb + " "), run(one_line(proposal.action.name), bold=True), run(".")))]
    if lead := veiled(proposal).ask.summary:
        about.append(rich(quote(visible(lead))))
    return about


def _reasoned(
    verb: str,
    lead: str,
    proposal: "Proposal",
    form_id: str,
    typed: "Mapping[str, JSON]",
    more: "Sequence[Block]" = (),
    *,
    remember: bool = False,
) -> dict[str, Any]:
    asked = reason_blocks(proposal.gate, typed, remember=remember)
    blocks = [*_about(verb, proposal), section(plain_text(lead)), *more, *asked]
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
    return rich(paragraph(run(one_line(name), bold=True) if name else run(shared.A_FIELD_WITHOUT_A_NAME, italic=True)))


def _known(proposal: "Proposal", name: str, value: "JSON") -> bool:
    return any(
        name in revision.action.payload and canonical(revision.action.payload[name]) == canonical(value)
        for revision in proposal.revisions
    )


def not_fine_form(proposal: "Proposal", form_id: str, typed: "Mapping[str, JSON]") -> dict[str, Any]:
    """Wants to know what was not fine; `typed` is `{"reason": …}` from before."""
    lead = cards.IT_RAN_ALREADY
    about = rich(
        paragraph(run(cards.WHAT_WAS_NOT_FINE_ABOUT), run(one_line(proposal.action.name), bold=True), run("?"))
    )
    blocks = [about, section(plain_text(lead)), reason_block(typed.get("reason"))]
    return modal("Not fine", blocks, form_id=form_id, callback_id=NOT_FINE, submit="Not fine", close="Cancel")
