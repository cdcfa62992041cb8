"""Text direction: runs from right to left, kept from moving what stands around them.

By Unicode's bidirectional algorithm `א 12 34` and `34 12 א` look the same. A run from right to left, from its first
letter to its last, is isolated, so that everything else keeps its order; where digits or other letters stand beside it
in one value, `⟨←⟩` says where it begins.
"""

import re
import unicodedata
from typing import NamedTuple

BEGINS = "⟨←⟩"
ISOLATE, END = "\u2067", "\u2069"
ISOLATES = re.compile(f"[{ISOLATE}{END}]")
_ANY = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufeff\U00010800-\U00010fff\U0001e800-\U0001efff]")
_STRETCH = re.compile(f"{_ANY.pattern}+")
_LETTERS = frozenset({"R", "AL"})
_RIGHT_TO_LEFT = _LETTERS | {"AN"}
_LEFT_TO_RIGHT = frozenset({"L", "EN"})


class _Run(NamedTuple):
    start: int
    end: int
    value: int
    """Which of the values of the text it stands in, from 0: quotes and line ends divide them."""
    letters: bool


def isolated(text: str) -> str:
    """The text as it is sent to Slack: every run from right to left between isolating characters."""
    if not _may_hold(text):
        return text
    parts: list[str] = []
    done = 0
    for run in _runs(text)[0]:
        parts += [text[done : run.start], ISOLATE, text[run.start : run.end], END]
        done = run.end
    return "".join([*parts, text[done:]])


def isolates(text: str) -> int:
    """How many characters longer `isolated` makes it at most; found quickly, for it is asked of every cut."""
    return 0 if text.isascii() else 2 * len(_STRETCH.findall(text))


def marked(text: str) -> str:
    """The text with a mark before each run from right to left that has digits or other letters beside it."""
    if not _may_hold(text):
        return text
    runs, mixed = _runs(text)
    parts: list[str] = []
    done = 0
    for run in runs:
        parts += [text[done : run.start], BEGINS if run.letters and run.value in mixed else ""]
        done = run.start
    return "".join([*parts, text[done:]])


def _may_hold(text: str) -> bool:
    return not text.isascii() and _ANY.search(text) is not None


def _runs(text: str) -> tuple[list[_Run], set[int]]:
    """The runs in their order, and the values that hold something from left to right outside of them."""
    runs: list[_Run] = []
    mixed: set[int] = set()
    value, beside = 0, False
    here: _Run | None = None
    for at, char in enumerate(text):
        kind = unicodedata.bidirectional(char)
        if kind in _RIGHT_TO_LEFT:
            before = here or _Run(at, at, value, letters=False)
            here, beside = before._replace(end=at + 1, letters=before.letters or kind in _LETTERS), False
        elif here and kind == "NSM" and here.end == at:
            here = here._replace(end=at + 1)
        elif here and kind == "EN":
            beside = True  # unless the run goes on
        elif kind in _LEFT_TO_RIGHT or char in "⟨⟩\t" or _divides(text, at):
            runs += [here] if here else []
            if beside or kind in _LEFT_TO_RIGHT:
                mixed.add(value)
            here, beside = None, False
            value += _divides(text, at)
    runs += [here] if here else []
    return runs, mixed | ({value} if beside else set())


def _divides(text: str, at: int) -> bool:
    """Whether another value or line begins after this place."""
    return text[at] == "\n" or (text[at] == '"' and not _inside_a_word(text, at))


def _inside_a_word(text: str, at: int) -> bool:
    """Whether a quote stands between two letters, as in Hebrew's abbreviations."""
    before = text[at - 2 : at - 1] if text[at - 1 : at] == "\\" and at > 1 else text[at - 1 : at] if at else ""
    after = text[at + 1 : at + 2]
    return all(each != "" and unicodedata.bidirectional(each) in {*_LETTERS, "NSM"} for each in (before, after))
