"""An MCP server through which a model asks people, looks again, and reports; and Claude Code asks for permission.

It hands a payload out to be run once: who asks for the same again is told that it is taken.
"""

import json
import uuid
from typing import TYPE_CHECKING, Annotated, Any, Final, Literal

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp_types import ToolAnnotations
from pydantic import BaseModel, Field

from signoff_client.errors import ApprovalPending, Refused, SignoffError
from signoff_client.gating import Granted, Parked, ToolCall

if TYPE_CHECKING:
    from signoff_client.gating import AsyncGate
    from signoff_client.model import Claimed

USUAL: Final = 45.0
"""Seconds that a call is held by default: most MCP clients give up after a minute."""
CALL: Final = "claudecode/toolUseId"
"""Where Claude Code says which call of the model it makes."""
INSTRUCTIONS: Final = (
    "People decide here whether an action may run. Call request_approval and act only if may_run is true: then run "
    "exactly what is in `run`, once, and call report_outcome. While the status is pending, call check_approval with the "
    "id. Anything else means: do not run it."
)

Seconds = Annotated[float, Field(ge=0, le=3600, description="How long to wait for people, in seconds.")]


class Standing(BaseModel):
    """How a request stands."""

    may_run: bool = Field(description="Only if this is true may anything be run.")
    run: dict[str, Any] | None = Field(default=None, description="Exactly this, once; people may have changed it.")
    edited: bool = Field(default=False, description="Whether `run` is other than what was asked for.")
    id: str | None = Field(default=None, description="For check_approval and report_outcome.")
    status: str
    message: str
    permit: str | None = Field(default=None, description="For the tool that acts, if it checks permits.")


def approvals(gate: "AsyncGate", *, run_id: str) -> MCPServer:
    """The server. `run_id` names this session in every proposal; with a call's id it is the idempotency key.

    The gate says which tools `permission_prompt` asks people for, and how long it waits.
    """
    server = MCPServer("signoff", instructions=INSTRUCTIONS)
    client = gate.client

    @server.tool(annotations=_acts(idempotent=True))
    async def request_approval(
        action: Annotated[str, Field(description="Dotted, as refund.create.")],
        payload: Annotated[dict[str, Any], Field(description="Exactly what would run, whole.")],
        reasoning: Annotated[str, Field(description="Why, for the people who decide.")],
        ctx: Context,
        summary: Annotated[str | None, Field(description="One line, at most 150 characters.")] = None,
        call_id: Annotated[
            str | None, Field(description="Names this request: the same again asks nobody twice.")
        ] = None,
        wait_seconds: Seconds = USUAL,
    ) -> Standing:
        """Asks people whether this may run. Waits for a while; if it is pending then, call check_approval."""
        call = ToolCall(tool=action, arguments=payload, call_id=call_id or _call(ctx) or _new(), run_id=run_id)
        fields: dict[str, Any] = {"run_id": run_id[:255], "tool_call_id": call.call_id[:255], "summary": summary}
        try:
            asked = client.ask(action, payload, reasoning=reasoning, key=call.key, seconds=wait_seconds, **fields)
            return _granted(await asked)
        except SignoffError as error:
            return _refused(error)

    @server.tool(annotations=_acts(idempotent=True))
    async def check_approval(
        id: Annotated[str, Field(description="What request_approval gave.")],  # noqa: A002 as it is called there
        wait_seconds: Seconds = USUAL,
    ) -> Standing:
        """Looks again at a request that was pending, and takes it if people have approved it."""
        try:
            proposal = await client.get(id)
            return _granted(await client.resume(proposal.ticket, seconds=wait_seconds))
        except SignoffError as error:
            return _refused(error)

    @server.tool(annotations=_acts(idempotent=True))
    async def report_outcome(
        id: Annotated[str, Field(description="Of the request that was run.")],  # noqa: A002
        status: Literal["succeeded", "failed", "unknown"],
        detail: Annotated[str | None, Field(description="What came of it, in a sentence.")] = None,
    ) -> Standing:
        """Says what came of running it."""
        try:
            told = await client.report(id, status, detail)
        except SignoffError as error:
            return _refused(error)
        return Standing(may_run=False, id=told.id, status=told.status, message=told.message)

    @server.tool(structured_output=False, annotations=_acts(idempotent=True))
    async def permission_prompt(
        tool_name: str,
        input: dict[str, Any],  # noqa: A002 as Claude Code sends it
        ctx: Context,
        tool_use_id: str | None = None,
    ) -> str:
        """For `claude --permission-prompt-tool`, not for models: asks people whether a tool may run."""
        if not gate.concerns(tool_name):
            return _said(behavior="allow", updatedInput=input)
        call_id = tool_use_id or _call(ctx)
        if not call_id:
            return _said(behavior="deny", message="The call has no id, so people were not asked and nothing ran.")
        answer = await gate.check_again(ToolCall(tool=tool_name, arguments=input, call_id=call_id, run_id=run_id))
        if isinstance(answer, Granted):
            return _said(behavior="allow", updatedInput=answer.arguments)
        again = " To go on waiting, call the tool again with the same input." if isinstance(answer, Parked) else ""
        return _said(behavior="deny", message=answer.message + again)

    return server


def _granted(claimed: "Claimed") -> Standing:
    changed = " People changed it: run what is in `run`." if claimed.edited else ""
    return Standing(
        may_run=True,
        run=claimed.payload,
        edited=claimed.edited,
        id=claimed.id,
        status=claimed.proposal.status,
        message=f"Approved: run exactly this, once, and report the outcome.{changed}",
        permit=claimed.permit,
    )


def _refused(error: SignoffError) -> Standing:
    known = error.proposal if isinstance(error, Refused | ApprovalPending) else None
    return Standing(
        may_run=False,
        id=known.id if known else None,
        status=known.status if known else "unavailable",
        message=error.message,
    )


def _call(ctx: Context) -> str | None:
    meta: Any = ctx.request_context.meta or {}
    said = meta.get(CALL)
    return said if isinstance(said, str) and said else None


def _new() -> str:
    return uuid.uuid4().hex


def _said(**words: Any) -> str:
    return json.dumps(words)


def _acts(*, idempotent: bool) -> ToolAnnotations:
    return ToolAnnotations(read_only_hint=False, destructive_hint=False, idempotent_hint=idempotent)
