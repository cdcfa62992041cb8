"""LangChain and LangGraph: a middleware for `create_agent`, and one call for a node of a graph of one's own.

Waiting, or pausing: with `park` the graph is interrupted, and whoever runs it again gets the answer. LangGraph
runs a node from its beginning then; thread and call make the same proposal of it, and the claim makes one effect.
"""

import json
import logging
from collections.abc import Awaitable, Callable, Mapping
from typing import Any, Final, NoReturn, TypeVar

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.config import get_config
from langgraph.errors import GraphInterrupt
from langgraph.types import Command, Interrupt, interrupt

from signoff_client.errors import NotConfigured, Unreported
from signoff_client.gating import AsyncGate, Denied, Gate, Granted, Parked, ToolCall
from signoff_client.model import Ticket

__all__ = ["SignoffMiddleware", "aask_or_pause", "ask_or_pause", "tickets"]

Result = ToolMessage | Command[Any]
T = TypeVar("T")

KIND: Final = "signoff"
"""What marks an interrupt as ours."""

log = logging.getLogger(__name__)


class _ToolFailed(Exception):
    """The tool node made a message of the tool's failure; here it becomes a failure again, to be reported."""

    def __init__(self, answer: ToolMessage) -> None:
        super().__init__(str(answer.text))
        self.answer = answer


class _PausedInside(BaseException):
    """The tool interrupted the graph by itself. No Exception: what it has done by then is unknown, and so reported."""

    def __str__(self) -> str:
        return "the tool interrupted the graph while it acted"


class SignoffMiddleware(AgentMiddleware[AgentState[Any], Any, Any]):
    """Asks for every tool call that the gate is concerned with, and runs it with what people approved.

    Put it last in the list: what stands after it could change the arguments that people approved.
    """

    def __init__(self, *gates: Gate | AsyncGate, park: bool = False) -> None:
        """A Gate for `invoke` and `stream`, an AsyncGate for `ainvoke` and `astream`, or one of each.

        With `park` the graph is interrupted until people have decided, which needs a checkpointer. Without, the call
        waits as long as the gate says, and then takes the question back.
        """
        super().__init__()
        self._gate = next((gate for gate in gates if isinstance(gate, Gate)), None)
        self._async_gate = next((gate for gate in gates if isinstance(gate, AsyncGate)), None)
        if len(gates) != (self._gate is not None) + (self._async_gate is not None) or not gates:
            raise NotConfigured("SignoffMiddleware takes a Gate, an AsyncGate, or one of each.")
        self._park = park

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Result]) -> Result:
        """The tool's result, or why it did not run."""
        gate = self._gate
        if gate is None:
            raise NotConfigured("SignoffMiddleware has no Gate: use ainvoke or astream, or give it one.")
        if not gate.concerns(request.tool_call["name"]):
            return handler(request)
        call = _call(request)
        answer = gate.check(call, wait=0.0 if self._park else None)
        if isinstance(answer, Parked):
            if self._park:
                _interrupt(call, answer)
            answer = gate.abandon(answer)
        if isinstance(answer, Denied):
            return _refusal(request, answer)

        def act(arguments: dict[str, Any]) -> Result:
            try:
                return _checked(handler(_with(request, arguments)))
            except GraphInterrupt as paused:
                raise _PausedInside from paused

        try:
            return _noted(gate.run(answer, act), answer)
        except (_ToolFailed, _PausedInside, Unreported) as ended:
            return _ending(request, answer, ended)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Result]]
    ) -> Result:
        """The tool's result, or why it did not run."""
        gate = self._async_gate
        if gate is None:
            raise NotConfigured("SignoffMiddleware has no AsyncGate: use invoke or stream, or give it one.")
        if not gate.concerns(request.tool_call["name"]):
            return await handler(request)
        call = _call(request)
        answer = await gate.check(call, wait=0.0 if self._park else None)
        if isinstance(answer, Parked):
            if self._park:
                _interrupt(call, answer)
            answer = await gate.abandon(answer)
        if isinstance(answer, Denied):
            return _refusal(request, answer)

        async def act(arguments: dict[str, Any]) -> Result:
            try:
                return _checked(await handler(_with(request, arguments)))
            except GraphInterrupt as paused:
                raise _PausedInside from paused

        try:
            return _noted(await gate.run(answer, act), answer)
        except (_ToolFailed, _PausedInside, Unreported) as ended:
            return _ending(request, answer, ended)


def ask_or_pause(
    gate: Gate, tool: str, arguments: Mapping[str, Any], *, call_id: str, reasoning: str | None = None
) -> Granted | Denied:
    """For a node: interrupts the graph until people have decided. Then `gate.run(granted, …)`, in the same node.

    `call_id` names this one act within its thread, however often the graph runs the node. Raises NotConfigured outside
    of a graph, or without a thread.
    """
    call = _node_call(tool, arguments, call_id, reasoning)
    answer = gate.check(call, wait=0.0)
    if isinstance(answer, Parked):
        _interrupt(call, answer)
    return answer


