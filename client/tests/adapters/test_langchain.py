"""LangChain and LangGraph, through the one scenario, and what is theirs alone."""

import json
import os
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Annotated, Any, ClassVar, TypedDict

import pytest
from langchain.agents import AgentState, create_agent
from langchain.tools import InjectedState, tool
from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage, ToolMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from langgraph.checkpoint.sqlite import SqliteSaver
from langgraph.checkpoint.sqlite.aio import AsyncSqliteSaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel
from scenario import (
    OURS,
    REASON,
    SETTLED,
    THEIRS,
    Inline,
    Line,
    Parked,
    Parks,
    Turn,
    assert_a_clear_no,
    play,
    settled,
)

from signoff_client import NotConfigured
from signoff_client.adapters.langchain import SignoffMiddleware, aask_or_pause, ask_or_pause, tickets
from signoff_client.gating import AsyncGate, Denied, Gate

ACTIONS = {"refund": "refund.create"}
RIG = "SIGNOFF_TEST_RIG"
SAID = "The lamp arrived broken."
NO_TIMEOUT = {"timeout": "LangChain gives a tool no time of its own, and LangGraph's counts the wait for people"}


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
    arguments = turn.arguments if amount is None else {"amount": amount}
    return {"name": turn.tool, "args": arguments, "id": call_id or turn.call_id}


def agent(turn: Turn, middleware: SignoffMiddleware, saver: Any, calls: Sequence[dict[str, Any]]) -> Any:
    model = Scripted(calls=list(calls) or [called(turn)])
    return create_agent(model, tools(turn), middleware=[middleware], checkpointer=saver)


def tools(turn: Turn) -> list[Any]:
    def refund(amount: float) -> str:
        """Gives money back."""
        return turn.refund(amount)

    async def arefund(amount: float) -> str:
        """Gives money back, in the loop."""
        return await turn.arefund(amount)

    def ship(amount: float, lines: list[Line] = []) -> str:  # noqa: B006 nobody changes it
        """Sends an order."""
        return turn.ship(amount, lines)

    def confirmed(amount: float) -> str:
        """Gives money back, if somebody says so."""
        return turn.refund(amount) if interrupt("Are you sure?") is True else "Not confirmed."

    chosen = confirmed if turn.confirms else arefund if turn.closes and turn.loops else refund
    return [tool("refund")(chosen), tool("ship")(ship)]


class Shop(AgentState[Any]):
    account: str


def injecting(turn: Turn, middleware: SignoffMiddleware) -> Any:
    """An agent whose tool gets the account from the state; the model fills it in too."""

    @tool
    def refund(amount: float, account: Annotated[str, InjectedState("account")]) -> str:
        """Gives money back."""
        return turn.refund_from(account, amount)

    call = {**called(turn), "args": turn.arguments | {"account": THEIRS}}
    return create_agent(Scripted(calls=[call]), [refund], middleware=[middleware], state_schema=Shop)


def desk(support: Any, saver: Any) -> Any:
    """A graph whose first agent hands the turn on."""
    builder = StateGraph(MessagesState)
    builder.add_node("triage", lambda _: Command(goto="support"), destinations=("support",))
    builder.add_node("support", support)
    builder.add_edge(START, "triage")
    return builder.compile(checkpointer=saver)


def altered(snapshot: Any) -> dict[str, Any]:
    """A change of the history: the call is one of `ship`."""
    (message,) = [each for each in snapshot.values["messages"] if isinstance(each, AIMessage)]
    calls = [{**each, "name": "ship"} for each in message.tool_calls]
    return {"messages": [message.model_copy(update={"tool_calls": calls})]}


