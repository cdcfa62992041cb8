"""Payloads, whole and once: each field by its name with its JSON, long texts in boxes below.

Equal display means equal payload: a value stands as its JSON behind the name of its field, or as its exact text in a
box below that name. Objects are taken apart; a list that is no line is JSON in a box, its long texts in boxes of their
own.
"""

import json
import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from approvals.paths import path_text, steps
from bot.slack.blockkit.blocks import Block, boxed, json_size, paragraph, rich, run
from bot.slack.blockkit.excerpt import labelled
from bot.slack.blockkit.text import VEILED, characters, length, one_line, pretty, shorten, text_weight, visible
from bot.slack.blockkit.words import missing_here
from bot.slack.cards.doubts import Doubt
from bot.slack.cards.figures import reading_form
from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from bot.slack.cards.evidence import Path

PAYLOAD = say.EXACTLY_WHAT_WILL_RUN
_LINE = 140
"""The longest value that stands behind its name."""
_NAME = 120
"""The longest name of a field that stands before its value; one that is longer stands in the JSON of the rest."""
_DEEPEST = 4
"""So many objects within each other are taken apart."""
_MOST_LINES = 16
"""Fields beyond stand in the JSON of the rest, where each takes less of what a message may hold."""
_SECTION = 2_800
"""What one part of rich text holds."""
_BLOCK = 800
"""What one block of a page holds of single lines."""
_WORTH_SHOWING = 80
_MOST_NEAR = 3
_MOST_ENTRIES = 3
"""Entries of a list that a mark names."""
_SMALL = 9
"""Characters of a name, and of a value, that leave room for another beside them."""
_GAP = "\u2003"
_LABEL = 700
"""What a box that is cut takes besides its text, at most."""
_BREAK = 40
"""What begins a line."""
_FIRST = ("to", "cc", "bcc", "from", "subject", "title", "name")
"""What people look for first, in this order."""
_HELD_OUT = re.compile(r'"⟨U\+DCAF⟩(\d+)"')
_OUT = "\udcaf"
"""Begins what stands for a text that is in a box of its own: half of a character, so no agent can write it."""
_LAST_BREAK, _QUIET_BREAK = "⟨U+000A⟩", "⟨↵⟩"
_ABSENT: Final = object()


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A field in a line: its name, visible, and its value as visible JSON."""

    name: str
    value: str | None
    """None for a field that the policy wants shown and that is not there."""
    reading: str | None = None
    """How people read it, where that differs."""
    doubt: "Doubt | None" = None
    """What is said of it where it stands in none of the evidence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Box:
    """A long value below the name of its field."""

    name: str
    """Visible; empty for the fields whose names are too long for a label."""
    text: str
    """Visible."""
    note: str = ""
    """What the text is, where it is not the field's own: JSON, or a text out of that."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Whole:
    """A payload as it is shown: single lines first, then boxes."""

    lines: tuple[Line, ...] = ()
    boxes: tuple[Box, ...] = ()


@dataclass(frozen=True, slots=True)
class _Leaf:
    names: tuple[str, ...]
    value: Any
    siblings: "Mapping[str, JSON]"


def whole(
    payload: "Mapping[str, JSON]",
    show: "Sequence[str]" = (),
    found: "Mapping[Path, Doubt] | None" = None,
) -> Whole:
    """How the payload is shown; the fields that the policy wants shown come first.

    `found` are the ways to values that stand in none of the evidence.
    """
    wanted = [steps(path) for path in show]
    leaves: list[_Leaf] = []
    rest: dict[str, JSON] = {}
    each = {name: list(_leaves((name,), payload[name], payload)) for name in payload}
    places = {name: min(_rank(leaf, wanted) for leaf in own) for name, own in each.items()}
    for name in sorted(each, key=lambda name: places[name]):
        own = each[name]
        crowded = len(leaves) + len(own) > _MOST_LINES and not any("\n" in text for text in _strings(payload[name]))
        if crowded or any(length(_label(leaf.names)) > _NAME for leaf in own):
            rest[name] = payload[name]
        else:
            leaves += own
    odd: dict[Path, dict[Path, Doubt]] = {}
    for path, doubt in (found or {}).items():
        for end in range(1, min(len(path), _DEEPEST) + 1):
            odd.setdefault(path[:end], {})[path] = doubt
    # What belongs to one object stands together, where the first of it has its place.
    ranked = sorted(leaves, key=lambda leaf: (places[leaf.names[0]], leaf.names[0], _rank(leaf, wanted)))
    lines, boxes = list[Line](), list[Box]()
    for leaf in ranked:
        if (line := _line(leaf)) is not None:
            lines.append(replace(line, doubt=_of_all(leaf, odd.get(leaf.names, {}))))
        else:
            boxes += _boxes(leaf)
    absent = [path for path, names in zip(show, wanted, strict=True) if _at(payload, names) is _ABSENT]
    lines = [*(Line(name=one_line(path), value=None) for path in absent), *lines]
    if rest:
        boxes.append(Box(name="", text=visible(pretty(rest)), note=say.OTHER_FIELDS_AS_JSON))
    return Whole(lines=tuple(lines), boxes=tuple(boxes))


def texts(shown: Whole) -> str:
    """All that is shown of the payload, as one visible text."""
    found = [f"{line.name} {line.value or ''}" for line in shown.lines]
    return "\n".join([*found, *(f"{box.name} {box.text}" for box in shown.boxes)])


def payload_blocks(shown: Whole, label: str = "") -> list[Block]:
    """The payload, whole, in one block of rich text, below a label of ours if there is one."""
    parts = [*([paragraph(run(label, bold=True))] if label else []), *_lines(shown.lines)]
    for box in shown.boxes:
        parts += _labelled(box)
    return [rich(*(parts or [paragraph(run(say.NO_FIELDS, italic=True))]))]


def payload_beginning(shown: Whole, room: int, label: str = "") -> list[Block]:
    """As much of it as so much room holds, as it weighs in JSON, and how much is missing of what is not whole."""
    heading = [paragraph(run(label, bold=True))] if label else []
    room -= json_size(heading)
    lines, filled = list[Line](), 0
    for line in shown.lines:
        filled += json_size(_runs(line)) + _BREAK
        if filled > room * 2 // 3:
            break
        lines.append(line)
    parts = [*heading, *_lines(lines)]
    if more := len(shown.lines) - len(lines):
        parts.append(paragraph(run(say.more_fields(more), italic=True)))
    room -= json_size(parts)
    boxes = shown.boxes[: max(room // (_LABEL + _WORTH_SHOWING), 0)]
    for place, box in enumerate(boxes):
        share = room // (len(boxes) - place) - _LABEL
        cut = _beginning(box, max(share, _WORTH_SHOWING))
        room -= json_size(cut)
        parts += cut
    if more := len(shown.boxes) - len(boxes):
        parts.append(paragraph(run(say.more_texts(more), italic=True)))
    return [rich(*(parts or [paragraph(run(say.NO_FIELDS, italic=True))]))]


def head(shown: Whole, label: str) -> list[Block]:
    """The label with the single lines, in blocks small enough for the pages of Details."""
    first, *rest = _lines(shown.lines, _BLOCK) or [paragraph(run(say.NO_FIELDS, italic=True))]
    if not shown.lines and shown.boxes:
        return [rich(paragraph(run(label, bold=True)))]
    return [rich(paragraph(run(label, bold=True)), first), *map(rich, rest)]


def _leaves(names: tuple[str, ...], value: "JSON", siblings: "Mapping[str, JSON]") -> "Iterator[_Leaf]":
    if isinstance(value, dict) and value and len(names) < _DEEPEST:
        for name, member in value.items():
            yield from _leaves((*names, name), member, value)
    else:
        yield _Leaf(names, value, siblings)


def _rank(leaf: _Leaf, wanted: "Sequence[tuple[str, ...]]") -> tuple[int, int, bool, tuple[str, ...]]:
    """What the policy wants shown first, then what people look for, then what is short."""
    shown = next((place for place, names in enumerate(wanted) if leaf.names[: len(names)] == names), len(wanted))
    name = leaf.names[-1].lower()
    known = _FIRST.index(name) if name in _FIRST else len(_FIRST)
    return shown, known, isinstance(leaf.value, (dict, list)), leaf.names


def _line(leaf: _Leaf) -> Line | None:
    """None for what is too long for a line, or has lines of its own."""
    if any("\n" in text for text in _strings(leaf.value)):
        return None
    plainly = json.dumps(leaf.value, ensure_ascii=False)
    if len(plainly) > _LINE or length(told := one_line(plainly)) > _LINE:
        return None
    reading = reading_form(leaf.names[-1], leaf.value, leaf.siblings)
    if isinstance(leaf.value, (int, float)) and "," not in (reading or ""):
        reading = None  # 76.0 is read as easily as 76.00
    if reading is not None and isinstance(leaf.value, str) and leaf.value[:4].isdigit():
        reading = reading.removesuffix(f" {leaf.value[:4]}")  # the year of a day stands beside it in the same figures
    return Line(name=_label(leaf.names), value=told, reading=reading)


def _of_all(leaf: _Leaf, several: "Mapping[Path, Doubt]") -> Doubt | None:
    """What is said of a line that holds all of these values."""
    if not several:
        return None
    near = tuple(dict.fromkeys(text for each in several.values() for text in each.near))
    return Doubt(near[:_MOST_NEAR], any(each.stakes for each in several.values()), _entries(leaf, several))


def _entries(leaf: _Leaf, several: "Iterable[Path]") -> tuple[str, ...]:
    """Which of a list's values are meant, where it is a few and not all."""
    places = sorted({path[len(leaf.names)] for path in several if len(path) == len(leaf.names) + 1})
    if not isinstance(leaf.value, list) or not 0 < len(places) < min(len(leaf.value), _MOST_ENTRIES + 1):
        return ()
    return tuple(one_line(json.dumps(leaf.value[int(place)], ensure_ascii=False)) for place in places)


