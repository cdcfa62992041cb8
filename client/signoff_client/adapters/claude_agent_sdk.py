"""Claude Agent SDK: every tool call waits for people, runs with what they approved, and is reported.

A hook sends each call to `can_use_tool`, also those that an allow rule or a permission mode would let through, and two
more hooks see what came of it.
"""

import copy
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Self, cast

from claude_agent_sdk import (
    ClaudeAgentOptions,
    HookMatcher,
    PermissionResultAllow,
    PermissionResultDeny,
    ToolPermissionContext,
)

from signoff_client.adapters.json_schema import Judge
from signoff_client.claude_events import OTHER_INPUT, NotClear, call_of, outcome_of, reasoning_of, refusal_text, unfit
from signoff_client.errors import NotConfigured, SignoffError, Tampered, TooMany, Unavailable
from signoff_client.gating import Granted, ToolCall

try:
    from mcp import Client
except ImportError:  # of mcp 1, which the SDK also takes: then no schema is known
    Client = None  # type: ignore[assignment, misc]  # a name for what is not there

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from claude_agent_sdk import HookContext, HookInput, HookJSONOutput
    from claude_agent_sdk.types import HookEvent

    from signoff_client.gating import AsyncGate

ASKS: Final = "People decide about this call."
UNSEEN: Final = "The session ended before the tool's outcome was seen."


