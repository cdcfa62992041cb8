"""Input text: split where it is too long for one input, and compared through what Slack does to it."""

import re
import unicodedata
from itertools import takewhile
from typing import NamedTuple

from bot.slack.blockkit.emoji import CODE, EMOJI, bare, meant
from bot.slack.blockkit.ordinary import ends_a_character
from bot.slack.blockkit.text import length
from bot.slack.cards.alignment import aligned

PIECE = 2500
"""How long a piece is at most, as Slack counts; an input holds 3000, and people want to add a sentence."""
MOST_PIECES = 12
_ENDS = " \t\u00a0\u202f\u2007\u2009\u3000\r\n"
_GAP = re.compile(f"[{_ENDS}]+")
_LINE_END = re.compile(r"\r\n|\r|\n")
_SENTENCE_ENDS = frozenset(".!?…。！？")  # noqa: RUF001 sentences end in full-width marks, too


class TextPart(NamedTuple):
    """One of the inputs of a long text."""

    text: str
    before: str
    """What stands before it and is not shown; only the first piece has any."""
    after: str
    """What stands between it and the next, or the end."""


def split(text: str) -> tuple[TextPart, ...] | None:
    """The pieces, at least two; None for a text that is short enough for one, or would need too many."""
    core = text.strip(_ENDS)
    lead = text[: len(text) - len(text.lstrip(_ENDS))] if core else text
    tail = text[len(lead) + len(core) :]
    pieces: list[TextPart] = []
    while core:
        end = _end(core)
        gap = _GAP.match(core, end)
        after = gap.group() if gap else ""
        pieces.append(TextPart(core[:end], "" if pieces else lead, after))
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


_BLANKS = " \t\u00a0\u202f\u2007\u2009\u3000"
_LINE_ENDS = _BLANKS + "\r\n"
_MARKS = "\u0300-\u036f\u0591-\u05c7\u064b-\u065f\u0670\u093c\u09bc\u0a3c\u0b3c\u200c\u200d\u3099\u309a"
"""Marks that have composed letters, and joiners: a word is one with them."""
_BLANK = re.compile("[\u00a0\u202f\u2007\u2009\u3000]")
_ATOM = re.compile(
    rf"(?P<line>[{_BLANKS}]*(?:\r\n|\r|\n))|(?P<code>{CODE})|(?P<emoji>{EMOJI})|(?P<blanks>[{_BLANKS}]+)|\w[\w{_MARKS}]*|.",
    re.DOTALL,
)


class _Atom(NamedTuple):
    raw: str
    key: str
    """Alike for all that Slack may have made of the same."""
    kind: str


def untouched(prefilled: str, typed: str) -> bool:
    """Whether the person left the prefilled text alone, as far as Slack lets anyone tell."""
    if prefilled == typed:
        return True
    before, after = _atoms(prefilled.strip(_LINE_ENDS)), _atoms(typed.strip(_LINE_ENDS))
    return len(before) == len(after) and all(map(_alike, before, after))


def restored(prefilled: str, typed: str) -> str:
    """What was typed, with the bytes of the prefilled text wherever the person left it alone.

    A cleared text is empty. Beyond what `alignment` searches, changed stretches are taken as typed.
    """
    if untouched(prefilled, typed):
        return prefilled
    core = typed.strip(_LINE_ENDS)
    if not core:
        return typed
    before, after = _paired(_atoms(prefilled.strip(_LINE_ENDS)), _atoms(core))
    runs = aligned([atom.key for atom in before], [atom.key for atom in after])
    parts = [
        atom.raw
        for run in runs
        for atom in (before[run.start : run.end] if run.same else after[run.other_start : run.other_end])
    ]
    lead, tail = (prefilled if runs[0].same else typed), (prefilled if runs[-1].same else typed)
    result = lead[: len(lead) - len(lead.lstrip(_LINE_ENDS))] + "".join(parts) + tail[len(tail.rstrip(_LINE_ENDS)) :]
    # Bytes that meet may make something else of each other, as `\r` does before a typed `\n`.
    return result if untouched(result, typed) else typed


def _paired(before: list[_Atom], after: list[_Atom]) -> tuple[list[_Atom], list[_Atom]]:
    """Both with one key for each emoji that is gone and the code nobody knows that came for it, if as many came."""
    present = ({atom.key for atom in before}, {atom.key for atom in after})
    gone = [at for at, atom in enumerate(before) if atom.kind == "emoji" and atom.key not in present[1]]
    came = [at for at, atom in enumerate(after) if _is_unknown(atom) and atom.key not in present[0]]
    if len(gone) == len(came):
        for mine, other in zip(gone, came, strict=True):
            after[other] = after[other]._replace(key=before[mine].key)
    return before, after


def _is_unknown(atom: _Atom) -> bool:
    return atom.kind == "code" and atom.key == atom.raw


def _atoms(text: str) -> list[_Atom]:
    return [
        _Atom(found.group(), _key(found.group(), found.lastgroup or ""), found.lastgroup or "")
        for found in _ATOM.finditer(text)
    ]


def _key(raw: str, kind: str) -> str:
    match kind:
        case "line":
            return "\n"
        case "blanks":
            return _BLANK.sub(" ", raw)
        case "code":
            return meant(raw) or raw
        case "emoji":
            return bare(raw)
        case _:
            return unicodedata.normalize("NFC", raw)


def _alike(before: _Atom, after: _Atom) -> bool:
    return before.key == after.key or (before.kind == "emoji" and _is_unknown(after))