def readings(result: dict[str, Any]) -> dict[str, str]:
    """What the model read, by call."""
    return {each.tool_call_id: str(each.text) for each in result["messages"] if isinstance(each, ToolMessage)}


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

    row = "LangChain, `invoke`"
    unsupported: ClassVar = NO_TIMEOUT | {
        "cancel": "a thread cannot be cancelled",
        "many": "a graph that is not async runs its calls in a few threads",
    }

    def inline(self, turn: Turn) -> str:
        with self.made(turn, park=False) as made:
            begun = bool(made.get_state(thread(turn)).next)
            return read(made.invoke(None if begun else asked(), thread(turn)))

    def several(self, turns: Sequence[Turn]) -> list[str]:
        with self.made(turns[0], park=False, calls=[called(turn) for turn in turns]) as made:
            found = readings(made.invoke(asked(), thread(turns[0])))
        return [found[turn.call_id] for turn in turns]

    def stream(self, turn: Turn) -> str:
        with self.made(turn, park=False) as made:
            for _ in made.stream(asked(), thread(turn), stream_mode="updates"):
                pass
            return read(made.get_state(thread(turn)).values)

    def hand_off(self, turn: Turn) -> str:
        with self.made(turn, park=False) as made, SqliteSaver.from_conn_string(saved(turn)) as saver:
            made.checkpointer = None
            return read(desk(made, saver).invoke(asked(), thread(turn)))

    def inject(self, turn: Turn) -> str:
        with turn.client() as client:
            made = injecting(turn, SignoffMiddleware(Gate(client, wait=turn.wait)))
            return read(made.invoke({**asked(), "account": OURS}, thread(turn)))

    def park(self, turn: Turn) -> str | Parks:
        with self.made(turn, park=True) as made:
            return outcome(made.invoke(asked(), thread(turn)), made.get_state(thread(turn)))

    def resume(self, turn: Turn, state: str, answer: Any = None) -> str | Parks:
        config = json.loads(state)
        with self.made(turn, park=True) as made:
            return outcome(made.invoke(answer, config), made.get_state(config))

    def affirm(self, turn: Turn, state: str) -> str | Parks:
        return self.resume(turn, state, Command(resume=True))

    def question(self, turn: Turn, state: str | None = None) -> str | Parks:
        turn = replace(turn, confirms=True)
        return self.park(turn) if state is None else self.affirm(turn, state)

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        config = json.loads(state)
        with self.made(turn, park=True) as made:
            return turn, json.dumps(made.update_state(config, altered(made.get_state(config)), as_node="model"))

    @contextmanager
    def made(self, turn: Turn, *, park: bool, calls: Sequence[dict[str, Any]] = ()) -> Iterator[Any]:
        with turn.client() as client, SqliteSaver.from_conn_string(saved(turn)) as saver:
            gate = Gate(client, actions=ACTIONS, wait=turn.wait)
            yield agent(turn, SignoffMiddleware(gate, park=park), saver, calls)


class Async:
    """`ainvoke`, with an AsyncGate; a paused graph is resumed by a Command."""

    row = "LangChain, `ainvoke`"
    unsupported: ClassVar = NO_TIMEOUT

    async def inline(self, turn: Turn) -> str:
        async with self.made(turn, park=False) as made:
            begun = bool((await made.aget_state(thread(turn))).next)
            return read(await made.ainvoke(None if begun else asked(), thread(turn)))

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        async with self.made(turns[0], park=False, calls=[called(turn) for turn in turns]) as made:
            found = readings(await made.ainvoke(asked(), thread(turns[0])))
        return [found[turn.call_id] for turn in turns]

    async def stream(self, turn: Turn) -> str:
        async with self.made(turn, park=False) as made:
            async for _ in made.astream(asked(), thread(turn), stream_mode="updates"):
                pass
            return read((await made.aget_state(thread(turn))).values)

    async def hand_off(self, turn: Turn) -> str:
        async with self.made(turn, park=False) as made, AsyncSqliteSaver.from_conn_string(saved(turn)) as saver:
            made.checkpointer = None
            return read(await desk(made, saver).ainvoke(asked(), thread(turn)))

    async def inject(self, turn: Turn) -> str:
        async with turn.async_client() as client:
            made = injecting(turn, SignoffMiddleware(AsyncGate(client, wait=turn.wait)))
            return read(await made.ainvoke({**asked(), "account": OURS}, thread(turn)))

    async def park(self, turn: Turn) -> str | Parks:
        async with self.made(turn, park=True) as made:
            return outcome(await made.ainvoke(asked(), thread(turn)), await made.aget_state(thread(turn)))

    async def resume(self, turn: Turn, state: str, answer: Any = "look again") -> str | Parks:
        config = json.loads(state)
        async with self.made(turn, park=True) as made:
            return outcome(await made.ainvoke(Command(resume=answer), config), await made.aget_state(config))

    async def affirm(self, turn: Turn, state: str) -> str | Parks:
        return await self.resume(turn, state, answer=True)

    async def question(self, turn: Turn, state: str | None = None) -> str | Parks:
        turn = replace(turn, confirms=True)
        return await (self.park(turn) if state is None else self.affirm(turn, state))

    async def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        config = json.loads(state)
        async with self.made(turn, park=True) as made:
            change = altered(await made.aget_state(config))
            return turn, json.dumps(await made.aupdate_state(config, change, as_node="model"))

    @asynccontextmanager
    async def made(self, turn: Turn, *, park: bool, calls: Sequence[dict[str, Any]] = ()) -> AsyncIterator[Any]:
        async with turn.async_client() as client, AsyncSqliteSaver.from_conn_string(saved(turn)) as saver:
            gate = AsyncGate(client, actions=ACTIONS, wait=turn.wait)
            yield agent(replace(turn, loops=True), SignoffMiddleware(gate, park=park), saver, calls)


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


