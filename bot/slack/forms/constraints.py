"""Constraints: what the schemas, the operator's and the agent's, ask of one value; the stricter of both counts.

Only what a form can show or say is read here; whether a payload is sound, the validator decides.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from approvals.digest import canonical
from bot.slack.forms.unions import TITLES, Part, listed, parts_of, types_of
from policy.json_schema.patterns import Digits, decimal
from policy.json_schema.translation import plain

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from approvals.digest import JSON

FORMATS = frozenset({"date", "time", "date-time", "duration", "email", "uri", "uuid", "ipv4", "ipv6", "hostname"})
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
    titles: "tuple[tuple[JSON, str], ...]" = ()
    """What the operator's schema calls some of the values."""
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
    decimal: Digits | None = None
    """How a text that is a decimal number may be written; its patterns are not among the others."""
    min_items: int | None = None
    max_items: int | None = None
    unique: bool = False

    @property
    def whole(self) -> bool:
        """Whether a number has to be an integer."""
        return "integer" in self.types and "number" not in self.types

    @property
    def nullable(self) -> bool:
        """Whether the schemas say themselves that null may stand there."""
        if self.enum is not None:
            return None in self.enum and (not self.types or "null" in self.types)
        return "null" in self.types


NOTHING = Constraints()


class NewNames(NamedTuple):
    """Which fields an object may get that it does not have."""

    any: bool
    """Whether a schema says that there may be others than it names."""
    named: tuple[str, ...]
    """Those that the operator's schema names."""
    agents: bool
    """Whether the agent's own schema names any."""
    all: tuple[str, ...] = ()
    """Those that any of the schemas names."""


