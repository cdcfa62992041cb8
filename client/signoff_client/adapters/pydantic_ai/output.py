"""Output functions: what the model ends a run with by calling it, which the framework runs like a tool."""

import inspect
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any, Self

from pydantic_ai import ModelRetry, RunContext
from pydantic_ai.output import Choices, OutputContext
from pydantic_ai.toolsets import ToolsetTool

from signoff_client.adapters.pydantic_ai.arguments import Arguments, Signature
from signoff_client.adapters.pydantic_ai.tickets import call_of
from signoff_client.errors import Invalid, NotConfigured, Unfinished, Unfit
from signoff_client.gating import AsyncGate, Denied, Granted, Parked


@dataclass(frozen=True, slots=True, kw_only=True)
class OutputFunction:
    """What runs as the run's output is made."""

    name: str
    ctx: RunContext[Any]
    tool: ToolsetTool[Any] | None
    """None where the model calls no tool for it: it writes text, or JSON in its text."""
    key: str | None
    """Its only argument, which the framework hands around without its name."""

    @classmethod
    def of(cls, ctx: RunContext[Any], context: OutputContext) -> Self | None:
        """None where nothing runs: the model's output is data."""
        tools = (ctx.tool_manager.tools if ctx.tool_manager else None) or {}
        tool = tools.get(context.tool_call.tool_name) if context.tool_call else None
        processor = getattr(tool.toolset, "processors", {}).get(tool.tool_def.name) if tool else None
        if not context.has_function and not _calls_what_is_picked(context.output_type):
            return None
        named = context.function_name or (tool.tool_def.name if tool else "the output function")
        return cls(name=named, ctx=ctx, tool=tool, key=getattr(processor, "hook_unwrap_key", None))

    @property
    def signature(self) -> Signature:
        """Raises NotConfigured where nothing tells one call of it from another."""
        if self.tool is None:
            raise NotConfigured(
                f"{self.name} would run on what the model writes as its text, so no call of it could be told from "
                f"another, and people cannot be asked. Make it a tool of its own, as in ToolOutput({self.name}), or "
                "name it in the gate's `free`. Nothing ran."
            )
        return Signature(tool=self.tool, ctx=self.ctx)

    def arguments(self, output: Any) -> Arguments:
        """By their names."""
        arguments: Arguments = output if self.key is None else {self.key: output}
        return arguments

    def output(self, arguments: Arguments) -> Any:
        """As the framework hands them around."""
        return arguments if self.key is None else arguments[self.key]


def _calls_what_is_picked(output_type: Any) -> bool:
    """Of Choices with actions, which the framework shows to nobody but as a type that has them in its closure."""
    schema = getattr(output_type, "__get_pydantic_core_schema__", None)
    function = getattr(schema, "__func__", None)
    if getattr(output_type, "__module__", None) != Choices.__module__ or function is None:
        return False
    values = inspect.getclosurevars(function).nonlocals.get("choice_values", {})
    return any(callable(each) for each in values.values())


async def run_approved(
    gate: AsyncGate,
    function: OutputFunction,
    output: Any,
    handler: Callable[[Any], Awaitable[Any]],
    *,
    wait: float | None,
) -> Any:
    """What the function gives, run with what people approved. Raises ModelRetry where it does not run."""
    signature = function.signature
    if function.ctx.partial_output:
        raise ModelRetry(f"{function.name} does not run on a part of its arguments.")
    called = function.arguments(output)
    try:
        payload = signature.payload(called)
        signature.refuse_dropped(payload)
    except Invalid as refusal:
        raise ModelRetry(refusal.message) from None
    answer = await gate.check(call_of(function.ctx, function.name, payload), wait=wait)
    if isinstance(answer, Parked):
        answer = await gate.abandon(answer)
    if isinstance(answer, Denied):
        raise ModelRetry(answer.message)
    return await _run(gate, answer, lambda approved: _act(function, approved, called, handler))


async def _act(
    function: OutputFunction, approved: dict[str, Any], called: Arguments, handler: Callable[[Any], Awaitable[Any]]
) -> Any:
    return await handler(function.output(await function.signature.approved(approved, called)))


async def _run(gate: AsyncGate, granted: Granted, act: Callable[[dict[str, Any]], Awaitable[Any]]) -> Any:
    try:
        return await gate.run_and_log(granted, act)
    except Unfit as unfit:
        if unfit.proposal_id != granted.claimed.id:  # of a call within this one
            raise
        raise ModelRetry(f"{unfit.message} Nothing ran.") from None
    except Unfinished as unfinished:
        raise ModelRetry(str(unfinished)) from None
