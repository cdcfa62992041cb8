"""Claims: what the agent says besides its action, each a label of ours and its visible text; and the quote of a card.

A heading says that nobody checked it. Labels are ours and bold, which no text of an agent can be: its text has no
style, its lines begin further in, and its emoji are named, for on a card they are signs of ours.
"""

import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from bot.slack.blockkit import words
from bot.slack.blockkit.blocks import Block, json_size, paragraph, rich, run
from bot.slack.blockkit.text import (
    characters,
    chunks,
    has_invisible,
    length,
    named_emoji,
    one_line,
    pretty,
    shorten,
    spells_out,
    text_weight,
    visible,
)
from bot.slack.cards.abridgement import Abridged, Yardstick, abridged, argument
from bot.slack.cards.preview import preview_blocks
from bot.slack.cards.redaction import veiled
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from approvals.proposal import Ask, Evidence, Preview, Proposal

_ANY_HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"


class Part(Enum):
    """What a claim is to who compares it with the payload."""

    argument = "argument"
    evidence = "evidence"
    other = "other"


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """One text with its label. `text` is visible already and not empty."""

    label: str
    text: str
    most: int = 1000
    """How much of it a card shows, as it weighs in JSON."""
    rank: int = 0
    """What a crowded card leaves out first has the highest."""
    titled: bool = False
    """Whether the first line of the text is a title."""
    on_card: bool = True
    """Whether a card shows it; `Details` does."""
    part: Part = Part.other
    """What of it a card leaves to `Details`."""


def summary(proposal: "Proposal") -> str | None:
    """The agent's line for lists, on one line."""
    told = veiled(proposal).ask.summary
    return one_line(told) if told else None


def payload(proposal: "Proposal") -> str:
    """The payload that would run, as JSON with nothing hidden but what the policy redacts."""
    return visible(pretty(veiled(proposal).action.payload))


def claims(ask: "Ask") -> "Iterator[Claim]":
    """What the agent says around its action, none of it checked: why first, then its evidence."""
    why = visible(ask.reasoning) or "(nothing)"
    yield Claim(label="Why", text=why, most=1500, part=Part.argument)
    for number, each in enumerate(ask.context, 1):
        label = f"{say.EVIDENCE} {number}"
        yield Claim(label=label, text=_evidence(each), most=1000, rank=1, titled=True, part=Part.evidence)
    if ask.rollback_plan:
        yield Claim(label=say.HOW_IT_WOULD_BE_ROLLED_BACK, text=visible(ask.rollback_plan), on_card=False)
    if ask.preconditions:
        held = "\n".join(f"{number}. {one_line(each)}" for number, each in enumerate(ask.preconditions, 1))
        yield Claim(label=say.WHAT_MUST_HOLD_WHEN_IT_RUNS, text=held, most=700, rank=2)
    if ask.signals:
        measured = "\n".join(f"{one_line(name)}: {visible(pretty(value))}" for name, value in ask.signals.items())
        yield Claim(label=say.WHAT_THE_AGENT_MEASURED, text=measured, most=400, rank=4)
    if ask.confidence is not None:
        yield Claim(label=say.CONFIDENCE, text=str(ask.confidence), on_card=False)


def hides(ask: "Ask", *shown: str | None) -> bool:
    """Whether the texts already `shown`, or anything else the agent says, hold characters that do not show."""
    said = (ask.summary, ask.on_behalf_of, ask.run_id)
    return any(spells_out(text) for text in (*shown, *(claim.text for claim in claims(ask))) if text) or any(
        has_invisible(text) for text in said if text
    )


def _evidence(each: "Evidence") -> str:
    lines = [one_line(each.title) or "?"]
    if each.text:
        lines.append(visible(each.text))
    if each.url:
        lines.append(_address(each.url))
    return "\n".join(lines)


def _address(url: str) -> str:
    """The URL as text, and where it really leads if it is written to mislead."""
    shown = one_line(url)
    try:
        parts = urlsplit(url)
        host, odd = parts.hostname or "", parts.username is not None
    except ValueError:
        return say.leads_nowhere(shown)
    if odd or any(char not in _ANY_HOST for char in host):
        return f"{shown} (leads to {_punycode(host)})"
    return shown


