"""The OpenAI Agents SDK, through the one scenario, and what is its alone."""

import asyncio
import json
import os
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import Any, ClassVar

import pytest
from agents import Agent, FunctionTool, RunConfig, RunContextWrapper, Runner, RunState, UserError, function_tool
from agents.items import ToolCallOutputItem
from agents.testing import ScriptedModel, assistant_message, function_call
from agents.tool_context import ToolContext
from pydantic import BaseModel
from scenario import BROKEN, OURS, REASON, THEIRS, Inline, Line, Parked, Parks, Turn, play

from signoff_client import NotConfigured
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


class Receipt(BaseModel):
    told: str


def refunding(turn: Turn) -> FunctionTool:
    def refund(amount: float) -> str:
        """Gives money back."""
        return turn.refund(amount)

    async def arefund(amount: float) -> str:
        """Gives money back, in the loop."""
        return await turn.arefund(amount)

    if turn.closes or turn.within is not None:
        return function_tool(arefund, name_override="refund", timeout=turn.within)
    return function_tool(refund)


def shipping(turn: Turn) -> FunctionTool:
    @function_tool
    def ship(amount: float, lines: list[Line] = []) -> str:  # noqa: B006 nobody changes it
        """Sends an order."""
        return turn.ship(amount, lines)

    return ship


def agent(turn: Turn, made: Approvals) -> Agent[Any]:
    tools = [made.guard(tool) for tool in (refunding(turn), shipping(turn))]
    return Agent(name="support", tools=tools, model=ScriptedModel())


def spoken(turn: Turn, *others: Turn, **more: Any) -> list[Any]:
    """What the model says: a call for each turn, and then that it is done."""
    calls = [function_call(each.tool, each.arguments | more, call_id=each.call_id) for each in (turn, *others)]
    return [calls, [assistant_message("Done.")]]


def read(result: Any) -> str:
    """What the model read of its last call."""
    return str([each for each in result.new_items if isinstance(each, ToolCallOutputItem)][-1].output)


class Plain:
    """`Runner.run`."""

    row = "OpenAI Agents SDK"
    unsupported: ClassVar = {"question": "a tool with a needs_approval of its own is refused at set-up"}

    async def inline(self, turn: Turn) -> str:
        async with approvals(turn, park=False) as made:
            return read(await self.run(agent(turn, made), "Please refund it.", turn, spoken(turn)))

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        turn = turns[0]
        async with approvals(turn, park=False) as made:
            found = outputs(await self.run(agent(turn, made), "Please refund them.", turn, spoken(*turns)))
        return [found[each.call_id] for each in turns]

    async def stream(self, turn: Turn) -> str:
        return await Streamed().inline(turn)

    async def hand_off(self, turn: Turn) -> str:
        async with approvals(turn, park=False) as made:
            support = agent(turn, made)
            support.model.extend(spoken(turn))
            triage = Agent(name="triage", handoffs=[support], model=ScriptedModel())
            transfer = [[function_call("transfer_to_support", {}, call_id="transfer-1")]]
            return read(await self.run(triage, "Please refund it.", turn, transfer))

    async def inject(self, turn: Turn) -> str:
        @function_tool(strict_mode=False)
        def refund(account: RunContextWrapper[Any], amount: float) -> str:
            return turn.refund_from(account.context["account"], amount)

        async with approvals(turn, park=False) as made:
            support = Agent(name="support", tools=[made.guard(refund)], model=ScriptedModel())
            return read(await self.run(support, "Please refund it.", turn, spoken(turn, account=THEIRS)))

    async def park(self, turn: Turn) -> str | Parks:
        async with approvals(turn, park=True) as made:
            return outcome(await self.run(agent(turn, made), "Please refund it.", turn, spoken(turn)))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        async with approvals(turn, park=True) as made:
            support = agent(turn, made)
            going_on = await RunState.from_string(support, state)
            await made.settle(going_on)
            return outcome(await self.run(support, going_on, turn, spoken(turn)[1:]))

    async def affirm(self, turn: Turn, state: str) -> str | Parks:
        async with approvals(turn, park=True) as made:
            support = agent(turn, made)
            going_on = await RunState.from_string(support, state)
            for item in going_on.get_interruptions():
                going_on.approve(item, always_approve=True)
            return outcome(await self.run(support, going_on, turn, spoken(turn)[1:]))

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        return turn, state.replace('"refund"', '"ship"')

    async def run(self, support: Agent[Any], given: Any, turn: Turn, steps: list[Any]) -> Any:
        support.model.extend(steps)
        context = {"context": {"run": turn.run_id, "account": OURS}} if isinstance(given, str) else {}
        return await Runner.run(support, given, run_config=QUIET, **context)


