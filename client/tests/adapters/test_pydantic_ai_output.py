"""An output function runs like a tool, and people are asked like for a tool."""

import json
from typing import Any

import pytest
from pydantic import BaseModel
from pydantic_ai import Agent, TextOutput, ToolOutput
from pydantic_ai.messages import ModelMessage, ModelResponse, RetryPromptPart, TextPart, ToolCallPart, ToolReturnPart
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel
from pydantic_ai.output import Choice, Choices, NativeOutput, PromptedOutput
from scenario import REASON, Turn

from signoff_client import NotConfigured
from signoff_client.adapters.pydantic_ai import SignoffApprovals
from signoff_client.gating import AsyncGate


def ending(turn: Turn, arguments: dict[str, Any], heard: list[str]) -> FunctionModel:
    """Calls whatever it can end the run with, once, and writes down what it reads of a no."""

    def answer(messages: list[ModelMessage], info: AgentInfo) -> ModelResponse:
        heard.extend(
            str(part.content) for part in messages[-1].parts if isinstance(part, RetryPromptPart | ToolReturnPart)
        )
        if heard or not info.output_tools:
            return ModelResponse(parts=[TextPart(json.dumps(arguments) if arguments else "5")])
        return ModelResponse(parts=[ToolCallPart(info.output_tools[0].name, arguments, tool_call_id=turn.call_id)])

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> Any:
        half, rest = '{"amount": 500, "why": "bro', 'ken"}'
        yield {0: DeltaToolCall(info.output_tools[0].name, half, tool_call_id=turn.call_id)}
        yield {0: DeltaToolCall(json_args=rest)}

    return FunctionModel(answer, stream_function=stream)


async def end(
    turn: Turn, output_type: Any, arguments: dict[str, Any], *, heard: Any = None, of_the_run: Any = None, **more: Any
) -> Any:
    async with turn.async_client() as client:
        gate = AsyncGate(client, actions={"refund": "refund.create"}, wait=turn.wait, free=more.pop("free", ()))
        agent = Agent(
            ending(turn, arguments, [] if heard is None else heard),
            output_type=output_type,
            capabilities=[SignoffApprovals[None](gate=gate, **more)],
        )
        return (await agent.run("Refund it", conversation_id=turn.run_id, output_type=of_the_run)).output


class Order(BaseModel):
    order: str


def refunding(turn: Turn) -> Any:
    def refund(amount: float, why: str = "") -> str:
        """Pays back."""
        return turn.refund(amount)

    return refund


def refunding_one(turn: Turn) -> Any:
    def refund(amount: float) -> str:
        """Pays back."""
        return turn.refund(amount)

    return refund


@pytest.mark.parametrize("park", [False, True])
@pytest.mark.parametrize("made", [refunding, refunding_one])
async def test_an_output_function_runs_once_people_approved_with_what_they_approved(turns, made, park):
    approved, changed = turns.make_turn(5), turns.make_turn(500)
    assert await end(approved, made(approved), {"amount": 5}, park=park) == "Refunded 5."
    assert await end(changed, ToolOutput(made(changed)), {"amount": 500}, park=park) == "Refunded 100."
    assert turns.effects() == [5, 100]
    assert turns.only(changed, "succeeded")["action"] == "refund.create"


async def test_an_output_function_that_people_reject_does_not_run_and_the_model_reads_why(turns):
    turn, heard = turns.make_turn(5000), []
    assert "5000" in await end(turn, [refunding(turn), str], {"amount": 5000}, heard=heard)
    assert REASON in heard[0]
    assert turns.effects() == []


async def test_an_output_function_that_nobody_decides_about_is_taken_back(turns):
    turns.stage.pause()
    turn, heard = turns.make_turn(5, wait=0.1), []
    await end(turn, [refunding(turn), str], {"amount": 5}, heard=heard)
    assert "nothing ran" in heard[0]
    turns.only(turn, "withdrawn")
    assert turns.effects() == []


async def test_an_output_function_that_is_free_and_output_that_is_data_need_nobody(turns):
    turns.stage.pause()
    turn = turns.make_turn(5)
    assert await end(turn, refunding(turn), {"amount": 5}, free={"refund"}) == "Refunded 5."
    assert await end(turn, int, {"response": 5}) == 5
    assert turns.stage.log(turn.run_id) == []