def _boxes(leaf: _Leaf) -> "Iterator[Box]":
    name = _label(leaf.names)
    if isinstance(leaf.value, str):
        yield Box(name=name, text=_in_a_box(leaf.value))
        return
    out: list[str] = []
    shown = visible(pretty(_held_out(leaf.value, out)))
    yield Box(name=name, text=_HELD_OUT.sub(lambda found: say.text_below(int(found[1])), shown), note=say.AS_JSON)
    for number, text in enumerate(out, 1):
        yield Box(name=name, text=_in_a_box(text), note=say.text_of(number))


def _in_a_box(text: str) -> str:
    """Visible; that it ends with a line break, as most texts do, is a small sign."""
    shown = visible(text)
    return f"{shown.removesuffix(_LAST_BREAK)}{_QUIET_BREAK}" if shown.endswith(_LAST_BREAK) else shown


def _held_out(value: "JSON", out: list[str]) -> Any:
    """The value with each text of several lines put in `out`, and what stands for it in its place."""
    match value:
        case str() if "\n" in value:
            out.append(value)
            return f"{_OUT}{len(out)}"
        case list():
            return [_held_out(each, out) for each in value]
        case dict():
            return {name: _held_out(each, out) for name, each in sorted(value.items())}
        case _:
            return value


def _strings(value: "JSON") -> "Iterable[str]":
    match value:
        case str():
            yield value
        case list():
            for each in value:
                yield from _strings(each)
        case dict():
            for each in value.values():
                yield from _strings(each)
        case _:
            pass


