"""Modals: the view around blocks, and the pages of what does not fit one."""

import json
from typing import TYPE_CHECKING, Any

from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import Block, actions, button, context_block, ours, plain_text, section

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

MODAL_BLOCKS = 100
MODAL_BYTES = 250_000
_PAGE_BLOCKS = 80
_PAGE_BYTES = 200_000
_NOTE = "note"
_SENT = {
    "home": ("type", "private_metadata", "callback_id", "external_id"),
    "modal": (
        "type",
        "private_metadata",
        "callback_id",
        "external_id",
        "title",
        "submit",
        "close",
        "clear_on_close",
        "notify_on_close",
    ),
}
"""What a view has when we send it; Slack adds ids, a hash and a title for the home tab, and takes none of it back."""


def modal(
    title: str,
    blocks: "Sequence[Block]",
    *,
    form_id: str = "",
    callback_id: str = "",
    submit: str | None = None,
    close: str = "Close",
) -> dict[str, Any]:
    """A modal view. Title, submit and close have at most 24 characters each."""
    view: dict[str, Any] = {
        "type": "modal",
        "title": plain_text(title),
        "close": plain_text(close),
        "blocks": list(blocks),
    }
    if callback_id:
        view["callback_id"] = callback_id
    if form_id:
        view["private_metadata"] = form_id
    if submit is not None:
        view["submit"] = plain_text(submit)
    return view


def view_weight(view: Any) -> int:
    """How many bytes a view or its blocks are when sent, with every character outside ASCII spelled out."""
    return len(json.dumps(view))


def paged(blocks: "Sequence[Block]") -> list[list[Block]]:
    """The blocks on as many pages as they need, at least one; each leaves room for a heading and buttons."""
    pages: list[list[Block]] = [[]]
    room = _PAGE_BYTES
    for block in blocks:
        if len(pages[-1]) == _PAGE_BLOCKS or (view_weight(block) > room and pages[-1]):
            pages.append([])
            room = _PAGE_BYTES
        pages[-1].append(block)
        room -= view_weight(block)
    return pages


def placed(form_id: str, page: int) -> str:
    """The value of a button on a page of a form: pressed twice before the page turns, it means the same page."""
    return f"{form_id}:{page}"


def place_of(value: str) -> int | None:
    """The page, counted from 0, whose button had this value."""
    page = value.rpartition(":")[2]
    return int(page) if page.isascii() and page.isdigit() and len(page) < 6 else None


def turning(verb: str, page: int, pages: int, form_id: str) -> list[Block]:
    """`Back` and `Next`, as actions `<verb>_back` and `<verb>_next`; nothing where there is one page."""
    value = placed(form_id, page)
    if pages < 2:
        return []
    turns = []
    if page > 0:
        turns.append(button("Back", f"{verb}_back", value, said=words.back_to_page(page, pages)))
    if page + 1 < pages:
        turns.append(button("Next", f"{verb}_next", value, said=words.on_to_page(page + 2, pages)))
    return [context_block(plain_text(f"Page {page + 1} of {pages}")), actions(*turns)]


def sentence_modal(text: str, title: str = words.TITLE) -> dict[str, Any]:
    """A modal that says one thing; `text` is markup of ours."""
    return modal(title, [section(ours(text))])


def with_note(view: "Mapping[str, Any]", text: str) -> dict[str, Any]:
    """A view as Slack stores it, to be sent once more with one line of ours above, or the line there was replaced.

    The inputs keep their ids, so what somebody has typed or ticked stays.
    """
    blocks = [block for block in view.get("blocks") or () if block.get("block_id") != _NOTE]
    note = {**section(ours(text)), "block_id": _NOTE}
    sent = {key: view[key] for key in _SENT[view["type"]] if view.get(key)}
    return {**sent, "blocks": [note, *blocks][:MODAL_BLOCKS]}


def home_sentence(text: str) -> dict[str, Any]:
    """A home tab that says one thing; `text` is markup of ours."""
    return {"type": "home", "blocks": [section(ours(text))]}
