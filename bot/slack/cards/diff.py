"""Diffs: what an edit changed, field by field, shown as before → after.

Foreign text stands in code, quotes and boxes; what is set in italics, and everything in ⟨ ⟩, is ours.
"""

import json
import re
from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, Final, NamedTuple, TypeAlias

from approvals.patch import changed_fields
from bot.slack.blockkit.blocks import Block, json_size, rich
from bot.slack.blockkit.text import TOKEN, length, one_line, pretty, shorten, visible
from bot.slack.cards.alignment import Budget, aligned
from bot.slack.cards.redaction import comparable
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from approvals.digest import JSON

PIECE = 2900
"""The longest text in one block, as Slack counts it."""
SHORT = 120
"""Up to here a value is shown in the line of its name."""
ALIKE = 0.4
"""How much of the longer text must have stayed for its changes to be marked word by word."""
_BRIEF = 60
_TIGHT = 64
"""Less room than this is left empty: a character spelled out must not be cut."""
_ROOM_FOR_THE_REST = 300
_WORDS = re.compile(rf"{TOKEN.pattern}|\n|(?:\w+|[^\w\s])[^\S\n]*|[^\S\n]+")


class _Absent(Enum):
    ABSENT = "absent"


ABSENT: Final = _Absent.ABSENT
Side: TypeAlias = "JSON | _Absent"


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One top-level field that differs, comes or goes."""

    field: str
    before: Side
    after: Side


class StyledText(NamedTuple):
    """A text in one style."""

    text: str
    style: str = ""
    """bold, italic, strike or code."""


def changed_members(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> tuple[Change, ...]:
    """The fields that differ under the digest's eye, in the order of `before`, then of `after`."""
    one, other = ({name: comparable(value) for name, value in side.items()} for side in (before, after))
    changed = frozenset(changed_fields(one, other))
    return tuple(
        Change(field=name, before=before.get(name, ABSENT), after=after.get(name, ABSENT))
        for name in {**before, **after}
        if name in changed
    )


def difference_blocks(
    before: "Mapping[str, JSON]", after: "Mapping[str, JSON]", limit: int | None = None
) -> tuple[list[Block], bool]:
    """Blocks that show every change, and whether they show all of each.

    `limit` bounds the size of the blocks: what does not fit is shortened with the number of characters that are
    missing, and what does not fit even so is counted. That count is always shown.
    """
    found, budget = changed_members(before, after), Budget()
    if limit is None:
        return [block for change in found for block in change_blocks(change, budget)], True
    shown: list[Block] = []
    whole = True
    for number, change in enumerate(found):
        room = limit - (_ROOM_FOR_THE_REST if number + 1 < len(found) else 0)
        full = change_blocks(change, budget)
        if json_size([*shown, *full]) <= room:
            shown += full
            continue
        brief, missing = _brief(change)
        if json_size([*shown, brief]) > room:
            rest = len(found) - number
            said = say.more_changed_not_shown_here(rest)
            return [*shown, _section([StyledText(said, "italic")])], False
        shown.append(brief)
        whole = whole and not missing
    return shown, whole


def change_blocks(change: Change, budget: Budget | None = None) -> list[Block]:
    """One change, whole, in blocks of at most PIECE characters of text; `budget` is for it and others beside it."""
    budget = budget or Budget()
    name = [
        StyledText(one_line(change.field), "bold")
        if change.field
        else StyledText(shared.A_FIELD_WITHOUT_A_NAME, "italic")
    ]
    before, after = change.before, change.after
    if _is_short(before) and _is_short(after):
        return filled("section", [*name, StyledText(": "), _inline(before), StyledText(" → "), _inline(after)])
    if isinstance(before, (dict, list)) or isinstance(after, (dict, list)):
        return _lines(name, before, after, budget)
    if isinstance(before, str) and isinstance(after, str):
        return _prose(name, visible(before), visible(after), budget)
    return _two_sides(name, _text_of(before), _text_of(after))


def text_blocks(text: str) -> list[Block]:
    """A foreign text, whole, in boxes of at most PIECE characters; nothing in it takes effect."""
    return (
        filled("preformatted", [StyledText(visible(text))])
        if text
        else [_section([StyledText("empty text", "italic")])]
    )


def _is_short(side: Side) -> bool:
    if isinstance(side, str):
        return "\n" not in side and length(_one(side)) <= SHORT
    return not isinstance(side, (dict, list))


def _one(value: "JSON") -> str:
    return one_line(json.dumps(value, ensure_ascii=False))


def _inline(side: Side) -> StyledText:
    return StyledText("absent", "italic") if isinstance(side, _Absent) else StyledText(_one(side), "code")


def _text_of(side: Side) -> str | None:
    """None for what is absent; texts as they are, other scalars as JSON."""
    if isinstance(side, _Absent):
        return None
    return visible(side) if isinstance(side, str) else _one(side)


