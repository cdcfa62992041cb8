"""Strict JSON: the one reader. What two readers could take for two things is a flaw, with its place. Pure.

Who reads says how deep and how large is too much, and words the flaws for those who sent the text.
"""

import json
import math
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias

from approvals.digest import EXACT

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from approvals.digest import JSON

MAX_POINTER = 1000
"""Characters of a pointer."""
_MAX_DIGITS = 20
_KEPT = 15
_TELLING = 17
"""So many digits tell one double from every other; some writers always send as many."""
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""How half of a pair is written where the text itself came as UTF-8, which has none."""

_Path: TypeAlias = "tuple[_Path, str | int] | None"


class FlawKind(StrEnum):
    """What can be wrong with JSON that a lenient reader takes."""

    twice = "twice"
    """A key that stands in its object more than once."""
    integer = "integer"
    """An integer beyond the bound."""
    large = "large"
    """A number beyond what a double holds."""
    small = "small"
    """A number that a double would make zero."""
    digits = "digits"
    """A number with digits that a double loses, so that another number would be read."""
    constant = "constant"
    """`NaN` or an infinity."""
    half = "half"
    """A text with half of a surrogate pair, which has no UTF-8."""
    half_key = "half_key"
    """The same in a key; its place is the object's."""
    deep = "deep"
    """Nested deeper than the bound."""


class Flaw(NamedTuple):
    """One thing that must not be there."""

    kind: FlawKind
    pointer: str
    """RFC 6901, into the value."""
    name: str | None = None
    """The key that stands twice, or the constant as it was written."""


class Flawed(Exception):
    """It is JSON, but with flaws: in reading order, at most so many as the bounds say."""

    def __init__(self, flaws: "Sequence[Flaw]") -> None:
        super().__init__("; ".join(f"{flaw.pointer}: {flaw.kind}" for flaw in flaws))
        self.flaws = tuple(flaws)


@dataclass(frozen=True, slots=True, kw_only=True)
class Bounds:
    """What a reader takes."""

    depth: int = 32
    """Lists and objects around one another."""
    integer: int = EXACT
    most: int = 1
    """Flaws that are looked for in one text."""
    refused: frozenset[FlawKind] = frozenset(FlawKind)
    """The kinds of flaws that count; whoever leaves some out finds them by other means."""


def read_json(text: str, bounds: Bounds) -> "JSON":
    """The value, its numbers of the kind they were written in.

    Raises Flawed; json.JSONDecodeError for what is no JSON; ValueError for an integer too long to be read, where such
    are not refused.
    """
    found: list[_Mark] = []
    marked = partial(_marked, found, bounds.refused)
    try:
        tree = json.loads(
            text,
            object_pairs_hook=marked(_object),
            parse_int=marked(partial(_integer, bounds)),
            parse_float=marked(_float),
            parse_constant=marked(_constant),
        )
    except RecursionError:
        raise Flawed([Flaw(FlawKind.deep, "")]) from None
    # Looking for the places of flaws takes ten times as long as finding out that there are none.
    if (found or _SURROGATE.search(text) or not _encodes(text) or too_deep(tree, bounds.depth)) and (
        flaws := list(islice(_flaws(tree, bounds), bounds.most))
    ):
        raise Flawed(flaws)
    result: JSON = tree
    return result


def too_deep(tree: object, depth: int) -> bool:
    """Whether lists and objects are nested deeper; does not recurse itself."""
    level = [tree]
    for _ in range(depth):
        level = [
            member
            for container in level
            if isinstance(container, (dict, list))
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, (dict, list))
        ]
        if not level:
            return False
    return True


def pointer(parts: "Sequence[str | int]") -> str:
    """An RFC 6901 pointer; beyond MAX_POINTER characters that of the nearest ancestor that fits."""
    text = ""
    for part in parts:
        longer = text + "/" + str(part).replace("~", "~0").replace("/", "~1")
        if len(longer) > MAX_POINTER:
            break
        text = longer
    return text


