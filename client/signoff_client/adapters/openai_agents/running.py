"""Running the tool below a guarded one, with what people approved; a failure the SDK put into words is one again."""

import copy
import json
from typing import Any, Final, cast

from agents import (
    Agent,
    FunctionTool,
    RunContextWrapper,
    ToolInputGuardrail,
    ToolInputGuardrailTripwireTriggered,
    ToolOutputFileContent,
    ToolOutputImage,
    ToolOutputText,
    ToolTimeoutError,
)
from agents.exceptions import MCPToolCancellationError
from agents.tool import (
    invoke_function_tool,
    maybe_invoke_function_tool_failure_error_function,
    set_function_tool_failure_error_function,
)
from agents.tool_context import ToolContext
from agents.tool_guardrails import ToolGuardrailFunctionOutput, ToolInputGuardrailData

from signoff_client.errors import Unfinished, Unfit

Structured: Final = ToolOutputText | ToolOutputImage | ToolOutputFileContent


class ToolFailed(Exception):
    """The SDK made words of the tool's failure; here it becomes a failure again, to be reported."""

    def __init__(self, error: Exception, words: object) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.words = words


class CutShort(Unfinished):
    """The tool was left behind: what it has done by then, and may still do, is unknown, and so reported."""

    def __init__(self, error: Exception, words: object = None) -> None:
        super().__init__(f"{type(error).__name__}: {error}")
        self.error = error
        self.words = words


class Tripped(Unfit):
    """A guardrail of the tool ends the run over what people approved."""

    def __init__(self, guardrail: ToolInputGuardrail[Any], output: ToolGuardrailFunctionOutput) -> None:
        super().__init__(f"The tool's guardrail {guardrail.get_name()} stopped the run over what people approved.")
        self.error = ToolInputGuardrailTripwireTriggered(guardrail=guardrail, output=output)


async def admit(tool: FunctionTool, context: ToolContext[Any]) -> None:
    """Shows its input guardrails what people approved instead of the call: the SDK showed them the call alone.

    Raises Unfit, with the guardrail's message, and Tripped.
    """
    for guardrail in tool.tool_input_guardrails or ():
        output = await guardrail.run(ToolInputGuardrailData(context=context, agent=cast("Agent[Any]", context.agent)))
        if output.behavior["type"] == "raise_exception":
            raise Tripped(guardrail, output)
        if output.behavior["type"] == "reject_content":
            raise Unfit(
                f"The tool's guardrail {guardrail.get_name()} does not let through what people approved: "
                f"{output.behavior['message']}"
            )


async def run(tool: FunctionTool, context: ToolContext[Any]) -> Any:
    """The tool, with the arguments of this context. Raises ToolFailed, CutShort, and what ends the agent's run."""
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
        output = await invoke_function_tool(function_tool=below, context=context, arguments=context.tool_arguments)
    except ToolTimeoutError as late:
        raise CutShort(late) from late
    except MCPToolCancellationError as cancelled:
        raise CutShort(cancelled) from cancelled
    if failures and isinstance(failures[0], MCPToolCancellationError):
        raise CutShort(failures[0], output) from failures[0]
    if failures:
        raise ToolFailed(failures[0], output) from failures[0]
    return output


def with_arguments(context: ToolContext[Any], text: str) -> ToolContext[Any]:
    """The context as the SDK would have made it for a call with these arguments."""
    changed = copy.copy(context)
    changed.tool_arguments = text
    if context.tool_call is not None:
        changed.tool_call = context.tool_call.model_copy(update={"arguments": text})
    return changed


async def words_of(tool: FunctionTool, context: ToolContext[Any], late: CutShort) -> Any:
    """What the model reads of a tool that was cut short. Raises where the tool wants the run to end."""
    if late.words is not None:
        return late.words
    if not isinstance(late.error, ToolTimeoutError) or tool.timeout_behavior == "raise_exception":
        raise late.error
    if tool.timeout_error_function is None:
        return str(late.error)
    words = tool.timeout_error_function(context, late.error)
    return words if isinstance(words, str) else await words


def noted(output: Any, arguments: dict[str, Any] | None) -> Any:
    """The output, and for the model what it came of, where people changed its arguments into these."""
    if arguments is None:
        return output
    note = (
        "People changed the arguments before they approved this call, on purpose: it ran with "
        f"{json.dumps(arguments, ensure_ascii=False)} and must not be repeated with the original ones."
    )
    if isinstance(output, Structured):
        return [ToolOutputText(text=note), output]
    if isinstance(output, list) and output and all(isinstance(each, Structured) for each in output):
        return [ToolOutputText(text=note), *output]
    return f"{note}\n{output}"
