"""Unions of a schema, `anyOf` and `oneOf`, read for one value: what may be picked, or what its branch asks.

A subschema is read as parts that all hold together: itself, what it refers to, what it joins by `allOf`. A union adds
parts as far as they say the same: null beside what a value is otherwise, constants as one enum, branches of different
types side by side, and of objects the one whose tags are the value's.
"""

from typing import TYPE_CHECKING, TypeAlias

from policy.json_schema.references import resolved

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from approvals.digest import JSON

Part: TypeAlias = "Mapping[str, JSON]"
TITLES = "enumTitles"
"""Of a part that stands for constants: each with the title that its branch has."""
_MOST_PARTS = 64
"""Subschemas that are read for one value; one that has more says too much to be shown."""
_DEEPEST = 4
"""Unions in unions."""
_MOST_READ = 500
"""Subschemas that are looked at for one value, in all branches: a union that has more says too much to be shown."""


def parts_of(root: Part, node: "JSON | Part", value: "JSON") -> list[Part]:
    """The subschema with all that it refers to, joins, or asks of this value by a union, each once."""
    return _parts_of(root, node, value, 0, [_MOST_READ])


def _parts_of(root: Part, node: "JSON | Part", value: "JSON", depth: int, left: list[int]) -> list[Part]:
    """`left` is how many subschemas may still be looked at."""
    waiting: list[JSON | Part] = [node]
    read: list[Part] = []
    found: list[Part] = []
    while waiting and len(found) < _MOST_PARTS:
        one = waiting.pop(0)
        if not isinstance(one, dict) or any(one is other for other in read):
            continue
        read.append(one)
        left[0] -= 1
        found.append(one)
        waiting += listed(one, "allOf")
        if isinstance(target := one.get("$ref"), str):
            waiting.append(resolved(root, target))
        for word in ("anyOf", "oneOf") if depth < _DEEPEST else ():
            all_of_it = listed(one, word) if len(listed(one, word)) <= left[0] else []
            branches = [_parts_of(root, each, value, depth + 1, left) for each in all_of_it if left[0] > 0]
            found += _union(branches, value) if left[0] > 0 else []
    return found[:_MOST_PARTS]


def types_of(parts: "Sequence[Part]") -> frozenset[str]:
    """The JSON types that a value of all these parts may have; empty for any."""
    found: frozenset[str] | None = None
    for part in parts:
        said = part.get("type")
        named = frozenset(each for each in (said if isinstance(said, list) else [said]) if isinstance(each, str))
        if named:
            found = named if found is None else _narrowed(found, named)
    return found or frozenset()


def type_of(value: "JSON") -> str:
    """The JSON type of a value; of every number `number`."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case list():
            return "array"
        case _:
            return "object"


def _union(branches: "Sequence[list[Part]]", value: "JSON") -> list[Part]:
    rest = [parts for parts in branches if not _is_null(parts)]
    if not rest:
        return [{"type": "null"}] if branches else []
    found = rest[0] if len(rest) == 1 else _alternatives(rest, value)
    return [_or_null(part) for part in found] if len(rest) < len(branches) else found


def _alternatives(branches: "Sequence[list[Part]]", value: "JSON") -> list[Part]:
    offered = [_values(parts) for parts in branches]
    if all(offered):
        titles: list[JSON] = [
            [values[0], title]
            for parts, values in zip(branches, offered, strict=True)
            for title in [next((part["title"] for part in parts if isinstance(part.get("title"), str)), None)]
            if title is not None and len(values) == 1
        ]
        return [{"enum": [each for values in offered for each in values], TITLES: titles}]
    kinds = [_kinds(parts) for parts in branches]
    found: list[Part] = []
    if all(kinds):
        names: list[JSON] = [*sorted({name for parts in branches for name in _types(parts)})]
        found.append({"type": names})
    for at, parts in enumerate(branches):
        others = {kind for number, other in enumerate(kinds) if number != at for kind in other}
        if kinds[at] and not kinds[at] & others:
            found += [{word: said for word, said in part.items() if word not in _ITSELF} for part in parts]
    if type_of(value) == "object":
        found += _tagged([parts for parts, kind in zip(branches, kinds, strict=True) if kind == {"object"}], value)
    return found


_ITSELF = ("type", "enum", "const", "anyOf", "oneOf", "allOf", "$ref")


def _tagged(branches: "Sequence[list[Part]]", value: "JSON") -> list[Part]:
    """The branch whose constants the object has; its tags may still become those of another."""
    if len(branches) < 2 or not isinstance(value, dict):
        return []
    tags = [_constants(parts) for parts in branches]
    fitting = [
        parts
        for parts, own in zip(branches, tags, strict=True)
        if own and all(name in value and value[name] in offered for name, offered in own.items())
    ]
    if len(fitting) != 1:
        return []
    shared = {
        name: [each for own in tags for each in own[name]] for name in tags[0] if all(name in own for own in tags)
    }
    return [_retagged(part, shared) for part in fitting[0]]


def _retagged(part: Part, tags: "Mapping[str, list[JSON]]") -> Part:
    properties = part.get("properties")
    if not isinstance(properties, dict):
        return part
    offered: dict[str, JSON] = {name: {"enum": tags[name]} for name in properties if name in tags}
    return {**part, "properties": {**properties, **offered}}


def _constants(parts: "Sequence[Part]") -> "dict[str, list[JSON]]":
    """The members that have to be one of a few values, by name."""
    return {
        name: values
        for part in parts
        if isinstance(properties := part.get("properties"), dict)
        for name, member in properties.items()
        if isinstance(member, dict) and (values := _values([member]))
    }


def _is_null(parts: "Sequence[Part]") -> bool:
    return _types(parts) == {"null"}


def _types(parts: "Sequence[Part]") -> frozenset[str]:
    return types_of(parts) or frozenset(map(type_of, _values(parts)))


def _kinds(parts: "Sequence[Part]") -> frozenset[str]:
    """The types, every number one."""
    return frozenset("number" if name == "integer" else name for name in _types(parts))


def _values(parts: "Sequence[Part]") -> "list[JSON]":
    for part in parts:
        if "const" in part:
            return [part["const"]]
        if isinstance(offered := part.get("enum"), list):
            return offered
    return []


def _or_null(part: Part) -> Part:
    made = dict(part)
    if "const" in made:
        made["enum"] = [made.pop("const")]
    if isinstance(said := made.get("type"), (str, list)):
        made["type"] = [*([said] if isinstance(said, str) else said), "null"]
    if isinstance(offered := made.get("enum"), list) and None not in offered:
        made["enum"] = [*offered, None]
    return made


def listed(part: Part, word: str) -> "list[JSON]":
    """What stands under a word that takes a list; nothing where it is none."""
    said = part.get(word)
    return said if isinstance(said, list) else []


def _narrowed(one: frozenset[str], other: frozenset[str]) -> frozenset[str]:
    """What both allow: an integer is a number, too."""
    both = one & other
    return both | {"integer"} if "number" not in both and {"integer", "number"} <= one | other else both


__all__ = ["TITLES", "Part", "listed", "parts_of", "type_of", "types_of"]
