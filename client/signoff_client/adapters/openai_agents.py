"""OpenAI Agents SDK: function tools that ask before they run, waiting inside the call or pausing the run.

The SDK has no way to change the arguments of a call. The guarded tool needs none: it claims when it is invoked, and
invokes the tool below with what people approved. So nothing that is done to the RunState can make it run.
"""

import copy
import json
import logging
from collections.abc import Callable
from typing import Any, Final, cast

from agents import (
    FunctionTool,
    RunContextWrapper,
    RunResult,
    RunResultStreaming,
    RunState,
    ToolApprovalItem,
    ToolOutputFileContent,
    ToolOutputImage,
    ToolOutputText,
    ToolTimeoutError,
)
from agents.tool import (
    invoke_function_tool,
    maybe_invoke_function_tool_failure_error_function,
    set_function_tool_failure_error_function,
)
from agents.tool_context import ToolContext

from signoff_client.errors import NotConfigured, Unreported
from signoff_client.gating import AsyncGate, Denied, Granted, Parked, ToolCall
from signoff_client.model import Ticket

__all__ = ["Approvals"]

RunId = str | Callable[[RunContextWrapper[Any]], str]

log = logging.getLogger(__name__)

Structured: Final = ToolOutputText | ToolOutputImage | ToolOutputFileContent
UNREADABLE: Final = "Nobody was asked and nothing ran: the arguments are not a JSON object. Call the tool with one."


class _ToolFailed(Exception):
    """The SDK made words of the tool's failure; here it becomes a failure again, to be reported."""

    def __init__(self, error: Exception, words: object) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.words = words


class _TimedOut(BaseException):
    """The tool was cut short. No Exception: what it has done by then is unknown, and so reported."""

    def __init__(self, error: ToolTimeoutError) -> None:
        super().__init__(str(error))
        self.error = error


class Approvals:
    """Makes tools ask. One for as many agents, tools and runs as you like."""

    def __init__(self, gate: AsyncGate, *, run_id: RunId, park: bool = False) -> None:
        """`run_id` names a run, also when it goes on in another process: a string, or made of the run's context.

        With `park` the run ends with interruptions while people decide: keep its state, `settle` it, run it again.
        Without, the call waits as long as the gate says, and then takes the question back.
        """
        self._gate = gate
        self._run_id = run_id
        self._park = park
        self._guarded: set[str] = set()

    def guard(self, tool: FunctionTool) -> FunctionTool:
        """The tool, asking first; unchanged, if the gate leaves it free. Raises NotConfigured for what cannot ask."""
        if not self._gate.concerns(tool.name):
            return tool
        if getattr(tool, "_is_agent_tool", False):
            raise NotConfigured(f"{tool.name} is an agent: guard the tools of that agent instead.")
        if tool.output_json_schema is not None:
            raise NotConfigured(f"{tool.name} has an output schema, which the words of a refusal would not fit.")
        if self._park and tool.needs_approval is not False:
            raise NotConfigured(f"{tool.name} has its own needs_approval: drop it, Signoff decides.")

        async def pending(context: RunContextWrapper[Any], arguments: dict[str, Any], call_id: str) -> bool:
            return isinstance(await self._gate.look(self._call(tool.name, context, arguments, call_id)), Parked)

        async def invoke(context: ToolContext[Any], text: str) -> Any:
            return await self._invoke(tool, context, text)

        guarded = copy.copy(tool)
        guarded.on_invoke_tool = invoke
        guarded.timeout_seconds = None  # it is for the tool, not for the people
        if self._park:
            guarded.needs_approval = pending
        self._guarded.add(tool.name)
        return guarded

    async def tickets(self, result: RunResult | RunResultStreaming) -> dict[str, Ticket]:
        """What a paused run waits for, by the id of the call."""
        looked = [(item, await self._look(item, result.context_wrapper)) for item in result.interruptions]
        return {item.call_id or "": seen.ticket for item, seen in looked if isinstance(seen, Parked)}

    async def settle(self, state: RunState[Any, Any]) -> dict[str, Ticket]:
        """Lets go on, when it is run, what people have decided; the tool claims it then, or says why not.

        What they have not decided stays interrupted, with its ticket returned; so does what cannot be asked about.
        """
        waiting = {}
        for item in state.get_interruptions():
            if item.name not in self._guarded:
                continue
            seen = await self._look(item, state._context)  # noqa: SLF001 a RunState has no other way to its context
            if isinstance(seen, Parked):
                waiting[item.call_id or ""] = seen.ticket
            elif seen is None:
                state.approve(item)
        return waiting

    async def _look(self, item: ToolApprovalItem, context: RunContextWrapper[Any] | None) -> Parked | Denied | None:
        arguments = _arguments(item.arguments)
        if arguments is None:
            return None  # nobody is asked: the tool refuses it
        if context is None or item.name is None or item.call_id is None:
            raise NotConfigured("This state has no context or call to go on with, so nothing ran.")
        return await self._gate.look(self._call(item.name, context, arguments, item.call_id))

    async def _invoke(self, tool: FunctionTool, context: ToolContext[Any], text: str) -> Any:
        arguments = _arguments(text)
        if arguments is None:
            return UNREADABLE
        answer = await self._gate.check(self._call(tool.name, context, arguments, context.tool_call_id))
        if isinstance(answer, Parked):
            answer = await self._gate.abandon(answer)
        if isinstance(answer, Denied):
            return answer.message

        async def act(approved: dict[str, Any]) -> Any:
            return await _run(tool, context, json.dumps(approved, ensure_ascii=False))

        try:
            return _noted(await self._gate.run(answer, act), answer)
        except _ToolFailed as failed:
            return _noted(failed.words, answer)
        except Unreported as lost:
            log.warning("%s", lost.message)
            return _noted(lost.result, answer)
        except _TimedOut as late:
            return _noted(await _words_for(tool, context, late.error), answer)

    def _call(self, tool: str, context: RunContextWrapper[Any], arguments: dict[str, Any], call_id: str) -> ToolCall:
        run_id = self._run_id if isinstance(self._run_id, str) else self._run_id(context)
        if not run_id or not call_id:
            raise NotConfigured(f"A call of {tool} has no id of its run or of itself, so nothing ran.")
        return ToolCall(tool=tool, arguments=arguments, call_id=call_id, run_id=run_id)


