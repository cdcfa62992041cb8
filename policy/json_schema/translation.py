"""Translation of a schema, whatever dialect it is in, to one form: 2020-12, each reference a pointer from the top.

Names are followed here and nowhere else: `$id`, what is relative to one, `$anchor`, and the references that look
dynamically, as far as there is nothing for them to find but what stands in the same place always. Whoever reads the
result, the validator, its weights, a form, meets only `#/…`.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, cast
from urllib.parse import quote, urljoin

from policy.json_schema.dialects import Draft, UnknownConstruct, draft_of, modernize, quoted, refuse
from policy.json_schema.references import Unresolvable, elsewhere, resolved

if TYPE_CHECKING:
    from approvals.digest import JSON

_ONE = (
    *("not", "if", "then", "else", "additionalProperties", "additionalItems", "contains", "items", "propertyNames"),
    *("unevaluatedItems", "unevaluatedProperties"),
)
_MANY = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_NAMED = ("properties", "patternProperties", "$defs", "definitions", "dependentSchemas", "dependencies")
_DYNAMIC = ("$dynamicRef", "$recursiveRef")
_SCOPES = ("$schema", "$id", "$anchor", "$dynamicAnchor", "$recursiveAnchor")
_SAFE = "~!$&'()*+,;=:@"
MOST_COPIED = 20_000
"""Lists and objects of parts that stand in no place of a schema's own, and are referred to."""


@dataclass(slots=True)
class _Resource:
    """A schema that has an address of its own, or the whole."""

    base: str
    root: "Mapping[str, JSON]"
    anchors: "dict[str, Mapping[str, JSON]]" = field(default_factory=dict)


@dataclass(slots=True)
class _Place:
    """A subschema as it was written, and its copy."""

    source: "Mapping[str, JSON]"
    copy: "dict[str, JSON]"
    resource: _Resource
    pointer: str


def translated(schema: "Mapping[str, JSON]") -> "dict[str, JSON]":
    """The same in 2020-12; raises UnknownConstruct, or Unresolvable for a reference that cannot be followed."""
    return _Translation(schema).result


def plain(schema: "Mapping[str, JSON]") -> "dict[str, JSON]":
    """The same for whoever only reads it: a schema that is not taken says nothing."""
    try:
        return translated(schema)
    except (UnknownConstruct, Unresolvable):  # kept from a time when schemas like this one were taken
        return {}


class _Translation:
    def __init__(self, schema: "Mapping[str, JSON]") -> None:
        self._draft = draft_of(schema)
        self._copied = 0
        self._resources: dict[str, _Resource] = {}
        self._copies: dict[int, dict[str, JSON]] = {}  # of subschemas as they were written, by their id
        self._targets: list[tuple[dict[str, JSON], dict[str, JSON]]] = []
        self.result = _copy(schema)
        whole = self._resource("", schema)
        places = list(self._walk(_Place(schema, self.result, whole, "")))
        read = 0
        while read < len(places):  # what is referred to may stand where nobody looks for schemas
            for place in places[read:]:
                read += 1
                if (found := self._followed(place)) is not None:
                    places += self._refer(place, found)
        for place in places:
            self._modernize(place)
        pointers = _pointers(self.result)
        for copy, target in self._targets:
            holder = copy if "$ref" in copy else cast("list[dict[str, JSON]]", copy["anyOf"])[0]  # it may be null, too
            holder["$ref"] = pointers[id(target)]

    def _walk(self, start: _Place) -> "Iterator[_Place]":
        """All subschemas from there on, their names and addresses noted."""
        waiting = [start]
        while waiting:
            place = waiting.pop()
            place.resource = self._named(place)
            self._copies.setdefault(id(place.source), place.copy)
            yield place
            for step, (source, copy) in _subschemas(place.source, place.copy):
                waiting.append(_Place(source, copy, place.resource, f"{place.pointer}/{step}"))

    def _named(self, place: _Place) -> _Resource:
        resource, source = place.resource, place.source
        key = "id" if self._draft is Draft.draft_04 else "$id"
        address = source.get(key)
        if isinstance(address, str):
            del place.copy[key]
            name, _, fragment = address.partition("#")
            if fragment:  # an anchor, up to draft-07
                resource.anchors[fragment] = source
            elif name:
                resource = self._resource(_joined(resource.base, name), source)
        for word in ("$anchor", "$dynamicAnchor"):
            if isinstance(anchor := source.get(word), str):
                resource.anchors[anchor] = source
        return resource

    def _resource(self, base: str, root: "Mapping[str, JSON]") -> _Resource:
        if base in self._resources and self._resources[base].root is not root:
            raise UnknownConstruct(f"$id {base} stands twice: give each part an address of its own")
        self._resources[base] = made = _Resource(base, root)
        return made

    def _followed(self, place: _Place) -> "JSON | Mapping[str, JSON] | None":
        """What the subschema refers to; None if it does not."""
        given = [word for word in ("$ref", *_DYNAMIC) if isinstance(place.source.get(word), str)]
        if not given:
            return None
        word, reference = given[0], str(place.source[given[0]])
        if len(given) > 1:
            raise UnknownConstruct(_placed(place, f"`{given[1]}` beside `{word}`: put each under `allOf`"))
        if word in _DYNAMIC and len({id(each.root) for each in self._resources.values()}) > 1:
            raise UnknownConstruct(
                _placed(place, f"`{word}` may mean something else for each `$id`: write `$ref`, with a pointer")
            )
        try:
            return self._target(place.resource, reference)
        except Unresolvable as error:
            raise Unresolvable(_placed(place, str(error))) from None

    def _target(self, resource: _Resource, reference: str) -> "JSON | Mapping[str, JSON]":
        address, hashed, fragment = reference.partition("#")
        if address or not hashed:
            found = self._resources.get(_joined(resource.base, address)) if address else None
            if found is None:
                raise Unresolvable(elsewhere(reference))
            resource = found
        if fragment in resource.anchors:
            return resource.anchors[fragment]
        return resolved(resource.root, f"#{fragment}")

    def _refer(self, place: _Place, found: "JSON | Mapping[str, JSON]") -> "list[_Place]":
        """Notes where the reference leads; the places of what had none until now."""
        reference, *_ = [place.copy.pop(word, None) for word in ("$ref", *_DYNAMIC)]
        if isinstance(found, bool):
            place.copy.setdefault("allOf", [])
            cast("list[JSON]", place.copy["allOf"]).append(found)
            return []
        if not isinstance(found, Mapping):
            raise Unresolvable(_placed(place, f"it refers to {quoted(str(reference))}, which is no schema"))
        place.copy["$ref"] = "#"  # as soon as all is in its place, where it leads
        made: list[_Place] = []
        if id(found) not in self._copies:
            made = self._adopted(found, place.resource)
        self._targets.append((place.copy, self._copies[id(found)]))
        return made

    def _adopted(self, found: "Mapping[str, JSON]", resource: _Resource) -> "list[_Place]":
        """A part that stands where nobody looks for schemas, as one of `$defs`."""
        copy = _copy(found)
        self._copied += sum(1 for _ in _inside(copy))
        defs = self.result.setdefault("$defs", {})
        if self._copied > MOST_COPIED or not isinstance(defs, dict):
            raise UnknownConstruct("it refers to too much that is not under `$defs`: put it there")
        name = next(str(number) for number in range(1, len(defs) + 2) if str(number) not in defs)
        defs[name] = copy
        return list(self._walk(_Place(found, copy, resource, f"/$defs/{name}")))

    def _modernize(self, place: _Place) -> None:
        for word in _SCOPES:
            if isinstance(place.copy.get(word), (str, bool)):
                del place.copy[word]
        try:
            refuse(place.source, self._draft)
            modernize(place.copy, self._draft)
        except UnknownConstruct as unknown:
            raise UnknownConstruct(_placed(place, str(unknown))) from None