class Streamed(Plain):
    """`Runner.run_streamed`."""

    async def run(self, support: Agent[Any], given: Any, turn: Turn, steps: list[Any]) -> Any:
        support.model.extend(steps)
        context = {"context": {"run": turn.run_id, "account": OURS}} if isinstance(given, str) else {}
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


def outputs(result: Any) -> dict[str, str]:
    """What the model read, by call."""
    read = [each for each in result.new_items if isinstance(each, ToolCallOutputItem)]
    return {each.raw_item["call_id"]: str(each.output) for each in read}


async def alone(turn: Turn, tool: FunctionTool, *, park: bool = False, arguments: Any = None) -> Any:
    """One turn with a tool of the test's own: the whole result."""
    given = {"amount": turn.amount} if arguments is None else arguments
    says = [[function_call(tool.name, given, call_id=turn.call_id)], [assistant_message("Done.")]]
    async with approvals(turn, park=park) as made:
        support = Agent(name="support", tools=[made.guard(tool)], model=ScriptedModel(says))
        return await Runner.run(support, "Please refund it.", context={"run": turn.run_id}, run_config=QUIET)


async def test_calls_of_one_turn_are_asked_for_and_run_one_by_one(turns):
    turn = turns.make_turn(5)
    calls = [function_call("refund", {"amount": each}, call_id=f"call-{each}") for each in (5, 500, 5000)]
    async with approvals(turn, park=False) as made:
        told = outputs(await Plain().run(agent(turn, made), "Refund", turn, [calls, [assistant_message("Done.")]]))
    assert sorted(turns.effects()) == [5, 100]
    assert told["call-5"] == "Refunded 5."
    assert "Refunded 100." in told["call-500"]
    assert REASON in told["call-5000"]
    assert sorted(each["tool_call_id"] for each in turns.stage.log(turn.run_id)) == ["call-5", "call-500", "call-5000"]


async def test_a_call_that_is_decided_runs_once_while_another_of_its_turn_still_waits(turns):
    turn = turns.make_turn(5)
    calls = [function_call("refund", {"amount": each}, call_id=f"call-{each}") for each in (5, 7)]
    async with approvals(turn, park=True) as made:
        support = agent(turn, made)
        result = await Plain().run(support, "Refund", turn, [calls, [assistant_message("Done.")]])
        waiting = await made.tickets(result)
        turns.only(replace(turn, call_id="call-5"), "approved")
        assert {each.call_id for each in result.interruptions} == {"call-5", "call-7"}
        for _ in range(2):
            state = await RunState.from_string(support, result.to_state().to_string())
            assert set(await made.settle(state)) == {"call-7"}
            result = await Runner.run(support, state, run_config=QUIET)
            assert [each.call_id for each in result.interruptions] == ["call-7"]
            assert turns.effects() == [5]
        async with turn.async_client() as client:
            await client.withdraw(waiting["call-7"], "Not needed any more.")
        state = result.to_state()
        assert await made.settle(state) == {}
        result = await Runner.run(support, state, run_config=QUIET)
    assert "withdrawn" in outputs(result)["call-7"]
    assert turns.effects() == [5]


async def test_that_somebody_approved_the_run_state_approves_nothing(turns):
    turns.stage.pause()
    turn = turns.make_turn(5, wait=0.1)
    async with approvals(turn, park=True) as made:
        support = agent(turn, made)
        result = await Plain().run(support, "Refund", turn, spoken(turn))
        assert set(await made.tickets(result)) == {"call-1"}
        state = result.to_state()
        state.approve(state.get_interruptions()[0], always_approve=True)
        assert "Nobody decided" in read(await Runner.run(support, state, run_config=QUIET))
    assert turns.effects() == []
    turns.only(turn, "withdrawn")


async def test_what_signoff_cannot_be_asked_about_stays_parked_and_runs_afterwards(turns):
    turn = turns.make_turn(500, timeout=0.5, patience=1.0)
    parked = await Plain().park(turn)
    turns.only(turn, "approved")
    turns.stage.fault("down")
    again = await Plain().resume(turn, parked.state)
    turns.stage.calm()
    assert "Refunded 100." in await Plain().resume(turn, again.state)
    assert turns.effects() == [100]


async def test_the_model_is_told_what_people_changed_and_only_then(turns):
    assert 'it ran with {"amount": 100' in await Plain().inline(turns.make_turn(500))
    assert await Plain().inline(turns.make_turn(5)) == "Refunded 5."


async def test_what_nobody_decides_in_time_is_taken_back_and_does_not_run(turns):
    turns.stage.pause()
    turn = turns.make_turn(5, wait=0.1)
    told = await Plain().inline(turn)
    assert "Nobody decided" in told
    assert "nothing ran" in told
    assert turns.effects() == []
    turns.only(turn, "withdrawn")