async def test_calls_of_one_turn_are_asked_for_and_run_one_by_one(turns):
    turn = turns.make_turn(5)
    calls = [called(turn), called(turn, "call-2", 500), called(turn, "call-3", 5000)]
    async with Async().made(turn, park=False, calls=calls) as made:
        result = await made.ainvoke(asked(), thread(turn))
    assert sorted(turns.effects()) == [5, 100]
    told = {each.tool_call_id: each.text for each in result["messages"] if isinstance(each, ToolMessage)}
    assert "Refunded 5." in told["call-1"]
    assert "Refunded 100." in told["call-2"]
    assert REASON in told["call-3"]
    found = turns.stage.log(turn.run_id)
    assert {each["tool_call_id"]: each["payload"]["amount"] for each in found} == {
        "call-1": 5,
        "call-2": 100,
        "call-3": 5000,
    }


def test_a_call_that_is_decided_runs_once_while_another_of_its_turn_still_waits(turns):
    turn = turns.make_turn(5)
    undecided = called(turn, "call-2", 7)
    with Sync().made(turn, park=True, calls=[called(turn), undecided]) as made:
        result = made.invoke(asked(), thread(turn))
        waiting = {each.tool_call_id: each for each in tickets(result).values()}
        assert set(waiting) == {"call-1", "call-2"}
        turns.only(turn, SETTLED)
        for _ in range(2):
            result = made.invoke(None, thread(turn))
            assert [each.tool_call_id for each in tickets(result).values()] == ["call-2"]
            assert turns.effects() == [5]
        with turn.client() as client:
            client.withdraw(waiting["call-2"], "Not needed any more.")
        assert "withdrawn" in read(made.invoke(None, thread(turn)))
    assert turns.effects() == [5]


@pytest.mark.parametrize("answer", ["approve", {"type": "approve"}, {"decisions": [{"type": "approve"}]}, True])
def test_what_a_graph_is_resumed_with_approves_nothing(turns, answer):
    turns.stage.pause()
    turn = turns.make_turn(5)
    with Sync().made(turn, park=True) as made:
        (interrupted,) = tickets(made.invoke(asked(), thread(turn)))
        result = made.invoke(Command(resume={interrupted: answer}), thread(turn))
        assert tickets(result)
        assert tickets(made.get_state(thread(turn)))
    assert turns.effects() == []


def test_the_model_is_told_what_people_changed_and_only_then(turns):
    assert 'it ran with {"amount": 100.0' in Sync().inline(turns.make_turn(500))
    assert Sync().inline(turns.make_turn(5)) == "Refunded 5."


@pytest.mark.parametrize("rig", [Sync(), Async()])
async def test_what_nobody_decides_in_time_is_taken_back_and_does_not_run(turns, rig):
    turns.stage.pause()
    turn = turns.make_turn(5, wait=0.1)
    told = await settled(rig.inline(turn))
    assert "Nobody decided" in told
    assert "nothing ran" in told
    turns.only(turn, "withdrawn")
    assert turns.effects() == []


