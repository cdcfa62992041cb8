"""Claims on a card: one quote with everything the agent says, below a heading that says that nobody checked it.

Labels are ours and bold, which no text of an agent can be: its text has no style, its lines begin further in, and its
emoji are named, for on a card they are signs of ours.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import Block, json_size, paragraph, rich, run
from bot.slack.blockkit.text import characters, chunks, length, named_emoji, shorten, text_weight, visible
from bot.slack.cards.abridgement import Abridged, abridged
from bot.slack.cards.preview import preview_blocks
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.proposal import Preview
    from bot.slack.cards.claims import Claim

INDENT = "\u2003"
"""Begins each further line of an agent's text; the agent's own is spelled out."""
_DASH = " \u2013 "
_QUOTED = "rich_text_quote"
_QUOTE = 2_800
"""What one quote holds."""
_PIECE = 2_400
_CLAIM = 330
"""What a claim takes besides its text."""
_HEADING = 700
"""What the heading takes, with the names of claims that are left out."""
_WORTH_SHOWING = 80
_LINES = re.compile(r"\n+")


@dataclass(frozen=True, slots=True)
class _Entry:
    """What stands in the quote: a label with what is said; or, ready, parts of their own."""

    runs: tuple[Block, ...] = ()
    parts: tuple[Block, ...] = ()


class _Shown:
    """A claim as it would stand on the card if there were room for all of that."""

    def __init__(self, claim: "Claim", known: frozenset[str]) -> None:
        self.claim = claim
        self.short = abridged(claim.text, known) if claim.abridges else Abridged(claim.text)
        self.text = indented(self.short.text)
        self.needs = min(text_weight(self.text), claim.most)


def claims_block(
    wanted: "Sequence[Claim]", preview: "Sequence[Block]", room: int, known: "frozenset[str]"
) -> list[Block]:
    """The claims within so much room, as it weighs in JSON; `preview` is there whole. Nothing where nothing fits.

    `known` are the beginnings of the payload's words: what is said of them stays of a long claim.
    """
    shown, left_out = [_Shown(each, known) for each in wanted if each.on_card], list[_Shown]()
    room -= _HEADING + json_size(preview)
    while shown and _starved(shown, room):
        least = max(shown, key=lambda each: each.claim.rank)
        shown.remove(least)
        left_out.append(least)
    shares = _shares(shown, room)
    entries = [_entry_of(each, share) for each, share in zip(shown, shares, strict=True)]
    place = max((number for number, each in enumerate(shown, 1) if each.claim.rank <= 1), default=0)
    foreseen = map(_entry, preview) if preview and preview[0]["type"] == _QUOTED else [_Entry(parts=tuple(preview))]
    said = _packed([*entries[:place], *foreseen, *entries[place:]])
    if left_out:
        named = ", ".join(f"{each.claim.label} ({characters(len(each.claim.text))})" for each in left_out)
        told, _ = shorten(shared.not_shown_here(named), _HEADING // 2)
        said.append(paragraph(run(told, italic=True)))
    if not said:
        return []
    heading = paragraph(run(say.THE_AGENT_SAYS, bold=True), run(say.UNCHECKED, italic=True))
    return [rich(heading, *said)]


def preview_parts(shown: "Preview | None") -> list[Block]:
    """The preview as parts of rich text, whole: a text as a quote, a difference as its lines or its words."""
    if shown is None:
        return []
    if shown.kind != "text":
        return [part for block in preview_blocks(shown, say.SHORT_PREVIEW) for part in block["elements"]]
    label = run(f"{say.SHORT_PREVIEW} ", bold=True)
    parts: list[Block] = []
    for piece, goes_on in chunks(indented(visible(shown.text or ""), keep=True), _PIECE):
        note = [run(f" {words.THE_LINE_GOES_ON}", italic=True)] if goes_on else []
        parts.append(_quote(*([] if parts else [label]), run(piece), *note))
    return parts or [_quote(label, run(say.EMPTY, italic=True))]


def preview_beginning(foreseen: str, most: int) -> list[Block]:
    """The beginning of a visible preview, with how much is missing."""
    shown, left = shorten(indented(foreseen), most, text_weight)
    more = [run(f" {shared.more_in_details(characters(left))}", italic=True)] if left else []
    return [_quote(run(f"{say.SHORT_PREVIEW} ", bold=True), run(shown or "?"), *more)]


def indented(shown: str, *, keep: bool = False) -> str:
    """A visible text whose further lines begin further in and whose emoji are named; blank lines only where `keep`."""
    text = named_emoji(shown)
    return text.replace("\n", f"\n{INDENT}") if keep else _LINES.sub(f"\n{INDENT}", text)


def _quote(*runs: Block) -> Block:
    return {"type": _QUOTED, "elements": list(runs)}


def _entry(part: Block) -> _Entry:
    return _Entry(runs=tuple(part["elements"]))


def _entry_of(each: _Shown, share: int) -> _Entry:
    text, left = shorten(each.text, share - _CLAIM, text_weight)
    title, found, below = text.partition("\n") if each.claim.titled else (text, "", "")
    runs = [run(f"{each.claim.label} ", bold=True), run(title)]
    if found:
        runs += [run(_DASH, bold=True), *([run(below.removeprefix(INDENT))] if below.removeprefix(INDENT) else [])]
    if left:
        more = shared.more_in_details(characters(left + each.short.characters))
    else:
        more = shared.more_in_details(say.words(each.short.words)) if each.short.words else ""
    return _Entry(runs=(*runs, *([run(f" {more}", italic=True)] if more else [])))


def _packed(entries: "Sequence[_Entry]") -> list[Block]:
    """Entries one below the other, in as few quotes as they fit."""
    parts: list[Block] = []
    runs: list[Block] = []

    def end() -> None:
        if runs:
            parts.append(_quote(*runs))
            runs.clear()

    for entry in entries:
        if entry.parts or (runs and _filled((*runs, *entry.runs)) > _QUOTE):
            end()
        parts += entry.parts
        if entry.runs:
            runs += [*([run("\n")] if runs else []), *entry.runs]
    end()
    return parts


def _filled(runs: "Sequence[Block]") -> int:
    return sum(length(each.get("text", "")) for each in runs)


def _shares(shown: "Sequence[_Shown]", room: int) -> list[int]:
    """Room for each: all it needs where that is less than an even share, and what is left evenly among the rest."""
    needs = [each.needs + _CLAIM for each in shown]
    given = [0] * len(needs)
    for position, index in enumerate(sorted(range(len(needs)), key=needs.__getitem__)):
        given[index] = min(needs[index], max(room, 0) // (len(needs) - position))
        room -= given[index]
    return given


def _starved(shown: "Sequence[_Shown]", room: int) -> bool:
    """Whether some share is too small to be worth reading."""
    return any(
        share - _CLAIM < min(_WORTH_SHOWING, text_weight(each.text))
        for each, share in zip(shown, _shares(shown, room), strict=True)
    )
