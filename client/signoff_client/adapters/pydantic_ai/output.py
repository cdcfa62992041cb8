"""Output functions: the model ends a run by calling one, and the framework runs it like a tool."""

import inspect
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from typing import Any, Self

from pydantic_ai import ModelRetry, RunContext
from pydantic_ai.output import Choices, NativeOutput, OutputContext, PromptedOutput
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
    def of(cls, ctx: RunContext[Any], context: OutputContext, handler: Callable[..., Any], output: Any) -> Self | None:
        """None where nothing runs: the model's output is data. Raises NotConfigured where that cannot be told."""
        tools = (ctx.tool_manager.tools if ctx.tool_manager else None) or {}
        tool = tools.get(context.tool_call.tool_name) if context.tool_call else None
        processor = getattr(tool.toolset, "processors", {}).get(tool.tool_def.name) if tool else None
        picked = _action_of_several(context, handler, output)
        if not context.has_function and not _calls_what_is_picked(context.output_type) and picked is None:
            return None
        named = context.function_name or picked or (tool.tool_def.name if tool else "the output function")
        return cls(name=named, ctx=ctx, tool=tool, key=getattr(processor, "hook_unwrap_key", None))

    @property
    def signature(self) -> Signature:
        """Raises NotConfigured where nothing tells one call of it from another."""
        if self.tool is None:
            raise NotConfigured(_of_the_text(self.name))
        return Signature(tool=self.tool, ctx=self.ctx)

    def arguments(self, output: Any) -> Arguments:
        """By their names."""
        arguments: Arguments = output if self.key is None else {self.key: output}
        return arguments

    def output(self, arguments: Arguments) -> Any:
        """As the framework hands them around."""
        return arguments if self.key is None else arguments[self.key]


def refuse_unseen(output_type: Any, concerns: Callable[[str], bool]) -> None:
    """Raises NotConfigured for actions that are one of several types in one text: do not start with them."""
    listed = output_type if isinstance(output_type, list | tuple) else [output_type]
    for each in listed:
        inside = each.outputs if isinstance(each, NativeOutput | PromptedOutput) else None
        for one in inside if isinstance(inside, list | tuple) and len(inside) > 1 else ():
            if isinstance(getattr(one, "values", None), Mapping) and concerns(one.__name__):
                raise NotConfigured(_of_the_text(one.__name__))


def _of_the_text(name: str) -> str:
    return (
        f"{name} would run on what the model writes as its text, so no call of it could be told from another, and "
        f"people cannot be asked. Make it a tool of its own, as in ToolOutput({name}), or name it in the gate's "
        "`free`. Nothing ran."
    )


def _action_of_several(context: OutputContext, handler: Callable[..., Any], output: Any) -> str | None:
    """The name of the Choices, of several types in one text, whose action would run; None where none would.

    The framework tells nobody which of the types it was, but for the closure of what it would run. Where that is not
    found, a text may be the pick of an action.
    """
    if context.output_type is not None or context.object_def is None or context.tool_call is not None:
        return None
    found = _enclosed(handler, "processor")
    members, kind = getattr(found.get("processor"), "_processors", None), found.get("state")
    if not isinstance(members, Mapping) or kind not in members:
        if type(output) is str:
            raise NotConfigured(_of_the_text("the output"))
        return None
    values = getattr(members[kind], "_choice_values", None) or {}
    return str(kind) if any(callable(each) for each in values.values()) else None


def _enclosed(function: Any, name: str) -> dict[str, Any]:
    """What a function has in its closure, the first of those that it calls which has that name there."""
    waiting, visited = [function], set[int]()
    while waiting:
        each = waiting.pop(0)
        plain = getattr(each, "__func__", each)
        if id(plain) in visited or not inspect.isfunction(plain):
            continue
        visited.add(id(plain))
        cells = zip(plain.__code__.co_freevars, plain.__closure__ or (), strict=True)
        held = {var: cell.cell_contents for var, cell in cells if _is_full(cell)}
        if name in held:
            return held
        waiting += held.values()
    return {}


def _is_full(cell: Any) -> bool:
    try:
        cell.cell_contents  # noqa: B018 it raises where there is nothing yet
    except ValueError:
        return False
    return True


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
