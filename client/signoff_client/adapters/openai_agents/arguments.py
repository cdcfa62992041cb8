"""What a function tool takes: what people see of a call, and what the tool makes of what they approved.

A tool that `@function_tool` made validates with a pydantic model of the SDK's making; the same one is made here, of the
same function. Any other tool gets the JSON text as it is, and its schema is all that is known of it.
"""

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Final

from agents import FunctionTool
from agents.exceptions import ModelBehaviorError
from agents.function_schema import FuncSchema, function_schema
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # the SDK's own way to it is mcp
from referencing import Registry

from signoff_client.errors import Invalid, NotConfigured
from signoff_client.fidelity import arguments_of, payload_of, refuse_unknown
from signoff_client.fidelity.omissions import refuse_dropped

LONGEST: Final = 500
"""Characters of what a validator says."""
KEYED: Final = ("properties", "patternProperties", "$ref", "allOf", "anyOf", "oneOf", "if")
"""With one of them a schema says which keys an object has."""
SAID: Final = ("additionalProperties", "unevaluatedProperties")
"""With one of them it says by itself what happens to the others."""
BELOW: Final = ("items", "additionalProperties", "contains")
"""Of another value than the schema they stand in; `properties` and `prefixItems` hold several of these."""
BESIDE: Final = ("allOf", "anyOf", "oneOf")
"""Of the same value."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Parameters:
    """Of one tool. `known`: its arguments' names, None where `validate` knows them."""

    name: str
    known: frozenset[str] | None
    show: Callable[[Any], Mapping[str, Any]]
    validate: Callable[[dict[str, Any]], Any]

    def payload(self, sent: Mapping[str, Any]) -> dict[str, Any]:
        """What people are shown of a call. Raises Invalid where the tool would not run with exactly this."""
        if self.known is not None:
            refuse_unknown(sent, self.known, name=self.name)
        try:
            arguments = self.validate(dict(sent))
        except Exception as fault:
            raise Invalid(
                f"People cannot be asked for {self.name} with these arguments, so nothing ran: {_reason(fault)}."
            ) from fault
        payload = payload_of(arguments, show=self.show, validate=self.validate, name=self.name)
        refuse_dropped(sent, payload, name=self.name)
        return payload

    def approved(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What the tool runs with, shown as in the payload. Raises Unfit where it is not what people approved."""
        return dict(self.show(arguments_of(payload, show=self.show, validate=self.validate, name=self.name)))


def parameters_of(tool: FunctionTool) -> Parameters:
    """Raises NotConfigured for a tool whose arguments cannot be known."""
    try:
        function = tool.__wrapped__
    except AttributeError:
        return _by_schema(tool)
    return _by_function(tool, function)


def _by_function(tool: FunctionTool, function: Any) -> Parameters:
    try:
        schema = function_schema(
            function if inspect.isroutine(function) else function.__call__,
            name_override=tool.name,
            use_docstring_info=False,
            strict_json_schema=tool.strict_json_schema,
        )
    except Exception as fault:
        raise NotConfigured(f"{tool.name} cannot be guarded: its parameters cannot be read ({fault}).") from fault
    known = frozenset(schema.params_json_schema.get("properties", {}))
    if known != frozenset(tool.params_json_schema.get("properties", {})):
        raise NotConfigured(f"{tool.name} cannot be guarded: its schema names other arguments than its function has.")

    def validate(payload: dict[str, Any]) -> Any:
        return _validated(schema, payload)

    return Parameters(name=tool.name, known=known, show=_shown, validate=validate)


def _reason(fault: Exception) -> str:
    """Without the values: they are the model's, and long."""
    if (errors := getattr(fault, "errors", None)) is None:
        return str(fault)[:LONGEST].rstrip(".")
    each = errors(include_url=False, include_context=False, include_input=False)
    return "; ".join(f"{'.'.join(map(str, fault['loc']))}: {fault['msg']}" for fault in each)[:LONGEST].rstrip(".")


def _validated(schema: FuncSchema, payload: dict[str, Any]) -> Any:
    """As the SDK does before it calls the function."""
    parsed = schema.params_pydantic_model(**payload)
    schema.to_call_args(parsed)  # raises for what no call can say
    return parsed


def _shown(parsed: Any) -> dict[str, Any]:
    shown: dict[str, Any] = parsed.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False)
    return shown


def _by_schema(tool: FunctionTool) -> Parameters:
    schema = tool.params_json_schema
    if "properties" not in schema and "additionalProperties" not in schema:
        raise NotConfigured(
            f"{tool.name} cannot be guarded: its schema does not say which arguments it takes. Name them under "
            '"properties", or say "additionalProperties": true if it takes any.'
        )
    try:
        closed = _closed(schema)
        Draft202012Validator.check_schema(closed)
    except Exception as fault:
        raise NotConfigured(f"{tool.name} cannot be guarded: its schema is no JSON Schema ({fault}).") from fault
    judge = Draft202012Validator(closed, registry=Registry())  # the empty registry fetches nothing

    def validate(payload: dict[str, Any]) -> dict[str, Any]:
        fault = next(judge.iter_errors(payload), None)
        if fault is not None:
            raise ModelBehaviorError(f"{'.'.join(map(str, fault.absolute_path)) or 'the whole'}: {fault.message}")
        return payload

    return Parameters(name=tool.name, known=None, show=dict, validate=validate)


def _closed(schema: Any, *, whole: bool = True) -> Any:
    """The same schema, in which an object that has names for its keys takes no others unless it says so.

    A validator ignores a key that no schema names, and a function drops it; people would have approved it.
    `whole`: all that is said of a value; what stands in an `allOf` is not.
    """
    if not isinstance(schema, dict):
        return schema
    closed = dict(schema)
    for key in ("properties", "patternProperties", "$defs", "definitions"):
        if isinstance(schema.get(key), dict):
            inside = key in ("properties", "patternProperties")
            closed[key] = {name: _closed(each, whole=inside) for name, each in schema[key].items()}
    closed |= {key: _closed(schema[key]) for key in BELOW if key in schema}
    for key in (*BESIDE, "prefixItems"):
        if isinstance(schema.get(key), list):
            closed[key] = [_closed(each, whole=key == "prefixItems") for each in schema[key]]
    if whole and any(key in schema for key in KEYED) and not any(key in schema for key in SAID):
        closed["unevaluatedProperties"] = False
    return closed
