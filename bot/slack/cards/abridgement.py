"""Abridgements: of what an agent says at length, what a reader could compare with the payload; the rest is in Details.

A card is read to see whether what would run is what the evidence asks for. So of evidence the beginning stays, and
later every sentence that could show a mistake: one with a figure, an address, a name, a day, a word of the payload, a
character spelled out, or a "not" or "only". Short texts stay whole: what differs from the payload has, by its nature,
no value of it.

The reasoning beside evidence is the agent's own argument. Of that the first sentence stays, and every other that names
something which neither the payload nor the evidence on the card has in the same words, or that limits what they have.
"""

import re
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.cards.evidence import BETWEEN, folded, leaves
from bot.slack.cards.figures import figures

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.gate import Choice

_BEGINNING = 40
"""Words after which the sentence is the last that stays whatever it says."""
_AMPLE = 20
"""Words of evidence beside which the reasoning is not all there is."""
_LOOKED_THROUGH = 20_000
"""Characters of a payload's texts in which a day is looked for."""
_WORTH_FOLDING = 6
"""Words: fewer are sooner read than told to be missing."""
_MORE_OF_EVIDENCE = 12
"""The same of a piece of evidence: what is short there may be the request itself."""
_SIGNS = frozenset("@/⟨€$£¥%")
_SPELLED_OUT = "⟨"
_ENDS = re.compile(r"((?<=\w[.!?]) +|\n+)")
_WORD = re.compile(r"\w{3,}")
_ALIKE = 4
"""Letters by which a word begins like another."""
_CODE = re.compile(r"(?=.*[^\W\d_])(?=(?:[^0-9]*[0-9]){2})\S+")
"""A figure that says by itself what it is, such as the number of an order; of any other the word beside it does."""
_CUT = "…"
_AROUND = ".,;:!?()[]{}\"'\u201e\u201c\u201d\u00ab\u00bb\u2014\u2026"
_LIMITS = frozenset((
    "not", "no", "never", "only", "alone", "nobody", "none", "nothing", "nor", "neither", "without", "except", "unless",
    "instead", "rather", "cannot", "but", "other", "another", "wrong",
))  # fmt: skip
_NUMBERS = frozenset((
    "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve", "fifteen", "twenty",
    "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety", "hundred", "thousand", "million", "half",
    "twice", "double", "dozen",
))  # fmt: skip
_ONE = frozenset(("one", "single", "both"))
"""Of evidence alone: in an argument they count nothing as often as not."""
_DAYS = frozenset((
    "monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday", "january", "february", "april",
    "june", "july", "august", "september", "october", "november", "december", "noon", "midnight",
))  # fmt: skip
_NEAR_DAYS = frozenset(("today", "tomorrow", "yesterday", "tonight"))
_OPENERS = frozenset((
    "a", "all", "an", "and", "as", "at", "because", "both", "by", "each", "every", "for", "from", "he", "her", "his",
    "i", "if", "in", "is", "it", "its", "my", "of", "on", "one", "or", "our", "please", "she", "since", "so", "some",
    "that", "the", "their", "then", "there", "these", "they", "this", "those", "to", "we", "what", "when", "where",
    "which", "while", "who", "with", "you", "your",
))  # fmt: skip
"""Words with which sentences begin; another that has a capital may be a name."""


class Abridged(NamedTuple):
    """The text as a card has it, and how much is missing."""

    text: str
    words: int = 0
    characters: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Yardstick:
    """What of a payload an agent's words can be compared with."""

    words: frozenset[str]
    """How the words of its texts begin, and of what its schema has it choose from."""
    names: frozenset[str]
    """How the words in the names of its fields begin."""
    dated: bool
    """Whether it names a day, so that `tomorrow` may be another."""


def yardstick(payload: "Mapping[str, JSON]", choices: "Sequence[Choice]" = ()) -> Yardstick:
    """That of this payload; `choices` are the texts which the operator's schema takes from a list."""
    names, texts = list[str](), list[str]()
    for path, leaf in leaves(payload):
        names += [step for step in path if isinstance(step, str)]
        texts += [leaf] if isinstance(leaf, str) else []
    offered = [text for each in choices for text in each.offered]
    return Yardstick(
        words=frozenset(word for text in [*texts, *offered] for word in _beginnings(text)),
        names=frozenset(word for name in names for word in _beginnings(name.replace("_", " "))),
        dated=bool(figures(folded("\n".join(texts)[:_LOOKED_THROUGH])).days),
    )


