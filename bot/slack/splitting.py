"""A text that is too long for one input, in pieces that are, and put together again without a character more or less.

Blanks and line ends where two pieces meet belong to neither: Slack trims what stands at the ends of an input.
"""

import re
from itertools import takewhile
from typing import NamedTuple

from bot.slack.ordinary import ends_a_character
from bot.slack.text import length

PIECE = 2500
"""How long a piece is at most, as Slack counts; an input holds 3000, and people want to add a sentence."""
MOST_PIECES = 12
_ENDS = " \t\u00a0\u202f\u2007\u2009\u3000\r\n"
_GAP = re.compile(f"[{_ENDS}]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SENTENCE_ENDS = frozenset(".!?…。！？")  # noqa: RUF001 sentences end in full-width marks, too


class Piece(NamedTuple):
    """One of the inputs of a long text."""

    text: str
    before: str
    """What stands before it and is not shown; only the first piece has any."""
    after: str
    """What stands between it and the next, or the end."""


def split(text: str) -> tuple[Piece, ...] | None:
    """The pieces, at least two; None for a text that is short enough for one, or would need too many."""
    core = text.strip(_ENDS)
    lead = text[: len(text) - len(text.lstrip(_ENDS))] if core else text
    tail = text[len(lead) + len(core) :]
    pieces: list[Piece] = []
    while core:
        end = _end(core)
        gap = _GAP.match(core, end)
        after = gap.group() if gap else ""
        pieces.append(Piece(core[:end], "" if pieces else lead, after))
        core = core[end + len(after) :]
        if len(pieces) > MOST_PIECES:
            return None
    return (*pieces[:-1], pieces[-1]._replace(after=tail)) if len(pieces) > 1 else None


def _end(core: str) -> int:
    """Where the next piece ends: at a paragraph, else a line, a sentence, a word, a character."""
    if length(core) <= PIECE:
        return len(core)
    end = _fitting(core)
    gaps = list(takewhile(lambda gap: gap.start() <= end, _GAP.finditer(core, end // 2)))
    if gaps:
        # A gap may have begun before the half, where the search did.
        return len(core[: max(gaps, key=lambda gap: (_rank(core, gap), gap.start())).start()].rstrip(_ENDS))
    return next((each for each in range(end, end // 2, -1) if ends_a_character(core, each)), end)


def _fitting(core: str) -> int:
    low, high = 1, min(len(core) - 1, PIECE)
    while low < high:
        middle = (low + high + 1) // 2
        low, high = (middle, high) if length(core[:middle]) <= PIECE else (low, middle - 1)
    return low


def _rank(core: str, gap: "re.Match[str]") -> int:
    lines = len(_LINE_END.findall(gap.group()))
    return min(lines, 2) + 1 if lines else int(core[gap.start() - 1] in _SENTENCE_ENDS)
