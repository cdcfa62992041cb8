"""Which fields of a payload a rule names, and which of them nothing ever had: a mistyped path hides nothing."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, TypeAlias

from approvals.card_title import Slot, parse_title
from approvals.paths import names_below, readings, steps, value_at
from policy.checks.lint import finding
from policy.json_schema.references import resolved
from policy.keys.past import FirstTime, Unusual
from policy.patterns import overlap

if TYPE_CHECKING:
    from collections.abc import Iterator

    from approvals.digest import JSON
    from policy.checks.lint import Lint
    from policy.file.faults import UnplacedFault
    from policy.json_schema.schemas import PayloadSchema
    from policy.rules import Rule

Way: TypeAlias = "str | tuple[str, ...]"
"""A reading of what hides, or the very names of anything else."""
HIDING = "redact"
_INSIDE = ("allOf", "anyOf", "oneOf", "prefixItems")
_ALONE = ("items", "then", "else")
REMEDY = 'Mend the path; a name with a dot stands in quotes: data."tls.key".'


def named_fields(rule: "Rule") -> "Iterator[tuple[str, str]]":
    """The key of each path that the rule has, and the path."""
    for piece in parse_title(rule.title or ""):
        if isinstance(piece, Slot) and piece.path is not None:
            yield "title", piece.path
    yield from (("show", path) for path in rule.show)
    yield from ((HIDING, path) for path in rule.redact)
    yield from (("friction", path) for path in (rule.friction.typed if rule.friction else ()) if path)
    yield from (
        ("remember_approval", path) for path in (rule.remember_approval.may_differ if rule.remember_approval else ())
    )
    for condition in rule.past:
        if isinstance(condition, FirstTime):
            yield from (("first_time", path) for path in condition.fields)
        elif isinstance(condition, Unusual):
            yield "unusual", condition.field


def has_field(payload: "Mapping[str, JSON]", key: str, path: str) -> bool:
    """Whether the payload has the field, read as that key of a rule reads it."""
    if key == HIDING:
        return any(_hides(payload, reading) for reading in readings(path))
    return bool(value_at(payload, path))


def unknown_to_schemas(lint: "Lint", schemas: "Mapping[str, PayloadSchema]") -> "Iterator[UnplacedFault]":
    """Paths that no schema of the actions their rule is about has a field for; nothing where there is no schema."""
    for index, rule in lint.rules.items():
        known = [schema.schema for action, schema in schemas.items() if overlap(rule.action, action)]
        for key, path in dict.fromkeys(named_fields(rule)) if known else ():
            ways: tuple[Way, ...] = readings(path) if key == HIDING else (steps(path),)
            if any(_may_have(schema, schema, way, set()) for schema in known for way in ways):
                continue
            yield finding(("rules", index, key), f"no schema of its actions has a field {path}", REMEDY)


def _hides(value: "JSON | Mapping[str, JSON]", reading: str) -> bool:
    if isinstance(value, list):
        return any(_hides(member, reading) for member in value)
    members: Mapping[str, JSON] = value if isinstance(value, Mapping) else {}
    return any(not rest or _hides(members[name], rest) for name, rest in names_below(reading, members))


def _may_have(
    whole: "Mapping[str, JSON]", node: "JSON | Mapping[str, JSON]", way: "Way", looked_at: "set[tuple[int, Way]]"
) -> bool:
    """Whether what a schema describes has the field, or nobody can tell."""
    if not isinstance(node, Mapping):
        return node is not False
    if (id(node), way) in looked_at:
        return False
    looked_at.add((id(node), way))
    if isinstance(target := node.get("$ref"), str):
        return _may_have(whole, resolved(whole, target), way, looked_at)
    members = node.get("properties")
    properties = members if isinstance(members, dict) else {}
    if any(not rest or _may_have(whole, properties[name], rest, looked_at) for name, rest in _next(properties, way)):
        return True
    inside = [part for key in _INSIDE for part in _listed(node.get(key))]
    inside += [node[key] for key in _ALONE if key in node and (key != "items" or isinstance(way, str))]
    if any(_may_have(whole, part, way, looked_at) for part in inside):
        return True
    if "patternProperties" in node or node.get("additionalProperties", False) is not False:
        return True
    return not properties and not inside and "object" in _listed(node.get("type", "object"))


def _next(names: "Mapping[str, JSON]", way: "Way") -> "Iterator[tuple[str, Way]]":
    if isinstance(way, str):
        yield from names_below(way, names)
    elif way[0] in names:
        yield way[0], way[1:]


def _listed(value: "JSON") -> "list[JSON]":
    return value if isinstance(value, list) else [] if value is None else [value]