def abridged(pieces: "Iterable[str]", payload: Yardstick) -> list[Abridged]:
    """Visible pieces of evidence, each without the sentences that have nothing to compare, but for the first of all."""
    read = 0
    found: list[Abridged] = []
    for text in pieces:
        found.append(_evidence(text, max(_BEGINNING - read, 1), payload))
        read += len(text.split())
    return found


def argument(text: str, payload: Yardstick, evidence: "Sequence[str]", shown: str) -> Abridged:
    """A visible reasoning beside evidence, without the later sentences that bring nothing new.

    `evidence` are the pieces as they stand on the card, and `shown` is what stands there of the payload. Beside little
    evidence it is read as a piece of that.
    """
    if sum(len(each.split()) for each in evidence) < _AMPLE:
        return _evidence(text, _BEGINNING, payload)
    elsewhere = {told for each in (*evidence, shown) for told in _standing(each)}

    def tells(sentence: str) -> bool:
        facts = _facts(sentence, payload)
        return _SPELLED_OUT in sentence or not facts <= elsewhere or bool(facts and _limits(sentence))

    return _folded(text, 1, tells, _WORTH_FOLDING)


def _evidence(text: str, beginning: int, payload: Yardstick) -> Abridged:
    return _folded(text, beginning, lambda sentence: _bears(sentence, payload), _MORE_OF_EVIDENCE)


def _bears(sentence: str, payload: Yardstick) -> bool:
    """Whether a sentence of the evidence may bear on what would run."""
    counts = not _ONE.isdisjoint(map(_plain, sentence.split()))
    told = counts or _limits(sentence) or not payload.names.isdisjoint(_beginnings(sentence))
    return told or bool(_facts(sentence, payload))


def _folded(text: str, beginning: int, tells: "Callable[[str], bool]", least: int) -> Abridged:
    """Without the sentences that tell nothing, once so many words are read; whole for less than `least`."""
    kept: list[str] = []
    read = words = characters = 0
    folding = False
    pieces = _ENDS.split(text)
    for sentence, end in zip(pieces[::2], [*pieces[1::2], ""], strict=True):
        count = len(sentence.split())
        if read < beginning or tells(sentence):
            kept += [sentence, end]
            folding = False
        else:
            if folding:
                kept.pop()
            kept += [*([] if folding else [_CUT]), end]
            words, characters, folding = words + count, characters + len(sentence) + len(end), True
        read += count
    return Abridged(text) if words < least else Abridged("".join(kept), words, characters)


def _facts(sentence: str, payload: Yardstick) -> frozenset[str]:
    """What of it somebody could compare with what would run; a number together with the word beside it."""
    written = sentence.split()
    words = [_plain(word) for word in written]
    found = set[str]()
    for place, (word, plain) in enumerate(zip(written, words, strict=True)):
        if _CODE.fullmatch(plain) or not _SIGNS.isdisjoint(word):
            found.add(plain or word)
        elif any(map(str.isnumeric, word)) or plain in _NUMBERS:
            found.add(_pair(words, place))
        elif (
            plain in _DAYS
            or (payload.dated and plain in _NEAR_DAYS)
            or not payload.words.isdisjoint(_beginnings(word))
            or _is_name(word)
        ):
            found.add(plain)
    return frozenset(found)


def _is_name(word: str) -> bool:
    """Whether it may be one: a word with a capital, or of a script that has none."""
    return any(char.isalpha() and not char.islower() for char in word) and _plain(word) not in _OPENERS


def _limits(sentence: str) -> bool:
    """Whether it takes something back or out."""
    return any(word in _LIMITS or word.endswith(("n't", "n\u2019t")) for word in map(_plain, sentence.split()))


def _standing(text: str) -> "Iterator[str]":
    """All that a text could be compared by: its words, and each two beside one another."""
    for parts in (text.split(), BETWEEN.split(text)):
        words = [_plain(word) for word in parts]
        yield from words
        yield from (f"{word} {after}" for word, after in pairwise(words))


def _pair(words: "Sequence[str]", place: int) -> str:
    """A word with the one after it; with the one before where it is the last."""
    return " ".join(words[place : place + 2] if place + 1 < len(words) else words[-2:])


def _plain(word: str) -> str:
    return word.strip(_AROUND).casefold().removesuffix("'s").removesuffix("\u2019s")


def _beginnings(text: str) -> set[str]:
    return {word[:_ALIKE].casefold() for word in _WORD.findall(text)}