async def aask_or_pause(
    gate: AsyncGate,
    tool: str,
    arguments: Mapping[str, Any],
    *,
    call_id: str,
    reasoning: str | None = None,
) -> Granted | Denied:
    """As ask_or_pause."""
    call = _node_call(tool, arguments, call_id, reasoning)
    answer = await gate.check(call, wait=0.0)
    if isinstance(answer, Parked):
        _interrupt(call, answer)
    return answer


def tickets(paused: Any) -> dict[str, Ticket]:
    """What a graph waits for, by the id of the interrupt: of the result of `invoke`, or of a state snapshot."""
    found = paused.get("__interrupt__", ()) if isinstance(paused, Mapping) else paused.interrupts
    return {
        each.id: Ticket.from_json(each.value["ticket"])
        for each in found
        if isinstance(each, Interrupt) and isinstance(each.value, Mapping) and each.value.get("type") == KIND
    }


def _interrupt(call: ToolCall, parked: Parked) -> NoReturn:
    """Interrupts. What the graph is resumed with is never an answer: Signoff is asked, and it alone."""
    said = {
        "type": KIND,
        "message": parked.message,
        "tool": call.tool,
        "arguments": dict(call.arguments),
        "ticket": parked.ticket.to_json(),
    }
    while True:  # each round takes what an earlier resumption left, until there is none and the graph stops
        interrupt(said)


def _call(request: ToolCallRequest) -> ToolCall:
    asked = request.tool_call
    if not asked["id"]:
        raise NotConfigured(f"The model gave its call of {asked['name']} no id, so a repetition could not be told.")
    return ToolCall(
        tool=asked["name"],
        arguments=asked["args"],
        call_id=asked["id"],
        run_id=_run(request.runtime.config),
        reasoning=_reasoning(request.state, asked["id"]),
    )


def _node_call(tool: str, arguments: Mapping[str, Any], call_id: str, reasoning: str | None) -> ToolCall:
    try:
        run_id = _run(get_config())
    except RuntimeError:
        raise NotConfigured("ask_or_pause has to be called in a node of a running graph.") from None
    return ToolCall(tool=tool, arguments=arguments, call_id=call_id, run_id=run_id, reasoning=reasoning)


def _run(config: Mapping[str, Any]) -> str:
    run = config.get("configurable", {}).get("thread_id") or config.get("run_id")
    if not run:
        raise NotConfigured(
            "Signoff tells a call from its repetition by the thread: run the graph with "
            "config={'configurable': {'thread_id': …}}. Nothing ran."
        )
    return str(run)


def _reasoning(state: Any, call_id: str) -> str | None:
    """What the model said in the message that holds the call."""
    messages = state.get("messages", ()) if isinstance(state, Mapping) else getattr(state, "messages", state)
    for message in reversed(messages if isinstance(messages, list | tuple) else ()):
        if isinstance(message, AIMessage) and any(each["id"] == call_id for each in message.tool_calls):
            return str(message.text) or None
    return None


def _with(request: ToolCallRequest, arguments: dict[str, Any]) -> ToolCallRequest:
    """The request with exactly what people approved."""
    return request.override(tool_call={**request.tool_call, "args": arguments})


def _refusal(request: ToolCallRequest, denied: Denied) -> ToolMessage:
    return _said(request, denied.message)


def _said(request: ToolCallRequest, message: str) -> ToolMessage:
    asked = request.tool_call
    return ToolMessage(content=message, name=asked["name"], tool_call_id=asked["id"], status="error")


def _checked(result: Result) -> Result:
    if isinstance(result, ToolMessage) and result.status == "error":
        raise _ToolFailed(result)
    return result


def _ending(request: ToolCallRequest, granted: Granted, ended: "_ToolFailed | _PausedInside | Unreported") -> Result:
    match ended:
        case _ToolFailed(answer=answer):
            return _noted(answer, granted)
        case Unreported(result=result):
            log.warning("%s", ended.message)
            assert isinstance(result, ToolMessage | Command)
            return _noted(result, granted)
    return _said(
        request,
        f"{request.tool_call['name']} was begun and interrupted itself, so it is not known what came of it. It does "
        "not go on. Find out what has happened before you call it again.",
    )


def _noted(result: Result, granted: Granted) -> Result:
    """The result, and for the model what it came of, where people changed its arguments."""
    if not granted.edited or not isinstance(result, ToolMessage):
        return result
    note = (
        "People changed the arguments before they approved this call, on purpose: it ran with "
        f"{json.dumps(granted.arguments, ensure_ascii=False)} and must not be repeated with the original ones."
    )
    content = f"{note}\n{result.content}" if isinstance(result.content, str) else [note, *result.content]
    return result.model_copy(update={"content": content})