def _joined(base: str, address: str) -> str:
    try:
        return urljoin(base, address)
    except ValueError:
        raise Unresolvable(elsewhere(address)) from None


def _placed(place: _Place, said: str) -> str:
    return f"{place.pointer.removeprefix('/')}: {said}" if place.pointer else said


def _subschemas(
    source: "Mapping[str, JSON]", copy: "dict[str, JSON]"
) -> "Iterator[tuple[str, tuple[Mapping[str, JSON], dict[str, JSON]]]]":
    """The subschemas in it, each with the step to it, together with their copies."""
    found: list[tuple[str, JSON, JSON]] = [(word, source.get(word), copy.get(word)) for word in _ONE]
    for word in _MANY:
        listed, twins = source.get(word), copy.get(word)
        if isinstance(listed, list) and isinstance(twins, list):
            found += [(f"{word}/{at}", one, twins[at]) for at, one in enumerate(listed)]
    for word in _NAMED:
        named, twin = source.get(word), copy.get(word)
        if isinstance(named, Mapping) and isinstance(twin, dict):
            found += [(f"{word}/{name}", one, twin[name]) for name, one in named.items()]
    for step, one, other in found:
        if isinstance(one, Mapping) and isinstance(other, dict):
            yield step, (one, other)


def _copy(schema: "Mapping[str, JSON]") -> "dict[str, JSON]":
    return {name: _copied(value) for name, value in schema.items()}


def _copied(value: "JSON") -> "JSON":
    if isinstance(value, Mapping):
        return _copy(value)
    return [_copied(each) for each in value] if isinstance(value, list) else value


def _inside(value: object) -> "Iterator[object]":
    waiting = [value]
    while waiting:
        one = waiting.pop()
        if isinstance(one, (dict, list)):
            yield one
            waiting += one.values() if isinstance(one, dict) else one


def _pointers(schema: "dict[str, JSON]") -> dict[int, str]:
    """By its id, the reference to each object."""
    found: dict[int, str] = {}
    waiting: list[tuple[str, JSON]] = [("#", schema)]
    while waiting:
        pointer, one = waiting.pop()
        if isinstance(one, dict):
            found[id(one)] = pointer
            waiting += [(f"{pointer}/{_step(name)}", each) for name, each in one.items()]
        elif isinstance(one, list):
            waiting += [(f"{pointer}/{at}", each) for at, each in enumerate(one)]
    return found


def _step(name: str) -> str:
    return quote(name.replace("~", "~0").replace("/", "~1"), safe=_SAFE)
