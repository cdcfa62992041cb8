"""Type checking: what is known of an expression without a proposal, and whether its parts can ever fit.

An object stands for the names of its fields where a list is wanted, in `in`, `size` and the macros; but only where it
is known to be one, by the variable or by a schema. Else an agent could send an object in the place of a list.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeAlias

from policy.expressions.functions import FUNCTIONS, TYPES, Function
from policy.expressions.operators import ORDERED, ValueType, kind
from policy.expressions.syntax import Call, Listing, Literal, Loop, Mapped, Member, Name, Node

if TYPE_CHECKING:
    from approvals.digest import JSON

Fields: TypeAlias = Mapping[tuple[str, ...], ValueType]
"""The types of fields, by the way to them from the variable on."""
KEYS = "@keys"
"""The names of an object's fields; nobody can write it."""
COMPARISONS = frozenset({"_<_", "_<=_", "_>_", "_>=_"})
_DECLARED = {
    "string": ValueType.text,
    "number": ValueType.number,
    "integer": ValueType.number,
    "boolean": ValueType.truth,
    "array": ValueType.list,
    "object": ValueType.object,
    "null": ValueType.null,
}
_SIGNS = {"_+_": "+", "_-_": "-", "_*_": "*", "_/_": "/", "_%_": "%", "-_": "-", "!_": "!", "_&&_": "&&", "_||_": "||"}


class NeverFits(ValueError):
    """Some part has no value whatever is proposed; the message says why."""


def declared(
    schema: "JSON | Mapping[str, JSON]", way: tuple[str, ...] = ("payload",)
) -> dict[tuple[str, ...], ValueType]:
    """The types that a schema gives to fields, one each; those of an object that may be something else as well."""
    found: dict[tuple[str, ...], ValueType] = {}
    properties = schema.get("properties") if isinstance(schema, Mapping) else None
    for name, inside in properties.items() if isinstance(properties, Mapping) else ():
        said = inside.get("type") if isinstance(inside, Mapping) else None
        if isinstance(said, str) and said in _DECLARED:
            found[*way, name] = _DECLARED[said]
            found |= declared(inside, (*way, name))
    return found


@dataclass(frozen=True, slots=True, kw_only=True)
class TypedExpression:
    """A part, written so that it can be evaluated, and its type; None where that depends on the proposal."""

    node: Node
    kind: ValueType | None = None


def typed(node: Node, names: Mapping[str, ValueType | None], fields: Fields) -> TypedExpression:
    """The expression with what is known of it; raises NeverFits."""
    return _Typing(names, fields).of(node)


class _Typing:
    def __init__(self, names: Mapping[str, ValueType | None], fields: Fields) -> None:
        self._names = dict(names)
        self._fields = fields

    def of(self, node: Node) -> TypedExpression:
        match node:
            case Literal(value=value):
                return TypedExpression(node=node, kind=kind(value))
            case Name(name=name):
                return TypedExpression(node=node, kind=self._names[name] if name in self._names else _type_of(name))
            case Member():
                return self._member(node)
            case Listing(elements=elements):
                listed = Listing(tuple(self.of(element).node for element in elements))
                return TypedExpression(node=listed, kind=ValueType.list)
            case Mapped(entries=entries):
                return self._mapped(entries)
            case Loop():
                return self._loop(node)
        return self._call(node)

    def _member(self, node: Member) -> TypedExpression:
        of = self.of(node.of)
        _only(of, f"the field {node.field}", ValueType.object)
        made = replace(node, of=of.node)
        way = _way(made)
        known = self._fields.get(way) if way and self._names.get(way[0]) is ValueType.object else None
        return TypedExpression(node=made, kind=ValueType.truth if node.asks else known)

    def _mapped(self, entries: tuple[tuple[Node, Node], ...]) -> TypedExpression:
        pairs = [(self.of(key), self.of(value)) for key, value in entries]
        for key, _ in pairs:
            _only(key, "the name of a field", ValueType.text)
        return TypedExpression(
            node=Mapped(tuple((key.node, value.node) for key, value in pairs)), kind=ValueType.object
        )

    def _loop(self, node: Loop) -> TypedExpression:
        over, start, outer = self._listed(self.of(node.over)), self.of(node.start), dict(self._names)
        _only(over, "a macro such as all", ValueType.list)
        self._names |= {node.variable: None, node.accumulator: start.kind}
        going, step = self.of(node.going), self.of(node.step)
        result = self.of(node.result)
        self._names = outer
        return TypedExpression(
            node=replace(node, over=over.node, start=start.node, going=going.node, step=step.node, result=result.node),
            kind=result.kind,
        )

    def _listed(self, part: TypedExpression) -> TypedExpression:
        """An object as the names of its fields."""
        return (
            TypedExpression(node=Call(KEYS, (part.node,)), kind=ValueType.list)
            if part.kind is ValueType.object
            else part
        )

    def _call(self, node: Call) -> TypedExpression:
        parts = [self.of(arg) for arg in node.args]
        function = FUNCTIONS.get((node.function, node.method))
        if function is not None:
            parts = [self._listed(part) for part in parts] if node.function == "size" else parts
            found: ValueType | None = _function(node.function, function, parts)
        elif (node.function, not node.method) in FUNCTIONS or ("_" not in node.function and node.function[:1] != "@"):
            raise NeverFits(_no_function(node))
        else:
            if node.function == "@in":
                parts[1] = self._listed(parts[1])
            found = _operator(node.function, parts)
        return TypedExpression(node=replace(node, args=tuple(part.node for part in parts)), kind=found)


