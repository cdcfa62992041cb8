"""The Claude Agent SDK with the Claude Code that it brings along, and a scripted model behind that."""

import json
import os
import uuid
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from claude_agent_sdk import (
    AgentDefinition,
    ClaudeAgentOptions,
    ClaudeSDKClient,
    HookMatcher,
    PermissionResultAllow,
    PermissionResultDeny,
    ResultMessage,
    ToolPermissionContext,
    create_sdk_mcp_server,
    tool,
)
from mcp.server import Server
from pages import run_page
from scenario import Inline, Line, Parked, Parks, Turn, play
from scripted_claude import Model, calling, plain_environment

from signoff_client import AsyncSignoff, SignoffError
from signoff_client.adapters.claude_agent_sdk import UNSEEN, Approvals
from signoff_client.gating import AsyncGate

TOOL = "mcp__till__refund"
HANDED = "Refund what the desk says."
SHIP = "mcp__till__ship"
ACTIONS = {TOOL: "refund.create", SHIP: "refund.create"}
"""Both are one action to the policy, and still two tools."""
LINES = {"type": "array", "items": {"type": "object"}}
ORDER = {"type": "object", "properties": {"amount": {"type": "number"}, "lines": LINES}, "required": ["amount"]}


def till_of(turn):
    """The tools, in the process of the SDK."""

    @tool("refund", "Refunds an amount", {"amount": float})
    async def refund(asked):
        return {"content": [{"type": "text", "text": await turn.arefund(**asked)}]}

    @tool("ship", "Sends an order", ORDER)
    async def ship(asked):
        lines = [Line(**each) for each in asked.get("lines", [])]
        return {"content": [{"type": "text", "text": turn.ship(asked["amount"], lines)}]}

    return create_sdk_mcp_server("till", tools=[refund, ship])


async def session(turn, options, model):
    """The whole session; what the model read of its calls, in order."""
    with model.serving():
        folder = Path(turn.folder) / uuid.uuid4().hex
        folder.mkdir()
        # The SDK hands its own environment on; a caller's options come on top.
        hidden = dict.fromkeys(os.environ.keys() - plain_environment().keys(), "")
        options.env = {**hidden, **model.environment(folder), **options.env}
        options.cwd = folder
        options.setting_sources = []
        async with ClaudeSDKClient(options) as client:
            await client.query("Refund it.")
            async for message in client.receive_response():
                assert not isinstance(message, ResultMessage) or not message.is_error, message
    read = [text for _, text in model.results]
    return read[0] if len(read) == 1 else read


class Desk(Model):
    """A model whose agent hands the turn on: what the other one is told, another model answers."""

    def __init__(self, *script, support):
        super().__init__(*script)
        self.support = support

    def answer(self, asked):
        handed = HANDED in json.dumps(asked["messages"][0])
        return self.support.answer(asked) if handed else super().answer(asked)


class Sdk:
    """One session of the SDK in which the model calls the tool once."""

    row = "Claude Agent SDK"
    unsupported: ClassVar = {
        "many": "Claude Code makes a few calls at once",
        "injected": "the SDK fills in no argument of a tool",
        "affirm": "there is no yes but that of people",
        "question": "a tool has no question of its own",
    }

    async def inline(self, turn: Turn) -> str:
        return await self._session(turn, wait=turn.wait)

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        return await self._session(*turns, wait=turns[0].wait)

    async def stream(self, turn: Turn) -> str:
        return await self._session(turn, wait=turn.wait, include_partial_messages=True)

    async def hand_off(self, turn: Turn) -> str:
        support = Model([calling(f"mcp__till__{turn.tool}", turn.arguments, turn.call_id)])
        order = {"description": "Refund", "prompt": HANDED, "subagent_type": "support", "run_in_background": False}
        desk = Desk([calling("Agent", order, "toolu_desk")], support=support)
        agents = {"support": AgentDefinition(description="Refunds", prompt="You refund.", tools=[TOOL])}
        await self._session(turn, wait=turn.wait, model=desk, agents=agents)
        ((_, read),) = support.results
        return read

    async def park(self, turn: Turn) -> str | Parks:
        read = await self._session(turn, wait=0)
        return Parks(read) if "call the tool again" in read else read

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        return replace(turn, tool="ship"), state

    async def _session(self, *turns: Turn, wait: float, model: Model | None = None, **more):
        turn = turns[0]
        async with turn.async_client() as client:
            gate = AsyncGate(client, actions=ACTIONS, free={"Agent"}, wait=wait)
            approvals = Approvals(gate, run_id=turn.run_id)
            options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}, **more))
            if turn.within is not None:
                options.env = {"MCP_TOOL_TIMEOUT": str(int(turn.within * 1000))}
            calls = [calling(f"mcp__till__{each.tool}", each.arguments, each.call_id) for each in turns]
            return await session(turn, options, model or Model(calls))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        return await self.park(turn)


