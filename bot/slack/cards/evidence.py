"""Evidence held against the payload: which of its values stand in none of the texts that the agent gave for it.

Nothing is judged by it: a value may well be right that nobody wrote down. But what is wrong by a digit, a currency, a
day or a letter stands in no evidence. Values are compared as people read them: numbers by their worth, days by the day,
an account with or without blanks, names in any case; letters that only look alike are others, and a value inside of a
longer word is none. Reasoning, summary and preview are no evidence.
"""

import json
import re
import unicodedata
from decimal import Decimal
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from approvals.paths import path_text
from bot.slack.blockkit.lookalikes import CJK, script
from bot.slack.blockkit.text import VEILED
from bot.slack.cards.figures import figures, written_moment, written_number
from bot.slack.cards.redaction import veiled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.cards.figures import Day, Time

Path: TypeAlias = tuple[str | int, ...]
"""The names and places on the way from the payload to a value."""

MOST_WORDS = 4
"""A text of more is worded by the agent: no evidence could hold it."""
_SEVERAL = 3
_MOST_GROUPS = 12
"""Of a number of an account, as people write it."""
_LONGEST = 300
_SHORTEST = 3
_LEAST_NUMBER = 10
"""A whole number below is written as a word as often as not."""
_NUMBERED = re.compile(r"(?=.*[^\W\d_])(?=(?:[^0-9]*[0-9]){3})[\w-]+")
"""A name that holds a number, as an order or an invoice has; what else a text says of it is worded by the agent."""
_HEAD = 4
_LONGEST_CODE = 40
_CODE = re.compile(rf"(?=[a-z0-9]{{8,{_LONGEST_CODE}}}\Z)(?=(?:[^0-9]*[0-9]){{4}})[a-z0-9]+")
"""What people write in groups: an account, a card, a telephone."""
_IN_A_CODE = str.maketrans("", "", " -/().")
_AROUND = " !\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~„«»…—·•€£¥¿¡、。「」"
BETWEEN = re.compile(r"[ /,;:=|()\[\]{}<>\"'„«»→]+")
_BLANKS = re.compile("[ \t\r\n\u00a0\u2007\u2009\u202f\u3000]+")
"""Of any kind that people take for a blank; others would be spelled out, and are no blanks."""
_ALIKE = str.maketrans("\u2018\u2019\u201c\u201d\u2010\u2011\u2013\u2212\u03c2", "''\"\"----\u03c3")
"""Quotes, dashes and the sigma that ends a word, each by the plain one."""
_DASHES = str.maketrans("-_", "  ")
_CURRENCIES = {"eur": "€", "usd": "$", "gbp": "£", "jpy": "¥"}
_APART = 0xF0000
"""Beyond all letters: where a sign is put that Unicode takes for another one."""
_MOST_SEARCHED = 4_000_000
"""Characters that are looked at for words of scripts without blanks between them."""


class Unsupported(NamedTuple):
    """What of a payload stands in none of the evidence."""

    instead: "dict[Path, tuple[str, ...]]"
    """The way to each such value; with what the evidence has instead, of a list from which the schema takes it."""
    nothing: bool = False
    """Whether these are all values that evidence could hold, and several: one sentence says so."""


def held_against_evidence(proposal: "Proposal") -> Unsupported:
    """Those values of the present payload that stand in none of the evidence.

    Nothing where there is no evidence at all, which is to be said otherwise; nor what is redacted, true or false, null,
    very short, or a text of more than a few words or of several lines. A text that the operator's schema takes from a
    list is one of them only where the evidence has another of that list: else nobody would have written it down.
    """
    proposal = veiled(proposal)
    pieces = evidence_texts(proposal)
    if not pieces:
        return Unsupported({})
    asked = {path: leaf for path, leaf in leaves(proposal.action.payload) if _is_asked(leaf)}
    offered = {each.path: each.offered for each in proposal.gate.choices}
    chosen = {path: offered.get(path_text(map(str, path)), ()) for path in asked} if offered else {}
    listed = {each for among in chosen.values() for each in among if _is_asked(each)}
    known = _Known(map(folded, pieces), {*listed, *(leaf for leaf in asked.values() if isinstance(leaf, str))})
    found: dict[Path, tuple[str, ...]] = {}
    fixed = 0
    for path in [path for path, leaf in asked.items() if not known.holds(leaf)]:
        among = chosen.get(path, ())
        instead = tuple(each for each in among if each in listed and known.holds(each))
        if among and not instead:
            fixed += 1
        else:
            found[path] = instead
    return Unsupported(found, len(found) >= _SEVERAL and len(found) + fixed == len(asked))


def evidence_texts(proposal: "Proposal") -> list[str]:
    """All texts of the evidence, of a veiled proposal."""
    return [text for each in proposal.ask.context for text in (each.title, each.text, each.url) if text]


def leaves(value: "JSON | Mapping[str, JSON]", path: Path = ()) -> "Iterator[tuple[Path, JSON]]":
    """Every value that holds no others, with the way to it, in the order of the payload."""
    if isinstance(value, list):
        for place, member in enumerate(value):
            yield from leaves(member, (*path, place))
    elif value is None or isinstance(value, (str, int, float)):
        yield path, value
    else:
        for name, member in value.items():
            yield from leaves(member, (*path, name))


