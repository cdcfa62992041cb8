"""Pydantic AI: people decide before a tool runs, inline or with the run put aside as DeferredToolRequests.

`SignoffApprovals` is a capability of an agent and covers all its tools; `SignoffToolset` wraps one toolset. What runs
is what people approved, validated anew. Only what the agent runs itself can be held back: external tools and output
tools are run, or read, by the application.
"""

import inspect
import json
import logging
from dataclasses import dataclass, replace
from typing import Any, Final

from pydantic_ai import (
    ApprovalRequired,
    DeferredToolRequests,
    DeferredToolResults,
    RunContext,
    ToolApproved,
    ToolFailed,
)
from pydantic_ai.capabilities import AbstractCapability
from pydantic_ai.messages import ModelResponse, ToolReturn
from pydantic_ai.tools import AgentDepsT
from pydantic_ai.toolsets import AbstractToolset, ToolsetTool, WrapperToolset
from pydantic_core import PydanticSerializationError, ValidationError, to_jsonable_python

from signoff_client.errors import Unreported
from signoff_client.gating import Answer, AsyncGate, Denied, Granted, Parked, ToolCall
from signoff_client.model import Ticket

TICKET: Final = "signoff_ticket"
"""Where the metadata of a deferred call has the ticket."""
SHOWN: Final = 255
"""Characters of an id that a ticket has."""
log = logging.getLogger(__name__)


