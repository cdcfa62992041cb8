"""Contradictions: conditions that are never both true, since their comparisons leave no value at all.

Only what is plainly so is found: a value held against numbers, texts, truths and lists of them, and whether it is
there. What cannot be read so, is let through.
"""

import operator
from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

from policy.expressions.syntax import Call, Listing, Literal, Member, Name, Node
from policy.expressions.ways import Way, way_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

Constant: TypeAlias = "bool | float | str"
_FLIPPED = {"_<_": "_>_", "_<=_": "_>=_", "_>_": "_<_", "_>=_": "_<=_", "_==_": "_==_", "_!=_": "_!=_"}
_NEGATED = {"_<_": "_>=_", "_<=_": "_>_", "_>_": "_<=_", "_>=_": "_<_", "_==_": "_!=_", "_!=_": "_==_"}
_COMPARED: "dict[str, Callable[[Any, Any], bool]]" = {
    "_<_": operator.lt,
    "_<=_": operator.le,
    "_>_": operator.gt,
    "_>=_": operator.ge,
    "_==_": operator.eq,
    "_!=_": operator.ne,
}
_ABOVE, _BELOW = frozenset({"_>_", "_>=_"}), frozenset({"_<_", "_<=_"})
_THERE, _NOT_THERE = "is there", "is not there"


@dataclass(frozen=True, slots=True)
class Atom:
    """One thing that has to hold of one value."""

    way: Way
    sign: str
    """Of CEL's comparisons, `@in`, or whether the value is there."""
    constants: tuple[Constant, ...] = ()


def contradiction(conditions: "Sequence[Node]") -> tuple[int, int] | None:
    """The places of two conditions, or twice that of one, that are never true together."""
    held: defaultdict[Way, list[tuple[int, Atom]]] = defaultdict(list)
    for place, condition in enumerate(conditions):
        for atom in _atoms(condition):
            before = held[atom.way]
            for earlier, other in before:
                if not _agree(atom, other):
                    return earlier, place
            before.append((place, atom))
            if not _leaves_one([each for _, each in before]):
                return before[0][0], place
    return _inside_of_nothing(held)


def _inside_of_nothing(held: "Mapping[Way, Sequence[tuple[int, Atom]]]") -> tuple[int, int] | None:
    for way, atoms in held.items():
        for length in range(1, len(way)):
            for earlier, above in held.get(way[:length], ()):
                for place, atom in atoms:
                    if above.sign == _NOT_THERE != atom.sign:
                        return min(earlier, place), max(earlier, place)
    return None


def _atoms(node: Node) -> "Iterator[Atom]":
    """What all has to hold where the condition is true, as far as it can be read."""
    match node:
        case Call(function="_&&_", args=parts):
            for part in parts:
                yield from _atoms(part)
        case Call(function="!_", args=(part,)):
            yield from _negated(part)
        case Call(function="@in", args=(value, Listing(elements=elements))) if way := way_of(value):
            constants = [_constant(each) for each in elements]
            if None not in constants:
                yield Atom(way, "@in", tuple(each for each in constants if each is not None))
        case Member(of=of, field=name, asks=True) if way := way_of(of):
            yield Atom((*way, name), _THERE)
        case Name() | Member() if way := way_of(node):
            yield Atom(way, "_==_", (True,))
        case Call(function=sign, args=(one, other)) if sign in _FLIPPED:
            yield from _comparison(sign, one, other)


def _negated(node: Node) -> "Iterator[Atom]":
    match node:
        case Member(of=of, field=name, asks=True) if way := way_of(of):
            yield Atom((*way, name), _NOT_THERE)
        case Name() | Member() if way := way_of(node):
            yield Atom(way, "_==_", (False,))
        case Call(function=sign, args=(one, other)) if sign in _NEGATED:
            yield from _comparison(_NEGATED[sign], one, other)


def _comparison(sign: str, one: Node, other: Node) -> "Iterator[Atom]":
    for comparison, value, constant in ((sign, one, other), (_FLIPPED[sign], other, one)):
        known = _constant(constant)
        if known is not None and (way := way_of(value)):
            yield Atom(way, comparison, (known,))


def _constant(node: Node) -> "Constant | None":
    match node:
        case Literal(value=bool() | int() | float() | str() as value):
            return value
        case Call(function="-_", args=(Literal(value=int() | float() as value),)):
            return -value
    return None


def _agree(one: Atom, other: Atom) -> bool:
    """Whether some value satisfies both."""
    signs = {one.sign, other.sign}
    if _NOT_THERE in signs:
        return signs == {_NOT_THERE}
    if _THERE in signs:
        return True
    for each, against in ((one, other), (other, one)):
        if each.sign in ("_==_", "@in"):
            return any(_satisfies(value, against) for value in each.constants)
    (first,), (second,) = one.constants, other.constants
    if one.sign == "_!=_" or other.sign == "_!=_":
        return True
    if _kind(first) is not _kind(second):
        return False
    if one.sign in _ABOVE and other.sign in _BELOW:
        return _between(first, one.sign, second, other.sign)
    if one.sign in _BELOW and other.sign in _ABOVE:
        return _between(second, other.sign, first, one.sign)
    return True


def _between(low: Constant, above: str, high: Constant, below: str) -> bool:
    exact = above == "_>=_" and below == "_<=_"
    return _COMPARED["_<=_" if exact else "_<_"](low, high)


def _satisfies(value: Constant, atom: Atom) -> bool:
    if atom.sign == "@in":
        return any(_same(value, each) for each in atom.constants)
    (constant,) = atom.constants
    if _kind(value) is not _kind(constant):
        return atom.sign == "_!=_"
    return _COMPARED[atom.sign](value, constant)


def _leaves_one(atoms: "list[Atom]") -> bool:
    """Whether of the values that a comparison or a list allows one satisfies all of them."""
    allowed = next((atom for atom in atoms if atom.sign in ("_==_", "@in")), None)
    if allowed is None:
        return True
    compared = [atom for atom in atoms if atom.sign not in (_THERE, _NOT_THERE)]
    return any(all(_satisfies(value, atom) for atom in compared) for value in allowed.constants)


def _same(one: Constant, other: Constant) -> bool:
    return _kind(one) is _kind(other) and one == other


def _kind(value: Constant) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)
