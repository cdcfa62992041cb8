"""Evaluation of one expression against the values of one proposal, within a bound of work.

An answer that a part has not, `&&` and `||` can still have; nothing else can. How much is looked at is bounded, and
what is beyond that has no answer at all, whatever its parts say.
"""

from collections.abc import Callable, Mapping
from typing import Any

from policy.expressions import operators
from policy.expressions.functions import FUNCTIONS, TYPES, call_function
from policy.expressions.operators import MISSING, TOO_LONG, NoValue, ValueType, of_kind
from policy.expressions.syntax import Call, Listing, Literal, Loop, Mapped, Member, Name, Node

STEPS = 100_000
"""Parts and entries that the conditions of one proposal may look at together: a list of some 10,000, for one alone."""
FEWEST = 1_000
"""Of them that each may look at, however many there are."""
ARITHMETIC = 4
"""Steps of one with exact numbers, beside its parts."""
ACCUMULATOR = "@result"
"""What the parser calls it; nobody can write it."""
CHARACTERS = 64
"""Of text that count as one of them."""


class TooLong(Exception):
    """More would have to be looked at than may be."""


def evaluated(node: Node, values: Mapping[str, Any], steps: int = STEPS) -> Any:
    """The value of the expression, found in so many steps; raises NoValue."""
    try:
        return Evaluation(values, steps).value(node)
    except TooLong:
        raise NoValue(TOO_LONG) from None