class TestInline(Inline):
    rig = Sdk()


class TestParked(Parked):
    rig = Sdk()


@pytest.fixture
def turn(stage, tmp_path):
    run = f"run-{uuid.uuid4().hex}"
    return Turn(amount=500, run_id=run, call_id="toolu_1", url=stage.door, token=stage.token, folder=str(tmp_path))


def calls(turn, *amounts):
    return Model(
        *([calling(TOOL, {"amount": amount}, f"toolu_{n}")] for n, amount in enumerate(amounts or [turn.amount]))
    )


def effects(turn):
    written = Path(turn.folder) / "effects"
    return [float(line) for line in written.read_text().split()] if written.exists() else []


LETS_IT_PASS = [
    {"allowed_tools": [TOOL]},
    *({"permission_mode": mode} for mode in ("bypassPermissions", "dontAsk", "auto")),
]


@pytest.mark.filterwarnings("ignore::claude_agent_sdk.CanUseToolShadowedWarning")
@pytest.mark.parametrize("loose", LETS_IT_PASS, ids=str)
async def test_people_are_asked_also_where_claude_code_would_let_it_pass(turn, loose):
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, wait=60), run_id=turn.run_id)
        options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}, **loose))
        read = await session(turn, options, calls(turn))
    assert effects(turn) == [100]
    assert "Refunded 100." in read


async def test_the_run_is_the_session_and_the_call_is_the_models(stage, turn):
    name = str(uuid.uuid4())
    async with turn.async_client() as client:
        options = Approvals(AsyncGate(client, actions={TOOL: "refund.create"}, wait=60)).options(
            ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}, session_id=name)
        )
        await session(turn, options, calls(turn))
    (found,) = stage.log(name)
    assert (found["tool_call_id"], found["action"], found["status"]) == ("toolu_0", "refund.create", "succeeded")


async def test_a_free_tool_runs_without_anybody(stage, turn):
    stage.pause()
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, free={TOOL}), run_id=turn.run_id)
        options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}))
        assert "Refunded 500." in await session(turn, options, calls(turn))
    assert stage.log(turn.run_id) == []


async def test_a_call_that_did_not_pass_the_hook_is_refused(stage, turn):
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, wait=60), run_id=turn.run_id)
        options = ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}, can_use_tool=approvals.can_use_tool)
        read = await session(turn, options, calls(turn))
    assert "Approvals.options" in read
    assert effects(turn) == []
    assert stage.log(turn.run_id) == []


async def test_a_hook_that_breaks_blocks_a_call_that_a_rule_allows(turn):
    class Broken(AsyncGate):
        def concerns(self, tool):
            raise RuntimeError(f"broken for {tool}")

    async with turn.async_client() as client:
        approvals = Approvals(Broken(client), run_id=turn.run_id)
        options = ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}, permission_mode="bypassPermissions")
        options = approvals.options(options)
        options.can_use_tool = None  # nothing but the hook is in the way
        await session(turn, options, calls(turn))
    assert effects(turn) == []


