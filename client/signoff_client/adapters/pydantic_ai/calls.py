"""A call as the gate asks for it, and what the model reads of how it ended."""

import json
from dataclasses import replace
from typing import Any

from pydantic_ai import RunContext
from pydantic_ai.messages import ModelResponse, ToolReturn

from signoff_client.gating import ToolCall


def call_of(ctx: RunContext[Any], tool: str, payload: dict[str, Any]) -> ToolCall:
    """The call that the context is of."""
    return ToolCall(
        tool=tool,
        arguments=payload,
        call_id=ctx.tool_call_id or "",
        run_id=ctx.conversation_id or ctx.run_id or "",  # the conversation stays the same when a run is taken up again
        reasoning=_said_beside(ctx),
    )


def with_the_change(result: Any, ran: dict[str, Any], *, edited: bool) -> Any:
    """The result, and a word for the model that it is the result of something else than it wanted."""
    why = "People changed the arguments before they approved." if edited else "People approved other arguments."
    note = f"{why} The tool ran with: {json.dumps(ran)}"
    if not isinstance(result, ToolReturn):
        return ToolReturn(return_value=result, content=note)
    content = [result.content] if isinstance(result.content, str) else list(result.content or ())
    return replace(result, content=[*content, note])


def _said_beside(ctx: RunContext[Any]) -> str | None:
    for message in reversed(ctx.messages):
        if isinstance(message, ModelResponse):
            return message.text or None
    return None
