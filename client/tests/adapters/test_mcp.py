"""The MCP server: the scenario with a scripted client in memory, the same over standard input and output, and its edges."""

import asyncio
import json
import os
import re
import subprocess
import sys
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import ClassVar

import pytest
from mcp import Client, StdioServerParameters
from pages import run_page
from scenario import FAULTS, HURRY, Inline, Parked, Parks, TillJammed, Turn, assert_a_clear_no, play
from stage import REASON, ROOT

from signoff_client.adapters.mcp import approvals
from signoff_client.gating import AsyncGate

COMMAND = [sys.executable, "-c", "from signoff_client.command import main; main()", "mcp"]


def server_of(turn, signoff, **options):
    """In memory."""
    return approvals(AsyncGate(signoff, wait=turn.wait, **options), run_id=turn.run_id)


def environment_of(turn):
    own = ("SIGNOFF", "CLAUDE")
    kept = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return {**kept, "SIGNOFF_URL": turn.url, "SIGNOFF_TOKEN": turn.token}


def process_of(turn, *options, **more):
    """As an MCP client starts it."""
    patient = ["--wait", str(turn.wait), "--timeout", str(turn.timeout), "--patience", str(turn.patience)]
    arguments = [*COMMAND[1:], *patient, *options]
    return StdioServerParameters(command=COMMAND[0], args=arguments, env=environment_of(turn) | more)


async def call(server, tool, **arguments):
    """What the model reads of a tool with structured output."""
    result = await server.call_tool(tool, arguments)
    assert not result.is_error, result
    return result.structured_content


async def permission(server, asked, tool="refund", **more):
    """What Claude Code reads of the permission prompt: exactly one text, which is JSON."""
    result = await server.call_tool("permission_prompt", {"tool_name": tool, "input": asked, **more})
    assert result.structured_content is None
    (text,) = result.content
    return json.loads(text.text)


class Model:
    """A model that asks, runs what it may run, and reports: with the tools of the server and nothing else."""

    row = "MCP server"
    unsupported: ClassVar = {
        "unknown": "the server runs no tool, and no client tells it what those of others take",
        "unfit": "the server hands out what people approved, whole; it knows no function that would take it",
        "lines": "the server runs no tool",
        "injected": "the server runs no tool",
        "timeout": "the server runs no tool",
        "cancel": "a client that gives up after its minute asks again, and finds the same question",
        "stream": "MCP has no stream of a tool's answer",
        "handoff": "a server sees no agents",
        "altered": "the id is the whole state, and what it opens says which action it is for",
        "affirm": "there is no yes but that of people",
        "question": "the server runs no tool",
    }

    async def inline(self, turn: Turn) -> str:
        async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
            return await self._go_on(turn, server, await self._ask(turn, server, turn.wait))

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        async with turns[0].async_client() as signoff, Client(server_of(turns[0], signoff)) as server:

            async def taken(turn: Turn) -> str:
                return await self._go_on(turn, server, await self._ask(turn, server, turn.wait))

            return await asyncio.gather(*map(taken, turns))

    async def park(self, turn: Turn) -> str | Parks:
        async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
            answer = await self._ask(turn, server, 0)
            return self._parks(answer) or await self._go_on(turn, server, answer)

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
            answer = await call(server, "check_approval", id=state, wait_seconds=0)
            return self._parks(answer) or await self._go_on(turn, server, answer)

    async def _ask(self, turn, server, wait):
        return await call(
            server,
            "request_approval",
            action="refund",
            payload={"amount": turn.amount},
            reasoning="It was lost",
            call_id=turn.call_id,
            wait_seconds=wait,
        )

    def _parks(self, answer):
        return Parks(answer["id"]) if answer["status"] == "pending" else None

    async def _go_on(self, turn, server, answer):
        if not answer["may_run"]:
            assert answer["run"] is None
            return answer["message"]
        try:
            read, report = await turn.arefund(**answer["run"]), {"status": "succeeded"}
        except TillJammed as jam:
            read, report = f"Error: {jam}", {"status": "failed", "detail": str(jam)}
        reported = await call(server, "report_outcome", id=answer["id"], **report)
        return read if reported["status"] == report["status"] else f"{read} {reported['message']}"


class TestInline(Inline):
    rig = Model()


class TestParked(Parked):
    rig = Model()


@pytest.fixture
def turn(stage, tmp_path):
    run = f"run-{uuid.uuid4().hex}"
    return Turn(
        amount=5, run_id=run, call_id="call-1", url=stage.door, token=stage.token, folder=str(tmp_path), wait=30
    )


def only(stage, turn, status=None):
    (found,) = stage.log(turn.run_id, status)
    return found


ASKED = {"action": "refund", "payload": {"amount": 500}, "reasoning": "It was lost"}
WAITS = ASKED | {"payload": {"amount": 7}}
"""Nobody decides about it."""