async def test_an_outcome_that_was_never_seen_is_reported_unknown_at_the_end(stage, turn):
    async with turn.async_client() as client, Approvals(AsyncGate(client, wait=60), run_id=turn.run_id) as approvals:
        options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}))
        del options.hooks["PostToolUse"], options.hooks["PostToolUseFailure"]
        await session(turn, options, calls(turn))
        assert stage.log(turn.run_id)[0]["status"] == "claimed"
    (found,) = stage.log(turn.run_id)
    assert (found["status"], found["outcome"]["detail"]) == ("unknown", UNSEEN)


async def test_a_tool_that_ran_with_another_input_is_reported_unknown(stage, turn):
    """Another hook of the session rewrites what people approved: last, as hooks of a project may."""
    async with turn.async_client() as client, Approvals(AsyncGate(client, wait=60), run_id=turn.run_id) as approvals:
        options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}))
        (after,) = options.hooks["PostToolUse"]

        async def lying(said, use, context):
            return await after.hooks[0]({**said, "tool_input": {"amount": 5000}}, use, context)

        options.hooks["PostToolUse"] = [HookMatcher(hooks=[lying])]
        await session(turn, options, calls(turn))
    (found,) = stage.log(turn.run_id)
    assert found["status"] == "unknown"
    assert "approved input" in found["outcome"]["detail"]


async def test_the_actions_of_the_tools_of_this_process_are_listed_as_they_are_asked_for(turn):
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, actions={TOOL: "refund.create"}, free={"mcp__more__look"}))

        @tool("look", "Looks", {})
        async def look(asked): ...

        @tool("Push It!", "Pushes", {})
        async def push(asked): ...

        more = create_sdk_mcp_server("more", tools=[look, push])
        approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn), "more": more}))
        listed = await approvals.actions()
    pushed = listed.pop("mcp__more__Push It!")
    assert listed == {TOOL: "refund.create", SHIP: SHIP}
    assert pushed.startswith("mcp__more__push_it_-")


@pytest.mark.parametrize(
    ("name", "asked", "why"),
    [
        (TOOL, {"amount": "much"}, "amount: 'much' is not of type 'number'"),
        (TOOL, {}, "'amount' is a required property"),
        (TOOL, {"amount": 5, "dry_run": True}, "dry_run"),
        (SHIP, {"amount": 5, "lines": ["A-1"]}, "lines.0: 'A-1' is not of type 'object'"),
        ("mcp__till__drop", {"amount": 5}, "there is no tool drop"),
        ("mcp__broken__refund", {"amount": 5}, "what it takes cannot be told"),
    ],
)
async def test_a_call_that_a_tool_of_this_process_does_not_take_is_refused_before_anybody_is_asked(
    stage, turn, name, asked, why
):
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, wait=60), run_id=turn.run_id)
        answer = await answered(approvals, turn, name, asked, servers=servers_of(turn))
    assert isinstance(answer, PermissionResultDeny)
    assert why in answer.message
    assert "othing ran" in answer.message
    assert stage.log(turn.run_id) == []


async def test_an_edit_that_a_tool_of_this_process_does_not_take_is_said_to_the_reviewers(stage, turn):
    whole_numbers = {"type": "object", "properties": {"amount": {"type": "integer", "minimum": 101}}}

    @tool("refund", "Refunds an amount", whole_numbers)
    async def refund(asked):
        raise NotImplementedError

    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, actions=ACTIONS, wait=60), run_id=turn.run_id)
        servers = {"till": create_sdk_mcp_server("till", tools=[refund])}
        answer = await answered(approvals, turn, TOOL, {"amount": 500}, servers=servers)
    assert isinstance(answer, PermissionResultDeny)
    found = only(stage, turn)
    assert (found["status"], found["payload"]) == ("failed", {"amount": 100})
    assert found["outcome"]["detail"].startswith("Nothing ran: ")
    assert "amount: 100 is less than the minimum of 101" in found["outcome"]["detail"]


async def test_of_a_tool_in_another_process_nobody_knows_what_it_takes_so_people_see_all_of_it(stage, turn):
    asked = {"amount": 5, "dry_run": True}
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, actions=ACTIONS, wait=60), run_id=turn.run_id)
        answer = await answered(approvals, turn, TOOL, asked, servers={"till": {"command": "till"}})
        await approvals.close()
    assert answer.updated_input == asked
    assert only(stage, turn)["payload"] == asked


