"""Claims: what the agent says besides its action, each a label of ours and its visible text; and the quote of a card.

A heading says that nobody checked it. Labels are ours and bold, which no text of an agent can be: its text has no
style, its lines begin further in, and its emoji are named, for on a card they are signs of ours.

What it says at length is abridged: its beginning stays, and later every sentence that could show a mistake, since a
card is read to compare what would run with what is said of it. That is one with a figure or an address in it, or a word
of the payload, or one that begins like it; the rest is in `Details`. Short texts stay whole: what differs from the
payload has, by its nature, no value of it.
"""

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple
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
from bot.slack.cards.preview import preview_blocks
from bot.slack.cards.redaction import veiled
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Ask, Evidence, Preview, Proposal

_ANY_HOST = "abcdefghijklmnopqrstuvwxyz0123456789.-:[]"


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
    abridges: bool = False
    """Whether a card shows of a long one only the beginning, and what can be compared with the payload."""


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
    yield Claim(label="Why", text=why, most=1500, abridges=bool(ask.context))  # without evidence it is all there is
    for number, each in enumerate(ask.context, 1):
        yield Claim(label=f"Evidence {number}", text=_evidence(each), most=1000, rank=1, titled=True, abridges=True)
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


_BEGINNING = 40
"""Words after which the sentence is the last that stays whatever it says."""
_WORTH_FOLDING = 12
"""Words: fewer are sooner read than told to be missing."""
_SIGNS = frozenset("@/⟨€$£¥")
_ENDS = re.compile(r"((?<=\w[.!?]) +|\n+)")
_WORD = re.compile(r"\w{3,}")
_ALIKE = 4
"""Letters by which a word begins like another."""
_CUT = "…"


class Abridged(NamedTuple):
    """The text as a card has it, and how much is missing."""

    text: str
    words: int = 0
    characters: int = 0


def beginnings(payload: "Mapping[str, JSON]") -> frozenset[str]:
    """How the words in the payload's texts begin."""
    return frozenset(word for text in _texts(payload) for word in _beginnings(text))


def abridged(text: str, known: "frozenset[str]") -> Abridged:
    """A visible text without the later sentences that have nothing to compare; `known` are `beginnings`."""
    kept: list[str] = []
    read = words = characters = 0
    folding = False
    pieces = _ENDS.split(text)
    for sentence, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        count = len(sentence.split())
        if read < _BEGINNING or _tells(sentence, known):
            kept += [sentence, end]
            folding = False
        else:
            if folding:
                kept.pop()
            kept += [*([] if folding else [_CUT]), end]
            words, characters, folding = words + count, characters + len(sentence) + len(end), True
        read += count
    return Abridged(text) if words < _WORTH_FOLDING else Abridged("".join(kept), words, characters)


def _tells(sentence: str, known: "frozenset[str]") -> bool:
    """Whether somebody could compare something in it with what would run."""
    if any(char.isnumeric() or char in _SIGNS for char in sentence):
        return True
    return not known.isdisjoint(_beginnings(sentence))


def _beginnings(text: str) -> set[str]:
    return {word[:_ALIKE].casefold() for word in _WORD.findall(text)}


def _texts(value: "JSON | Mapping[str, JSON]") -> "Iterator[str]":
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for each in value:
            yield from _texts(each)
    elif isinstance(value, dict):
        for each in value.values():
            yield from _texts(each)