class Evaluation:
    """What is left to look at, and the values of the variables."""

    def __init__(self, values: Mapping[str, Any], steps: int) -> None:
        self._values = dict(values)
        self._left = steps

    def value(self, node: Node) -> Any:
        """The value of a part; raises NoValue, and TooLong."""
        self._left -= 1
        if self._left < 0:
            raise TooLong
        return _BY_KIND[type(node)](self, node)

    def _spend(self, steps: int) -> None:
        self._left -= steps
        if self._left < 0:
            raise TooLong

    def _weigh(self, value: Any) -> Any:
        """The value, paid for: an operator may look at all that is in it."""
        match value:
            case bool() | int() | float() | None:
                pass
            case str() | bytes():
                self._spend(len(value) // CHARACTERS)
            case list() | tuple():
                self._spend(len(value))
                for each in value:
                    self._weigh(each)
            case dict():
                self._spend(len(value))
                for each in value.values():
                    self._weigh(each)
        return value

    def name(self, node: Name) -> Any:
        """The variable's value, or the type of that name."""
        found = self._values[node.name] if node.name in self._values else TYPES[node.name]
        if isinstance(found, NoValue):
            raise found
        return found

    def member(self, node: Member) -> Any:
        """The field, or whether it is there."""
        holder = of_kind(self.value(node.of), ValueType.object)
        if node.asks:
            return node.field in holder
        if node.field not in holder:
            raise NoValue(MISSING)
        return holder[node.field]

    def listing(self, node: Listing) -> list[Any]:
        """The list."""
        return [self.value(element) for element in node.elements]

    def mapped(self, node: Mapped) -> dict[str, Any]:
        """The object."""
        return {of_kind(self.value(key), ValueType.text): self.value(value) for key, value in node.entries}

    def call(self, node: Call) -> Any:
        """What an operator or a function gives."""
        if node.function in _LAZY:
            return _LAZY[node.function](self, *node.args)
        args = [self.value(arg) for arg in node.args]
        if node.function == "_+_" and isinstance(node.args[0], Name) and node.args[0].name == ACCUMULATOR:
            return _collected(*args)
        if node.function in ("_[_]", "@keys"):  # a look-up, and a walk that is paid for step by step
            return _OPERATORS[node.function](*args)
        for arg in args:
            self._weigh(arg)
        if node.function in _OPERATORS:
            self._spend(ARITHMETIC if node.function in _ARITHMETIC else 0)
            return _OPERATORS[node.function](*args)
        function = FUNCTIONS[node.function, node.method]
        self._spend(function.steps)
        return call_function(function, args)

    def both(self, *args: Node) -> bool:
        """&&."""
        return self._decided(args, decisive=False)

    def either(self, *args: Node) -> bool:
        """||."""
        return self._decided(args, decisive=True)

    def _decided(self, args: tuple[Node, ...], *, decisive: bool) -> bool:
        """One part that decides is enough, whatever the others are."""
        unknown: NoValue | None = None
        for arg in args:
            try:
                held: bool = of_kind(self.value(arg), ValueType.truth)
                if held is decisive:
                    return held
            except NoValue as none:
                unknown = unknown or none
        if unknown is not None:
            raise unknown
        return not decisive

    def ternary(self, condition: Node, then: Node, otherwise: Node) -> Any:
        """? :."""
        return self.value(then if of_kind(self.value(condition), ValueType.truth) else otherwise)

    def equal(self, one: Node, other: Node) -> bool:
        """==."""
        left, right = self._weigh(self.value(one)), self._weigh(self.value(other))
        if Literal(None) in (one, other):  # the one question about a type: whether there is any value
            return left is right
        return operators.same(left, right)

    def unequal(self, one: Node, other: Node) -> bool:
        """!=."""
        return not self.equal(one, other)

    def within(self, one: Node, other: Node) -> bool:
        """In."""
        value, listed = self._weigh(self.value(one)), self._weigh(self.value(other))
        if isinstance(other, Listing) and all(isinstance(each, Literal) for each in other.elements):
            return operators.is_choice(value, listed)
        return operators.among(value, listed)

    def goes_on(self, arg: Node) -> bool:
        """Whether a macro has to look further."""
        try:
            return self.value(arg) is not False
        except NoValue:
            return True

    def loop(self, node: Loop) -> Any:
        """What a macro comes to."""
        over = of_kind(self.value(node.over), ValueType.list)
        outer = dict(self._values)
        result: Any = self.value(node.start)
        try:
            for element in over:
                self._values[node.variable], self._values[node.accumulator] = element, result
                if self.value(node.going) is not True:
                    break
                result = self._stepped(node)
            self._values = {**outer, node.accumulator: result}
            return self.value(node.result)
        finally:
            self._values = outer

    def _stepped(self, node: Loop) -> Any:
        """What is found so far with one more element; a part without a value does not end the search."""
        try:
            return self.value(node.step)
        except NoValue as none:
            return none


def _collected(found: Any, more: Any) -> Any:
    """What `map` and `filter` found so far: the list is theirs alone, and grows without being copied."""
    if isinstance(found, list) and isinstance(more, list):
        found += more
        return found
    return operators.added(found, more)


_BY_KIND: dict[type[Node], Callable[[Evaluation, Any], Any]] = {
    Literal: lambda _, node: node.value,
    Name: Evaluation.name,
    Member: Evaluation.member,
    Listing: Evaluation.listing,
    Mapped: Evaluation.mapped,
    Call: Evaluation.call,
    Loop: Evaluation.loop,
}
_LAZY: dict[str, Callable[..., Any]] = {
    "_&&_": Evaluation.both,
    "_||_": Evaluation.either,
    "_?_:_": Evaluation.ternary,
    "_==_": Evaluation.equal,
    "_!=_": Evaluation.unequal,
    "@in": Evaluation.within,
    "@not_strictly_false": Evaluation.goes_on,
}
_ARITHMETIC = frozenset({"_+_", "_-_", "_*_", "_/_", "_%_"})
_OPERATORS: dict[str, Callable[..., Any]] = {
    "_<_": lambda one, other: operators.compared(one, other) < 0,
    "_<=_": lambda one, other: operators.compared(one, other) <= 0,
    "_>_": lambda one, other: operators.compared(one, other) > 0,
    "_>=_": lambda one, other: operators.compared(one, other) >= 0,
    "_+_": operators.added,
    "_-_": operators.subtracted,
    "_*_": operators.multiplied,
    "_/_": operators.divided,
    "_%_": operators.remainder,
    "-_": operators.negated,
    "!_": lambda value: not of_kind(value, ValueType.truth),
    "_[_]": operators.element_at,
    "@keys": operators.keys,
}
"""What the parser calls operators; `@keys` is ours, where an object is meant by the names of its fields."""
