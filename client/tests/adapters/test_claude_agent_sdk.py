"""The Claude Agent SDK with the Claude Code that it brings along, and a scripted model behind that."""

import asyncio
import uuid
import warnings
from pathlib import Path

import pytest
from claude_agent_sdk import (
    ClaudeAgentOptions,
    ClaudeSDKClient,
    HookMatcher,
    PermissionResultAllow,
    ResultMessage,
    ToolPermissionContext,
    create_sdk_mcp_server,
    tool,
)
from scenario import HURRY, Inline, Parked, Parks, Turn, play
from scripted_claude import Model, calling, plain_environment
from signoff_client.adapters.claude_agent_sdk import Approvals
from signoff_client.gating import AsyncGate

TOOL = "mcp__till__refund"


def till_of(turn, ran=None):
    """The tool, in the process of the SDK."""

    @tool("refund", "Refunds an amount", {"amount": float})
    async def refund(asked):
        if ran is not None:
            ran.append(asked)
        return {"content": [{"type": "text", "text": turn.refund(**asked)}]}

    return create_sdk_mcp_server("till", tools=[refund])


async def session(turn, options, model):
    """The whole session; what the model read of its call."""
    with model.serving():
        folder = Path(turn.folder) / uuid.uuid4().hex
        folder.mkdir()
        # The SDK hands its own environment on; a caller's options come on top.
        options.env = {**dict.fromkeys(left_out(), ""), **model.environment(folder)}
        options.cwd = folder
        options.setting_sources = []
        async with ClaudeSDKClient(options) as client:
            await client.query("Refund it.")
            async for message in client.receive_response():
                assert not isinstance(message, ResultMessage) or not message.is_error, message
    ((_, read),) = model.results
    return read


def left_out():
    import os

    return os.environ.keys() - plain_environment().keys()


class Sdk:
    """One session of the SDK in which the model calls the tool once."""

    async def inline(self, turn: Turn, wait: float | None = None) -> str:
        async with turn.async_client() as client:
            gate = AsyncGate(client, wait=turn.wait if wait is None else wait)
            approvals = Approvals(gate, run_id=turn.run_id)
            options = approvals.options(ClaudeAgentOptions(mcp_servers={"till": till_of(turn)}))
            return await session(turn, options, Model([calling(TOOL, {"amount": turn.amount}, turn.call_id)]))

    async def park(self, turn: Turn) -> str | Parks:
        read = await self.inline(turn, wait=0)
        return Parks(read) if "call the tool again" in read else read

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        return await self.park(turn)


class TestInline(Inline):
    rig = Sdk()


class TestParked(Parked):
    rig = Sdk()


if __name__ == "__main__":
    play(Sdk())
