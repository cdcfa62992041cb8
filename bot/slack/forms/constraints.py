"""What the schemas, the operator's and the agent's, ask of one value of a payload: the stricter of both counts.

Only what a form can show or say is read here; whether a payload is sound, the validator decides.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.digest import canonical
from policy.json_schema.references import resolved
from policy.json_schema.translation import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from approvals.digest import JSON

FORMATS = frozenset({"date", "time", "date-time", "email", "uri"})
_MOST_PARTS = 64
"""Subschemas that are read for one value; one that has more says too much to be shown."""
_MOST_LISTED = 1000
"""Values of one enum; no form shows more, and while one is made a trigger runs out."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Constraints:
    """What is asked of one value; None and empty where nothing is."""

    types: frozenset[str] = frozenset()
    """The JSON Schema types it may have; empty for any."""
    enum: "tuple[JSON, ...] | None" = None
    format: str | None = None
    minimum: int | float | None = None
    above: int | float | None = None
    """The exclusive minimum."""
    maximum: int | float | None = None
    below: int | float | None = None
    """The exclusive maximum."""
    multiple_of: int | float | None = None
    min_length: int | None = None
    max_length: int | None = None
    patterns: tuple[str, ...] = ()
    """Of the operator's schema: its words may be said as ours."""
    agents_patterns: tuple[str, ...] = ()
    """Of the agent's own schema: an agent may write anything into one, so a form says it as the agent's alone."""
    agents_enum: bool = False
    """Whether the agent's own schema has a word in `enum`."""
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False

    @property
    def whole(self) -> bool:
        """Whether a number has to be an integer."""
        return bool(self.types) and self.types <= {"integer", "null"}


NOTHING = Constraints()


class Schemas:
    """The schemas of one payload, walked from the top; odd ones ask for nothing."""

    def __init__(self, *roots: "Mapping[str, JSON] | None", agents: "Mapping[str, JSON] | None" = None) -> None:
        """The operator's schemas, and the agent's own."""
        known = [(root is agents, plain(root)) for root in (*roots, agents) if root is not None]
        self._agents = next((root for own, root in known if own), None)
        self._parts = [part for _, root in known for part in _unfolded(root, root)]

    def member(self, name: str) -> "Schemas":
        """What is asked of the member of this name."""
        return self._below(lambda part: _member(part, name))

    def entries(self) -> "Schemas":
        """What is asked of each entry of a list."""
        return self._below(lambda part: part.get("items"))

    def constraints(self) -> Constraints:
        """All of it together."""
        parts = [part for _, part in self._parts]
        theirs = [part for root, part in self._parts if root is self._agents]
        formats = {found for part in parts for found in [part.get("format")] if isinstance(found, str)}
        multiples = _numbers(parts, "multipleOf")
        return Constraints(
            types=_types(parts),
            enum=_enum(parts),
            format=next(iter(formats)) if len(formats) == 1 and formats <= FORMATS else None,
            minimum=max(_numbers(parts, "minimum"), default=None),
            above=max(_numbers(parts, "exclusiveMinimum"), default=None),
            maximum=min(_numbers(parts, "maximum"), default=None),
            below=min(_numbers(parts, "exclusiveMaximum"), default=None),
            multiple_of=multiples[0] if len(multiples) == 1 else None,
            min_length=max(_counts(parts, "minLength"), default=None),
            max_length=min(_counts(parts, "maxLength"), default=None),
            patterns=_patterns([part for root, part in self._parts if root is not self._agents]),
            agents_patterns=_patterns(theirs),
            agents_enum=any("enum" in part or "const" in part for part in theirs),
            min_items=max(_counts(parts, "minItems"), default=None),
            max_items=min(_counts(parts, "maxItems"), default=None),
            unique=any(part.get("uniqueItems") is True for part in parts),
        )

    def _below(self, chosen: "Callable[[Mapping[str, JSON]], JSON]") -> "Schemas":
        below = Schemas()
        below._agents = self._agents
        below._parts = [deep for root, part in self._parts for deep in _unfolded(root, chosen(part))][:_MOST_PARTS]
        return below


def _unfolded(
    root: "Mapping[str, JSON]", node: "JSON | Mapping[str, JSON]"
) -> "Iterator[tuple[Mapping[str, JSON], Mapping[str, JSON]]]":
    """The subschema with all that it refers to or joins by `allOf`, each once, together with its root."""
    waiting: list[JSON | Mapping[str, JSON]] = [node]
    seen: list[JSON | Mapping[str, JSON]] = []
    while waiting and len(seen) < _MOST_PARTS:
        one = waiting.pop(0)
        if not isinstance(one, dict) or any(one is other for other in seen):
            continue
        seen.append(one)
        yield root, one
        joined = one.get("allOf")
        waiting += joined if isinstance(joined, list) else []
        if isinstance(target := one.get("$ref"), str):
            waiting.append(resolved(root, target))


def _member(part: "Mapping[str, JSON]", name: str) -> "JSON":
    properties = part.get("properties")
    if isinstance(properties, dict) and name in properties:
        return properties[name]
    return part.get("additionalProperties")


def _patterns(parts: "Sequence[Mapping[str, JSON]]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts if isinstance(each := part.get("pattern"), str)))


def _types(parts: "Sequence[Mapping[str, JSON]]") -> frozenset[str]:
    found: frozenset[str] | None = None
    for part in parts:
        said = part.get("type")
        named = frozenset(each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str))
        if named:
            found = named if found is None else _narrowed(found, named)
    return found or frozenset()


def _narrowed(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What both allow: an integer is a number, too."""
    both = one & other
    return both | {"integer"} if "number" not in both and {"integer", "number"} <= one | other else both


def _enum(parts: "Sequence[Mapping[str, JSON]]") -> "tuple[JSON, ...] | None":
    """What every list of values has; the values as the first list writes them."""
    lists = [
        listed
        for part in parts
        for listed in ([part["const"]] if "const" in part else None, part.get("enum"))
        if isinstance(listed, list) and len(listed) <= _MOST_LISTED
    ]
    if not lists:
        return None
    known = [{_key(each) for each in other} for other in lists[1:]]
    return tuple(each for each in lists[0] if all(_key(each) in keys for keys in known))


def _key(value: "JSON") -> bytes:
    try:
        return canonical(value)
    except (ValueError, RecursionError):  # a schema may hold numbers that no payload can
        return repr(value).encode()


def _numbers(parts: "Sequence[Mapping[str, JSON]]", key: str) -> list[int | float]:
    return [found for part in parts if isinstance(found := part.get(key), (int, float)) and not isinstance(found, bool)]


def _counts(parts: "Sequence[Mapping[str, JSON]]", key: str) -> list[int]:
    return [int(found) for found in _numbers(parts, key) if found >= 0 and found == int(found)]