def web_host(url: str) -> str | None:
    """The host that a web address leads to, whoever reads it; None for what is none, or is read in two ways."""
    if not url[:8].lower().startswith(("https://", "http://")) or "\\" in url:
        return None
    try:
        host = urlsplit(url).hostname or ""
    except ValueError:
        return None
    return host if host and all(char in _ANY_HOST for char in host) else None


def _punycode(host: str) -> str:
    return ".".join(
        label if label.isascii() else f"xn--{label.encode('punycode').decode('ascii')}" for label in host.split(".")
    )


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

    def __init__(self, claim: "Claim", short: Abridged) -> None:
        self.claim = claim
        self.short = short
        self.text = indented(short.text)
        self.needs = min(text_weight(self.text), claim.most)


def _in_short(claims: "Sequence[Claim]", payload: Yardstick, shown: str, *, crowded: bool) -> "list[_Shown]":
    """The claims of a card, each without what has nothing to compare, or repeats what stands there.

    On one that is `crowded` not all evidence does, so nothing counts as a repetition of it.
    """
    evidence = [each for each in claims if each.part is Part.evidence]
    found = abridged((each.text for each in evidence), payload)
    short = {each.label: text for each, text in zip(evidence, found, strict=True)}
    pieces = [] if crowded else [each.text for each in found]
    for each in claims:
        if each.part is Part.argument and evidence:  # without any it is all there is
            short[each.label] = argument(each.text, payload, pieces, shown)
    return [_Shown(each, short.get(each.label, Abridged(each.text))) for each in claims]


def claims_block(
    wanted: "Sequence[Claim]",
    preview: "Sequence[Block]",
    room: int,
    payload: Yardstick,
    whole: str = "",
) -> list[Block]:
    """The claims within so much room, as it weighs in JSON; `preview` is there whole. Nothing where nothing fits.

    Of long claims that stays which can be compared with the `payload`; `whole` is all of that as it stands on the card.
    """
    on_card = [each for each in wanted if each.on_card]
    room -= _HEADING + json_size(preview)
    shown, left_out, shares = _placed(_in_short(on_card, payload, whole, crowded=False), room)
    if any(each.claim.part is Part.evidence for each in (*left_out, *_cut(shown, shares))):
        shown, left_out, shares = _placed(_in_short(on_card, payload, whole, crowded=True), room)
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
    heading = paragraph(run(say.THE_AGENTS_CLAIMS, bold=True), run(say.UNCHECKED, italic=True))
    return [rich(heading, *said)]


def _placed(shown: "list[_Shown]", room: int) -> "tuple[list[_Shown], list[_Shown], list[int]]":
    """Those that there is room for, those that are left out for it, and how much of the room each has."""
    left_out: list[_Shown] = []
    while shown and _starved(shown, room):
        least = max(shown, key=lambda each: each.claim.rank)
        shown.remove(least)
        left_out.append(least)
    return shown, left_out, _shares(shown, room)


def _cut(shown: "Sequence[_Shown]", shares: "Sequence[int]") -> "list[_Shown]":
    """Those that are not whole in their room."""
    return [each for each, share in zip(shown, shares, strict=True) if text_weight(each.text) > share - _CLAIM]


def preview_parts(shown: "Preview | None") -> list[Block]:
    """The preview as parts of rich text, whole: a text as a quote, a difference as its lines or its words."""
    if shown is None:
        return []
    if shown.kind != "text":
        return [part for block in preview_blocks(shown, say.PREVIEW_BY_THE_AGENT) for part in block["elements"]]
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
    runs = [run(f"{_label(each.claim)} ", bold=True), run(title)]
    if found:
        runs += [run(_DASH, bold=True), *([run(below.removeprefix(INDENT))] if below.removeprefix(INDENT) else [])]
    if left:
        more = shared.more_in_details(characters(left + each.short.characters))
    else:
        more = say.more_words(each.short.words) if each.short.words else ""
    return _Entry(runs=(*runs, *([run(f" {more}", italic=True)] if more else [])))


def _label(claim: Claim) -> str:
    """On a card pieces of evidence have no numbers: their titles tell them apart."""
    if claim.part is not Part.evidence:
        return claim.label
    return say.EVIDENCE if claim.label.endswith(" 1") else say.MORE_EVIDENCE


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
