"""Tool arguments: to the JSON that people read, and back by the tool's own schema."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.tools import BaseTool
from langchain_core.utils.pydantic import get_fields, is_pydantic_v1_subclass
from langgraph.prebuilt import ToolNode
from pydantic_core import to_jsonable_python

from signoff_client.errors import Invalid
from signoff_client.fidelity import arguments_of, payload_of, refuse_unknown
from signoff_client.fidelity.equality import difference
from signoff_client.fidelity.omissions import refuse_dropped, refuse_misnamed

Arguments = dict[str, Any]
RUNTIME = "runtime"
"""A parameter of this name is injected whatever its type."""


@dataclass(frozen=True)
class Signature:
    """One call's tool, with what the framework injects into it."""

    request: ToolCallRequest
    tool: BaseTool

    @classmethod
    def of(cls, request: ToolCallRequest) -> "Signature":
        """Raises Invalid where there is no such tool."""
        if request.tool is None:
            raise Invalid(f"There is no tool {request.tool_call['name']}, so people were not asked and nothing ran.")
        return cls(request, request.tool)

    def payload(self) -> dict[str, Any]:
        """What people are shown of the call: what the tool gets of it, defaults and all, but for what is injected.

        Raises Invalid for names that are not the model's to give, and where the tool would take something else.
        """
        sent = self.request.tool_call["args"]
        self._refuse_misnamed(sent)
        try:
            arguments = self._validate(sent)
        except Exception as fault:
            raise Invalid(
                f"{self.tool.name} does not take these arguments, so people were not asked and nothing ran: {fault}"
            ) from fault
        payload = payload_of(arguments, show=self._show, validate=self._validate, name=self.tool.name)
        refuse_dropped(sent, payload, name=self.tool.name)
        return payload

    def refuse_another(self, payload: Mapping[str, Any]) -> None:
        """Raises Invalid where the same call comes to something else the next time: a time, a random id."""
        differs = difference(payload, self.payload())
        if differs is not None:
            raise Invalid(
                f"{self.tool.name} fills in {differs.field} anew each time, so what people approve could not be told "
                "when the graph goes on. Call it with a value for that. Nothing ran."
            )

    def approved(self, payload: Mapping[str, Any]) -> dict[str, Any]:
        """What the tool gets of what people approved, as JSON. Raises Unfit where it does not take that."""
        arguments = arguments_of(payload, show=self._show, validate=self._validate, name=self.tool.name)
        return self._show(arguments)

    @cached_property
    def _names(self) -> dict[str, tuple[str, ...]]:
        """By field: under which names the model may give it, the one that people read first."""
        schema = self.tool.tool_call_schema
        visible = {} if isinstance(schema, dict) else get_fields(schema)
        fields = get_fields(self.tool.get_input_schema())
        return {name: _names_of(name, fields[name], self._config) for name in visible if name != RUNTIME}

    @cached_property
    def _config(self) -> Mapping[str, Any]:
        schema: Any = self.tool.get_input_schema()
        if is_pydantic_v1_subclass(schema):
            old = schema.__config__
            return {"extra": old.extra.value, "populate_by_name": old.allow_population_by_field_name}
        return dict(schema.model_config)

    @cached_property
    def _node(self) -> ToolNode:
        return ToolNode([self.tool])

    def _refuse_misnamed(self, sent: Mapping[str, Any]) -> None:
        schema = self.tool.tool_call_schema
        if isinstance(schema, dict):
            refuse_misnamed(sent, schema, name=self.tool.name)
        elif isinstance(self.tool.args, dict) and self.tool.args_schema is None and _takes_one(self.tool):
            return  # of any name: its value is all that it gets
        elif self._config.get("extra") != "allow":
            refuse_unknown(sent, [each for names in self._names.values() for each in names], name=self.tool.name)
        if self.tool.args_schema is None:  # nothing validates them, so what is missing would only be found as it runs
            refuse_misnamed(sent, {"required": _required(self.tool, self._names)}, name=self.tool.name)

    def _validate(self, payload: Mapping[str, Any]) -> Arguments:
        """By the framework's own steps, before and behind which nothing runs; without what it injects."""
        call: Any = {**self.request.tool_call, "args": dict(payload)}
        # It offers no other way to do them without running the tool.
        injected = self._node._inject_tool_args(call, self.request.runtime, self.tool)["args"]  # noqa: SLF001
        args, kwargs = self.tool._to_args_and_kwargs(dict(injected), self.request.tool_call["id"])  # noqa: SLF001
        if args:  # a tool of one value, which has no name for it
            return dict(zip(payload, args, strict=True))
        fields = get_fields(self.tool.get_input_schema()) if not isinstance(self.tool.args_schema, dict) else {}
        hidden = (injected.keys() - payload.keys()) | (fields.keys() - self._names.keys())
        return {name: value for name, value in kwargs.items() if name not in hidden}

    def _show(self, arguments: Arguments) -> dict[str, Any]:
        """As JSON, by what each value says of itself, under the names that the model uses."""
        shown = to_jsonable_python(arguments, fallback=_old)
        return {self._names.get(name, (name,))[0]: value for name, value in shown.items()}


def _required(tool: BaseTool, names: Mapping[str, Any]) -> list[str]:
    fields = get_fields(tool.get_input_schema())
    return [name for name in names if getattr(fields[name], "is_required", lambda: False)()]


def _takes_one(tool: BaseTool) -> bool:
    return list(tool.args) == ["tool_input"]


def _names_of(name: str, field: Any, config: Mapping[str, Any]) -> tuple[str, ...]:
    alias = getattr(field, "validation_alias", None) or field.alias
    aliases = getattr(alias, "choices", [alias or name])
    names = [each for each in aliases if isinstance(each, str)]
    if config.get("populate_by_name") or config.get("validate_by_name") or not names:
        names.append(name)
    return tuple(names)


def _old(value: Any) -> Any:
    """A model of pydantic's first version, as JSON."""
    if is_pydantic_v1_subclass(type(value)):
        return json.loads(value.json(by_alias=True))
    raise TypeError(f"{type(value).__name__} is no JSON")
