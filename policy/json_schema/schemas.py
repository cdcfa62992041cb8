"""JSON Schemas of payloads, Draft 2020-12. The one door to jsonschema-rs; nothing is ever fetched.

Patterns run on an engine without backtracking, and every schema is weighed before it is asked: a few references that
point at each other can keep a validator busy for hours, and so can a short list of values with a long list of items.
What may take long is told from what does not, and is not done at once.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from approvals.refusals import Fault
from policy.file.faults import UnplacedFault
from policy.file.strict_json import NotJSON, parse_json, too_deep
from policy.file.yaml_file import contents as read_file
from policy.json_schema.weights import Unbounded, Weights, containers, levels

if TYPE_CHECKING:
    from pathlib import Path

    from approvals.digest import JSON
    from policy.json_schema.weights import DepthWeight

DIALECT = "https://json-schema.org/draft/2020-12/schema"
MOST_FAULTS = 20
"""Faults of one payload that are told; the rest follow once these are gone."""
LONGEST_DETAIL = 300
INVOLVED = "its references make it too involved to check; write it out flatter"
HEAVIEST = 20_000
"""Lists and objects of an agent's schema, and subschemas that one value may meet when its references are followed."""
FEW = 2_000
"""Lists and objects of a schema up to which its bound is computed at once; that takes a while itself."""
SHORT = 50_000.0
"""Microseconds up to which something is done at once."""
TELLABLE = 1_000_000.0
"""Microseconds up to which every fault is told; beyond that the first one, which costs no more than to find it."""
_UNIT = 0.05
"""Microseconds of one unit of work."""


class UnusableSchema(ValueError):
    """The schema cannot be used; the message says why."""


@dataclass(frozen=True, slots=True)
class PayloadSchema:
    """A schema, ready to be asked."""

    schema: "Mapping[str, JSON]"
    """As it was written, for forms that are drawn from it."""
    validator: Any = field(repr=False, compare=False)

    weights: Weights = field(repr=False, compare=False)

    def faults(self, payload: "Mapping[str, JSON]") -> tuple[Fault, ...]:
        """What is wrong with the payload, a pointer each; never the values themselves, they may be secret."""
        return self._faults(dict(payload), TELLABLE)

    def faults_at_once(self, payload: "Mapping[str, JSON]", sizes: "list[DepthWeight]") -> tuple[Fault, ...] | None:
        """The same if that surely does not take long, else None. `sizes` are the payload's, level by level."""
        if self.weights.work(sizes) * _UNIT > SHORT:
            return None
        if self.validator.is_valid(dict(payload)):
            return ()
        return self._faults(dict(payload), SHORT) if self.weights.telling(sizes) <= SHORT else None

    def _faults(self, payload: "dict[str, JSON]", most: float) -> tuple[Fault, ...]:
        if self.validator.is_valid(payload):
            return ()
        if self.weights.telling(levels(payload)) <= most:
            errors = self.validator.iter_errors(payload)
            return tuple(dict.fromkeys(fault for error in errors for fault in _faults(error)))[:MOST_FAULTS]
        faults = [Fault("", "does not fit the schema")]  # it does not, even if nothing says why
        try:
            self.validator.validate(payload)
        except jsonschema_rs.ValidationError as error:
            faults = _faults(error)
        return tuple(faults[:MOST_FAULTS])


def operators_schema(schema: "JSON") -> PayloadSchema:
    """A schema from beside the policy; raises UnusableSchema."""
    if not isinstance(schema, dict):
        raise UnusableSchema("a payload is an object, and so must its schema be")
    if schema.get("$schema", DIALECT) not in (DIALECT, DIALECT + "#"):
        raise UnusableSchema(f"$schema must be {DIALECT} or absent")
    return _ready(schema, _weighed(schema, foreign=False))


def agents_schema(schema: "Mapping[str, JSON]") -> PayloadSchema:
    """A schema that an agent sent; references must be local (`#/$defs/…`) and few. Raises UnusableSchema."""
    weights = _agents_weights(schema)
    if schema.get("$schema", DIALECT) not in (DIALECT, DIALECT + "#"):
        raise UnusableSchema(f"$schema must be {DIALECT} or absent")
    return _ready(dict(schema), weights)


