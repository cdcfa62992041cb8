"""Middleware: people decide about every tool call of an agent."""

from collections.abc import Awaitable, Callable
from typing import Any, NoReturn

from langchain.agents.middleware import AgentMiddleware, AgentState
from langchain.agents.middleware.types import ToolCallRequest
from langchain_core.messages import AIMessage, ToolMessage
from langgraph.errors import GraphInterrupt
from langgraph.types import Command

from signoff_client.adapters.langchain.arguments import Signature
from signoff_client.adapters.langchain.nodes import run_of
from signoff_client.adapters.langchain.pausing import drop_resumptions, pause
from signoff_client.adapters.langchain.results import Result, ToolFailed, checked, noted
from signoff_client.errors import Invalid, NotConfigured, Unfinished, Unfit
from signoff_client.gating import AsyncGate, Gate, Granted, Parked, ToolCall

Answer = ToolMessage | Command[Any]


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

    def wrap_tool_call(self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Answer]) -> Any:
        """The tool's result, or why it did not run."""
        gate = self._gate
        if gate is None:
            raise NotConfigured("SignoffMiddleware has no Gate: use ainvoke or astream, or give it one.")
        if not gate.concerns(request.tool_call["name"]):
            return handler(request)
        try:
            running = _Running(request, park=self._park)
        except Invalid as refusal:
            return _said(request, refusal.message)
        answer = gate.check(running.call, wait=0.0 if self._park else None)
        if isinstance(answer, Parked):
            if self._park:
                pause(running.call, answer)
            answer = gate.abandon(answer)
        drop_resumptions()
        if not isinstance(answer, Granted):
            return _said(request, answer.message)

        def act(payload: dict[str, Any]) -> Result:
            try:
                return checked(handler(running.approved(payload)))
            except GraphInterrupt as paused:
                _refuse_to_pause(request, paused)

        try:
            return running.ending(gate.run_and_log(answer, act), answer)
        except (ToolFailed, Unfinished, Unfit) as ended:
            return running.ending(ended, answer)

    async def awrap_tool_call(
        self, request: ToolCallRequest, handler: Callable[[ToolCallRequest], Awaitable[Answer]]
    ) -> Any:
        """The tool's result, or why it did not run."""
        gate = self._async_gate
        if gate is None:
            raise NotConfigured("SignoffMiddleware has no AsyncGate: use invoke or stream, or give it one.")
        if not gate.concerns(request.tool_call["name"]):
            return await handler(request)
        try:
            running = _Running(request, park=self._park)
        except Invalid as refusal:
            return _said(request, refusal.message)
        answer = await gate.check(running.call, wait=0.0 if self._park else None)
        if isinstance(answer, Parked):
            if self._park:
                pause(running.call, answer)
            answer = await gate.abandon(answer)
        drop_resumptions()
        if not isinstance(answer, Granted):
            return _said(request, answer.message)

        async def act(payload: dict[str, Any]) -> Result:
            try:
                return checked(await handler(running.approved(payload)))
            except GraphInterrupt as paused:
                _refuse_to_pause(request, paused)

        try:
            return running.ending(await gate.run_and_log(answer, act), answer)
        except (ToolFailed, Unfinished, Unfit) as ended:
            return running.ending(ended, answer)


class _Running:
    """One call on its way: what is asked for, what runs, and what the model reads of it."""

    def __init__(self, request: ToolCallRequest, *, park: bool) -> None:
        """Raises Invalid where people are not to be asked."""
        self._request = request
        asked = request.tool_call
        if not asked["id"]:
            raise NotConfigured(f"The model gave its call of {asked['name']} no id, so a repetition could not be told.")
        run_id = run_of(request.runtime.config)
        self._signature = Signature.of(request)
        payload = self._signature.payload()
        if park:  # the graph runs the call from its beginning then
            self._signature.refuse_another(payload)
        self.call = ToolCall(
            tool=asked["name"],
            arguments=payload,
            call_id=asked["id"],
            run_id=run_id,
            reasoning=_reasoning(request.state, asked["id"]),
        )
        self._ran: dict[str, Any] | None = None

    def approved(self, payload: dict[str, Any]) -> ToolCallRequest:
        """The request with exactly what people approved. Raises Unfit where the tool does not take that."""
        ran = self._signature.approved(payload)
        self._ran = ran if ran != self.call.arguments else None
        return self._request.override(tool_call={**self._request.tool_call, "args": payload})

    def ending(self, ended: "Result | ToolFailed | Unfinished | Unfit", granted: Granted) -> Result:
        """What the model reads. Raises what ended another call, which the tool made within this one."""
        match ended:
            case Unfit(proposal_id=other) if other != granted.claimed.id:
                raise ended
            case Unfit(message=message):
                return _said(self._request, f"{message} Nothing ran.")
            case Unfinished():
                return _said(self._request, str(ended))
            case ToolFailed(answer=answer):
                return self._noted(answer)
            case _:
                return self._noted(ended)

    def _noted(self, result: Any) -> Result:
        return result if self._ran is None else noted(result, self._ran, self.call.call_id)


def _reasoning(state: Any, call_id: str) -> str | None:
    """What the model said in the message that holds the call."""
    messages = state.get("messages", ()) if isinstance(state, dict) else getattr(state, "messages", state)
    for message in reversed(messages if isinstance(messages, list | tuple) else ()):
        if isinstance(message, AIMessage) and any(each["id"] == call_id for each in message.tool_calls):
            return str(message.text) or None
    return None


def _refuse_to_pause(request: ToolCallRequest, paused: GraphInterrupt) -> NoReturn:
    raise Unfinished(
        f"{request.tool_call['name']} was begun and interrupted itself, so it is not known what came of it. It does "
        "not go on. Find out what has happened before you call it again."
    ) from paused


def _said(request: ToolCallRequest, message: str) -> ToolMessage:
    asked = request.tool_call
    return ToolMessage(content=message, name=asked["name"], tool_call_id=asked["id"], status="error")
