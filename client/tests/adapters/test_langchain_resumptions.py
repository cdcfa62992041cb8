"""What a graph is resumed with reaches nothing but the interrupt that it answers."""

from typing import Any, TypedDict
from uuid import uuid4

import pytest
from langchain.agents import create_agent
from langchain.tools import tool
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.graph import START, MessagesState, StateGraph
from langgraph.types import Command, interrupt
from pydantic import BaseModel, Field
from scenario import SETTLED, Turn, assert_a_clear_no
from test_langchain import ACTIONS, Scripted, asked, called, read, thread

from signoff_client.adapters.langchain import SignoffMiddleware, ask_or_pause, tickets
from signoff_client.gating import AsyncGate, Denied, Gate


def asking(turn: Turn, answers: list[Any]) -> Any:
    @tool
    def refund(amount: float) -> str:
        """Asks somebody itself, and pays back."""
        answers.append(interrupt("really?"))
        return turn.refund(amount)

    return refund


def test_a_left_over_yes_answers_no_question_of_the_tools_own(turns):
    turn, answers = turns.make_turn(5), []
    with turn.client() as client:
        middleware = SignoffMiddleware(Gate(client, actions=ACTIONS), park=True)
        model = Scripted(calls=[called(turn)])
        made = create_agent(model, [asking(turn, answers)], middleware=[middleware], checkpointer=InMemorySaver())
        (ours,) = tickets(made.invoke(asked(), thread(turn)))
        turns.only(turn, SETTLED)
        told = read(made.invoke(Command(resume={ours: True}), thread(turn)))
    assert "not known" in told
    assert answers == []
    assert turns.effects() == []
    turns.only(turn, "unknown")


async def test_several_left_over_ones_answer_none_either_in_a_loop(turns):
    turns.stage.pause()
    turn, answers = turns.make_turn(5), []
    async with turn.async_client() as client:
        middleware = SignoffMiddleware(AsyncGate(client, actions=ACTIONS), park=True)
        model = Scripted(calls=[called(turn)])
        made = create_agent(model, [asking(turn, answers)], middleware=[middleware], checkpointer=InMemorySaver())
        await made.ainvoke(asked(), thread(turn))
        for _ in range(2):
            assert tickets(await made.ainvoke(Command(resume=True), thread(turn)))
        turns.stage.resume()
        turns.only(turn, SETTLED)
        assert "not known" in read(await made.ainvoke(Command(resume=True), thread(turn)))
    assert answers == []
    assert turns.effects() == []


@pytest.mark.parametrize("amount", [5, 5000])
def test_what_came_for_ours_reaches_no_later_step_of_an_agent_within_a_graph(turns, amount):
    """A free tool that the agent calls next asks somebody itself: it is that somebody's to answer."""
    turn, answers = turns.make_turn(amount), []

    @tool
    def confirm(text: str) -> str:
        """Asks somebody."""
        answers.append(interrupt(text))
        return "Confirmed."

    @tool
    def refund(amount: float) -> str:
        """Pays back."""
        return turn.refund(amount)

    class Twice(Scripted):
        def _generate(self, messages: Any, *more: Any, **others: Any) -> Any:
            if messages[-1].type == "tool" and messages[-1].name == "refund":
                again = Scripted(calls=[{"name": "confirm", "args": {"text": "sure?"}, "id": "call-2"}])
                return again._generate(asked()["messages"])
            return super()._generate(messages, *more, **others)

    with turn.client() as client:
        gate = Gate(client, actions=ACTIONS, free={"confirm"})
        inner = create_agent(
            Twice(calls=[called(turn)]), [refund, confirm], middleware=[SignoffMiddleware(gate, park=True)]
        )
        builder = StateGraph(MessagesState)
        builder.add_node("agent", inner)
        builder.add_edge(START, "agent")
        made = builder.compile(checkpointer=InMemorySaver())
        made.invoke(asked(), thread(turn))
        turns.only(turn, SETTLED)
        result = made.invoke(Command(resume=True), thread(turn))
        assert [each.value for each in result["__interrupt__"]] == ["sure?"]
        assert answers == []
        made.invoke(Command(resume="yes"), thread(turn))
    assert answers == ["yes"]
    assert turns.effects() == ([5] if amount == 5 else [])


class Stamped(BaseModel):
    amount: float
    mark: str = Field(default_factory=lambda: uuid4().hex)


def test_what_a_tool_fills_in_anew_each_time_is_refused_before_people_are_asked_and_runs_with_a_value(turns):
    turn, ran = turns.make_turn(5), []

    @tool(args_schema=Stamped)
    def refund(amount: float, mark: str) -> str:
        """Pays back."""
        ran.append(mark)
        return "Done."

    with turn.client() as client:
        middleware = SignoffMiddleware(Gate(client, actions=ACTIONS), park=True)
        made = create_agent(
            Scripted(calls=[called(turn)]), [refund], middleware=[middleware], checkpointer=InMemorySaver()
        )
        told = read(made.invoke(asked(), thread(turn)))
        assert "mark" in told
        assert_a_clear_no(told)
        assert turns.stage.log(turn.run_id) == []
        call = {**called(turn), "args": {"amount": 5, "mark": "A-1"}}
        made = create_agent(Scripted(calls=[call]), [refund], middleware=[middleware], checkpointer=InMemorySaver())
        assert tickets(made.invoke(asked(), thread(turn)))
        turns.only(turn, SETTLED)
        assert read(made.invoke(None, thread(turn))) == "Done."
    assert ran == ["A-1"]


class Order(TypedDict):
    amount: float
    told: str


@pytest.mark.parametrize("amount", [5, 5000])
def test_what_came_for_ours_answers_no_question_that_the_same_node_asks_later(turns, amount):
    turn, answers = turns.make_turn(amount), []
    with turn.client() as client:
        gate = Gate(client, actions=ACTIONS)

        def node(order: Order) -> dict[str, str]:
            name = interrupt("who are you?")
            answer = ask_or_pause(gate, "refund", {"amount": order["amount"]}, call_id=turn.call_id)
            told = answer.message if isinstance(answer, Denied) else gate.run(answer, lambda it: turn.refund(**it))
            answers.append((name, interrupt("and now?")))
            return {"told": told}

        builder = StateGraph(Order)
        builder.add_node("refund", node)
        builder.add_edge(START, "refund")
        made = builder.compile(checkpointer=InMemorySaver())
        made.invoke({"amount": amount, "told": ""}, thread(turn))
        assert tickets(made.invoke(Command(resume="Zoe"), thread(turn)))
        turns.only(turn, SETTLED)
        result = made.invoke(Command(resume=True), thread(turn))
        assert [each.value for each in result["__interrupt__"]] == ["and now?"]
    assert answers == []
