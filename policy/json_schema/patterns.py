"""Regular expressions of schemas for an engine that never backtracks: look-aheads taken by their meaning, or refused.

A look-ahead that stands first, after `^`, asks something of the whole text: what it asks and what follows it are two
patterns, which both have to match, or one that must not. pydantic's patterns of decimals look ahead in their middle,
too, at how many digits there are: these are known, and written anew.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_N = r"(\d{1,3})"
_BOTH = re.compile(
    re.escape(r"[+-]?0*(?:\d{0,N}|(?=[\d.]{1,N}0*$)\d{0,N}\.\d{0,N}0*$)$").replace("N", _N).replace(r"\,", ",")
)
_ALL = re.compile(re.escape(r"[+-]?0*(?:\d{0,N}|(?=[\d.]{1,N}0*$)\d*\.\d*0*$)$").replace("N", _N))
_AFTER = re.compile(re.escape(r"[+-]?0*\d*\.?\d{0,N}0*$").replace("N", _N))
_ANY = r"[+-]?0*\d*\.?\d*$"
_HAS_DIGIT = "[^-+.]"
_DECIMALS = {
    "both": "^[+-]?0*[0-9]{0,N}([.][0-9]{0,N}0*)?$",
    "after": "^[+-]?[0-9]*[.]?[0-9]{0,N}0*$",
    "any": "^[+-]?[0-9]*[.]?[0-9]*$",
    "all": "^[+-]?(0*[0-9]{0,N}|[0-9]*[.][0-9]*)$",
    "window": "^[+-]?0*([0-9]{0,N}|[0-9.]{1,N}0*)$",
}
_READ = {kind: re.compile(re.escape(text).replace("N", _N)) for kind, text in _DECIMALS.items()}
_PIECE = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\(\?<?[=!]|.", re.DOTALL)
_LOOKS = ("(?=", "(?!", "(?<=", "(?<!")
_BACK = re.compile(r"\\[1-9]")
_ONLY = re.compile(r"\^?\[((?!\^)(?:[^\\\]]|\\.)+)\]\*\$")
"""A text of nothing but these."""
_QUOTED = 40


class UnknownPattern(ValueError):
    """The pattern is more than one match from left to right can tell; says what it is, and what to write."""


class Patterns(NamedTuple):
    """What a text has to match, all of them, and what it must not."""

    asked: tuple[str, ...]
    forbidden: tuple[str, ...] = ()


class Digits(NamedTuple):
    """How a decimal number may be written; None where it does not matter."""

    before: int | None = None
    """Digits before the point."""
    after: int | None = None
    """Digits after it."""
    all: int | None = None
    """Digits on both sides together."""


def without_looking_ahead(pattern: str) -> Patterns:
    """The same in patterns that only match; raises UnknownPattern."""
    rest, asked, forbidden = pattern, [], []
    while (look := _leading(rest)) is not None:
        positive, inside, rest = look
        if _looks(inside):
            raise UnknownPattern(_refusal(pattern))
        if positive:
            asked.append(f"^(?:{inside})")
        elif only := _ONLY.fullmatch(inside):
            asked.append(f"[^{only[1]}]")
        else:
            forbidden.append(f"^(?:{inside})")
    if rest != pattern and any(piece == "|" for piece, depth in _pieces(rest) if not depth):
        raise UnknownPattern(_refusal(pattern))
    asked += _without_decimals(rest) if rest != pattern and len(asked) == 1 and not forbidden else [rest]
    if any(map(_looks, asked)):
        raise UnknownPattern(_refusal(pattern))
    if any(_BACK.fullmatch(piece) for piece, _ in _pieces(pattern)):
        raise UnknownPattern(
            f"{_quoted(pattern)} refers back to what it matched before: write out what may stand there"
        )
    return Patterns(tuple(dict.fromkeys(asked)), tuple(forbidden))


def decimal(patterns: "Sequence[str]") -> Digits | None:
    """What these patterns ask of a decimal number; None if they ask for anything else."""
    rest = [each for each in patterns if each != _HAS_DIGIT]
    if len(rest) == len(patterns):
        return None
    found = {kind: match for text in rest for kind, reader in _READ.items() if (match := reader.fullmatch(text))}
    numbers = {kind: tuple(map(int, match.groups())) for kind, match in found.items()}
    match [*numbers]:
        case ["both"] if len(rest) == 1:
            before, after = numbers["both"]
            return Digits(before=before, after=after)
        case ["after"] if len(rest) == 1:
            return Digits(after=numbers["after"][0])
        case ["any"] if len(rest) == 1:
            return Digits()
        case ["all", "window"] if len(rest) == 2 and numbers["window"] == (numbers["all"][0], numbers["all"][0] + 1):
            return Digits(all=numbers["all"][0])
        case _:
            return None


def _without_decimals(rest: str) -> list[str]:
    """What follows the look-ahead of pydantic's patterns of decimals, as it may be written without another."""
    body = rest.removeprefix("^")
    if found := _BOTH.fullmatch(body):
        before, window, again, after = map(int, found.groups())
        if before == again == max(0, window - 1 - after):
            return [_numbered("both", before, min(after, window - 1))]
    if (found := _ALL.fullmatch(body)) and int(found[2]) == int(found[1]) + 1:
        return [_numbered("all", int(found[1])), _numbered("window", int(found[1]), int(found[2]))]
    if found := _AFTER.fullmatch(body):
        return [_numbered("after", int(found[1]))]
    return [_DECIMALS["any"]] if body == _ANY else [rest]


def _numbered(kind: str, *numbers: int) -> str:
    text = _DECIMALS[kind]
    for number in numbers:
        text = text.replace("N", str(number), 1)
    return text


def _leading(pattern: str) -> tuple[bool, str, str] | None:
    """Of a pattern that begins with a look-ahead: whether it asks or forbids, for what, and the pattern without it."""
    pieces = list(_pieces(pattern))
    if len(pieces) < 2 or pieces[0][0] != "^" or pieces[1][0] not in ("(?=", "(?!"):
        return None
    end = next((at for at, (piece, depth) in enumerate(pieces) if at > 1 and piece == ")" and depth == 1), None)
    if end is None or (end + 1 < len(pieces) and pieces[end + 1][0] in {*"*+?{"}):
        return None
    inside = "".join(piece for piece, _ in pieces[2:end])
    return pieces[1][0] == "(?=", inside, "^" + "".join(piece for piece, _ in pieces[end + 1 :])


def _pieces(pattern: str) -> "Iterator[tuple[str, int]]":
    """The pattern's pieces, each with how many groups are open where it stands."""
    depth = 0
    for found in _PIECE.finditer(pattern):
        piece = found.group()
        yield piece, depth
        depth += (piece == "(" or piece in _LOOKS) - (piece == ")")


def _looks(pattern: str) -> bool:
    return any(piece in _LOOKS for piece, _ in _pieces(pattern))


def _refusal(pattern: str) -> str:
    first = next(piece for piece, _ in _pieces(pattern) if piece in _LOOKS)
    return (
        f"{_quoted(pattern)} looks around with {first}…), and patterns only match from left to right: put look-aheads "
        "first, after ^, with no | beside them, or write what the text may be"
    )


def _quoted(pattern: str) -> str:
    return pattern if len(pattern) <= _QUOTED else pattern[:_QUOTED] + "…"
