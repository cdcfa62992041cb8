"""Tool results: a success, a failure put into words, and what the model reads of it."""

import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from typing import Any

from langchain_core.messages import ToolMessage
from langgraph.types import Command

Result = ToolMessage | Command[Any] | list[ToolMessage | Command[Any]]
"""A tool may give several messages, or commands that hold them."""
MESSAGES = "messages"


class ToolFailed(Exception):
    """The framework or the tool made a message of a failure; here it becomes one again, to be reported."""

    def __init__(self, answer: Result, message: ToolMessage) -> None:
        super().__init__(str(message.text))
        self.answer = answer


def checked(result: Result) -> Result:
    """The result. Raises ToolFailed for one that says of itself that it is an error."""
    for message in _messages(result):
        if message.status == "error":
            raise ToolFailed(result, message)
    return result


def noted(result: Result, ran: dict[str, Any], call_id: str) -> Result:
    """The result, and for the model what it came of, where that is something else than it asked for."""
    note = (
        "People changed the arguments before they approved this call, on purpose: it ran with "
        f"{json.dumps(ran, ensure_ascii=False)} and must not be repeated with the original ones."
    )

    def with_note(message: ToolMessage) -> ToolMessage:
        if message.tool_call_id != call_id:
            return message
        content = f"{note}\n{message.content}" if isinstance(message.content, str) else [note, *message.content]
        return message.model_copy(update={"content": content})

    annotated: Result = _each(result, with_note)
    return annotated


def _messages(result: Any) -> Iterator[ToolMessage]:
    if isinstance(result, ToolMessage):
        yield result
    elif isinstance(result, list):
        for each in result:
            yield from _messages(each)
    elif isinstance(result, Command) and isinstance(result.update, dict):
        yield from _messages(result.update.get(MESSAGES, []))


def _each(result: Any, change: Callable[[ToolMessage], ToolMessage]) -> Any:
    if isinstance(result, ToolMessage):
        return change(result)
    if isinstance(result, list):
        return [_each(each, change) for each in result]
    if isinstance(result, Command) and isinstance(result.update, dict) and MESSAGES in result.update:
        return replace(result, update={**result.update, MESSAGES: _each(result.update[MESSAGES], change)})
    return result
