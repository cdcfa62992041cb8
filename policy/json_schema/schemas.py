"""JSON Schemas of payloads, of any dialect. The one door to jsonschema-rs; nothing is ever fetched.

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
from policy.file.strict_json import NotJSON, parse_json, text_of, too_deep
from policy.file.yaml_file import contents as read_file
from policy.json_schema.dialects import UnknownConstruct
from policy.json_schema.references import Unresolvable
from policy.json_schema.translation import translated
from policy.json_schema.weights import Unbounded, Weights, containers, levels

if TYPE_CHECKING:
    from pathlib import Path

    from approvals.digest import JSON
    from policy.json_schema.weights import DepthWeight

MOST_FAULTS = 20
"""Faults of one payload that are told; the rest follow once these are gone."""
LONGEST_DETAIL = 300
TOO_DEEP = "it is nested too deep"
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
    """In 2020-12, its references pointers: for forms that are drawn from it."""
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
    if too_deep(schema):
        raise UnusableSchema(TOO_DEEP)
    plain = _plain(schema)
    return _ready(plain, _weighed(plain))


def agents_schema(schema: "Mapping[str, JSON]") -> PayloadSchema:
    """A schema that an agent sent; references must lead to its own parts, and to few. Raises UnusableSchema."""
    return _ready(*_agents_weights(schema))


def agents_schema_at_once(schema: "Mapping[str, JSON]") -> PayloadSchema | None:
    """The same if it is surely ready soon, else None. Raises UnusableSchema for what can be told by then."""
    if FEW < containers(schema, HEAVIEST) <= HEAVIEST:
        return None
    plain, weights = _agents_weights(schema)
    return None if weights.compile > SHORT else _ready(plain, weights)


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
    if operators is None and agents is None:
        return ()
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


def _plain(schema: "Mapping[str, JSON]") -> "dict[str, JSON]":
    try:
        return translated(schema)
    except (UnknownConstruct, Unresolvable) as error:
        raise UnusableSchema(str(error)) from None


def _agents_weights(schema: "Mapping[str, JSON]") -> "tuple[dict[str, JSON], Weights]":
    if too_deep(schema):
        raise UnusableSchema(TOO_DEEP)
    if containers(schema, HEAVIEST) > HEAVIEST:
        raise UnusableSchema(INVOLVED)
    plain = _plain(schema)
    weights = _weighed(plain)
    if weights.widest() > HEAVIEST:
        raise UnusableSchema(INVOLVED)
    return plain, weights


def _weighed(schema: "Mapping[str, JSON]") -> Weights:
    try:
        return Weights(schema)
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
    except (ValueError, jsonschema_rs.ReferencingError) as error:  # a ValidationError, unless the library changes
        where = "/".join(map(str, getattr(error, "instance_path", ())))
        said = getattr(error, "message", str(error))
        raise UnusableSchema(f"{where}: {said}" if where else said) from None
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
        case "anyOf" | "oneOf" if "context" in details and any(details["context"]):
            return _of_union(where, details["context"])
        case "oneOf":
            return [Fault(_pointer(*where), "fits more than one of what oneOf lists, and may fit only one")]
        case "not" if isinstance(forbidden := details["schema"], dict) and forbidden.keys() == {"type", "pattern"}:
            return [Fault(_pointer(*where), _short(f"must not match {forbidden['pattern']}", "not"))]
    return [Fault(_pointer(*where), _short(error.message.removeprefix("the value "), error.kind.name))]


def _of_union(where: "tuple[str | int, ...]", branches: "list[list[jsonschema_rs.ValidationError]]") -> list[Fault]:
    """Of the branch that fits best, its own faults: the others are not what was meant."""
    best = min(branches, key=lambda branch: _misfit(where, branch))
    if not _misfit(where, best)[0]:
        return [fault for error in best for fault in _faults(error)]
    offered: list[JSON] = []
    types: list[str] = []
    for branch in branches:
        kinds = {error.kind.name: error.kind.as_dict() for error in branch if tuple(error.instance_path) == where}
        if "const" in kinds or "enum" in kinds:
            offered += [kinds["const"]["expected_value"]] if "const" in kinds else kinds["enum"]["options"]
        elif "type" in kinds:
            types += kinds["type"]["types"]
    if offered and "null" in types:
        offered, types = [*offered, None], [name for name in types if name != "null"]
    listed = ", ".join(dict.fromkeys(map(text_of, offered)))
    named = ", ".join(dict.fromkeys(f'"{name}"' for name in types))
    if offered:
        return [
            Fault(_pointer(*where), _short(f"is not one of {listed}" + (f", nor of {named}" if named else ""), "enum"))
        ]
    return [Fault(_pointer(*where), f"is not of types {named}" if named else "fits none of what it may be")]


def _misfit(where: "tuple[str | int, ...]", branch: "list[jsonschema_rs.ValidationError]") -> tuple[bool, bool, int]:
    """How far a value is from one branch: of another kind, or named otherwise; else by how much is wrong."""
    kinds = [(len(tuple(error.instance_path)) - len(where), error.kind.name) for error in branch]
    other = any(depth == 0 and name in ("type", "const", "enum", "falseSchema") for depth, name in kinds)
    return other, any(depth == 1 and name in ("const", "enum") for depth, name in kinds), len(branch)


def _short(detail: str, keyword: str) -> str:
    return detail if len(detail) <= LONGEST_DETAIL else f"fails {keyword}"


def _pointer(*steps: str | int) -> str:
    return "".join("/" + str(step).replace("~", "~0").replace("/", "~1") for step in steps)
