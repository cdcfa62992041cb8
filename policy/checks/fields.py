"""Field checks: payload fields that rules name and nothing ever had. A mistyped path would hide nothing."""

from collections.abc import Mapping
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

from approvals.card_title import Slot, parse_title
from approvals.paths import names_below, path_text, readings, steps, value_at
from policy.checks.lint import finding
from policy.json_schema.references import resolved
from policy.keys.budget import Budget
from policy.keys.past import FirstTime, Unusual
from policy.patterns import overlap

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from approvals.digest import JSON
    from policy.checks.lint import Lint
    from policy.file.faults import Path as FilePath
    from policy.file.faults import UnplacedFault
    from policy.json_schema.schemas import PayloadSchema
    from policy.rules import Rule

Way: TypeAlias = "str | tuple[str, ...]"
"""A reading of what hides, or the very names of anything else."""
HIDING = "redact"
_INSIDE = ("allOf", "anyOf", "oneOf", "prefixItems")
_ALONE = ("items", "then", "else")
_SUGGESTED = 1000
_DEEPEST = 4
REMEDY = 'Correct the path; a name with a dot stands in quotes: data."tls.key".'


def named_fields(rule: "Rule") -> "Iterator[tuple[str, str]]":
    """The key of each path that the rule has, and the path."""
    for key, words in (("title", rule.title), ("effect", rule.effect.template if rule.effect else None)):
        for piece in parse_title(words or ""):
            if isinstance(piece, Slot) and piece.path is not None:
                yield key, piece.path
    yield from (("show", path) for path in rule.show)
    yield from (("edit", path_text([name])) for name in rule.edit or ())
    yield from ((HIDING, path) for path in rule.redact)
    yield from (("confirmation", path) for path in (rule.confirmation.typed if rule.confirmation else ()) if path)
    yield from (
        ("remember_approval", path) for path in (rule.remember_approval.may_differ if rule.remember_approval else ())
    )
    for condition in rule.past:
        if isinstance(condition, FirstTime):
            yield from (("first_time", path) for path in condition.fields)
        elif isinstance(condition, Unusual):
            yield "unusual", condition.field
        elif isinstance(condition, Budget):
            yield from (("budget", path) for path in condition.fields)


def has_field(payload: "Mapping[str, JSON]", key: str, path: str) -> bool:
    """Whether the payload has the field, read as that key of a rule reads it."""
    if key == HIDING:
        return any(_hides(payload, reading) for reading in readings(path))
    return bool(value_at(payload, path))


def impossible(lint: "Lint", schemas: "Mapping[str, PayloadSchema]") -> "Iterator[UnplacedFault]":
    """Fields that a rule names and a closed schema never lets a payload have: so what the rule says of them is void."""
    for key, path, ways, known in named_below(lint, schemas):
        rule = lint.rules[int(key[1])]
        if rule.action in schemas and not described(known, ways, only_described=False):
            near = nearest(path, known)
            message = f"the schema of {rule.action} allows no field {path}"
            yield finding(key, message, f"Did you mean {near}?" if near else REMEDY)


def named_below(
    lint: "Lint", schemas: "Mapping[str, PayloadSchema]"
) -> "Iterator[tuple[FilePath, str, tuple[Way, ...], list[Mapping[str, JSON]]]]":
    """Of each rule whose actions have a schema: where in the file it names a field, the field, its readings."""
    for index, rule in lint.rules.items():
        known: list[Mapping[str, JSON]] = [
            schema.schema for action, schema in schemas.items() if overlap(rule.action, action)
        ]
        if not known:
            continue
        for key, path in dict.fromkeys(named_fields(rule)):
            yield ("rules", index, key), path, readings(path) if key == HIDING else (steps(path),), known
        for place, condition in enumerate(rule.conditions):
            for names in condition.fields:
                yield ("rules", index, "when", place), path_text(names), (names,), known


def described(schemas: "Iterable[Mapping[str, JSON]]", ways: "Iterable[Way]", *, only_described: bool) -> bool:
    """Whether a schema has the field, in one of its readings; or without `only_described`, lets a payload have it."""
    return any(
        _may_have(schema, schema, way, set(), only_described=only_described) for schema in schemas for way in ways
    )


def nearest(path: str, schemas: "Iterable[Mapping[str, JSON]]") -> str | None:
    """The field of the schemas that is spelled nearest, if one is near."""
    known = dict.fromkeys(path_text(names) for schema in schemas for names in _ways(schema, schema))
    return next(iter(get_close_matches(path.removeprefix("payload."), known, 1)), None)


def _ways(whole: "Mapping[str, JSON]", schema: "Mapping[str, JSON]") -> "list[tuple[str, ...]]":
    """The fields that a schema describes by name, the nearest first, and so many at most that looking costs little."""
    found: list[tuple[str, ...]] = []
    waiting: list[tuple[tuple[str, ...], JSON | Mapping[str, JSON]]] = [((), schema)]
    while waiting and len(found) < _SUGGESTED:
        way, node = waiting.pop(0)
        if isinstance(node, Mapping) and isinstance(target := node.get("$ref"), str):
            node = resolved(whole, target)
        properties = node.get("properties") if isinstance(node, Mapping) else None
        for name, inside in properties.items() if isinstance(properties, Mapping) else ():
            found.append((*way, name))
            if len(way) < _DEEPEST:
                waiting.append(((*way, name), inside))
    return found


def _hides(value: "JSON | Mapping[str, JSON]", reading: str) -> bool:
    if isinstance(value, list):
        return any(_hides(member, reading) for member in value)
    members: Mapping[str, JSON] = value if isinstance(value, Mapping) else {}
    return any(not rest or _hides(members[name], rest) for name, rest in names_below(reading, members))


def _may_have(
    whole: "Mapping[str, JSON]",
    node: "JSON | Mapping[str, JSON]",
    way: "Way",
    looked_at: "set[tuple[int, Way]]",
    *,
    only_described: bool,
) -> bool:
    """Whether what a schema describes has the field, or nobody can tell.

    With `only_described` a schema that says nothing of other fields has none; else it lets a payload have them.
    """
    if not isinstance(node, Mapping):
        return node is not False
    if (id(node), way) in looked_at:
        return False
    looked_at.add((id(node), way))
    only_described |= node.get("unevaluatedProperties") is False
    if isinstance(target := node.get("$ref"), str):
        return _may_have(whole, resolved(whole, target), way, looked_at, only_described=only_described)
    members = node.get("properties")
    properties = members if isinstance(members, dict) else {}
    below = _next(properties, way)
    if any(
        not rest or _may_have(whole, properties[name], rest, looked_at, only_described=only_described)
        for name, rest in below
    ):
        return True
    inside = [part for key in _INSIDE for part in _listed(node.get(key))]
    inside += [node[key] for key in _ALONE if key in node and (key != "items" or isinstance(way, str))]
    if any(_may_have(whole, part, way, looked_at, only_described=only_described) for part in inside):
        return True
    more = node.get("additionalProperties", not only_described and _an_object(node))
    if "patternProperties" in node or more is not False:
        return True
    return not properties and not inside and _an_object(node)


def _an_object(node: "Mapping[str, JSON]") -> bool:
    return "object" in _listed(node.get("type", "object"))


def _next(names: "Mapping[str, JSON]", way: "Way") -> "Iterator[tuple[str, Way]]":
    if isinstance(way, str):
        yield from names_below(way, names)
    elif way[0] in names:
        yield way[0], way[1:]


def _listed(value: "JSON") -> "list[JSON]":
    return value if isinstance(value, list) else [] if value is None else [value]
