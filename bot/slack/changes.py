"""What differs between two payloads or two texts, as lines that begin with `-` and `+`."""

import difflib
from dataclasses import dataclass
from functools import lru_cache
from itertools import groupby
from typing import TYPE_CHECKING

from bot.slack.text import one_line, pretty, visible

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from approvals.proposal import JSON

_COMPARED = 20_000
"""Up to this many pairs of lines are compared with each other; beyond, all old lines stand before all new ones."""
_BLANK_LINES = 4


@dataclass(frozen=True, slots=True, kw_only=True)
class Change:
    """One value that differs, comes (`before` is None) or goes (`after` is None); both are JSON text."""

    pointer: str
    """RFC 6901."""
    before: str | None
    after: str | None


def changes(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> tuple[Change, ...]:
    """Every innermost value that differs, in the order of the keys."""
    return tuple(_between(dict(before), dict(after), ""))


def changes_text(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> str:
    """The changes for people, visible: where, then the lines that go and the lines that come; `` for none."""
    return "\n\n".join(_change_text(change) for change in changes(before, after))


def diff_text(before: str, after: str) -> str:
    """Two texts as one, visible and whole: every line is kept (blank sign), gone (`-`) or new (`+`)."""
    lines = _diff(before.split("\n"), after.split("\n"))
    return "\n".join(_signed(sign, (line for _, line in group)) for sign, group in groupby(lines, lambda each: each[0]))


_short = lru_cache(maxsize=4096)(visible)


def _between(before: "JSON", after: "JSON", pointer: str) -> "Iterator[Change]":
    if isinstance(before, dict) and isinstance(after, dict):
        for key in _keys(before, after):
            inner = f"{pointer}/{key.replace('~', '~0').replace('/', '~1')}"
            if key not in before:
                yield Change(pointer=inner, before=None, after=pretty(after[key]))
            elif key not in after:
                yield Change(pointer=inner, before=pretty(before[key]), after=None)
            else:
                yield from _between(before[key], after[key], inner)
    elif isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        for index, (old, new) in enumerate(zip(before, after, strict=True)):
            yield from _between(old, new, f"{pointer}/{index}")
    else:
        old_text, new_text = pretty(before), pretty(after)
        if old_text != new_text:
            yield Change(pointer=pointer, before=old_text, after=new_text)


def _keys(*mappings: "Mapping[str, JSON]") -> list[str]:
    """All keys of the mappings in the order of RFC 8785."""
    return sorted({key for each in mappings for key in each}, key=lambda key: key.encode("utf-16-be", "surrogatepass"))


def _change_text(change: Change) -> str:
    where = one_line(change.pointer)
    return "\n".join([where, *(_diff_lines("-", change.before)), *(_diff_lines("+", change.after))])


def _diff_lines(sign: str, text: str | None) -> list[str]:
    return [] if text is None else [f"{sign} {line}" for line in visible(text).split("\n")]


def _diff(before: list[str], after: list[str]) -> "Iterator[tuple[str, str]]":
    start = 0
    while start < min(len(before), len(after)) and before[start] == after[start]:
        start += 1
    end = 0
    while end < min(len(before), len(after)) - start and before[-1 - end] == after[-1 - end]:
        end += 1
    old, new = before[start : len(before) - end], after[start : len(after) - end]
    yield from ((" ", line) for line in before[:start])
    if len(old) * len(new) > _COMPARED:
        yield from (("-", line) for line in old)
        yield from (("+", line) for line in new)
    else:
        for tag, old_from, old_to, new_from, new_to in difflib.SequenceMatcher(None, old, new, False).get_opcodes():
            if tag == "equal":
                yield from ((" ", line) for line in old[old_from:old_to])
            else:
                yield from (("-", line) for line in old[old_from:old_to])
                yield from (("+", line) for line in new[new_from:new_to])
    yield from ((" ", line) for line in before[len(before) - end :])


def _signed(sign: str, lines: "Iterable[str]") -> str:
    """Lines behind their sign; blank ones in a row are counted, so that they push nothing out of sight."""
    signed: list[str] = []
    for blank, group in groupby(lines, lambda line: line == ""):
        run = list(group)
        if blank and len(run) >= _BLANK_LINES:
            signed.append(f"{sign} ⟨U+000A x{len(run)}⟩")
        else:
            signed += [f"{sign} {_short(line) if len(line) < 40 else visible(line)}" for line in run]
    return "\n".join(signed)