class _Mark:
    """Stands in the tree for a value that must not be there, until its place is known."""

    __slots__ = ("key", "kind", "lenient", "name")

    def __init__(
        self, kind: FlawKind, lenient: "Callable[[], Any]", name: str | None = None, key: str | None = None
    ) -> None:
        self.kind = kind
        self.lenient = lenient
        """What a reader makes of it to whom it is no flaw."""
        self.name = name
        self.key = key
        """The member of the value that is meant; None for the value itself."""


def _marked(
    found: "list[_Mark]", refused: "frozenset[FlawKind]", reader: "Callable[[Any], Any]"
) -> "Callable[[Any], Any]":
    """The same reader, with each flaw that it finds kept if it counts."""

    def reading(text: Any) -> Any:
        value = reader(text)
        if not isinstance(value, _Mark):
            return value
        if value.kind not in refused:
            return value.lenient()
        found.append(value)
        return value

    return reading


def _object(pairs: list[tuple[str, Any]]) -> Any:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return _Mark(FlawKind.twice, lambda: made, twice, twice)


def _integer(bounds: Bounds, digits: str) -> Any:
    if len(digits) > _MAX_DIGITS or abs(value := int(digits)) > bounds.integer:
        return _Mark(FlawKind.integer, lambda: int(digits))
    return value


def _float(digits: str) -> Any:
    value = float(digits)
    if math.isinf(value):
        return _Mark(FlawKind.large, lambda: value)
    if value == 0 and re.search("[1-9]", re.split("[eE]", digits)[0]):
        return _Mark(FlawKind.small, lambda: value)
    # Of so few characters every double gives back what was written; and zero is zero, whatever its exponent is.
    if value and len(digits) > _KEPT and not _keeps(value, digits):
        return _Mark(FlawKind.digits, lambda: value)
    return value


def _keeps(value: float, digits: str) -> bool:
    """Whether the double is what was written: its shortest form, all its digits, or as many as tell it from others."""
    decimal = Decimal(digits)
    if decimal in (Decimal(repr(value)), Decimal(value)):
        return True
    count = len(decimal.as_tuple().digits)
    return count <= _TELLING and decimal == Decimal(f"{value:.{count - 1}e}")


def _constant(name: str) -> Any:
    return _Mark(FlawKind.constant, lambda: float(name), name)


def _flaws(tree: Any, bounds: Bounds) -> "Iterator[Flaw]":
    """Those that count, in reading order."""
    depth = bounds.depth if FlawKind.deep in bounds.refused else None
    return (flaw for flaw in _all_flaws(tree, depth) if flaw.kind in bounds.refused)


def _all_flaws(tree: Any, most_depth: int | None) -> "Iterator[Flaw]":
    # A path is a chain of (parent, key): whole pointers for every member would take memory without bound.
    waiting: list[tuple[Any, _Path, int]] = [(tree, None, 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if isinstance(value, _Mark):
            yield Flaw(value.kind, _pointer_of(path if value.key is None else (path, value.key)), value.name)
        elif isinstance(value, str):
            if not _encodes(value):
                yield Flaw(FlawKind.half, _pointer_of(path))
        else:  # a container: of what holds nothing else, none is waiting
            if depth == most_depth:
                yield Flaw(FlawKind.deep, _pointer_of(path))
                continue
            if isinstance(value, dict) and not all(map(_encodes, value)):
                yield Flaw(FlawKind.half_key, _pointer_of(path))
            members = value.items() if isinstance(value, dict) else enumerate(value)
            deepest = depth + 1 == most_depth
            inner = [(member, (path, key), depth + 1) for key, member in members if _may_be_wrong(member, deepest)]
            waiting += reversed(inner)


def _may_be_wrong(value: Any, deepest: bool) -> bool:  # noqa: FBT001 asked a hundred thousand times for one body
    if isinstance(value, str):
        return not value.isascii()
    if isinstance(value, (dict, list)):
        return deepest or bool(value)
    return isinstance(value, _Mark)


def _encodes(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _pointer_of(path: _Path) -> str:
    parts: list[str | int] = []
    while path is not None:
        path, key = path
        parts.append(_printable(key))
    return pointer(parts[::-1])


def _printable(key: str | int) -> str | int:
    """A key as an answer can carry it: a lone surrogate has no UTF-8."""
    return key.encode("utf-8", "replace").decode() if isinstance(key, str) else key