def test_a_tool_that_interrupts_itself_is_reported_unknown_and_not_begun_again(turns):
    turn = turns.make_turn(5)

    @tool
    def refund(amount: float) -> str:
        """Gives money back."""
        turn.refund(amount)
        return str(interrupt("and now?"))

    with turn.client() as client, SqliteSaver.from_conn_string(saved(turn)) as saver:
        middleware = SignoffMiddleware(Gate(client, actions=ACTIONS))
        made = create_agent(Scripted(calls=[called(turn)]), [refund], middleware=[middleware], checkpointer=saver)
        assert "not known" in read(made.invoke(asked(), thread(turn)))
    assert turns.effects() == [5]
    turns.only(turn, "unknown")


def test_a_failure_that_the_tool_node_puts_into_words_is_reported_and_told(turns):
    turn = turns.make_turn(5)

    class Receipt(BaseModel):
        order: str

    @tool
    def refund(amount: float) -> str:
        """Gives money back."""
        turn.refund(amount)
        return Receipt.model_validate({}).order

    with turn.client() as client:
        middleware = SignoffMiddleware(Gate(client, actions=ACTIONS))
        made = create_agent(Scripted(calls=[called(turn)]), [refund], middleware=[middleware])
        message = made.invoke(asked(), thread(turn))["messages"][-2]
    assert message.status == "error"
    assert "order: Field required" in message.text
    assert "order: Field required" in turns.only(turn, "failed")["outcome"]["detail"]
    assert turns.effects() == [5]


def test_what_the_model_said_beside_the_call_is_its_reasoning(turns):
    turn, heard = turns.make_turn(5), []
    with turn.client() as client, SqliteSaver.from_conn_string(saved(turn)) as saver:
        gate = Gate(client, actions=ACTIONS, fields=lambda call: heard.append(call.reasoning) or {})
        agent(turn, SignoffMiddleware(gate), saver, ()).invoke(asked(), thread(turn))
    assert heard == [SAID]


async def test_a_free_tool_needs_nobody(turns):
    turns.stage.pause()
    for park in (False, True):
        turn = turns.make_turn(5)
        with turn.client() as client:
            gate = Gate(client, free=["refund"])
            made = agent(turn, SignoffMiddleware(gate, park=park), None, ())
            assert read(made.invoke(asked(), thread(turn))) == "Refunded 5."
        async with turn.async_client() as client:
            free = AsyncGate(client, free=["refund"])
            made = agent(turn, SignoffMiddleware(free, park=park), None, ())
            assert read(await made.ainvoke(asked(), thread(turn))) == "Refunded 5."
        assert turns.stage.log(turn.run_id) == []


async def test_streams_wait_and_are_taken_up_like_calls(turns):
    turn = turns.make_turn(500)
    async with Async().made(turn, park=True) as made:
        first = [each async for each in made.astream(asked(), thread(turn), stream_mode="updates")]
        assert tickets(first[-1])
        turns.only(turn, SETTLED)
        second = [each async for each in made.astream(None, thread(turn), stream_mode="updates")]
    assert any("Refunded 100." in str(each) for each in second)
    assert turns.effects() == [100]


async def test_what_cannot_be_told_from_its_repetition_does_not_run(turns):
    turn = turns.make_turn(5)
    with turn.client() as client, pytest.raises(NotConfigured, match="thread_id"):
        agent(turn, SignoffMiddleware(Gate(client)), None, ()).invoke(asked())
    async with turn.async_client() as client:
        with pytest.raises(NotConfigured, match="thread_id"):
            await agent(turn, SignoffMiddleware(AsyncGate(client)), None, ()).ainvoke(asked())
    calls = [{"name": "refund", "args": {"amount": 5}, "id": ""}]
    with turn.client() as client, pytest.raises(NotConfigured, match="no id"):
        agent(turn, SignoffMiddleware(Gate(client)), None, calls).invoke(asked(), thread(turn))
    assert turns.effects() == []


