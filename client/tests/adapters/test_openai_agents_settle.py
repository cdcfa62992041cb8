"""`settle` lets go on what people approved of the tools that were guarded, and nothing that only has their name."""

import json
from typing import Any

import pytest
from agents import Agent, FunctionTool, Runner, RunState, function_tool, tool_namespace
from agents.items import ToolApprovalItem
from agents.testing import ScriptedModel, assistant_message, function_call
from scenario import REASON, Turn
from test_openai_agents import QUIET, agent, approvals, outputs, read

Calls = list[tuple[str, int]]


def own(turn: Turn, name: str = "refund") -> FunctionTool:
    """A tool that nobody guarded, and that has the SDK's own way to ask."""

    @function_tool(name_override=name, needs_approval=True)
    def refund(amount: float) -> str:
        return turn.refund(amount)

    return refund


def ours(turn: Turn) -> FunctionTool:
    @function_tool
    def refund(amount: float) -> str:
        return turn.refund(amount)

    return refund


def saying(*turns: list[Any]) -> ScriptedModel:
    return ScriptedModel([*turns, [assistant_message("Done.")]])


def call(turn: Turn, amount: int, **more: Any) -> Any:
    made = function_call("refund", {"amount": amount}, call_id=f"call-{amount}")
    return made.model_copy(update=more) if more else made


async def run(support: Agent[Any], given: Any, turn: Turn) -> Any:
    context = {"context": {"run": turn.run_id}} if isinstance(given, str) else {}
    return await Runner.run(support, given, run_config=QUIET, **context)


async def test_an_unguarded_tool_of_the_same_name_stays_interrupted_though_ours_was_decided(turns):
    turn = turns.make_turn(5000)
    async with approvals(turn, park=True) as made:
        guarded = made.guard(ours(turn))
        support = Agent(name="support", tools=[own(turn)], model=saying([call(turn, 5000)]))
        asked = Agent(name="asked", tools=[guarded], model=saying([call(turn, 5000)]))
        await run(asked, "Refund", turn)
        turns.stage.log(turn.run_id, "rejected")
        result = await run(support, "Refund", turn)
        assert await made.tickets(result) == {}
        state = result.to_state()
        assert await made.settle(state) == {}
        again = await run(support, state, turn)
    assert [each.call_id for each in again.interruptions] == ["call-5000"]
    assert turns.effects() == []


@pytest.mark.parametrize("amount", [5, 5000])
async def test_the_same_name_in_a_namespace_is_another_tool(turns, amount):
    turn = turns.make_turn(amount)
    other = tool_namespace(name="legacy", description="Old tools.", tools=[own(turn)])
    first, second = call(turn, amount), call(turn, 7, namespace="legacy")
    async with approvals(turn, park=True) as made:
        support = Agent(name="support", tools=[made.guard(ours(turn)), *other], model=saying([first, second]))
        result = await run(support, "Refund", turn)
        turns.stage.log(turn.run_id, "approved,rejected")
        assert [each["tool_call_id"] for each in turns.stage.log(turn.run_id)] == [f"call-{amount}"]
        state = result.to_state()
        assert await made.settle(state) == {}
        again = await run(support, state, turn)
    assert [each.call_id for each in again.interruptions] == ["call-7"]
    assert turns.effects() == ([5] if amount == 5 else [])