def _is_asked(leaf: "JSON") -> bool:
    match leaf:
        case str():
            few = len(leaf) <= _LONGEST and len(leaf.split()) <= MOST_WORDS and "\n" not in leaf
            return few and VEILED not in leaf and len(_key(folded(leaf))) >= _SHORTEST
        case int() | float():  # also true and false, which are 1 and 0
            return abs(leaf) >= _LEAST_NUMBER or leaf != int(leaf)
        case _:
            return False


class _Known:
    """What the evidence says of the values that are asked for, found in one pass through it."""

    def __init__(self, pieces: "Iterable[str]", wanted: "Iterable[str]") -> None:
        """`pieces` are folded, and `wanted` all texts that may be asked for."""
        pieces = list(pieces)
        self._text = "\n".join(pieces)
        self._figures = figures(self._text)
        self._left = _MOST_SEARCHED
        self._wanted = {leaf: folded(leaf) for leaf in wanted}
        self._words: set[str] = set()
        self._codes: set[str] = set()
        words = {_key(part) for each in self._wanted.values() for part in (each, *_numbered(each))}
        codes = {account_code(each) for each in self._wanted.values()} - {""}
        firsts = {each.partition(" ")[0] for each in words}
        heads = {each[:end] for each in codes for end in range(1, _HEAD + 1)}
        for piece in pieces:
            chunks = stripped(piece.split(" "))
            parts = stripped(BETWEEN.split(piece))
            for among in (chunks, parts, [part.rpartition("@")[2] for part in parts if "@" in part]):
                self._words.update(_phrases(among, words, firsts))
            self._codes.update(_joined(parts, codes, heads))

    def holds(self, leaf: "JSON") -> bool:
        """Whether the value stands there, in one of the ways in which people write it."""
        if not isinstance(leaf, str):
            return Decimal(json.dumps(leaf)) in self._figures.numbers
        text = self._wanted[leaf]
        return (
            _key(text) in self._words
            or (bool(numbered := _numbered(text)) and self._words.issuperset(map(_key, numbered)))
            or account_code(text) in self._codes
            or (text in _CURRENCIES and _CURRENCIES[text] in self._text)
            or not written_number(text).isdisjoint(self._figures.numbers)
            or any(self._has_moment(day, time) for day, time in written_moment(text))
            or (CJK in (script(text[0]), script(text[-1])) and self._has_run(text))
        )

    def _has_moment(self, day: "Day", time: "Time | None") -> bool:
        return self._figures.has_day(day) and (time in (None, (0, 0)) or time in self._figures.times)

    def _has_run(self, text: str) -> bool:
        """Where words have no blanks between them, anywhere; what can no longer be looked for is not found."""
        self._left -= len(self._text)
        return self._left >= 0 and text in self._text


def folded(text: str) -> str:
    """The text without what makes no difference to who reads it: case, composition, kinds of blanks and quotes."""
    composed = unicodedata.normalize("NFC", text.translate(_OTHERS)).lower().translate(_ALIKE)
    return _BLANKS.sub(" ", composed).strip(" ")


class _Others(dict[int, str]):
    """Signs for which Unicode puts another one (for Kelvin's a K), each kept apart from that."""

    def __missing__(self, code: int) -> str:
        char = chr(code)
        other = unicodedata.normalize("NFC", char)
        self[code] = kept = char if other == char or len(other) > 1 else chr(_APART + (code & 0xFFFF))
        return kept


_OTHERS = _Others()


def stripped(words: "Iterable[str]") -> list[str]:
    """The words without the signs around each; those that are nothing else are left out."""
    return [word for word in (each.strip(_AROUND) for each in words) if word]


def _key(text: str) -> str:
    """Its words with one blank between them, without the signs around each; dashes are blanks."""
    return " ".join(stripped(text.split(" "))).translate(_DASHES)


def _numbered(text: str) -> list[str]:
    """The names with numbers in a text that else has plain words alone; none of any other."""
    words = stripped(text.split(" "))
    found = [each for each in words if _NUMBERED.fullmatch(each)]
    return found if all(each in found or each.isalpha() for each in words) else []


def account_code(text: str) -> str:
    """A number of an account or the like without what groups it; empty for what is none."""
    bare = text.translate(_IN_A_CODE).removeprefix("+")
    return bare if _CODE.fullmatch(bare) else ""


def _phrases(words: "list[str]", wanted: set[str], firsts: set[str]) -> "Iterator[str]":
    """Which of the phrases stand there, word by word."""
    keys = [_key(each) for each in words]
    for start, key in enumerate(keys):
        if key.partition(" ")[0] in firsts:
            phrase = ""
            for other in keys[start : start + MOST_WORDS + 1]:
                phrase = f"{phrase} {other}" if phrase else other
                if phrase in wanted:
                    yield phrase


def _joined(parts: "list[str]", wanted: set[str], heads: set[str]) -> "Iterator[str]":
    """Which of the codes stand there, in however many groups; `heads` are how they begin."""
    bare = [each.translate(_IN_A_CODE) for each in parts] if wanted else []
    for start in range(len(bare)):
        joined = ""
        for other in bare[start : start + _MOST_GROUPS]:
            joined += other
            if joined[:_HEAD] not in heads or len(joined) > _LONGEST_CODE:
                break
            if joined in wanted:
                yield joined
