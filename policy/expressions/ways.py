"""Value paths: those that an expression spells out, such as `payload.customer.id`, and which of them it reads."""

from typing import TYPE_CHECKING, TypeAlias

from policy.expressions.syntax import Call, Listing, Literal, Loop, Mapped, Member, Name, Node

if TYPE_CHECKING:
    from collections.abc import Iterator

Way: TypeAlias = tuple[str, ...]
"""The names on the way to a value, from the variable on."""


def way_of(node: Node) -> Way:
    """The way that a part spells out, `payload.a.b` or `payload["a"].b`; empty for anything else."""
    match node:
        case Name(name=name):
            return (name,)
        case Member(of=of, field=name) if way := way_of(of):
            return (*way, name)
        case Call(function="_[_]", args=(of, Literal(value=str() as name))) if way := way_of(of):
            return (*way, name)
    return ()


def ways_read(node: Node, bound: frozenset[str] = frozenset()) -> "Iterator[Way]":
    """The way to each value that is read, as far as it is spelled out; not those from the variables of macros on."""
    if way := way_of(node):
        if way[0] not in bound:
            yield way
        return
    match node:
        case Loop():
            inside = bound | {node.variable, node.accumulator}
            yield from ways_read(node.over, bound)
            for part in (node.start, node.going, node.step, node.result):
                yield from ways_read(part, inside)
        case Member(of=of):
            yield from ways_read(of, bound)
        case Call(args=parts) | Listing(elements=parts):
            for part in parts:
                yield from ways_read(part, bound)
        case Mapped(entries=entries):
            for part in (each for pair in entries for each in pair):
                yield from ways_read(part, bound)
