r"""What Slack does to a text on its way through an input, and how to see through it.

Slack writes line ends as `\n`, trims blanks at line ends and at both ends of the text, may write a plain blank for
another, a letter and its accent as one, and may give an emoji as its `:code:` or a code as its emoji. A text that
differs from the prefilled one in nothing else was left alone. The price: an edit that changes nothing but these is not
seen, nor one that puts an emoji whose code nobody knows in the place of another. The form then says that nothing
changed, before anything is decided.
"""

import re
import unicodedata
from typing import NamedTuple

from bot.slack.alignment import aligned
from bot.slack.emoji import CODE, EMOJI, bare, meant

_BLANKS = " \t\u00a0\u202f\u2007\u2009\u3000"
_ENDS = _BLANKS + "\r\n"
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
    before, after = _atoms(prefilled.strip(_ENDS)), _atoms(typed.strip(_ENDS))
    return len(before) == len(after) and all(map(_alike, before, after))


def restored(prefilled: str, typed: str) -> str:
    """What was typed, with the bytes of the prefilled text wherever the person left it alone.

    A cleared text is empty. Beyond what `alignment` searches, changed stretches are taken as typed.
    """
    if untouched(prefilled, typed):
        return prefilled
    core = typed.strip(_ENDS)
    if not core:
        return typed
    before, after = _paired(_atoms(prefilled.strip(_ENDS)), _atoms(core))
    runs = aligned([atom.key for atom in before], [atom.key for atom in after])
    parts = [
        atom.raw
        for run in runs
        for atom in (before[run.start : run.end] if run.same else after[run.other_start : run.other_end])
    ]
    lead, tail = (prefilled if runs[0].same else typed), (prefilled if runs[-1].same else typed)
    result = lead[: len(lead) - len(lead.lstrip(_ENDS))] + "".join(parts) + tail[len(tail.rstrip(_ENDS)) :]
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