async def test_an_action_that_the_model_picks_is_asked_for_under_its_tools_name(turns):
    turn, heard = turns.make_turn(5), []
    turns.stage.pause()
    picked = Choices({"pay": Choice("Pays back.", value=lambda: turn.refund(5)), "wait": Choice("Waits.", value=1)})
    await end(turn, [ToolOutput(picked), str], {"response": "pay"}, heard=heard, wait=0.0)
    assert "nothing ran" in heard[0]
    assert turns.effects() == []
    assert turns.only(turn, "withdrawn")["payload"] == {"response": "pay"}
    with pytest.raises(NotConfigured, match="ToolOutput"):
        await end(turn, NativeOutput(picked), {"response": "pay"})
    assert turns.effects() == []


@pytest.mark.parametrize("kind", [NativeOutput, PromptedOutput])
async def test_an_action_that_is_one_of_several_types_in_a_text_does_not_start_and_never_runs(turns, kind):
    turn = turns.make_turn(5)
    picked = Choices({"pay": Choice("Pays back.", value=lambda: turn.refund(5)), "wait": Choice("Waits.", value=1)})
    written = {"result": {"kind": "Choices", "data": {"response": "pay"}}}
    with pytest.raises(NotConfigured, match=r"Choices would run .* ToolOutput\(Choices\)"):
        await end(turn, kind([picked, Order]), written)
    with pytest.raises(NotConfigured, match=r"Choices would run .* ToolOutput\(Choices\)"):
        await end(turn, str, written, of_the_run=kind([picked, Order]))
    assert turns.effects() == []
    assert turns.stage.log(turn.run_id) == []
    assert await end(turn, kind([picked, Order]), written, free={"Choices"})  # the framework may run it or not


@pytest.mark.parametrize("kind", [NativeOutput, PromptedOutput])
@pytest.mark.parametrize("how", ["agent", "run"])
async def test_data_that_is_one_of_several_types_in_a_text_needs_nobody(turns, kind, how):
    turn = turns.make_turn(5)
    values = Choices({"pay": Choice("Pays back.", value=1), "wait": Choice("Waits.")})
    several = kind([values, Order])
    made = (several, {}) if how == "agent" else (str, {"of_the_run": several})
    for name, given, wanted in (
        ("Choices", {"response": "pay"}, 1),
        ("Order", {"order": "A-1"}, Order(order="A-1")),
    ):
        written = {"result": {"kind": name, "data": given}}
        assert await end(turn, made[0], written, **made[1]) == wanted
    assert turns.stage.log(turn.run_id) == []


async def test_a_pick_of_values_needs_nobody(turns):
    turn = turns.make_turn(5)
    values = Choices({"pay": Choice("Pays back.", value=1), "wait": Choice("Waits.")})
    assert await end(turn, ToolOutput(values), {"response": "pay"}) == 1
    assert await end(turn, NativeOutput(values), {"response": "wait"}) == "wait"
    assert turns.stage.log(turn.run_id) == []


async def test_a_function_of_the_models_text_is_refused_unless_it_is_free(turns):
    turn = turns.make_turn(5)

    def refund(text: str) -> str:
        """Pays back."""
        return turn.refund(float(text))

    with pytest.raises(NotConfigured, match="ToolOutput"):
        await end(turn, TextOutput(refund), {})
    with pytest.raises(NotConfigured, match="ToolOutput"):
        await end(turn, NativeOutput(refunding_one(turn)), {"amount": 5})
    assert turns.effects() == []
    assert await end(turn, TextOutput(refund), {}, free={"refund"}) == "Refunded 5."


async def test_an_output_function_does_not_run_on_a_part_of_its_arguments_while_they_stream(turns):
    turn = turns.make_turn(500)
    async with turn.async_client() as client:
        gate = AsyncGate(client, wait=turn.wait)
        agent = Agent(
            ending(turn, {}, []), output_type=refunding(turn), capabilities=[SignoffApprovals[None](gate=gate)]
        )
        async with agent.run_stream("Refund it", conversation_id=turn.run_id) as streamed:
            outputs = [each async for each in streamed.stream_output(debounce_by=None)]
    assert set(outputs) == {"Refunded 100."}
    assert turns.effects() == [100]