@pytest.mark.parametrize("arguments", ["{", "[5]", "null", '{"amount": 5'])
async def test_arguments_that_are_no_object_are_refused_and_nobody_is_asked(turns, arguments):
    turn = turns.make_turn(5)
    assert "nothing ran" in read(await alone(turn, refunding(turn), arguments=arguments))
    async with approvals(turn, park=True) as made:
        support = agent(turn, made)
        says = [[function_call("refund", arguments, call_id="call-1")], [assistant_message("Done.")]]
        result = await Plain().run(support, "Refund", turn, says)
        state = result.to_state()
        assert await made.settle(state) == {}
        assert "nothing ran" in read(await Runner.run(support, state, run_config=QUIET))
    assert turns.effects() == []
    assert turns.stage.log(turn.run_id) == []


async def test_the_tool_finds_no_trace_of_the_original_arguments_in_its_context(turns):
    turn, seen = turns.make_turn(500), []

    @function_tool
    def refund(context: ToolContext[Any], amount: float) -> str:
        seen.extend([context.tool_arguments, context.tool_call.arguments])
        return turn.refund(amount)

    await alone(turn, refund)
    assert [json.loads(each)["amount"] for each in seen] == [100, 100]


async def test_a_tool_that_is_cut_short_is_reported_unknown_and_the_wait_for_people_is_no_part_of_its_time(turns):
    turns.stage.pause()
    turn = turns.make_turn(5)

    @function_tool(timeout=0.3)
    async def refund(amount: float) -> str:
        turn.refund(amount)
        return str(await asyncio.Event().wait())

    async with asyncio.TaskGroup() as both:
        taking = both.create_task(alone(turn, refund))
        await asyncio.to_thread(turns.only, turn, "pending")
        await asyncio.to_thread(turns.stage.resume)
    assert "timed out" in read(taking.result())
    assert turns.effects() == [5]
    turns.only(turn, "unknown")


async def test_a_failure_is_reported_and_told_in_the_tools_own_words(turns):
    turn = turns.make_turn(5, breaks=True)

    @function_tool(failure_error_function=lambda _, error: f"Sorry: {error}")
    def refund(amount: float) -> str:
        return turn.refund(amount)

    assert read(await alone(turn, refund)) == f"Sorry: {BROKEN}"
    assert BROKEN in turns.only(turn, "failed")["outcome"]["detail"]


async def test_a_failure_that_ends_the_run_is_reported_too(turns):
    turn = turns.make_turn(5, breaks=True)

    @function_tool(failure_error_function=None)
    def refund(amount: float) -> str:
        return turn.refund(amount)

    with pytest.raises(UserError, match=BROKEN):
        await alone(turn, refund)
    assert BROKEN in turns.only(turn, "failed")["outcome"]["detail"]
    assert turns.effects() == [5]


@pytest.mark.parametrize("park", [False, True])
async def test_a_free_tool_needs_nobody(turns, park):
    turns.stage.pause()
    turn = turns.make_turn(5)
    async with turn.async_client() as client:
        tool = refunding(turn)
        assert Approvals(AsyncGate(client, free=["refund"]), run_id="r", park=park).guard(tool) is tool


async def test_what_cannot_ask_is_not_guarded(turns):
    turn = turns.make_turn(5)

    @function_tool(needs_approval=True)
    def own(amount: float) -> str:
        return turn.refund(amount)

    @function_tool(output_type=Receipt)
    def typed(amount: float) -> Receipt:
        return Receipt(told=turn.refund(amount))

    async with approvals(turn, park=True) as made:
        inner = agent(turn, made).as_tool("support", "Helps.")
        for tool, why in ((own, "needs_approval"), (typed, "output schema"), (inner, "is an agent")):
            with pytest.raises(NotConfigured, match=why):
                made.guard(tool)


async def test_the_actions_of_all_that_was_guarded_are_listed(turns):
    turn = turns.make_turn(5)
    async with turn.async_client() as client:
        approvals = Approvals(AsyncGate(client, actions={"refund": "refund.create"}, free={"look"}), run_id=turn.run_id)
        for name in ("refund", "look", "Push It!"):
            approvals.guard(function_tool(lambda amount: amount, name_override=name, strict_mode=False))
    listed = approvals.actions
    assert listed.pop("Push It!").startswith("push_it_-")
    assert listed == {"refund": "refund.create"}


async def test_a_run_without_a_name_asks_nobody_and_runs_nothing(turns):
    turn = turns.make_turn(5, run_id="")
    with pytest.raises(UserError, match="no id of its run"):
        await Plain().inline(turn)
    assert turns.effects() == []


if __name__ == "__main__":
    play(Streamed() if os.environ.get(RIG) else Plain())