async def _run(tool: FunctionTool, context: ToolContext[Any], text: str) -> Any:
    """The tool below, with these arguments and no others. What the SDK puts into words is raised, with the words."""
    failures: list[Exception] = []

    async def note(around: RunContextWrapper[Any], error: Exception) -> str:
        failures.append(error)
        words = await maybe_invoke_function_tool_failure_error_function(function_tool=tool, context=around, error=error)
        if words is None:
            raise error
        return words

    below = set_function_tool_failure_error_function(copy.copy(tool), note)
    below.timeout_behavior = "raise_exception"
    try:
        output = await invoke_function_tool(function_tool=below, context=_with(context, text), arguments=text)
    except ToolTimeoutError as late:
        raise _TimedOut(late) from late
    if failures:
        raise _ToolFailed(failures[0], output) from failures[0]
    return output


def _with(context: ToolContext[Any], text: str) -> ToolContext[Any]:
    """The context, which knows the arguments too."""
    changed = copy.copy(context)
    changed.tool_arguments = text
    if context.tool_call is not None:
        changed.tool_call = context.tool_call.model_copy(update={"arguments": text})
    return changed


async def _words_for(tool: FunctionTool, context: ToolContext[Any], late: ToolTimeoutError) -> Any:
    """What the tool says of its own timeout."""
    if tool.timeout_behavior == "raise_exception":
        raise late
    if tool.timeout_error_function is None:
        return str(late)
    words = tool.timeout_error_function(context, late)
    return words if isinstance(words, str) else await words


def _arguments(text: str | None) -> dict[str, Any] | None:
    """The arguments of a call, None if they are no JSON object."""
    try:
        read = json.loads(text if text and text.strip() else "{}")
    except ValueError:
        return None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None


def _noted(output: Any, granted: Granted) -> Any:
    """The output, and for the model what it came of, where people changed its arguments."""
    if not granted.edited:
        return output
    note = (
        "People changed the arguments before they approved this call, on purpose: it ran with "
        f"{json.dumps(granted.arguments, ensure_ascii=False)} and must not be repeated with the original ones."
    )
    if isinstance(output, Structured):
        return [ToolOutputText(text=note), output]
    if isinstance(output, list) and output and all(isinstance(each, Structured) for each in output):
        return [ToolOutputText(text=note), *output]
    return f"{note}\n{output}"
