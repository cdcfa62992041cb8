"""The OpenAI Agents SDK, through the one scenario, and what is its alone."""

import json
import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from agents import Agent, RunConfig, Runner, RunState, Tool, function_tool
from agents.items import ToolCallOutputItem
from agents.testing import ScriptedModel, assistant_message, function_call
from scenario import Inline, Parked, Parks, Turn, play

from signoff_client.adapters.openai_agents import Approvals
from signoff_client.gating import AsyncGate

RIG = "SIGNOFF_TEST_RIG"
QUIET = RunConfig(tracing_disabled=True)


def run_of(context: Any) -> str:
    return str(context.context["run"])


@asynccontextmanager
async def approvals(turn: Turn, *, park: bool) -> AsyncIterator[Approvals]:
    async with turn.async_client() as client:
        gate = AsyncGate(client, actions={"refund": "refund.create"}, wait=turn.wait)
        yield Approvals(gate, run_id=run_of, park=park)


def refunding(turn: Turn) -> Tool:
    @function_tool
    def refund(amount: float) -> str:
        """Gives money back."""
        return turn.refund(amount)

    return refund


def agent(turn: Turn, made: Approvals) -> Agent[Any]:
    return Agent(name="support", tools=[made.guard(refunding(turn))], model=ScriptedModel())


def spoken(turn: Turn) -> list[Any]:
    """What the model says: the call, and then that it is done."""
    return [[function_call("refund", {"amount": turn.amount}, call_id=turn.call_id)], [assistant_message("Done.")]]


def read(result: Any) -> str:
    """What the model read of its last call."""
    return str([each for each in result.new_items if isinstance(each, ToolCallOutputItem)][-1].output)


class Plain:
    """`Runner.run`."""

    async def inline(self, turn: Turn) -> str:
        async with approvals(turn, park=False) as made:
            return read(await self.run(agent(turn, made), "Please refund it.", turn, spoken(turn)))

    async def park(self, turn: Turn) -> str | Parks:
        async with approvals(turn, park=True) as made:
            return outcome(await self.run(agent(turn, made), "Please refund it.", turn, spoken(turn)))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        async with approvals(turn, park=True) as made:
            support = agent(turn, made)
            going_on = await RunState.from_string(support, state)
            await made.settle(going_on)
            return outcome(await self.run(support, going_on, turn, spoken(turn)[1:]))

    async def run(self, support: Agent[Any], given: Any, turn: Turn, steps: list[Any]) -> Any:
        support.model.extend(steps)
        context = {"context": {"run": turn.run_id}} if isinstance(given, str) else {}
        return await Runner.run(support, given, run_config=QUIET, **context)


class Streamed(Plain):
    """`Runner.run_streamed`."""

    async def run(self, support: Agent[Any], given: Any, turn: Turn, steps: list[Any]) -> Any:
        support.model.extend(steps)
        context = {"context": {"run": turn.run_id}} if isinstance(given, str) else {}
        result = Runner.run_streamed(support, given, run_config=QUIET, **context)
        async for _ in result.stream_events():
            pass
        return result


def outcome(result: Any) -> str | Parks:
    return Parks(result.to_state().to_string()) if result.interruptions else read(result)


class PlayedStreamed:
    """Processes of these tests take their turns with the streaming rig too."""

    @pytest.fixture(autouse=True)
    def _said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(RIG, "streamed")


class TestInline(Inline):
    rig = Plain()


class TestParked(Parked):
    rig = Plain()


class TestStreamedInline(PlayedStreamed, Inline):
    rig = Streamed()


class TestStreamedParked(PlayedStreamed, Parked):
    rig = Streamed()


if __name__ == "__main__":
    play(Streamed() if os.environ.get(RIG) else Plain())