def _label(names: tuple[str, ...]) -> str:
    return one_line(path_text(names))


def _at(payload: "Mapping[str, JSON]", names: tuple[str, ...]) -> object:
    found: object = payload
    for name in names:
        if isinstance(found, str) and found.startswith(VEILED * 3):
            return found
        if not isinstance(found, dict) or name not in found:
            return _ABSENT
        found = found[name]
    return found


def _lines(lines: "Sequence[Line]", most: int = _SECTION) -> list[Block]:
    """In as few parts as they fit, each of at most so many characters."""
    parts: list[Block] = []
    runs: list[Block] = []
    filled, before = 0, None
    for line in lines:
        weighs = (
            sum(
                map(length, (line.name, line.value or "", line.reading or "", *(line.doubt.near if line.doubt else ())))
            )
            + 60
        )
        if runs and filled + weighs > most:
            parts.append(paragraph(*runs))
            runs, filled, before = [], 0, None
        beside = before is not None and _is_small(before) and _is_small(line)
        if runs:
            runs.append(run(_GAP if beside else "\n"))
        runs += _runs(line)
        filled += weighs
        before = None if beside else line
    return [*parts, *([paragraph(*runs)] if runs else [])]


def _is_small(line: Line) -> bool:
    """Whether two such fields stand on one line of a phone."""
    return line.reading is None and line.doubt is None and len(line.name) <= _SMALL and len(line.value or "") <= _SMALL


def _runs(line: Line) -> list[Block]:
    told = [run(f"{line.name} ", bold=True)]
    told.append(run(say.MISSING, italic=True) if line.value is None else run(line.value, code=True))
    reading = [run(f" {line.reading}", italic=True)] if line.reading else []
    return [*told, *reading, *_marked(line.doubt)]


def _marked(doubt: "Doubt | None") -> list[Block]:
    """The mark behind a value: bold where it stands out."""
    if doubt is None:
        return []
    if doubt.near:  # in the agent's own style: none
        return [run(f" · {say.THE_AGENTS_EVIDENCE} ", bold=True, italic=True), run(", ".join(doubt.near))]
    mark = {"italic": True, **({"bold": True} if doubt.stakes else {})}
    if doubt.entries:
        return [run(f" · {say.NOT_IN_THE_EVIDENCE}: ", **mark), run(", ".join(doubt.entries))]
    return [run(f" · {say.NOT_IN_THE_EVIDENCE}", **mark)]


def _heading(box: Box) -> list[Block]:
    if not box.name:
        return [run(box.note, italic=True)]
    return [run(box.name, bold=True), *([run(f" · {box.note}", italic=True)] if box.note else [])]


def _labelled(box: Box) -> list[Block]:
    _, *below = labelled("?", box.text)["elements"]
    return [paragraph(*_heading(box)), *below]


def _beginning(box: Box, most: int) -> list[Block]:
    shown, left = shorten(box.text, most, text_weight)
    if not left:
        return _labelled(box)
    heading = paragraph(*_heading(box), run(say.ONLY_THE_BEGINNING, italic=True))
    return [heading, boxed(shown), paragraph(run(missing_here(characters(left)), bold=True))]