async def test_at_the_end_every_outcome_is_reported_and_what_was_lost_is_said_afterwards(stage, turn):
    lost, kept = replace(turn, call_id="toolu_a", amount=5), replace(turn, call_id="toolu_b", amount=250)
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, wait=60), run_id=turn.run_id)
        for each in (lost, kept):
            await allowed(approvals, each)
        found = only(stage, lost)
        await client.report(found["id"], "succeeded")  # somebody else's word: ours meets a conflict
        with pytest.raises(SignoffError, match=found["id"]):
            await approvals.close()
        await approvals.close()  # what can never be told is told once
    assert only(stage, lost)["status"] == "succeeded"
    assert only(stage, kept)["status"] == "unknown"


async def test_what_cannot_be_reported_for_now_is_reported_by_the_next_close(stage, turn):
    turn = replace(turn, amount=5, timeout=0.5, patience=0.5)
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, wait=60), run_id=turn.run_id)
        await allowed(approvals, turn)
        stage.fault("500", at="report")
        with pytest.raises(SignoffError):
            await approvals.close()
        stage.calm()
        await approvals.close()
    assert only(stage, turn)["status"] == "unknown"


def servers_of(turn):
    """The till, and a server that cannot say which tools it has."""

    async def fails(context, asked):
        raise RuntimeError("no list today")

    broken = Server("broken", on_list_tools=fails)
    return {"till": till_of(turn), "broken": {"type": "sdk", "name": "broken", "instance": broken}}


async def answered(approvals, turn, name, asked, *, servers):
    """What the SDK is answered where it asks about a call."""
    options = approvals.options(ClaudeAgentOptions(mcp_servers=servers))
    said = {
        "hook_event_name": "PreToolUse",
        "session_id": turn.run_id,
        "tool_name": name,
        "tool_input": asked,
        "tool_use_id": turn.call_id,
    }
    await options.hooks["PreToolUse"][0].hooks[0](said, turn.call_id, None)
    return await approvals.can_use_tool(name, asked, ToolPermissionContext(tool_use_id=turn.call_id))


async def allowed(approvals, turn):
    """A call that the SDK was let run, and whose outcome it does not tell."""
    answer = await answered(approvals, turn, TOOL, turn.arguments, servers={})
    assert isinstance(answer, PermissionResultAllow)


def only(stage, turn):
    (found,) = stage.log(turn.run_id, call_id=turn.call_id)
    return found


def test_options_in_which_something_else_decides_are_refused(stage):
    async def yes(tool, asked, context):
        return PermissionResultAllow()

    approvals = Approvals(AsyncGate(AsyncSignoff(url=stage.url, token=stage.token)))
    for other in ({"can_use_tool": yes}, {"permission_prompt_tool_name": "mcp__other__prompt"}):
        with pytest.raises(ValueError, match="already"):
            approvals.options(ClaudeAgentOptions(**other))


def test_the_callers_own_hooks_stay():
    async def own(said, use, context):
        return {}

    mine = HookMatcher(hooks=[own])
    options = ClaudeAgentOptions(hooks={"PreToolUse": [mine], "Stop": [mine]})
    made = Approvals(AsyncGate(AsyncSignoff(url="http://127.0.0.1:1", token="t"))).options(options)
    assert made.hooks["PreToolUse"][0] is mine
    assert made.hooks["Stop"] == [mine]
    assert [len(made.hooks[name]) for name in ("PreToolUse", "PostToolUse", "PostToolUseFailure")] == [2, 1, 1]
    assert options.hooks == {"PreToolUse": [mine], "Stop": [mine]}


def test_the_page_does_what_it_says(stage, turn, monkeypatch):
    with calls(turn).serving() as model:
        run_page(
            stage,
            monkeypatch,
            "claude-agent-sdk.md",
            servers={"till": till_of(turn)},
            environment=model.environment(turn.folder),
        )
    assert effects(turn) == [100]


if __name__ == "__main__":
    play(Sdk())
