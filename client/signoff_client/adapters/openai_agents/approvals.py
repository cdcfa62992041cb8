"""Guarded function tools: they ask before they run.

The SDK has no way to change the arguments of a call. The guarded tool needs none: it claims when it is invoked, and
invokes the tool below with what people approved. So nothing that is done to the RunState can make it run.
"""

import copy
import json
from collections.abc import Callable
from typing import Any, Final, cast

from agents import FunctionTool, RunContextWrapper, RunResult, RunResultStreaming, RunState, ToolApprovalItem
from agents.tool_context import ToolContext

from signoff_client.adapters.openai_agents.arguments import Parameters, parameters_of
from signoff_client.adapters.openai_agents.running import (
    CutShort,
    ToolFailed,
    Tripped,
    admit,
    noted,
    run,
    with_arguments,
    words_of,
)
from signoff_client.errors import Invalid, KeyReused, NotConfigured, Refused, Unfit
from signoff_client.gating import AsyncGate, Denied, Granted, Parked, ToolCall
from signoff_client.model import Ticket

RunId = str | Callable[[RunContextWrapper[Any]], str]
Context = RunContextWrapper[Any]

FINAL: Final = (Refused, Invalid, KeyReused)
"""Noes that no later look would turn into something else."""
UNREADABLE: Final = "Nobody was asked and nothing ran: the arguments are not a JSON object. Call the tool with one."