async def test_a_middleware_without_the_fitting_gate_lets_nothing_run(turns):
    turn = turns.make_turn(5)
    async with turn.async_client() as client:
        with pytest.raises(NotConfigured, match="give it one"):
            agent(turn, SignoffMiddleware(AsyncGate(client)), None, ()).invoke(asked(), thread(turn))
    with turn.client() as client:
        with pytest.raises(NotConfigured, match="give it one"):
            await agent(turn, SignoffMiddleware(Gate(client)), None, ()).ainvoke(asked(), thread(turn))
        with pytest.raises(NotConfigured, match="one of each"):
            SignoffMiddleware(Gate(client), Gate(client))
    with pytest.raises(NotConfigured, match="one of each"):
        SignoffMiddleware()
    assert turns.effects() == []


class Order(TypedDict):
    amount: float
    told: str


def graph(turn: Turn, saver: Any, node: Any) -> Any:
    builder = StateGraph(Order)
    builder.add_node("refund", node)
    builder.add_edge(START, "refund")
    return builder.compile(checkpointer=saver)


@pytest.mark.parametrize(
    ("amount", "told", "ran"), [(5, "Refunded 5.", [5]), (500, "Refunded 100.", [100]), (5000, REASON, [])]
)
def test_a_node_asks_pauses_and_runs_what_people_approved_once(turns, amount, told, ran):
    turn = turns.make_turn(amount)
    with turn.client() as client, SqliteSaver.from_conn_string(saved(turn)) as saver:
        gate = Gate(client, actions=ACTIONS)

        def node(order: Order) -> dict[str, str]:
            answer = ask_or_pause(gate, "refund", {"amount": order["amount"]}, call_id="order-7", reasoning=SAID)
            if isinstance(answer, Denied):
                return {"told": answer.message}
            return {"told": gate.run(answer, lambda approved: turn.refund(**approved))}

        made = graph(turn, saver, node)
        (ticket,) = tickets(made.invoke({"amount": amount, "told": ""}, thread(turn))).values()
        (found,) = turns.stage.log(turn.run_id, SETTLED)
        assert ticket.id == found["id"]
        paused = made.get_state(thread(turn)).config
        assert told in made.invoke(None, paused)["told"]
        assert_a_clear_no(made.invoke(None, paused)["told"])  # sent back to where it stood
    assert turns.effects() == ran


async def test_an_async_node_asks_too_and_acts_once_however_often_the_graph_runs(turns):
    turn = turns.make_turn(500)
    async with turn.async_client() as client, AsyncSqliteSaver.from_conn_string(saved(turn)) as saver:
        gate = AsyncGate(client, actions=ACTIONS)

        async def node(order: Order) -> dict[str, str]:
            answer = await aask_or_pause(gate, "refund", {"amount": order["amount"]}, call_id="order-7")
            if isinstance(answer, Denied):
                return {"told": answer.message}

            async def act(approved: dict[str, Any]) -> str:
                return turn.refund(**approved)

            return {"told": await gate.run(answer, act)}

        made = graph(turn, saver, node)
        result = await made.ainvoke({"amount": 500, "told": ""}, thread(turn))
        assert [each.tool_call_id for each in tickets(result).values()] == ["order-7"]
        turns.stage.log(turn.run_id, SETTLED)
        assert (await made.ainvoke(Command(resume="go"), thread(turn)))["told"] == "Refunded 100."
        assert_a_clear_no((await made.ainvoke({"amount": 500, "told": ""}, thread(turn)))["told"])
    assert turns.effects() == [100]


def test_a_node_outside_of_a_graph_or_thread_asks_nobody(turns):
    turn = turns.make_turn(5)
    with turn.client() as client:
        gate = Gate(client)
        with pytest.raises(NotConfigured, match="node"):
            ask_or_pause(gate, "refund", {"amount": 5}, call_id="order-7")
        with pytest.raises(NotConfigured, match="thread_id"):
            graph(turn, None, lambda order: ask_or_pause(gate, "refund", order, call_id="order-7")).invoke(
                {"amount": 5, "told": ""}
            )


if __name__ == "__main__":
    play(Async() if os.environ.get(RIG) else Sync())
