"""Tool arguments: to the JSON that people read, and back by the tool's own validator."""

import inspect
import json
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelResponse, ToolCallPart
from pydantic_ai.toolsets import ToolsetTool
from pydantic_core import to_jsonable_python

from signoff_client.digest import digest_of
from signoff_client.errors import Invalid, Unfit
from signoff_client.fidelity import arguments_of, payload_of
from signoff_client.fidelity.omissions import refuse_dropped, refuse_misnamed

Arguments = dict[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Signature:
    """One call's tool, with the context that its validators may read."""

    tool: ToolsetTool[Any]
    ctx: RunContext[Any]

    @property
    def name(self) -> str:
        """As the model calls it."""
        return self.tool.tool_def.name

    def payload(self, arguments: Arguments) -> dict[str, Any]:
        """What people are shown. Raises Invalid where the tool would not take exactly `arguments` from it."""
        return payload_of(arguments, show=self.show, validate=self.validate, name=self.name)

    def refuse_dropped(self, payload: Mapping[str, Any]) -> None:
        """Raises Invalid where the model's call names what the tool does not have, however its validator takes that."""
        if (sent := _sent(self.ctx)) is None:
            return
        refuse_misnamed(sent, self.tool.tool_def.parameters_json_schema, name=self.name)
        if len(payload) == 1 and payload.keys() != sent.keys():  # the fields of the only argument, without its name
            payload = next((each for each in payload.values() if isinstance(each, Mapping)), payload)
        for name in payload.keys() & sent.keys():  # one that has an alias is shown under its own name
            refuse_dropped({name: sent[name]}, {name: payload[name]}, name=self.name)

    async def approved(self, payload: Mapping[str, Any], called: Arguments) -> Arguments:
        """What the tool gets: `called`, the very arguments of the call, where people approved them as they are.

        Raises Unfit where the tool does not take what they approved instead.
        """
        if self._is(payload, called):
            return called
        arguments = arguments_of(payload, show=self.show, validate=self.validate, name=self.name)
        await self._check(arguments)
        if not self._is(payload, arguments):
            raise Unfit(f"{self.name} has an args_validator that changes what people approved.")
        return arguments

    def show(self, arguments: Arguments) -> dict[str, Any]:
        """As JSON, by what each value says of itself."""
        shown: dict[str, Any] = to_jsonable_python(arguments)
        return shown

    def validate(self, payload: Mapping[str, Any]) -> Arguments:
        """As the framework does, but that an argument is found by its own name too, as it is shown."""
        valid: Arguments = self.tool.args_validator.validate_json(
            json.dumps(payload), context=self.ctx.validation_context, by_alias=True, by_name=True
        )
        return valid

    async def _check(self, arguments: Arguments) -> None:
        check = self.tool.args_validator_func
        if check is None:
            return
        try:
            checked = check(replace(self.ctx, tool_call_approved=True), **arguments)
            if inspect.isawaitable(checked):
                await checked
        except Exception as fault:
            raise Unfit(f"{self.name} does not take what people approved: {type(fault).__name__}: {fault}") from fault

    def _is(self, payload: Mapping[str, Any], arguments: Arguments) -> bool:
        try:
            return digest_of(self.name, self.payload(arguments)) == digest_of(self.name, payload)
        except Invalid:
            return False


def _sent(ctx: RunContext[Any]) -> Mapping[str, Any] | None:
    """The arguments as the model wrote them; None for a call that is none of the model's."""
    for message in reversed(ctx.messages):
        for part in message.parts if isinstance(message, ModelResponse) else ():
            if isinstance(part, ToolCallPart) and part.tool_call_id == ctx.tool_call_id:
                return part.args_as_dict()
    return None