class Schemas:
    """The schemas of one payload, walked from the top; odd ones ask for nothing."""

    def __init__(
        self,
        *roots: "Mapping[str, JSON] | None",
        agents: "Mapping[str, JSON] | None" = None,
        payload: "JSON" = None,
    ) -> None:
        """The operator's schemas, and the agent's own; the `payload` tells which branch of a union is meant."""
        known = [(root is agents, plain(root)) for root in (*roots, agents) if root is not None]
        self._agents = next((root for own, root in known if own), None)
        self._value = payload
        self._parts: list[tuple[Part, Part]] = [
            (root, part) for _, root in known for part in parts_of(root, root, payload)
        ]

    def member(self, name: str) -> "Schemas":
        """What is asked of the member of this name."""
        value = self._value.get(name) if isinstance(self._value, dict) else None
        return self._below(lambda part: _member(part, name), value)

    def entries(self) -> "Schemas":
        """What is asked of each entry of a list."""
        return self._below(lambda part: None if "prefixItems" in part else part.get("items"), None)

    def entry(self, number: int) -> "Schemas":
        """What is asked of the entry in this place."""
        value = self._value[number] if isinstance(self._value, list) and number < len(self._value) else None
        return self._below(lambda part: _entry(part, number), value)

    def at(self, path: "Sequence[str | int]") -> "Schemas":
        """What is asked of what is there."""
        here = self
        for step in path:
            here = here.member(step) if isinstance(step, str) else here.entry(step)
        return here

    def new_names(self) -> NewNames:
        """The fields that may be added to the object."""
        have = self._value if isinstance(self._value, dict) else {}
        closed = any(part.get("additionalProperties") is False for _, part in self._parts)
        more = any("additionalProperties" in part or "patternProperties" in part for _, part in self._parts)
        absent = [
            (root is self._agents, name)
            for root, part in self._parts
            if isinstance(members := part.get("properties"), dict)
            for name, member in members.items()
            if name not in have and member is not False
        ]
        named = tuple(dict.fromkeys(name for own, name in absent if not own))
        return NewNames(
            any=more and not closed,
            named=named,
            agents=any(own for own, _ in absent),
            all=tuple(dict.fromkeys(name for _, name in absent)),
        )

    def optional_names(self) -> tuple[str, ...]:
        """The fields of the object that the schemas know and do not require."""
        have = self._value if isinstance(self._value, dict) else {}
        parts = [part for _, part in self._parts]
        required = {name for part in parts for name in listed(part, "required") if isinstance(name, str)}
        more = any("additionalProperties" in part or "patternProperties" in part for part in parts)
        known = {name for part in parts if isinstance(own := part.get("properties"), dict) for name in own}
        return tuple(name for name in have if name not in required and (more or name in known))

    def constraints(self) -> Constraints:
        """All of it together."""
        parts = [part for _, part in self._parts]
        ours = [part for root, part in self._parts if root is not self._agents]
        theirs = [part for root, part in self._parts if root is self._agents]
        formats = {found for part in parts for found in [part.get("format")] if isinstance(found, str)}
        multiples = _numbers(parts, "multipleOf")
        patterns, agents_patterns = _patterns(ours), _patterns(theirs)
        decimals = [digits for each in (patterns, agents_patterns) if (digits := decimal(each)) is not None]
        return Constraints(
            types=types_of(parts),
            enum=_enum(parts),
            titles=_titles(ours),
            format=next(iter(formats)) if len(formats) == 1 and formats <= FORMATS else None,
            minimum=max(_numbers(parts, "minimum"), default=None),
            above=max(_numbers(parts, "exclusiveMinimum"), default=None),
            maximum=min(_numbers(parts, "maximum"), default=None),
            below=min(_numbers(parts, "exclusiveMaximum"), default=None),
            multiple_of=multiples[0] if len(multiples) == 1 else None,
            min_length=max(_counts(parts, "minLength"), default=None),
            max_length=min(_counts(parts, "maxLength"), default=None),
            patterns=patterns if decimal(patterns) is None else (),
            agents_patterns=agents_patterns if decimal(agents_patterns) is None else (),
            agents_enum=any("enum" in part or "const" in part for part in theirs),
            decimal=decimals[0] if decimals else None,
            min_items=max(_counts(parts, "minItems"), default=None),
            max_items=min(_counts(parts, "maxItems"), default=None),
            unique=any(part.get("uniqueItems") is True for part in parts),
        )

    def _below(self, chosen: "Callable[[Part], JSON]", value: "JSON") -> "Schemas":
        below = Schemas(payload=value)
        below._agents = self._agents
        below._parts = [(root, deep) for root, part in self._parts for deep in parts_of(root, chosen(part), value)][
            :_MOST_PARTS
        ]
        return below


def _entry(part: Part, number: int) -> "JSON":
    first = part.get("prefixItems")
    return first[number] if isinstance(first, list) and number < len(first) else part.get("items")


def _member(part: Part, name: str) -> "JSON":
    properties = part.get("properties")
    if isinstance(properties, dict) and name in properties:
        return properties[name]
    return part.get("additionalProperties")


def _patterns(parts: "Sequence[Part]") -> tuple[str, ...]:
    return tuple(dict.fromkeys(each for part in parts if isinstance(each := part.get("pattern"), str)))


def _titles(parts: "Sequence[Part]") -> "tuple[tuple[JSON, str], ...]":
    return tuple(
        (pair[0], pair[1])
        for part in parts
        for pair in listed(part, TITLES)
        if isinstance(pair, list) and len(pair) == 2 and isinstance(pair[1], str)
    )


def _enum(parts: "Sequence[Part]") -> "tuple[JSON, ...] | None":
    """What every list of values has; the values as the first list writes them."""
    lists = [
        offered
        for part in parts
        for offered in ([part["const"]] if "const" in part else None, part.get("enum"))
        if isinstance(offered, list) and len(offered) <= _MOST_LISTED
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


def _numbers(parts: "Sequence[Part]", key: str) -> list[int | float]:
    return [found for part in parts if isinstance(found := part.get(key), (int, float)) and not isinstance(found, bool)]


def _counts(parts: "Sequence[Part]", key: str) -> list[int]:
    return [int(found) for found in _numbers(parts, key) if found >= 0 and found == int(found)]