def _operator(name: str, parts: list[TypedExpression]) -> ValueType | None:
    match name:
        case "_==_" | "_!=_":
            _alike([part for part in parts if part.node != Literal(None)], "is never the same as")
            return ValueType.truth
        case "@in":
            return _membership(*parts)
        case _ if name == KEYS:
            return ValueType.list
        case "_&&_" | "_||_" | "!_" | "@not_strictly_false":
            for part in parts:
                _only(part, _SIGNS.get(name, "a macro"), ValueType.truth)
            return ValueType.truth
        case "_?_:_":
            _only(parts[0], "a question (? :)", ValueType.truth)
            return parts[1].kind if parts[1].kind is parts[2].kind else None
        case "_[_]":
            _only(parts[0], "[ ]", ValueType.list, ValueType.object)
            _only(parts[1], "[ ]", *_PLACES[parts[0].kind])
            return None
        case _ if name in COMPARISONS:
            for part in parts:
                _only(part, "a comparison", *ORDERED)
            _alike(parts, "cannot be compared with")
            return ValueType.truth
    return _computed(name, parts)


def _computed(name: str, parts: list[TypedExpression]) -> ValueType | None:
    kinds = {part.kind for part in parts}
    timed = kinds & {ValueType.moment, ValueType.duration}
    if name in ("_*_", "_/_", "_%_"):
        for part in parts:
            _only(part, _SIGNS[name], ValueType.number)
            if name == "_%_" and isinstance(part.node, Literal):
                _integral(part.node.value)
        return ValueType.number
    for part in parts:
        _only(part, _SIGNS[name], *_ADDED[name])
    if timed:
        return None
    _alike(parts, f"cannot stand beside {_SIGNS[name]} with")
    return next((each for each in kinds if each is not None), None)


def _integral(value: object) -> None:
    if isinstance(value, float) and not value.is_integer():
        raise NeverFits(f"% is for whole numbers, and {value} is none")


def _membership(value: TypedExpression, listed: TypedExpression) -> ValueType:
    _only(listed, "in", ValueType.list)
    if isinstance(listed.node, Listing) and value.kind is not None:
        elements = [kind(each.value) if isinstance(each, Literal) else None for each in listed.node.elements]
        if elements and value.kind not in elements and None not in elements:
            said = " and ".join(sorted({str(each) for each in elements}))
            raise NeverFits(f"{value.kind} is never in a list of {said}")
    return ValueType.truth


def _function(name: str, function: Function, parts: list[TypedExpression]) -> ValueType | None:
    if not len(function.takes) - function.optional <= len(parts) <= len(function.takes):
        raise NeverFits(f"{name} takes {len(function.takes) - function.method}, not {len(parts) - function.method}")
    for part, kinds in zip(parts, function.takes, strict=False):
        _only(part, name, *kinds)
    if name == "matches" and isinstance(parts[1].node, Literal):
        _pattern(str(parts[1].node.value), function)
    return function.gives


def _pattern(pattern: str, function: Function) -> None:
    try:
        function.call("", pattern)
    except Exception as error:
        raise NeverFits(f"{pattern!r} is no regular expression of RE2") from error


def _only(part: TypedExpression, what: str, *wanted: ValueType) -> None:
    if part.kind is not None and part.kind not in wanted:
        raise NeverFits(f"{what} takes {' or '.join(sorted(wanted))}, and this is {part.kind}")


def _alike(parts: list[TypedExpression], says: str) -> None:
    known = [part.kind for part in parts if part.kind is not None]
    if len(known) > 1 and known[0] is not known[1]:
        raise NeverFits(f"{known[0]} {says} {known[1]}")


def _type_of(name: str) -> ValueType:
    if name not in TYPES:
        raise NeverFits(f"undeclared reference to '{name}'")
    return ValueType.type


def _no_function(node: Call) -> str:
    other = FUNCTIONS.get((node.function, not node.method))
    if other is None:
        return f"there is no function {node.function}"
    return f"{node.function} is called as {'x.' if other.method else ''}{node.function}({'' if other.method else 'x'}…)"


def _way(node: Node) -> tuple[str, ...]:
    match node:
        case Name(name=name):
            return (name,)
        case Member(of=of, field=field, asks=False) if way := _way(of):
            return (*way, field)
    return ()


_PLACES: dict[ValueType | None, tuple[ValueType, ...]] = {
    ValueType.list: (ValueType.number,),
    ValueType.object: (ValueType.text,),
    None: (ValueType.number, ValueType.text),
}
_TIMES = (ValueType.moment, ValueType.duration)
_ADDED = {
    "_+_": (ValueType.number, ValueType.text, ValueType.bytes, ValueType.list, *_TIMES),
    "_-_": (ValueType.number, *_TIMES),
    "-_": (ValueType.number, ValueType.duration),
}
