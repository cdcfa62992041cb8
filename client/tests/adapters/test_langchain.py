"""LangChain and LangGraph, through the one scenario, and what is theirs alone."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from pathlib import Path
from typing import Any, TypedDict

import pytest
from langchain.agents import create_agent
from langchain.tools import tool
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import END, START, StateGraph
from langgraph.types import Command, interrupt
from scenario import SETTLED, Inline, Parked, Parks, Turn, assert_a_clear_no, play

from signoff_client import NotConfigured
from signoff_client.adapters.langchain import SignoffMiddleware, aask_or_pause, ask_or_pause, tickets
from signoff_client.gating import AsyncGate, Denied, Gate

ACTIONS = {"refund": "refund.create"}
RIG = "SIGNOFF_TEST_RIG"
SAID = "The lamp arrived broken."


class Scripted(BaseChatModel):
    """Calls the tools it was told to, once it is spoken to, and is done when they have answered."""

    calls: list[dict[str, Any]]

    @property
    def _llm_type(self) -> str:
        return "scripted"

    def bind_tools(self, tools: Any, **more: Any) -> "Scripted":
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **more: Any
    ) -> ChatResult:
        asked = isinstance(messages[-1], HumanMessage)
        message = AIMessage(SAID, tool_calls=self.calls) if asked else AIMessage("Done.")
        return ChatResult(generations=[ChatGeneration(message=message)])


def called(turn: Turn, call_id: str | None = None, amount: int | None = None) -> dict[str, Any]:
    arguments = {"amount": turn.amount if amount is None else amount}
    return {"name": "refund", "args": arguments, "id": call_id or turn.call_id}


def agent(turn: Turn, middleware: SignoffMiddleware, saver: Any, calls: Sequence[dict[str, Any]]) -> Any:
    model = Scripted(calls=list(calls) or [called(turn)])
    return create_agent(model, [tool("refund")(documented(turn))], middleware=[middleware], checkpointer=saver)


def documented(turn: Turn) -> Any:
    def refund(amount: float) -> str:
        """Gives money back."""
        return turn.refund(amount)

    return refund


def thread(turn: Turn) -> dict[str, Any]:
    return {"configurable": {"thread_id": turn.run_id}}


def asked() -> dict[str, Any]:
    return {"messages": [HumanMessage("Please refund it.")]}


def saved(turn: Turn) -> str:
    return str(Path(turn.folder) / "checkpoints")


def read(result: dict[str, Any]) -> str:
    """What the model read of its last call."""
    return str([each for each in result["messages"] if isinstance(each, ToolMessage)][-1].text)


def outcome(result: dict[str, Any], snapshot: Any) -> str | Parks:
    """The model's reading, or where the graph stands: its very checkpoint, so that it can be taken up twice."""
    return Parks(json.dumps(snapshot.config)) if tickets(result) else read(result)


class Sync:
    """`invoke`, with a Gate; a paused graph is simply run again."""

    def inline(self, turn: Turn) -> str:
        with self.made(turn, park=False) as made:
            begun = bool(made.get_state(thread(turn)).next)
            return read(made.invoke(None if begun else asked(), thread(turn)))

    def park(self, turn: Turn) -> str | Parks:
        with self.made(turn, park=True) as made:
            return outcome(made.invoke(asked(), thread(turn)), made.get_state(thread(turn)))

    def resume(self, turn: Turn, state: str) -> str | Parks:
        config = json.loads(state)
        with self.made(turn, park=True) as made:
            return outcome(made.invoke(None, config), made.get_state(config))

    @contextmanager
    def made(self, turn: Turn, *, park: bool, calls: Sequence[dict[str, Any]] = ()) -> Iterator[Any]:
        with turn.client() as client, SqliteSaver.from_conn_string(saved(turn)) as saver:
            gate = Gate(client, actions=ACTIONS, wait=turn.wait)
            yield agent(turn, SignoffMiddleware(gate, park=park), saver, calls)


class Async:
    """`ainvoke`, with an AsyncGate; a paused graph is resumed by a Command."""

    async def inline(self, turn: Turn) -> str:
        async with self.made(turn, park=False) as made:
            begun = bool((await made.aget_state(thread(turn))).next)
            return read(await made.ainvoke(None if begun else asked(), thread(turn)))

    async def park(self, turn: Turn) -> str | Parks:
        async with self.made(turn, park=True) as made:
            return outcome(await made.ainvoke(asked(), thread(turn)), await made.aget_state(thread(turn)))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        config = json.loads(state)
        async with self.made(turn, park=True) as made:
            return outcome(await made.ainvoke(Command(resume="look again"), config), await made.aget_state(config))

    @asynccontextmanager
    async def made(self, turn: Turn, *, park: bool, calls: Sequence[dict[str, Any]] = ()) -> AsyncIterator[Any]:
        async with turn.async_client() as client, AsyncSqliteSaver.from_conn_string(saved(turn)) as saver:
            gate = AsyncGate(client, actions=ACTIONS, wait=turn.wait)
            yield agent(turn, SignoffMiddleware(gate, park=park), saver, calls)


class TestInline(Inline):
    rig = Sync()


class TestParked(Parked):
    rig = Sync()


class PlayedAsync:
    """Processes of these tests take their turns with the async rig too."""

    @pytest.fixture(autouse=True)
    def _said(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv(RIG, "async")


class TestAsyncInline(PlayedAsync, Inline):
    rig = Async()


class TestAsyncParked(PlayedAsync, Parked):
    rig = Async()


if __name__ == "__main__":
    play(Async() if os.environ.get(RIG) else Sync())