class _Guard:
    """One tool that asks. Copies of the guarded tool, under whatever name, are invoked by the same one."""

    def __init__(
        self, tool: FunctionTool, parameters: Parameters, gate: AsyncGate, run_id: RunId, *, park: bool
    ) -> None:
        self.tool = tool
        self._parameters = parameters
        self._gate = gate
        self._run_id = run_id
        self._park = park

    async def pending(self, context: Context, arguments: dict[str, Any], call_id: str) -> bool:
        """For `needs_approval`: whether people still decide. What cannot be asked is refused when it is invoked."""
        try:
            call = self._call(context, arguments, call_id)
        except Invalid:
            return False
        return isinstance(await self._gate.look(call), Parked)

    async def look(self, context: Context, item: ToolApprovalItem) -> Parked | Denied | None:
        """How it stands with a call that was interrupted; asks, if nobody has."""
        try:
            call = self._call(context, _arguments(item.arguments), item.call_id or "")
        except Invalid as unfit:
            return Denied(message=unfit.message, error=unfit)
        return await self._gate.look(call)

    async def invoke(self, context: ToolContext[Any], text: str) -> Any:
        """For `on_invoke_tool`: asks, waits, claims, runs the tool below, reports."""
        try:
            call = self._call(context, _arguments(text), context.tool_call_id)
        except Invalid as unfit:
            return unfit.message
        answer = await self._gate.check(call)
        if isinstance(answer, Parked):
            answer = await self._gate.abandon(answer)
        if isinstance(answer, Denied):
            return answer.message
        return await self._run(context, answer)

    async def _run(self, context: ToolContext[Any], granted: Granted) -> Any:
        """Once, with what people approved, and reported; what the model reads of it."""
        ran = dict[str, Any]()

        async def act(approved: dict[str, Any]) -> Any:
            ran.update(self._parameters.approved(approved))
            below = with_arguments(context, json.dumps(approved, ensure_ascii=False))
            if granted.edited:
                await admit(self.tool, below)
            return await run(self.tool, below)

        try:
            output = await self._gate.run_and_log(granted, act)
        except Tripped as tripped:
            raise tripped.error from tripped
        except Unfit as unfit:
            if unfit.proposal_id != granted.claimed.id:
                raise  # of a call that the tool made itself: this one ran
            return f"{unfit.message} Nothing ran, and the reviewers were told."
        except ToolFailed as failed:
            output = failed.words
        except CutShort as late:
            output = await words_of(self.tool, context, late)
        return noted(output, ran if granted.edited else None)

    def _call(self, context: Context, sent: dict[str, Any] | None, call_id: str) -> ToolCall:
        """What is asked for. Raises Invalid for what the tool would not take, NotConfigured without a name for it."""
        name = self.tool.name
        if sent is None:
            raise Invalid(UNREADABLE)
        run_id = self._run_id if isinstance(self._run_id, str) else self._run_id(context)
        if not run_id or not call_id:
            raise NotConfigured(f"A call of {name} has no id of its run or of itself, so nothing ran.")
        arguments = self._parameters.payload(sent)
        if self._park and self._parameters.payload(sent) != arguments:
            raise Invalid(
                f"People cannot be asked for {name} with these arguments, so nothing ran: they come to something else "
                "each time, so nobody could tell later what was approved. Give a value for every argument."
            )
        return ToolCall(tool=name, arguments=arguments, call_id=call_id, run_id=run_id)


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
        self._guards: list[_Guard] = []

    def guard(self, tool: FunctionTool) -> FunctionTool:
        """The tool, asking first; unchanged, if the gate leaves it free. Raises NotConfigured for what cannot ask."""
        if not self._gate.concerns(tool.name):
            return tool
        if isinstance(_bound_to(tool.on_invoke_tool), _Guard):
            raise NotConfigured(f"{tool.name} is guarded already: guard it once.")
        if getattr(tool, "_is_agent_tool", False):
            raise NotConfigured(f"{tool.name} is an agent: guard the tools of that agent instead.")
        if tool.output_json_schema is not None:
            raise NotConfigured(f"{tool.name} has an output schema, which the words of a refusal would not fit.")
        if self._park and tool.needs_approval is not False:
            raise NotConfigured(f"{tool.name} has its own needs_approval: drop it, Signoff decides.")
        self._gate.actions([tool.name])  # says which, and refuses one that another tool has by accident
        guard = _Guard(tool, parameters_of(tool), self._gate, self._run_id, park=self._park)
        guarded = copy.copy(tool)
        guarded.on_invoke_tool = guard.invoke
        guarded.timeout_seconds = None  # it is for the tool, not for the people
        if self._park:
            guarded.needs_approval = guard.pending
        self._guards.append(guard)
        return guarded

    @property
    def actions(self) -> dict[str, str]:
        """The action of each tool that was guarded: what the policy has to name."""
        return self._gate.actions(guard.tool.name for guard in self._guards)

    async def tickets(self, result: RunResult | RunResultStreaming) -> dict[str, Ticket]:
        """What a paused run waits for at Signoff, by the id of the call."""
        looked = [(item, await self._look(item, result.context_wrapper)) for item in result.interruptions]
        return {item.call_id or "": decision.ticket for item, decision in looked if isinstance(decision, Parked)}

    async def settle(self, state: RunState[Any, Any]) -> dict[str, Ticket]:
        """Lets go on, when it is run, what people have decided: approved, the tool claims it then; else it stays unrun.

        What they have not decided stays interrupted, with its ticket returned; so does what cannot be asked about, and
        every call of a tool that is none of those guarded here.
        """
        waiting = {}
        for item in state.get_interruptions():
            decision = await self._look(item, state._context)  # noqa: SLF001 a RunState has no other way to its context
            if isinstance(decision, Parked):
                waiting[item.call_id or ""] = decision.ticket
            elif isinstance(decision, Denied) and isinstance(decision.error, FINAL):
                state.reject(item, rejection_message=decision.message)
            elif decision is True:
                state.approve(item)
        return waiting

    async def _look(self, item: ToolApprovalItem, context: Context | None) -> Parked | Denied | bool:
        """True for what people approved, False for what is not ours to ask about."""
        if context is None:
            raise NotConfigured("This state has no context to go on with, so nothing ran.")
        guard = await self._guard_of(item, context)
        if guard is None:
            return False
        return await guard.look(context, item) or True

    async def _guard_of(self, item: ToolApprovalItem, context: Context) -> _Guard | None:
        """Whose call it is, if the one tool that the SDK could run for it asks here and has nothing else to ask.

        A name says nothing: another agent, an MCP server, a namespace may have it for a tool of its own.
        """
        if _kind(item.raw_item) != "function_call" or item.agent is None:
            return None
        named = [
            tool
            for tool in await item.agent.get_all_tools(context)
            if isinstance(tool, FunctionTool) and tool.qualified_name == item.qualified_name
        ]
        if len(named) != 1:
            return None
        guard = _bound_to(named[0].on_invoke_tool)
        if not isinstance(guard, _Guard) or guard not in self._guards:
            return None
        return guard if named[0].needs_approval == guard.pending else None


def _bound_to(method: Any) -> object:
    return getattr(method, "__self__", None)


def _kind(raw: Any) -> object:
    return raw.get("type") if isinstance(raw, dict) else getattr(raw, "type", None)


def _arguments(text: str | None) -> dict[str, Any] | None:
    """The arguments of a call, None if they are no JSON object."""
    try:
        read = json.loads(text if text and text.strip() else "{}")
    except ValueError:
        return None
    return cast("dict[str, Any]", read) if isinstance(read, dict) else None