@dataclass(kw_only=True)
class SignoffToolset(WrapperToolset[AgentDepsT]):
    """A toolset whose tools run once people approved, with what they approved.

    `wait` is how many seconds a call waits for people, by default the gate's; with `park` none, and what is not decided
    then ends the run with DeferredToolRequests instead of being told to the model. `go_on` takes them up.
    """

    gate: AsyncGate
    park: bool = False
    wait: float | None = None

    async def call_tool(
        self, name: str, tool_args: dict[str, Any], ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> Any:
        """What the tool gives; raises ToolFailed for the model, ApprovalRequired where the call is parked.

        That the call counts as approved for Pydantic AI says only that somebody wants it tried again: Signoff is asked.
        """
        if not self.gate.concerns(name):
            return await super().call_tool(name, tool_args, ctx, tool)
        match await self._answer(name, tool_args, ctx):
            case Granted() as granted:
                return await self._run(granted, name, ctx, tool)
            case Parked(ticket=ticket) if self.park:
                raise ApprovalRequired(metadata={TICKET: ticket.to_json()})
            case Parked(message=message) | Denied(message=message):
                raise ToolFailed(message)

    async def _answer(self, name: str, tool_args: dict[str, Any], ctx: RunContext[AgentDepsT]) -> Answer:
        wait = 0.0 if self.park and self.wait is None else self.wait
        if (ticket := _ticket(ctx)) is not None:
            return await self.gate.resume(ticket, wait=wait or 0.0)
        try:
            arguments = to_jsonable_python(tool_args)
        except PydanticSerializationError as fault:
            raise ToolFailed(
                f"People cannot be shown what {name} would run with ({fault}), so it did not run."
            ) from None
        call = ToolCall(
            tool=name,
            arguments=arguments,
            call_id=ctx.tool_call_id or "",
            run_id=_run_of(ctx),
            reasoning=_said_beside(ctx),
        )
        return await self.gate.check(call, wait=wait)

    async def _run(
        self, granted: Granted, name: str, ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> Any:
        async def act(arguments: dict[str, Any]) -> Any:
            approved = await self._validated(arguments, name, ctx, tool)
            return await super(SignoffToolset, self).call_tool(
                name, approved, replace(ctx, tool_call_approved=True), tool
            )

        try:
            result = await self.gate.run(granted, act)
        except Unreported as lost:
            log.warning(lost.message)
            result = lost.result
        return _with_the_change(result, granted.arguments) if granted.edited else result

    async def _validated(
        self, arguments: dict[str, Any], name: str, ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> dict[str, Any]:
        """What people approved as the tool takes it; raises ToolFailed if it does not."""
        try:
            valid: dict[str, Any] = tool.args_validator.validate_json(
                json.dumps(arguments), context=ctx.validation_context
            )
        except ValidationError as fault:
            raise ToolFailed(f"{name} does not take what people approved, so it did not run: {fault}") from None
        if tool.args_validator_func is not None:
            checked = tool.args_validator_func(ctx, **valid)
            if inspect.isawaitable(checked):
                await checked
        return valid


@dataclass(kw_only=True)
class SignoffApprovals(AbstractCapability[AgentDepsT]):
    """People decide before any tool of the agent runs that the gate concerns. `park` and `wait` as in SignoffToolset.

    A tool with `requires_approval=True` is asked for like any other.
    """

    gate: AsyncGate
    park: bool = False
    wait: float | None = None

    @classmethod
    def get_serialization_name(cls) -> str | None:
        """None: a gate is no part of a file."""
        return None

    def get_wrapper_toolset(self, toolset: AbstractToolset[AgentDepsT]) -> AbstractToolset[AgentDepsT]:
        """All tools of the agent, held back."""
        return SignoffToolset(wrapped=toolset, gate=self.gate, park=self.park, wait=self.wait)

    async def handle_deferred_tool_calls(
        self,
        ctx: RunContext[AgentDepsT],  # noqa: ARG002 the framework names it
        *,
        requests: DeferredToolRequests,
    ) -> DeferredToolResults | None:
        """Lets calls through to the toolset that the framework holds back by itself; it asks for them."""
        theirs = [
            call.tool_call_id
            for call in requests.approvals
            if self.gate.concerns(call.tool_name) and TICKET not in requests.metadata.get(call.tool_call_id, {})
        ]
        return requests.build_results(approvals=dict.fromkeys(theirs, ToolApproved())) if theirs else None


def go_on(requests: DeferredToolRequests) -> DeferredToolResults:
    """Takes up what was parked: `agent.run(message_history=…, deferred_tool_results=go_on(requests))`.

    It approves nothing: each tool asks Signoff again, and what is not decided yet ends the run in the same way. Calls
    that others put aside are left out; add their results to what this returns.
    """
    ours = [call.tool_call_id for call in requests.approvals if TICKET in requests.metadata.get(call.tool_call_id, {})]
    return requests.build_results(
        approvals=dict.fromkeys(ours, ToolApproved()), metadata={each: requests.metadata[each] for each in ours}
    )


def _ticket(ctx: RunContext[AgentDepsT]) -> Ticket | None:
    """The ticket this very call was parked with; without a good one the call is asked for as if it were new."""
    kept = ctx.tool_call_metadata.get(TICKET) if isinstance(ctx.tool_call_metadata, dict) else None
    if not isinstance(kept, str):
        return None
    try:
        ticket = Ticket.from_json(kept)
    except ValueError:
        return None
    this = ((ctx.tool_call_id or "")[:SHOWN], _run_of(ctx)[:SHOWN])
    return ticket if (ticket.tool_call_id, ticket.run_id) == this else None


def _run_of(ctx: RunContext[AgentDepsT]) -> str:
    """The conversation, which stays the same when a run is taken up again; the run's id does not."""
    return ctx.conversation_id or ctx.run_id or ""


def _said_beside(ctx: RunContext[AgentDepsT]) -> str | None:
    for message in reversed(ctx.messages):
        if isinstance(message, ModelResponse):
            return message.text or None
    return None


def _with_the_change(result: Any, arguments: dict[str, Any]) -> Any:
    """The result, and a word for the model that it is the result of something else than it wanted."""
    note = f"People changed the arguments before they approved. The tool ran with: {json.dumps(arguments)}"
    if not isinstance(result, ToolReturn):
        return ToolReturn(return_value=result, content=note)
    content = [result.content] if isinstance(result.content, str) else list(result.content or ())
    return replace(result, content=[*content, note])
