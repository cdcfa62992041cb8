"""MCP server: a model asks people, looks again, and reports; and Claude Code asks for permission.

It hands a payload out to be run once: who asks for the same again is told that it is taken.
"""

import json
import uuid
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import ToolAnnotations

from signoff_client.claude_events import reasoning_of, refusal_text, unfit
from signoff_client.errors import Refused, SignoffError
from signoff_client.gating import AsyncGate, Granted, Parked, ToolCall

if TYPE_CHECKING:
    from signoff_client.gating import Answer

USUAL: Final = 45.0
"""Seconds that a call is held by default: most MCP clients give up after a minute."""
CALL: Final = "claudecode/toolUseId"
"""Where Claude Code says which call of the model it makes."""
UNAVAILABLE: Final = "unavailable"
"""The status of what could not be asked for."""
UNREPORTED: Final = "unreported"
"""The status of what was run, and could not be told."""
INSTRUCTIONS: Final = (
    "People decide here whether an action may run. Call request_approval, and act only if may_run is true: then run "
    "exactly what is in `run`, once, and call report_outcome. While it is pending, call check_approval with its id. "
    "Anything else means: do not run it."
)


@dataclass(frozen=True, kw_only=True)  # without slots, which its schema would take for defaults
class ApprovalStatus:
    """How a request stands. Only if `may_run` is true may anything run: exactly `run`, once."""

    may_run: bool
    status: str
    message: str
    id: str | None = None
    """For check_approval and report_outcome."""
    action: str | None = None
    """What `run` is for, and nothing else."""
    run: dict[str, Any] | None = None
    edited: bool = False
    """Whether people changed what was asked for."""
    permit: str | None = None
    """For the tool that acts, if it checks permits."""


def approvals(gate: "AsyncGate", *, run_id: str) -> MCPServer:
    """The server. `run_id` names this session in every proposal; with a call's id it is the idempotency key.

    The gate says which tools `permission_prompt` asks people for, and how long it waits.
    """
    tools = _Tools(gate, run_id)
    server = MCPServer("signoff", instructions=INSTRUCTIONS)
    hints = ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=True)
    for tool in (tools.request_approval, tools.check_approval, tools.report_outcome):
        server.add_tool(tool, annotations=hints)
    server.add_tool(tools.permission_prompt, annotations=hints, structured_output=False)
    return server


class _Tools:
    """What the server offers; each docstring is what a model reads."""

    def __init__(self, gate: "AsyncGate", run_id: str) -> None:
        self._gate = gate
        self._client = gate.client
        self._run_id = run_id

    async def request_approval(
        self,
        action: str,
        payload: dict[str, Any],
        reasoning: str,
        ctx: Context,
        summary: str | None = None,
        call_id: str | None = None,
        wait_seconds: float = USUAL,
    ) -> ApprovalStatus:
        """Asks people whether an action may run, and waits for a while; if it is pending then, call check_approval.

        action: dotted, as refund.create. payload: exactly what would run, whole. reasoning: why, for the people who
        decide. summary: one line of at most 150 characters. call_id: a name for this request; asked again under the
        same name, it is the same request.
        """
        fields = {} if summary is None else {"summary": summary}
        try:
            # Clients give a call up after a minute; its repetition finds the question where it was.
            gate = AsyncGate(self._client, actions={action: action}, fields=lambda _: fields, keep=True)
        except SignoffError as error:
            return ApprovalStatus(
                may_run=False, status=UNAVAILABLE, message=f"{error.message} Nobody was asked and nothing ran."
            )
        call = ToolCall(
            tool=action,
            arguments=payload,
            call_id=call_id or _call(ctx) or uuid.uuid4().hex,
            run_id=self._run_id,
            reasoning=reasoning,
        )
        return _status(await gate.check(call, wait=max(0.0, wait_seconds)))

    async def check_approval(self, id: str, wait_seconds: float = USUAL) -> ApprovalStatus:  # noqa: A002 as it is called there
        """Looks again at a request that was pending, and takes it if people have approved it."""
        try:
            proposal = await self._client.get(id)
        except SignoffError as error:
            return ApprovalStatus(may_run=False, status=UNAVAILABLE, message=f"{error.message} Nothing ran.")
        return _status(await self._gate.resume(proposal.ticket, wait=max(0.0, wait_seconds)))

    async def report_outcome(
        self,
        id: str,  # noqa: A002
        status: Literal["succeeded", "failed", "unknown"],
        detail: str | None = None,
    ) -> ApprovalStatus:
        """Says what came of running it; `detail` is a sentence."""
        try:
            answer = await self._client.report(id, status, detail)
        except SignoffError as error:
            lost = f"This could not be reported: {error.message} Report it again later; do not run it again."
            return ApprovalStatus(may_run=False, id=id, status=UNREPORTED, message=lost)
        return ApprovalStatus(may_run=False, id=answer.id, status=answer.status, message=answer.message)

    async def permission_prompt(
        self,
        tool_name: str,
        input: dict[str, Any],  # noqa: A002 as Claude Code sends it
        ctx: Context,
        tool_use_id: str | None = None,
    ) -> str:
        """For `claude --permission-prompt-tool`, not for models: asks people whether a tool may run."""
        if not self._gate.concerns(tool_name):
            return json.dumps({"behavior": "allow", "updatedInput": input})
        call_id = tool_use_id or _call(ctx)
        if not call_id:
            return json.dumps(
                {"behavior": "deny", "message": "The call has no id, so nobody was asked and nothing ran."}
            )
        call = ToolCall(
            tool=tool_name, arguments=input, call_id=call_id, run_id=self._run_id, reasoning=reasoning_of(input)
        )
        answer = await self._gate.check_again(call)
        if not isinstance(answer, Granted):
            return json.dumps({"behavior": "deny", "message": refusal_text(answer)})
        if (why := unfit(tool_name, input, answer.arguments)) is not None:
            return json.dumps({"behavior": "deny", "message": await self._unrun(answer, why)})
        return json.dumps({"behavior": "allow", "updatedInput": answer.arguments})

    async def _unrun(self, granted: Granted, why: str) -> str:
        try:
            await self._gate.report(granted, "failed", why)
        except SignoffError as lost:
            return f"{why} (This could not be reported: {lost.message})"
        return why


def _status(answer: "Answer") -> ApprovalStatus:
    if isinstance(answer, Granted):
        claimed = answer.claimed
        changed = " People changed it: run what is in `run`." if claimed.edited else ""
        return ApprovalStatus(
            may_run=True,
            action=claimed.proposal.action,
            run=claimed.payload,
            edited=claimed.edited,
            id=claimed.id,
            status=claimed.proposal.status,
            message=f"Approved: run exactly this as {claimed.proposal.action}, once, and report the outcome.{changed}",
            permit=claimed.permit,
        )
    if isinstance(answer, Parked):
        message = f"{answer.message} Call check_approval with the id."
        return ApprovalStatus(may_run=False, id=answer.ticket.id, status="pending", message=message)
    known = answer.error.proposal if isinstance(answer.error, Refused) else None
    return ApprovalStatus(
        may_run=False,
        id=known.id if known else None,
        status=known.status if known else UNAVAILABLE,
        message=answer.message,
    )


def _call(ctx: Context) -> str | None:
    meta: Any = ctx.request_context.meta or {}
    said = meta.get(CALL)
    return said if isinstance(said, str) and said else None
