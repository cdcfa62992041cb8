"""Schema weights: how much work a schema can be, bounded before anybody validates with it.

A validator applies subschemas to values. How often it does so to one value at most follows from the schema alone,
level by level: what stands side by side (`allOf`, `anyOf`, `$ref` …) adds up, what belongs to members of different
names does not. Times what there is on each level of the payload, that bounds the work, and costs little itself.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush
from math import prod
from typing import TYPE_CHECKING, TypeAlias

from policy.json_schema.references import resolved

if TYPE_CHECKING:
    from approvals.digest import JSON

DEEPEST = 32
"""Levels of a payload: the endpoint takes no more."""
MOST_STEPS = 50_000
"""Steps up to which the bound is cheap enough to be computed while others wait; what takes more counts as endless."""
_CAP = 10**12
_HERE = ("not", "if", "then", "else")
_HERE_LISTS = ("allOf", "anyOf", "oneOf")
_HERE_NAMED = ("dependentSchemas",)
_BELOW = ("additionalProperties", "contains", "items", "propertyNames")
_UNEVALUATED = ("unevaluatedItems", "unevaluatedProperties")
_ELSEWHERE = ("$defs", "definitions")
_DATA = frozenset({"const", "enum", "default", "examples"})
_COUNTS = re.compile(r"\{([0-9]{1,6})(?:,([0-9]{0,6}))?\}")
_COSTLY = re.compile(r"\\[pPwWdDsS]|\(\?|\.")
_CHARACTERS = 16
"""Characters of a text that are looked at in the time that one assertion takes."""
Schema: TypeAlias = "Mapping[str, JSON]"
_Group: TypeAlias = "str | int | None"


class _TooMany(Exception):
    """More steps than the bound is worth."""


class Unbounded(ValueError):
    """The schema has no end; the message says why."""


@dataclass(slots=True)
class _Node:
    """One subschema."""

    each: int = 1
    """Work on a value itself, or on that much of its text."""
    whole: int = 0
    """Work on all that is in it."""
    asserts: int = 0
    """Faults that it can find in one value."""
    compile: float = 1.0
    """Microseconds."""
    here: list[int] = field(default_factory=list)
    """Subschemas for the same value."""
    below: list[tuple[_Group, int]] = field(default_factory=list)
    """Subschemas for its members; of those with a name, a member meets at most the ones of one name."""


@dataclass(frozen=True, slots=True)
class DepthWeight:
    """What a payload has at one depth: values, and the work of looking at each once."""

    values: int
    own: int
    whole: int
    """With all that is below."""


class Weights:
    """A translated schema as what it can cost. Raises Unbounded for references that go in a circle."""

    def __init__(self, schema: Schema) -> None:
        self._root = schema
        self._nodes: list[_Node] = []
        self._again = 1  # how often what was evaluated is asked anew, for what was not
        self._places: dict[int, int] = {}
        self._kept: list[object] = []  # what is looked up by its id must live
        waiting: list[tuple[Schema, int]] = []
        self._placed(schema, waiting)
        while waiting:
            self._read(*waiting.pop(), waiting)
        self._order = self._sorted()
        self._ranks = {place: rank for rank, place in enumerate(self._order)}

    @property
    def compile(self) -> float:
        """Microseconds that making it ready may take."""
        return sum(node.compile for node in self._nodes)

    def widest(self) -> int:
        """How many subschemas one value can meet at most, at any depth; about `_CAP` where it is not worth to count."""
        try:
            return max(sum(met.values()) for met in self._levels(DEEPEST))
        except _TooMany:
            return _CAP

    def work(self, payload: list[DepthWeight]) -> int:
        """Units of some 50 ns that telling whether the payload fits may take."""
        return self._again * self._summed(payload, lambda node, level: node.each * level.own + node.whole * level.whole)

    def telling(self, payload: list[DepthWeight]) -> int:
        """Microseconds that telling every fault of the payload may take: each carries its value with it."""
        return self._summed(payload, lambda node, level: node.asserts * (60 * level.values + level.whole))

    def _summed(self, payload: list[DepthWeight], cost: Callable[[_Node, DepthWeight], int]) -> int:
        try:
            return sum(
                count * cost(self._nodes[place], level)
                for met, level in zip(self._levels(len(payload)), payload, strict=False)
                for place, count in met.items()
            )
        except _TooMany:
            return _CAP

    def _levels(self, deepest: int) -> Iterator[dict[int, int]]:
        """Depth by depth, how often each subschema can be applied to one value; raises _TooMany."""
        steps = _budget(MOST_STEPS)
        met = self._met({0: 1}, steps)
        for _ in range(deepest):
            if not met:
                return
            yield met
            grouped: dict[_Group, dict[int, int]] = {}
            for place, count in met.items():
                for group, other in self._nodes[place].below:
                    next(steps)
                    among = grouped.setdefault(group, {})
                    among[other] = min(among.get(other, 0) + count, _CAP)
            met = self._met(grouped.pop(None, {}), steps)
            named: dict[int, int] = {}
            for among in grouped.values():
                for other, count in self._met(among, steps).items():
                    named[other] = max(named.get(other, 0), count)
            for other, count in named.items():
                met[other] = min(met.get(other, 0) + count, _CAP)

    def _met(self, counts: dict[int, int], steps: Iterator[int]) -> dict[int, int]:
        """The same with all that these apply to the same value."""
        waiting = [self._ranks[place] for place in counts]
        heapify(waiting)
        while waiting:
            place = self._order[heappop(waiting)]
            for other in self._nodes[place].here:
                next(steps)
                if other not in counts:
                    heappush(waiting, self._ranks[other])
                counts[other] = min(counts.get(other, 0) + counts[place], _CAP)
        return counts

    def _placed(self, schema: "JSON | Schema", waiting: list[tuple[Schema, int]]) -> int | None:
        """The number of a subschema; None for what is none, such as `true`."""
        if not isinstance(schema, Mapping):
            return None
        place = self._places.get(id(schema))
        if place is None:
            place = self._places[id(schema)] = len(self._nodes)
            self._nodes.append(_Node())
            self._kept.append(schema)
            waiting.append((schema, place))
        return place

    def _read(self, schema: Schema, place: int, waiting: list[tuple[Schema, int]]) -> None:
        node = self._nodes[place]
        self._again += any(key in schema for key in _UNEVALUATED)
        _assert(node, schema)
        for other in self._side_by_side(schema):
            if (found := self._placed(other, waiting)) is not None:
                node.here.append(found)
        for group, other in _members(schema):
            if (found := self._placed(other, waiting)) is not None:
                node.below.append((group, found))
        for key in _ELSEWHERE:
            for other in _values(schema.get(key)):
                self._placed(other, waiting)

    def _side_by_side(self, schema: Schema) -> "Iterator[JSON | Schema]":
        yield from (schema.get(key) for key in _HERE)
        for key in _HERE_LISTS:
            yield from _values(schema.get(key))
        for key in _HERE_NAMED:
            yield from _values(schema.get(key))
        if isinstance(reference := schema.get("$ref"), str):
            yield resolved(self._root, reference)

    def _sorted(self) -> list[int]:
        """Every subschema before those that it applies to the same value."""
        order: list[int] = []
        done: set[int] = set()
        for start in range(len(self._nodes)):
            path: list[tuple[int, Iterator[int]]] = [(start, iter(self._nodes[start].here))]
            above = {start}
            while path and path[-1][0] not in done:
                place, others = path[-1]
                other = next((each for each in others if each not in done), None)
                if other is None:
                    order.append(place)
                    done.add(place)
                    above.discard(place)
                    path.pop()
                elif other in above:
                    raise Unbounded("its references go round in a circle")
                else:
                    above.add(other)
                    path.append((other, iter(self._nodes[other].here)))
        return order[::-1]


def _budget(steps: int) -> Iterator[int]:
    yield from range(steps)
    raise _TooMany


def levels(payload: "JSON | Schema") -> list[DepthWeight]:
    """A payload, depth by depth."""
    found: list[tuple[int, int]] = []
    level: list[JSON | Schema] = [payload]
    names = 0
    while level:
        below: list[JSON | Schema] = []
        names_below = texts = 0
        for value in level:
            if isinstance(value, str):
                texts += len(value)
            elif isinstance(value, Mapping):
                names_below += sum(map(len, value))
                below += value.values()
            elif isinstance(value, list):
                below += value
        own = len(level) + len(below) + (texts + names + names_below) // _CHARACTERS
        found.append((len(level), own))
        level, names = below, names_below
    upwards: list[DepthWeight] = []
    whole = 0
    for values, own in reversed(found):
        whole += own
        upwards.append(DepthWeight(values, own, whole))
    return upwards[::-1]


def containers(schema: Schema, most: int) -> int:
    """How many lists and objects there are in it, counted until there are more than `most`."""
    count = 0
    waiting: list[object] = [schema]
    while waiting and count <= most:
        one = waiting.pop()
        count += 1
        members = one.values() if isinstance(one, Mapping) else one if isinstance(one, list) else ()
        waiting += [member for member in members if isinstance(member, (Mapping, list))]
    return count


def _members(schema: Schema) -> "Iterator[tuple[_Group, JSON | Schema]]":
    for key in (*_BELOW, *_UNEVALUATED):
        yield None, schema.get(key)
    for other in _values(schema.get("patternProperties")):
        yield None, other
    properties = schema.get("properties")
    if isinstance(properties, Mapping):
        yield from properties.items()
    prefix = schema.get("prefixItems")
    if isinstance(prefix, list):
        yield from enumerate(prefix)


def _values(container: object) -> "list[JSON]":
    match container:
        case list():
            return container
        case Mapping():
            return [*container.values()]
        case _:
            return []


def _assert(node: _Node, schema: Schema) -> None:
    """What the subschema asks by itself."""
    for key, said in schema.items():
        match key:
            case "enum" | "const":
                size = _size(said)
                node.each += size
                node.asserts += 1 + size // 50
                node.compile += size
            case "uniqueItems":
                node.whole += _CHARACTERS
                node.asserts += 1
            case "multipleOf" | "format":
                node.each += 64
                node.asserts += 1
            case "required" | "dependentRequired" | "properties" | "type":
                many = len(said) if isinstance(said, (Mapping, list)) else 1
                node.each += many
                node.asserts += many
                node.compile += many
            case "pattern":
                _match(node, said)
            case "patternProperties" if isinstance(said, Mapping):
                for pattern in said:
                    _match(node, pattern)
            case _:
                if key not in _DATA:
                    node.each += 1
                    node.asserts += 1
                    node.compile += 1


def _match(node: _Node, pattern: object) -> None:
    if isinstance(pattern, str):
        times = min(prod(max(int(most or 0), int(least), 1) for least, most in _COUNTS.findall(pattern)), _CAP)
        states = len(pattern) * times
        node.each += 5 * states
        node.asserts += 1
        node.compile += 70 + states * (20 if _COSTLY.search(pattern) else 1)


def _size(value: object) -> int:
    """Values in it, and its text."""
    size, waiting = 0, [value]
    while waiting:
        one = waiting.pop()
        size += 1 + (len(one) // _CHARACTERS if isinstance(one, str) else 0)
        if isinstance(one, Mapping):
            waiting += one.values()
        elif isinstance(one, list):
            waiting += one
    return size
