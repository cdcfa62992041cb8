"""The effect as the agent foresees it, as one visible text that holds all of it."""

from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from bot.slack.alignment import aligned
from bot.slack.text import visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from approvals.proposal import Preview

_BLANK_LINES = 4
"""From so many on, blank lines in a row are counted, so that they push nothing out of sight."""
_short = lru_cache(maxsize=4096)(visible)


def preview(shown: "Preview | None") -> str | None:
    """The preview, visible and whole; of a diff every line, kept (blank), gone (`-`) or new (`+`)."""
    if shown is None:
        return None
    if shown.kind != "diff":
        return visible(shown.text or "")
    lines = _diff((shown.before or "").split("\n"), (shown.after or "").split("\n"))
    signed = (_signed(sign, (line for _, line in group)) for sign, group in groupby(lines, lambda each: each[0]))
    return "\n".join(signed)


def _diff(before: list[str], after: list[str]) -> "Iterator[tuple[str, str]]":
    for run in aligned(before, after):
        if run.same:
            yield from ((" ", line) for line in before[run.start : run.end])
        else:
            yield from (("-", line) for line in before[run.start : run.end])
            yield from (("+", line) for line in after[run.other_start : run.other_end])


def _signed(sign: str, lines: "Iterable[str]") -> str:
    signed: list[str] = []
    for blank, group in groupby(lines, lambda line: line == ""):
        run = list(group)
        if blank and len(run) >= _BLANK_LINES:
            signed.append(f"{sign} ⟨U+000A x{len(run)}⟩")
        else:
            signed += [f"{sign} {_short(line) if len(line) < 40 else visible(line)}" for line in run]
    return "\n".join(signed)