async def test_over_standard_input_and_output_a_model_asks_looks_again_runs_what_people_made_of_it_and_reports(
    stage, turn
):
    stage.pause()
    async with Client(process_of(turn, "--run-id", turn.run_id)) as server:
        pending = await call(server, "request_approval", **ASKED, summary="Refund 500", wait_seconds=0)
        assert (pending["may_run"], pending["run"], pending["status"]) == (False, None, "pending")
        assert "check_approval" in pending["message"]
        stage.resume()
        granted = await call(server, "check_approval", id=pending["id"], wait_seconds=30)
        assert (granted["may_run"], granted["run"], granted["edited"]) == (True, {"amount": 100}, True)
        again = await call(server, "check_approval", id=pending["id"], wait_seconds=0)
        assert (again["may_run"], again["run"]) == (False, None)
        await call(server, "report_outcome", id=pending["id"], status="succeeded", detail="re_551")
    found = only(stage, turn)
    assert (found["status"], found["claims"], found["outcome"]["detail"]) == ("succeeded", 1, "re_551")


async def test_the_tools_say_what_they_are_for_and_only_the_permission_prompt_has_no_structure(turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        tools = {tool.name: tool for tool in (await server.list_tools()).tools}
        assert "may_run" in server.instructions
    assert tools.keys() == {"request_approval", "check_approval", "report_outcome", "permission_prompt"}
    assert all(tool.description for tool in tools.values())
    assert [name for name, tool in tools.items() if tool.output_schema is None] == ["permission_prompt"]
    assert {"action", "payload", "reasoning"} == set(tools["request_approval"].input_schema["required"])


async def test_without_a_name_of_its_own_each_request_is_another(stage, turn):
    stage.pause()
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        for _ in range(2):
            await call(server, "request_approval", **WAITS, wait_seconds=0)
    assert len(stage.log(turn.run_id)) == 2


async def test_claude_codes_id_of_the_call_is_the_name_of_the_request(stage, turn):
    stage.pause()
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        for _ in range(2):
            meta = {"claudecode/toolUseId": "toolu_1"}
            await server.call_tool("request_approval", {**WAITS, "wait_seconds": 0}, meta=meta)
    assert only(stage, turn)["tool_call_id"] == "toolu_1"


async def test_a_request_that_cannot_be_made_and_an_id_that_is_none_run_nothing(turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        faulty = await call(server, "request_approval", **ASKED | {"action": "Not An Action"})
        unknown = await call(server, "check_approval", id="prp_nobody", wait_seconds=0)
        foreign = await call(server, "report_outcome", id="../healthz", status="succeeded")
    for answer, status in ((faulty, "unavailable"), (unknown, "unavailable"), (foreign, "unreported")):
        assert (answer["may_run"], answer["run"], answer["status"]) == (False, None, status)
        assert len(answer["message"].split()) > 4


async def test_the_permission_prompt_allows_with_what_people_approved_and_denies_with_the_reason(stage, turn):
    async with Client(process_of(turn, CLAUDE_CODE_SESSION_ID=turn.run_id)) as server:
        edited = await permission(server, {"amount": 500}, tool_use_id="toolu_1")
        rejected = await permission(server, {"amount": 5000}, tool_use_id="toolu_2")
    assert edited == {"behavior": "allow", "updatedInput": {"amount": 100}}
    assert rejected["behavior"] == "deny"
    assert REASON in rejected["message"]
    assert [each["tool_call_id"] for each in stage.log(turn.run_id)] == ["toolu_1", "toolu_2"]


async def test_the_permission_prompt_asks_for_a_call_once_and_allows_it_once(stage, turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        first = await permission(server, {"amount": 5}, tool_use_id="toolu_1")
        second = await permission(server, {"amount": 5}, tool_use_id="toolu_1")
    assert (first["behavior"], second["behavior"]) == ("allow", "deny")
    assert only(stage, turn)["claims"] == 1


async def test_the_permission_prompt_goes_on_with_what_was_parked(stage, turn):
    stage.pause()
    async with turn.async_client() as signoff, Client(server_of(replace(turn, wait=0), signoff)) as server:
        parked = await permission(server, {"amount": 5}, tool_use_id="toolu_1")
        assert parked["behavior"] == "deny"
        assert "call the tool again" in parked["message"]
        stage.resume()
        only(stage, turn, "approved")
        assert (await permission(server, {"amount": 5}, tool_use_id="toolu_2"))["behavior"] == "allow"
    assert only(stage, turn)["claims"] == 1


@pytest.mark.parametrize("mode", FAULTS)
async def test_the_permission_prompt_denies_while_the_service_fails(stage, turn, mode):
    stage.fault(mode)
    async with replace(turn, **HURRY).async_client() as signoff, Client(server_of(turn, signoff)) as server:
        denied = await permission(server, {"amount": 5}, tool_use_id="toolu_1")
    assert denied["behavior"] == "deny"
    assert_a_clear_no(denied["message"])


async def test_the_permission_prompt_denies_an_edit_with_another_key_and_reviewers_read_why(stage, turn):
    asked = {"amount": 31, "lines": [{"sku": "A-1", "quantity": 2}]}
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        denied = await permission(server, asked, tool_use_id="toolu_1")
    assert denied["behavior"] == "deny"
    found = only(stage, turn, "failed")
    assert found["outcome"]["detail"].startswith("Nothing ran: ")
    assert "dry_run" in found["outcome"]["detail"]


async def test_what_may_run_names_its_action(stage, turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        answer = await call(server, "request_approval", **ASKED, wait_seconds=0)
        only(stage, turn, "approved")
        granted = await call(server, "check_approval", id=answer["id"], wait_seconds=0)
    assert (granted["may_run"], granted["action"]) == (True, "refund")
    assert "refund" in granted["message"]


async def test_an_action_that_is_none_is_refused_in_words_and_nobody_is_asked(stage, turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        answer = await call(server, "request_approval", **ASKED | {"action": "my tool"}, wait_seconds=0)
    assert answer["may_run"] is False
    assert_a_clear_no(answer["message"])
    assert stage.log(turn.run_id) == []


async def test_a_call_that_the_client_gives_up_is_found_again_with_the_same_question(stage, turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff)) as server:
        waiting = asyncio.create_task(call(server, "request_approval", **WAITS, call_id="one", wait_seconds=60))
        first = await asyncio.to_thread(only, stage, turn, "pending")
        waiting.cancel()
        with suppress(asyncio.CancelledError):
            await waiting
        again = await call(server, "request_approval", **WAITS, call_id="one", wait_seconds=0)
    assert (again["id"], again["status"]) == (first["id"], "pending")


@pytest.mark.parametrize("name", ["SIGNOFF_FREE_TOOLS", "SIGNOFF_TOOL_ACTIONS"])
def test_it_does_not_start_where_a_projects_settings_would_say_something_of_tools(turn, name):
    environment = environment_of(turn) | {name: "refund=money.refund"}
    ended = subprocess.run(COMMAND, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ended.returncode == 2
    assert name in ended.stderr.decode()


async def test_the_permission_prompt_lets_free_tools_pass_and_denies_a_call_without_an_id(stage, turn):
    async with turn.async_client() as signoff, Client(server_of(turn, signoff, free={"Read"})) as server:
        free = await permission(server, {"path": "x"}, tool="Read", tool_use_id="toolu_1")
        nameless = await permission(server, {"amount": 5})
    assert free == {"behavior": "allow", "updatedInput": {"path": "x"}}
    assert nameless["behavior"] == "deny"
    assert stage.log(turn.run_id) == []


@pytest.mark.parametrize("missing", ["SIGNOFF_URL", "SIGNOFF_TOKEN"])
def test_it_does_not_start_without_its_settings(turn, missing):
    environment = {name: value for name, value in environment_of(turn).items() if name != missing}
    ended = subprocess.run(COMMAND, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ended.returncode == 2
    assert missing in ended.stderr.decode()
    assert "Traceback" not in ended.stderr.decode()


def test_without_its_extra_it_says_what_to_install(turn, tmp_path):
    (tmp_path / "mcp.py").write_text("raise ModuleNotFoundError('gone', name='mcp')")
    environment = environment_of(turn) | {"PYTHONPATH": str(tmp_path)}
    ended = subprocess.run(COMMAND, env=environment, stdin=subprocess.DEVNULL, capture_output=True, check=False)
    assert ended.returncode == 2
    assert "pip install 'signoff-client[mcp]'" in ended.stderr.decode()


def test_the_page_does_what_it_says(stage, monkeypatch):
    own = str(Path(sys.executable).parent)
    reached = {"PATH": f"{own}:{os.environ['PATH']}", "SIGNOFF_URL": stage.url, "SIGNOFF_TOKEN": stage.token}
    run_page(stage, monkeypatch, "mcp.md", environment=reached)


async def test_the_pages_entry_for_an_mcp_client_starts_the_server():
    text = (ROOT / "docs" / "how-to" / "mcp.md").read_text(encoding="utf-8")
    (entry,) = re.findall(r"^```json\n(.*?)^```", text, re.MULTILINE | re.DOTALL)
    own = str(Path(sys.executable).parent)
    said = json.loads(entry)["mcpServers"]["signoff"]
    said["env"] |= {"PATH": f"{own}:{os.environ['PATH']}", "SIGNOFF_TOKEN": "token"}  # what a reader fills in
    async with Client(StdioServerParameters(**said)) as server:
        assert len((await server.list_tools()).tools) == 4


if __name__ == "__main__":
    play(Model())
