"""Abridgement of what an agent says at length: its beginning, and later every sentence that could show a mistake.

A card is read to compare what would run with what is said of it. So a sentence stays that has a figure or an address
in it, or a word of the payload, or one that begins like it; whatever else goes on after the beginning is in `Details`.
Short texts stay whole: what differs from the payload has, by its nature, no value of it.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.digest import JSON

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