def _prose(name: list[StyledText], before: str, after: str, budget: Budget) -> list[Block]:
    """Two long texts in one, what went struck through and what came in bold; apart where little stayed."""
    old, new = words_in(before), words_in(after)
    runs = aligned(old, new, budget)
    stayed = sum(length("".join(old[run.start : run.end])) for run in runs if run.same)
    if stayed < ALIKE * max(length(before), length(after)):
        return _two_sides(name, before, after)
    pieces: list[StyledText] = []
    for run in runs:
        gone, came = "".join(old[run.start : run.end]), "".join(new[run.other_start : run.other_end])
        if run.same:
            pieces.append(StyledText(gone))
        else:
            pieces += [StyledText(blanks_named(gone, ""), "strike"), StyledText(blanks_named(came, "\n"), "bold")]
    roughly = "" if all(run.searched for run in runs) else say.COMPARED_ROUGHLY
    legend = StyledText(say.REMOVED_STRUCK_THROUGH + roughly, "italic")
    return [*filled("section", [*name, legend]), *filled("quote", pieces)]


def _two_sides(name: list[StyledText], before: str | None, after: str | None) -> list[Block]:
    blocks: list[Block] = []
    for text, when in ((before, " before"), (after, " after")):
        note = ": absent" if text is None else "" if text else ": empty text"
        blocks += filled("section", [*name, StyledText(when + note, "italic")])
        blocks += filled("quote", [StyledText(text or "")])
    return blocks


def _lines(name: list[StyledText], before: Side, after: Side, budget: Budget) -> list[Block]:
    """Two values as JSON in one box: lines that went begin with `-`, lines that came with `+`."""
    old, new = ([] if isinstance(side, _Absent) else visible(pretty(side)).split("\n") for side in (before, after))
    lines: list[str] = []
    runs = aligned(old, new, budget)
    for run in runs:
        if run.same:
            lines += [f"  {line}" for line in old[run.start : run.end]]
        else:
            lines += [f"- {line}" for line in old[run.start : run.end]]
            lines += [f"+ {line}" for line in new[run.other_start : run.other_end]]
    note = ": was absent" if isinstance(before, _Absent) else say.IS_ABSENT_NOW if isinstance(after, _Absent) else ""
    note += "" if all(run.searched for run in runs) else say.COMPARED_ROUGHLY
    heading = filled("section", [*name, StyledText(note, "italic")])
    return [*heading, *filled("preformatted", [StyledText("\n".join(lines))])]


def _brief(change: Change) -> tuple[Block, int]:
    """A change in one line, and how many characters of it are missing."""
    name = (
        StyledText(one_line(change.field), "bold")
        if change.field
        else StyledText(shared.A_FIELD_WITHOUT_A_NAME, "italic")
    )
    pieces, missing = [], 0
    for piece in (name, _inline(change.before), _inline(change.after)):
        cut, left = shorten(piece.text, _BRIEF)
        missing += left
        pieces.append(piece._replace(text=cut + ("…" if left else "")))
    note = StyledText(say.characters_not_shown_here(missing) if missing else "", "italic")
    return _section([pieces[0], StyledText(": "), pieces[1], StyledText(" → "), pieces[2], note]), missing


def blanks_named(text: str, line_break: str) -> str:
    """A change that consists of blanks alone would not be seen: it is spelled out."""
    if text.strip():
        return text
    return text.replace("\t", "⟨tab⟩").replace(" ", "⟨blank⟩").replace("\n", "⟨line break⟩" + line_break)


def words_in(text: str) -> list[str]:
    """The words of a visible text, each with the blanks after it, and line breaks by themselves."""
    return [found.group() for found in _WORDS.finditer(text)]


def filled(kind: str, pieces: "Iterable[StyledText]") -> list[Block]:
    """Rich text of that kind: as many blocks of one part of rich text as the pieces need."""
    return [_section(part, kind) for part in _parts(pieces)]


def _parts(pieces: "Iterable[StyledText]") -> "Iterator[list[StyledText]]":
    """The pieces in groups of at most PIECE characters; a group that ends within a line says so."""
    part: list[StyledText] = []
    room = PIECE
    for text, style in pieces:
        start = 0
        while start < len(text):
            if room < _TIGHT:
                yield _closed(part)
                part, room = [], PIECE
            cut = _to_a_line_end(text[start : start + room + 1], room)
            part.append(StyledText(cut, style))
            start += len(cut)
            room = room - length(cut) if start == len(text) else 0
    if part:
        yield part


def _to_a_line_end(text: str, room: int) -> str:
    """The beginning of the text that has room, up to the end of a line where one is near."""
    cut, missing = shorten(text, room)
    end = cut.rfind("\n", len(cut) // 2) if missing else -1
    return cut if end < 0 else cut[: end + 1]


def _closed(part: list[StyledText]) -> list[StyledText]:
    """A full part: the next one begins a line by itself, so a line break at its end goes, and none is told."""
    last = part[-1]
    if last.text.endswith("\n") and last.text != "\n":
        return [*part[:-1], last._replace(text=last.text[:-1])]
    return [*part, StyledText("⟨goes on⟩")]


def _section(pieces: "Iterable[StyledText]", kind: str = "section") -> Block:
    elements = [
        {"type": "text", "text": text, **({"style": {style: True}} if style else {})} for text, style in pieces if text
    ]
    return rich({"type": f"rich_text_{kind}", "elements": elements})
