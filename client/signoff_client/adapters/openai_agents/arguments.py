"""Tool arguments: what people see of a call, and what the tool makes of what they approved.

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

from signoff_client.adapters.json_schema import Judge
from signoff_client.errors import Invalid, NotConfigured
from signoff_client.fidelity import arguments_of, payload_of, refuse_unknown
from signoff_client.fidelity.omissions import refuse_dropped

LONGEST: Final = 500
"""Characters of what a validator says."""


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

    return Parameters(name=tool.name, known=known, show=_as_json, validate=validate)


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


def _as_json(parsed: Any) -> dict[str, Any]:
    plain: dict[str, Any] = parsed.model_dump(mode="json", by_alias=True, round_trip=True, warnings=False)
    return plain


def _by_schema(tool: FunctionTool) -> Parameters:
    judge = Judge(tool.params_json_schema, name=tool.name)

    def validate(payload: dict[str, Any]) -> dict[str, Any]:
        fault = judge.fault(payload)
        if fault is not None:
            raise ModelBehaviorError(fault)
        return payload

    return Parameters(name=tool.name, known=None, show=dict, validate=validate)