def agents_schema_at_once(schema: "Mapping[str, JSON]") -> PayloadSchema | None:
    """The same if it is surely ready soon, else None. Raises UnusableSchema for what can be told by then."""
    if FEW < containers(schema, HEAVIEST) <= HEAVIEST:
        return None
    return None if _agents_weights(schema).compile > SHORT else agents_schema(schema)


def inspected(
    operators: "Mapping[str, JSON] | None", agents: "Mapping[str, JSON] | None", payload: "Mapping[str, JSON]"
) -> tuple[Fault, ...]:
    """What the operator's schema and the agent's own say against the payload, however long that takes."""
    found = () if operators is None else operators_schema(dict(operators)).faults(payload)
    if agents is not None:
        try:
            found += agents_schema(agents).faults(payload)
        except UnusableSchema as error:
            found += (_unusable(error),)
    return tuple(dict.fromkeys(found))


def inspected_at_once(
    operators: PayloadSchema | None, agents: "Mapping[str, JSON] | None", payload: "Mapping[str, JSON]"
) -> tuple[Fault, ...] | None:
    """The same if that surely does not take long, else None."""
    sizes = levels(payload)
    found = () if operators is None else operators.faults_at_once(payload, sizes)
    if agents is None or found is None:
        return found
    try:
        schema = agents_schema_at_once(agents)
    except UnusableSchema as error:
        return (*found, _unusable(error))
    own = None if schema is None else schema.faults_at_once(payload, sizes)
    return None if own is None else tuple(dict.fromkeys((*found, *own)))


def load_schemas(
    folder: "Path", files: Mapping[str, str]
) -> tuple[dict[str, PayloadSchema], list[UnplacedFault], dict[str, bytes | None]]:
    """The operator's schemas by action, what is wrong with others, and each file's bytes; None if unreadable."""
    schemas: dict[str, PayloadSchema] = {}
    findings: list[UnplacedFault] = []
    contents: dict[str, bytes | None] = {}
    for action, file in sorted(files.items()):
        contents[file] = None
        try:
            contents[file] = content = read_file(folder / file)
            schemas[action] = operators_schema(parse_json(content.decode()))
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
        findings.append(UnplacedFault(path=("schemas", action), message=message, remedy=remedy))
    return schemas, findings, contents


def _unusable(error: UnusableSchema) -> Fault:
    return Fault("", f"cannot be checked, payload_schema is unusable: {error}")


def _agents_weights(schema: "Mapping[str, JSON]") -> Weights:
    if too_deep(schema):
        raise UnusableSchema("it is nested too deep")
    if containers(schema, HEAVIEST) > HEAVIEST:
        raise UnusableSchema(INVOLVED)
    weights = _weighed(schema, foreign=True)
    if weights.widest() > HEAVIEST:
        raise UnusableSchema(INVOLVED)
    return weights


def _weighed(schema: "Mapping[str, JSON]", *, foreign: bool) -> Weights:
    try:
        return Weights(schema, foreign=foreign)
    except Unbounded as error:
        raise UnusableSchema(str(error)) from None


def _ready(schema: "dict[str, JSON]", weights: Weights) -> PayloadSchema:
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
    return PayloadSchema(schema, validator, weights)


def _never(uri: str) -> Any:
    raise ValueError(f"{uri} is not in this file")


def _faults(error: jsonschema_rs.ValidationError) -> list[Fault]:
    where = tuple(error.instance_path)
    details = error.kind.as_dict()
    match error.kind.name:
        case "required":
            return [Fault(_pointer(*where, details["property"]), "is missing")]
        case "additionalProperties" | "unevaluatedProperties":
            return [Fault(_pointer(*where, name), "is not a field of this action") for name in details["unexpected"]]
    detail = error.message.removeprefix("the value ")
    return [Fault(_pointer(*where), detail if len(detail) <= LONGEST_DETAIL else f"fails {error.kind.name}")]


def _pointer(*steps: str | int) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