async def test_a_guarded_tool_in_a_namespace_is_still_guarded(turns):
    turn = turns.make_turn(500)
    async with approvals(turn, park=True) as made:
        tools = tool_namespace(name="shop", description="Its tools.", tools=[made.guard(ours(turn))])
        support = Agent(name="support", tools=tools, model=saying([call(turn, 500, namespace="shop")]))
        result = await run(support, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        state = await RunState.from_string(support, result.to_state().to_string())
        assert await made.settle(state) == {}
        assert "Refunded 100." in read(await run(support, state, turn))
    assert turns.effects() == [100]


async def test_two_tools_under_one_name_are_not_told_apart_so_none_goes_on(turns):
    turn = turns.make_turn(5)
    async with approvals(turn, park=True) as made:
        guarded = made.guard(ours(turn))
        support = Agent(name="support", tools=[guarded], model=saying([call(turn, 5)]))
        result = await run(support, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        support.tools.append(own(turn))
        state = result.to_state()
        assert await made.settle(state) == {}
        assert [state.get_interruptions()[0].call_id, turns.effects()] == ["call-5", []]


async def test_a_tool_that_was_put_in_the_place_of_a_guarded_one_does_not_go_on(turns):
    """The process that goes on has another agent than the one that asked."""
    turn = turns.make_turn(5)
    async with approvals(turn, park=True) as made:
        support = Agent(name="support", tools=[made.guard(ours(turn))], model=saying([call(turn, 5)]))
        parked = (await run(support, "Refund", turn)).to_state().to_string()
        turns.stage.log(turn.run_id, "approved")
        other = Agent(name="support", tools=[own(turn)], model=saying())
        state = await RunState.from_string(other, parked)
        assert await made.settle(state) == {}
        assert [each.call_id for each in (await run(other, state, turn)).interruptions] == ["call-5"]
    assert turns.effects() == []


async def test_what_people_rejected_is_rejected_in_the_state_too_with_their_reason(turns):
    turn = turns.make_turn(5000)
    async with approvals(turn, park=True) as made:
        support = Agent(name="support", tools=[made.guard(ours(turn))], model=saying([call(turn, 5000)]))
        state = (await run(support, "Refund", turn)).to_state()
        turns.stage.log(turn.run_id, "rejected")
        assert await made.settle(state) == {}
        (item,) = state.get_interruptions()
        status = state._context.get_approval_status(item.name, item.call_id, existing_pending=item)
        assert status is False
        assert REASON in read(await run(support, state, turn))
    assert turns.effects() == []


async def test_a_request_of_a_hosted_server_is_none_of_ours_whatever_its_tool_is_called(turns):
    turn = turns.make_turn(5)
    async with approvals(turn, park=True) as made:
        support = Agent(name="support", tools=[made.guard(ours(turn))], model=saying([call(turn, 5)]))
        result = await run(support, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        raw = {"type": "mcp_approval_request", "id": "call-5", "name": "refund", "arguments": json.dumps({"amount": 5})}
        item = ToolApprovalItem(support, raw, "refund")
        assert await made._guard_of(item, result.context_wrapper) is None
        assert await made._guard_of(result.interruptions[0], result.context_wrapper) is not None


async def test_after_a_hand_off_it_is_the_other_agents_tool_that_counts(turns):
    turn = turns.make_turn(5)
    async with approvals(turn, park=True) as made:
        desk = Agent(name="desk", tools=[own(turn)], model=saying([call(turn, 5)]))
        front = Agent(name="front", tools=[made.guard(ours(turn))], handoffs=[desk])
        front.model = ScriptedModel([[function_call("transfer_to_desk", {}, call_id="hand-off")]])
        asking = Agent(name="asking", tools=front.tools, model=saying([call(turn, 5)]))
        await run(asking, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        result = await run(front, "Refund", turn)
        assert [each.agent.name for each in result.interruptions] == ["desk"]
        state = result.to_state()
        assert await made.settle(state) == {}
        assert [each.call_id for each in (await run(front, state, turn)).interruptions] == ["call-5"]
    assert turns.effects() == []


async def test_a_guarded_tool_of_an_agent_that_is_a_tool_waits_and_runs_once(turns):
    turn = turns.make_turn(500)
    async with approvals(turn, park=True) as made:
        inner = Agent(name="inner", tools=[made.guard(ours(turn))], model=saying([call(turn, 500)]))
        outer = Agent(name="outer", tools=[inner.as_tool("ask_inner", "Helps."), own(turn)])
        outer.model = saying([function_call("ask_inner", {"input": "Refund it"}, call_id="call-outer")])
        result = await run(outer, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        assert await made.tickets(result) == {}
        state = result.to_state()
        assert await made.settle(state) == {}
        again = await run(outer, state, turn)
        assert again.interruptions == []
    assert turns.effects() == [100]
    assert "Done." in outputs(again)["call-outer"]


async def test_another_set_of_approvals_leaves_its_tools_alone(turns):
    turn = turns.make_turn(5)
    async with approvals(turn, park=True) as made, approvals(turn, park=True) as another:
        support = agent(turn, made)
        support.model = saying([call(turn, 5)])
        result = await run(support, "Refund", turn)
        turns.stage.log(turn.run_id, "approved")
        state = result.to_state()
        assert await another.settle(state) == {}
        again = await run(support, state, turn)
        assert [each.call_id for each in again.interruptions] == ["call-5"]
        assert turns.effects() == []
        state = again.to_state()
        assert await made.settle(state) == {}
        assert "Refunded 5." in read(await run(support, state, turn))
