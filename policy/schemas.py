"""JSON Schemas of payloads, Draft 2020-12: the one door to jsonschema-rs. Nothing is ever fetched.

Patterns run on an engine without backtracking, and a schema that an agent sends is weighed before it is used: a few
references that point at each other can keep a validator busy for hours.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import islice
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from approvals.refusals import Fault
from policy.faults import Finding
from policy.load import contents as read_file
from policy.strict_json import NotJSON, parse, too_deep

if TYPE_CHECKING:
    from pathlib import Path

    from approvals.proposal import JSON

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_FAULTS = 20
"""Faults of one payload that are told; the rest follow once these are gone."""
LONGEST_DETAIL = 300
HEAVIEST = 20_000
"""Subschemas an agent's schema may come to when its references are followed `HOPS` deep."""
HOPS = 32


class UnusableSchema(ValueError):
    """The schema cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class PayloadSchema:
    """A schema, ready to be asked."""

    schema: "Mapping[str, JSON]"
    """As it was written, for forms that are drawn from it."""
    validator: Any = field(repr=False, compare=False)

    def faults(self, payload: "Mapping[str, JSON]") -> tuple[Fault, ...]:
        """What is wrong with the payload, a pointer each; never the values themselves, they may be secret."""
        errors = islice(self.validator.iter_errors(dict(payload)), MOST_FAULTS)
        return tuple(dict.fromkeys(fault for error in errors for fault in _faults(error)))[:MOST_FAULTS]


def operators_schema(schema: "JSON") -> PayloadSchema:
    """A schema from beside the policy; raises UnusableSchema."""
    if not isinstance(schema, dict):
        raise UnusableSchema("a payload is an object, and so must its schema be")
    if schema.get("$schema", DIALECT) not in (DIALECT, DIALECT + "#"):
        raise UnusableSchema(f"$schema must be {DIALECT} or absent")
    try:
        validator = jsonschema_rs.Draft202012Validator(
            schema,
            validate_formats=True,
            mask="the value",
            retriever=_never,
            pattern_options=jsonschema_rs.RegexOptions(),
        )
    except jsonschema_rs.ValidationError as error:
        where = "/".join(map(str, error.instance_path))
        raise UnusableSchema(f"{where}: {error.message}" if where else error.message) from None
    except (ValueError, jsonschema_rs.ReferencingError) as error:
        raise UnusableSchema(str(error)) from None
    return PayloadSchema(schema, validator)


def agents_schema(schema: "Mapping[str, JSON]") -> PayloadSchema:
    """A schema that an agent sent; references must be local (`#/$defs/…`) and few. Raises UnusableSchema."""
    if too_deep(schema):
        raise UnusableSchema("it is nested too deep")
    if _Weights(schema).of(schema, HOPS) > HEAVIEST:
        raise UnusableSchema("its references make it too involved to check; write it out flatter")
    return operators_schema(dict(schema))


def load_schemas(
    folder: "Path", files: Mapping[str, str]
) -> tuple[dict[str, PayloadSchema], list[Finding], dict[str, bytes | None]]:
    """The operator's schemas by action, what is wrong with others, and each file's bytes; None if unreadable."""
    schemas: dict[str, PayloadSchema] = {}
    findings: list[Finding] = []
    contents: dict[str, bytes | None] = {}
    for action, file in sorted(files.items()):
        contents[file] = None
        try:
            contents[file] = content = read_file(folder / file)
            schemas[action] = operators_schema(parse(content.decode()))
        except OSError as error:
            message, remedy = f"{file} cannot be read: {error.strerror}", "Paths start at the policy's folder."
        except UnicodeDecodeError:
            message, remedy = f"{file} is not UTF-8", "Save it as UTF-8."
        except NotJSON as error:
            message, remedy = f"{file} {error}", "Write it as plain JSON."
        except UnusableSchema as error:
            message, remedy = f"{file}: {error}", "Mend the schema; nothing outside of the file is ever fetched."
        else:
            continue
        findings.append(Finding(path=("schemas", action), message=message, remedy=remedy))
    return schemas, findings, contents


def _never(uri: str) -> Any:
    raise ValueError(f"{uri} is not in this file")


def _faults(error: jsonschema_rs.ValidationError) -> list[Fault]:
    where = tuple(error.instance_path)
    told = error.kind.as_dict()
    match error.kind.name:
        case "required":
            return [Fault(_pointer(*where, told["property"]), "is missing")]
        case "additionalProperties" | "unevaluatedProperties":
            return [Fault(_pointer(*where, name), "is not a field of this action") for name in told["unexpected"]]
    detail = error.message.removeprefix("the value ")
    return [Fault(_pointer(*where), detail if len(detail) <= LONGEST_DETAIL else f"fails {error.kind.name}")]


def _pointer(*steps: str | int) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)


class _Weights:
    """How many subschemas a schema comes to once its references are followed."""

    def __init__(self, whole: "Mapping[str, JSON]") -> None:
        self._whole = whole
        self._known: dict[tuple[int, int], int] = {}

    def of(self, node: "JSON | Mapping[str, JSON]", hops: int) -> int:
        """At most a little above HEAVIEST, however much it would be."""
        if not isinstance(node, (Mapping, list)):
            return 0
        known = self._known.get((id(node), hops))
        if known is None:
            known = 1 + sum(self.of(member, hops) for member in (node.values() if isinstance(node, Mapping) else node))
            if isinstance(node, Mapping):
                known += self._referred(node, hops)
            known = self._known[id(node), hops] = min(known, HEAVIEST + 1)
        return known

    def _referred(self, node: "Mapping[str, JSON]", hops: int) -> int:
        if {"$id", "$dynamicRef", "$recursiveRef"} & node.keys():
            raise UnusableSchema("it may refer only to its own parts, as in #/$defs/line")
        target = node.get("$ref")
        if not isinstance(target, str) or not hops:
            return 0
        if target != "#" and not target.startswith("#/"):
            raise UnusableSchema(f"it may refer only to its own parts, as in #/$defs/line, not to {target[:100]}")
        return self.of(self._found(target), hops - 1)

    def _found(self, target: str) -> "JSON | Mapping[str, JSON]":
        found: JSON | Mapping[str, JSON] = self._whole
        for step in target.split("/")[1:]:
            name = step.replace("~1", "/").replace("~0", "~")
            found = found.get(name) if isinstance(found, Mapping) else None
        return found