class Approvals:
    """Puts a gate into the options of a session.

    A call whose outcome the SDK never tells is reported `unknown` when this is closed; if the process dies before, it
    becomes overdue, and whoever approved it is told.
    """

    def __init__(self, gate: "AsyncGate", *, run_id: str | None = None) -> None:
        """The gate says which tools are concerned, under which action, and how long to wait for people.

        `run_id` is by default the session's id; a run that begins a new session when it is taken up again has its own.
        """
        self._gate = gate
        self._run_id = run_id
        self._sessions: dict[str, str] = {}
        self._granted: dict[str, Granted] = {}
        self._servers: dict[str, Any] = {}
        self._schemas: dict[str, dict[str, dict[str, Any]]] = {}

    def options(self, options: ClaudeAgentOptions) -> ClaudeAgentOptions:
        """The same options with the gate in them. Raises ValueError where something else decides about tools."""
        if options.can_use_tool is not None or options.permission_prompt_tool_name is not None:
            raise ValueError("These options have a can_use_tool or a permission prompt tool already; leave it out.")
        hooks = {event: list(matchers) for event, matchers in (options.hooks or {}).items()}
        servers: Any = options.mcp_servers if isinstance(options.mcp_servers, dict) else {}
        self._servers |= {name: each["instance"] for name, each in servers.items() if each.get("type") == "sdk"}
        for event, matchers in self._hooks().items():
            hooks[event] = [*hooks.get(event, []), *matchers]
        return replace(options, can_use_tool=self.can_use_tool, hooks=hooks)

    async def actions(self) -> dict[str, str]:
        """The action of each tool of a server in this process: what the policy has to name.

        Raises what a server raises that cannot list its tools, and NotConfigured where two come to one by accident.
        """
        tools = [f"mcp__{name}__{own}" for name in self._servers for own in await self._tools(name)]
        return self._gate.actions(tools)

    async def can_use_tool(
        self, tool: str, asked: dict[str, Any], context: ToolPermissionContext
    ) -> PermissionResultAllow | PermissionResultDeny:
        """What the SDK asks before a tool runs."""
        if not self._gate.concerns(tool):
            return PermissionResultAllow(updated_input=asked)
        use = context.tool_use_id or ""
        session = self._sessions.pop(use, None)
        if session is None:
            return PermissionResultDeny(
                message="This call did not pass the approval hook, so it did not run. Build the session's options with "
                "Approvals.options."
            )
        call = ToolCall(
            tool=tool, arguments=copy.deepcopy(asked), call_id=use, run_id=session, reasoning=reasoning_of(asked)
        )
        if (fault := await self._misfit(tool, asked)) is not None:
            return PermissionResultDeny(
                message=f"People cannot be asked for {tool} with these arguments, so nothing ran: {fault}."
            )
        answer = await self._gate.check_again(call)
        if not isinstance(answer, Granted):
            return PermissionResultDeny(message=refusal_text(answer))
        why = unfit(tool, asked, answer.arguments)
        if why is None and (fault := await self._misfit(tool, answer.arguments)) is not None:
            why = f"Nothing ran: {tool} does not take what people approved as it stands: {fault}."
        if why is not None:
            return PermissionResultDeny(message=await self._unrun(answer, why))
        self._granted[use] = answer
        return PermissionResultAllow(updated_input=answer.arguments)

    async def close(self) -> None:
        """Reports `unknown` for every call that was let through and whose outcome was never seen.

        Raises SignoffError, once all are tried, for those that could not be told. Where that may pass, the next close
        tries again.
        """
        lost: list[tuple[Granted, SignoffError]] = []
        for use, granted in list(self._granted.items()):
            try:
                await self._gate.report(granted, "unknown", UNSEEN)
            except SignoffError as fault:
                lost.append((granted, fault))
                if isinstance(fault, Unavailable | TooMany | Tampered):
                    continue
            del self._granted[use]
        if lost:
            said = " ".join(f"{granted.claimed.id}: {fault.message}" for granted, fault in lost)
            raise SignoffError(
                f"What came of {len(lost)} of the calls could not be reported; do not run them again. {said}"
            ) from lost[0][1]

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: "TracebackType | None"
    ) -> None:
        await self.close()

    async def _misfit(self, tool: str, arguments: "Mapping[str, Any]") -> str | None:
        """What a tool does not take of them; None if it takes them, or where nobody tells what it takes.

        A server in this process tells. Where it fails to, that is a reason too: a doubt is no yes.
        """
        named = [name for name in self._servers if tool.startswith(f"mcp__{name}__")]
        if not named or Client is None:
            return None
        name = max(named, key=len)
        own = tool.removeprefix(f"mcp__{name}__")
        try:
            tools = await self._tools(name)
            return Judge(tools[own], name=own).fault(arguments) if own in tools else f"there is no tool {own}"
        except Exception as failure:  # noqa: BLE001 the server's own, of whatever kind
            return f"what it takes cannot be told ({type(failure).__name__}: {failure})"

    async def _tools(self, server: str) -> dict[str, dict[str, Any]]:
        """What a server in this process has, by name: the schemas of their arguments."""
        if server not in self._schemas:
            if Client is None:
                raise NotConfigured("A server can be asked for its tools with mcp 2: pip install 'mcp>=2'.")
            async with Client(self._servers[server]) as connected:
                listed = (await connected.list_tools()).tools
            self._schemas[server] = {each.name: each.input_schema for each in listed}
        return self._schemas[server]

    async def _unrun(self, granted: Granted, why: str) -> str:
        """Tells the reviewers why it does not run; what the model reads."""
        try:
            await self._gate.report(granted, "failed", why)
        except SignoffError as lost:
            return f"{why} (This could not be reported: {lost.message})"
        return why

    def _hooks(self) -> "dict[HookEvent, list[HookMatcher]]":
        return {
            # Whatever goes wrong in it, the call is blocked, and not let through.
            "PreToolUse": [HookMatcher(hooks=[self._before], on_failure="block")],
            "PostToolUse": [HookMatcher(hooks=[self._after])],
            "PostToolUseFailure": [HookMatcher(hooks=[self._after])],
        }

    async def _before(self, said: "HookInput", use: str | None, context: "HookContext") -> "HookJSONOutput":  # noqa: ARG002 as the SDK calls it
        call = call_of(cast("dict[str, Any]", said))
        if not self._gate.concerns(call.tool):
            return {}
        self._sessions[call.call_id] = self._run_id or call.run_id
        return {
            "hookSpecificOutput": {
                "hookEventName": "PreToolUse",
                "permissionDecision": "ask",
                "permissionDecisionReason": ASKS,
            }
        }

    async def _after(self, said: "HookInput", use: str | None, context: "HookContext") -> "HookJSONOutput":  # noqa: ARG002
        event = cast("dict[str, Any]", said)
        granted = self._granted.get(event["tool_use_id"])
        if granted is None:
            return {}
        status, detail = outcome_of(event)
        if not self._approved(event, granted):
            status, detail = "unknown", f"{OTHER_INPUT} {detail or ''}".strip()
        try:
            await self._gate.report(granted, status, detail)
        except SignoffError as lost:
            return {
                "systemMessage": f"The tool ran, but this could not be reported: {lost.message} Do not run it again."
            }
        del self._granted[event["tool_use_id"]]
        return {}

    def _approved(self, event: dict[str, Any], granted: Granted) -> bool:
        """Whether the input that ran, as Claude Code tells it, is the one that people approved."""
        try:
            return self._gate.digest(call_of(event)) == granted.claimed.proposal.digest
        except (SignoffError, NotClear):
            return False
