"""Toolset whose tools people decide about."""

import json
from dataclasses import dataclass, replace
from typing import Any

from pydantic_ai import ApprovalRequired, CallDeferred, ModelRetry, RunContext, ToolFailed
from pydantic_ai.messages import ToolReturn
from pydantic_ai.tools import AgentDepsT
from pydantic_ai.toolsets import ToolsetTool, WrapperToolset

from signoff_client.adapters.pydantic_ai.arguments import Arguments, Signature
from signoff_client.adapters.pydantic_ai.tickets import call_of, metadata_of, parked_as
from signoff_client.errors import Invalid, Unfinished, Unfit
from signoff_client.gating import AsyncGate, Denied, Granted, Parked, ToolCall


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
        self, name: str, tool_args: Arguments, ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> Any:
        """What the tool gives; raises ToolFailed for the model, ApprovalRequired where the call is parked.

        That the call counts as approved for Pydantic AI says only that somebody wants it tried again: Signoff is asked.
        """
        if not self.gate.concerns(name):
            return await super().call_tool(name, tool_args, ctx, tool)
        wait = 0.0 if self.park and self.wait is None else self.wait
        if (parked := parked_as(ctx, name)) is not None:
            ticket, call = parked
            answer = await self.gate.resume(ticket, wait=wait or 0.0, call=call)
        else:
            call = self._call(name, tool_args, ctx, tool)
            answer = await self.gate.check(call, wait=wait)
            if isinstance(answer, Parked) and not self.park:
                answer = await self.gate.abandon(answer)
        match answer:
            case Granted():
                return await self._run(answer, name, tool_args, ctx, tool)
            case Parked() if self.park:
                raise ApprovalRequired(metadata=metadata_of(call, answer))
            case Parked(message=message) | Denied(message=message):
                raise ToolFailed(message)

    def _call(
        self, name: str, tool_args: Arguments, ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> ToolCall:
        """What people are asked for. Raises ToolFailed where they cannot be."""
        signature = Signature(tool=tool, ctx=ctx)
        try:
            payload = signature.payload(tool_args)
            signature.refuse_dropped(payload)
        except Invalid as refusal:
            raise ToolFailed(refusal.message) from None
        return call_of(ctx, name, payload)

    async def _run(
        self,
        granted: Granted,
        name: str,
        tool_args: Arguments,
        ctx: RunContext[AgentDepsT],
        tool: ToolsetTool[AgentDepsT],
    ) -> Any:
        signature = Signature(tool=tool, ctx=ctx)
        ran: dict[str, Any] = {}
        changed = granted.edited

        async def act(payload: dict[str, Any]) -> Any:
            nonlocal changed
            arguments = await signature.approved(payload, tool_args)
            changed = changed or arguments is not tool_args
            ran.update(signature.show(arguments))
            return await self._act(name, arguments, replace(ctx, tool_call_approved=True), tool)

        try:
            result = await self.gate.run_and_log(granted, act)
        except Unfit as unfit:
            if unfit.proposal_id != granted.claimed.id:  # of a call within this one
                raise
            raise ToolFailed(f"{unfit.message} Nothing ran.") from None
        except Unfinished as unfinished:
            raise _reply(unfinished) from None
        return _with_the_change(result, ran, edited=granted.edited) if changed else result

    async def _act(
        self, name: str, arguments: Arguments, ctx: RunContext[AgentDepsT], tool: ToolsetTool[AgentDepsT]
    ) -> Any:
        """What the tool gives. Raises Unfinished where it may be running on."""
        try:
            return await super().call_tool(name, arguments, ctx, tool)
        except ModelRetry as fault:
            if isinstance(fault.__context__, TimeoutError):  # as the framework says that a tool's time is over
                raise Unfinished(
                    f"{fault.message} It may be running on, so it is not known what came of it. Find out what has "
                    "happened before you call it again."
                ) from fault
            raise
        except (ApprovalRequired, CallDeferred) as deferral:
            raise Unfinished(f"{name} put itself aside while it acted ({type(deferral).__name__}).") from deferral


def _reply(unfinished: Unfinished) -> Exception:
    """What the framework makes of it: a call that puts itself aside is put aside, now that it is reported."""
    if isinstance(unfinished.__cause__, ApprovalRequired | CallDeferred):
        return unfinished.__cause__
    return ToolFailed(str(unfinished))


def _with_the_change(result: Any, ran: dict[str, Any], *, edited: bool) -> Any:
    """The result, and a word for the model that it is the result of something else than it wanted."""
    why = "People changed the arguments before they approved." if edited else "People approved other arguments."
    note = f"{why} The tool ran with: {json.dumps(ran)}"
    if not isinstance(result, ToolReturn):
        return ToolReturn(return_value=result, content=note)
    content = [result.content] if isinstance(result.content, str) else list(result.content or ())
    return replace(result, content=[*content, note])
