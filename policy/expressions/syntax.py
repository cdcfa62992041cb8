"""Syntax trees of expressions, read from the `cel.expr.ParsedExpr` that the CEL library's parser serializes.

The library shows its trees in no other way. Only the messages of `cel/expr/syntax.proto` that it sends are known here.
"""

import struct
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class Literal:
    """A value that the expression itself has."""

    value: bool | int | float | str | bytes | None


@dataclass(frozen=True, slots=True)
class Name:
    """A variable, or the name of a type."""

    name: str


@dataclass(frozen=True, slots=True)
class Member:
    """A field of an object: `of.field`; with `asks` whether it is there, `has(of.field)`."""

    of: "Node"
    field: str
    asks: bool


@dataclass(frozen=True, slots=True)
class Call:
    """An operator or a function; a method's object is the first of the arguments."""

    function: str
    args: "tuple[Node, ...]"
    method: bool = False


@dataclass(frozen=True, slots=True)
class Listing:
    """A list as the expression writes it."""

    elements: "tuple[Node, ...]"


@dataclass(frozen=True, slots=True)
class Mapped:
    """An object as the expression writes it."""

    entries: "tuple[tuple[Node, Node], ...]"


@dataclass(frozen=True, slots=True)
class Loop:
    """What `all`, `exists`, `exists_one`, `filter` and `map` are made of."""

    variable: str
    over: "Node"
    accumulator: str
    start: "Node"
    going: "Node"
    step: "Node"
    result: "Node"


Node: TypeAlias = Literal | Name | Member | Call | Listing | Mapped | Loop
_Message: TypeAlias = dict[int, list[int | bytes]]


class UnknownSyntax(ValueError):
    """The expression uses something of CEL that has no place in a condition; the message says what."""


def tree(serialized: bytes) -> Node:
    """The expression of a serialized `google.protobuf.Any` with a ParsedExpr in it; raises UnknownSyntax."""
    return _node(_inside(_inside(_read(serialized), 2), 2))


def _node(message: _Message) -> Node:
    (kind,) = message.keys() - {2}
    inside = _inside(message, kind)
    match kind:
        case 3:
            return _literal(inside)
        case 4:
            return Name(_text(inside, 1).removeprefix("."))
        case 5:
            return Member(_node(_inside(inside, 1)), _text(inside, 2), asks=3 in inside)
        case 6:
            target = (_node(_inside(inside, 1)),) if 1 in inside else ()
            return Call(_text(inside, 2), (*target, *map(_node, _several(inside, 3))), method=bool(target))
        case 7:
            return Listing(tuple(map(_node, _several(inside, 1))))
        case 8:
            if 1 in inside:
                raise UnknownSyntax(f"{_text(inside, 1)} is no function")
            pairs = _several(inside, 2)
            return Mapped(tuple((_node(_inside(pair, 3)), _node(_inside(pair, 4))) for pair in pairs))
    return Loop(
        variable=_text(inside, 1),
        over=_node(_inside(inside, 2)),
        accumulator=_text(inside, 3),
        start=_node(_inside(inside, 4)),
        going=_node(_inside(inside, 5)),
        step=_node(_inside(inside, 6)),
        result=_node(_inside(inside, 7)),
    )


def _literal(message: _Message) -> Literal:
    ((kind, (value,)),) = message.items()
    match kind, value:
        case 1, _:
            return Literal(None)
        case 2, _:
            return Literal(bool(value))
        case 3, int() if value >= 2**63:
            return Literal(value - 2**64)
        case 5, bytes():
            return Literal(struct.unpack("<d", value)[0])
        case 6, bytes():
            return Literal(value.decode())
    return Literal(value)


def _read(message: bytes) -> _Message:
    """The fields of a message by their numbers."""
    found: _Message = {}
    bytewise = iter(message)
    for tag in bytewise:
        number, wire = tag >> 3, tag & 7
        if wire == 0:
            value: int | bytes = _varint(bytewise)
        else:
            value = bytes(next(bytewise) for _ in range(8 if wire == 1 else _varint(bytewise)))
        found.setdefault(number, []).append(value)
    return found


def _varint(bytewise: "Iterator[int]") -> int:
    value = shift = 0
    while (byte := next(bytewise)) >= 0x80:
        value |= (byte & 0x7F) << shift
        shift += 7
    return value | byte << shift


def _several(message: _Message, number: int) -> list[_Message]:
    return [_read(each) for each in message.get(number, []) if isinstance(each, bytes)]


def _inside(message: _Message, number: int) -> _Message:
    return _several(message, number)[0]


def _text(message: _Message, number: int) -> str:
    (value,) = message[number]
    assert isinstance(value, bytes)
    return value.decode()
