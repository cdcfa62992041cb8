"""Previews: the effect as the agent foresees it, as visible text and as blocks that show what goes and what comes.

What is kept far from any change is counted, with a digest, so that equal display still means equal text.
"""

import hashlib
import re
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from bot.slack.blockkit.excerpt import labelled
from bot.slack.blockkit.text import length, visible
from bot.slack.cards.alignment import Run, aligned
from bot.slack.cards.diff import ALIKE, StyledText, blanks_named, filled, words_in
from bot.slack.words import cards as say
from bot.slack.words import shared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from approvals.proposal import Preview
    from bot.slack.blockkit.blocks import Block

PREVIEW = shared.EFFECT_AS_THE_AGENT_FORESEES
AROUND = 3
"""Lines kept beside each change."""
_FEWEST_FOLDED = 4
_FEW_LINES = 8
"""So few are counted at a glance."""
_BLANK_LINES = 4
"""From so many on, blank lines in a row are counted, so that they push nothing out of sight."""
_LONGEST_PROSE = 2_500
_WORDS_A_LINE = 6
_MOST_SIGNS = 0.04
"""More than such a share of brackets and the like is no prose."""
_SIGNS = re.compile(r"[{}\[\]<>=;|\\]")
_short = lru_cache(maxsize=4096)(visible)


def preview(shown: "Preview | None") -> str | None:
    """The preview, visible and whole; of a diff every line, kept (blank), gone (`-`) or new (`+`)."""
    if shown is None:
        return None
    if shown.kind != "diff":
        return visible(shown.text or "")
    return _text(_lines(*_sides(shown), _runs(shown)))


def folded(shown: "Preview | None") -> str | None:
    """The same, with the lines that stay far from any change counted: what a card shows."""
    if shown is None or shown.kind != "diff":
        return preview(shown)
    return _text(_near(*_sides(shown), _runs(shown)))


def changes(shown: "Preview") -> str:
    """`added 3 lines, removed 1 line`, or that nobody counted; empty for what is no diff."""
    if shown.kind != "diff":
        return ""
    changed = [run for run in _runs(shown) if not run.same]
    if not all(run.searched for run in changed):
        return say.PREVIEW_COMPARED_ROUGHLY
    counts = {
        "added": sum(run.other_end - run.other_start for run in changed) if shown.after else 0,
        "removed": sum(run.end - run.start for run in changed) if shown.before else 0,
    }
    return ", ".join(_counted(verb, "line", count) for verb, count in counts.items() if count) or "nothing changes"


def preview_blocks(shown: "Preview", label: str = PREVIEW) -> "list[Block]":
    """The preview as a card shows it: prose word by word, any other diff line by line."""
    if (marked := _prose(shown)) is not None:
        pieces, note = marked
        heading, *_ = filled("section", [StyledText(label, "bold"), StyledText(note, "italic")])
        body, *more = filled("quote", pieces)
        return [{**heading, "elements": [*heading["elements"], *body["elements"]]}, *more]
    lines, note = folded(shown) or "", changes(shown)
    counted = note.startswith(("added", "removed"))
    return [labelled(label, lines, note="" if counted and lines.count("\n") < _FEW_LINES else note)]


def _prose(shown: "Preview") -> tuple[list[StyledText], str] | None:
    """Short texts of whole sentences, most of which stays; None for anything else."""
    before, after = visible(shown.before or ""), visible(shown.after or "")
    if shown.kind != "diff" or not (_is_prose(before) and _is_prose(after)):
        return None
    old, new = words_in(before), words_in(after)
    runs = aligned(old, new)
    stayed = sum(length("".join(old[run.start : run.end])) for run in runs if run.same)
    if stayed < ALIKE * max(length(before), length(after)):
        return None
    pieces: list[StyledText] = []
    added = removed = 0
    for run in runs:
        gone, came = old[run.start : run.end], new[run.other_start : run.other_end]
        if run.same:
            pieces.append(StyledText("".join(gone)))
            continue
        removed, added = removed + len(gone), added + len(came)
        out, new_words = "".join(gone), "".join(came)
        blank = " " if out.endswith(" ") and new_words.endswith(" ") and out.strip() and new_words.strip() else ""
        if out:
            pieces.append(StyledText(f"⟨-{blanks_named(out.removesuffix(blank), '')}⟩", "strike"))
        if new_words:
            pieces.append(StyledText(f"⟨+{blanks_named(new_words.removesuffix(blank), chr(10))}⟩", "bold"))
        if blank:
            pieces.append(StyledText(blank))
    counts = {"added": added, "removed": removed}
    told = ", ".join(_counted(verb, "word", count) for verb, count in counts.items() if count) or "nothing changes"
    return pieces, say.struck_through(told)


def _is_prose(text: str) -> bool:
    lines = [line for line in text.split("\n") if line]
    if not lines or length(text) > _LONGEST_PROSE or any(line.startswith((" ", "⟨")) for line in lines):
        return False
    signs = len(_SIGNS.findall(text))
    return len(text.split()) >= _WORDS_A_LINE * len(lines) and signs <= _MOST_SIGNS * len(text)


def _sides(shown: "Preview") -> tuple[list[str], list[str]]:
    return (shown.before or "").split("\n"), (shown.after or "").split("\n")


def _runs(shown: "Preview") -> tuple[Run, ...]:
    return _aligned(shown.before or "", shown.after or "")


@lru_cache(maxsize=2)
def _aligned(before: str, after: str) -> tuple[Run, ...]:
    """A card asks for the same several times over."""
    return tuple(aligned(before.split("\n"), after.split("\n")))


def _lines(before: list[str], after: list[str], runs: "Sequence[Run]") -> "Iterator[tuple[str, str]]":
    for run in runs:
        yield from _of(run, before, after)


def _of(run: Run, before: list[str], after: list[str]) -> "Iterator[tuple[str, str]]":
    if run.same:
        yield from ((" ", line) for line in before[run.start : run.end])
    else:
        yield from (("-", line) for line in before[run.start : run.end])
        yield from (("+", line) for line in after[run.other_start : run.other_end])


def _near(before: list[str], after: list[str], runs: "Sequence[Run]") -> "Iterator[tuple[str, str]]":
    """The lines, with `⋯` for a stretch that stays."""
    for place, run in enumerate(runs):
        first = run.start + (AROUND if place else 0)
        last = run.end - (AROUND if place + 1 < len(runs) else 0)
        if not run.same or last - first < _FEWEST_FOLDED:
            yield from _of(run, before, after)
            continue
        yield from ((" ", line) for line in before[run.start : first])
        kept = before[first:last]
        seal = hashlib.sha256("\n".join(kept).encode("utf-8", "surrogatepass")).hexdigest()[:12]
        yield "⋯", say.unchanged_lines(len(kept), seal)
        yield from ((" ", line) for line in before[last : run.end])


def _text(lines: "Iterable[tuple[str, str]]") -> str:
    return "\n".join(_signed(sign, (line for _, line in group)) for sign, group in groupby(lines, lambda each: each[0]))


def _signed(sign: str, lines: "Iterable[str]") -> str:
    signed: list[str] = []
    for blank, group in groupby(lines, lambda line: line == ""):
        run = list(group)
        if blank and len(run) >= _BLANK_LINES:
            signed.append(f"{sign} ⟨U+000A x{len(run)}⟩")
        else:
            signed += [f"{sign} {_short(line) if len(line) < 40 else visible(line)}" for line in run]
    return "\n".join(signed)


def _counted(verb: str, thing: str, count: int) -> str:
    return f"{verb} {count:,} {thing}{'' if count == 1 else 's'}"
