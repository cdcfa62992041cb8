"""The scenario through Pydantic AI, with a scripted model; and what only Pydantic AI has."""

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from datetime import date
from typing import Any, ClassVar

import pytest
from pages import run_page
from pydantic import TypeAdapter
from pydantic_ai import Agent, ApprovalRequired, DeferredToolRequests, DeferredToolResults, RunContext, Tool
from pydantic_ai.messages import (
    ModelMessage,
    ModelMessagesTypeAdapter,
    ModelResponse,
    RetryPromptPart,
    TextPart,
    ToolCallPart,
    ToolReturnPart,
    UserPromptPart,
)
from pydantic_ai.models.function import AgentInfo, DeltaToolCall, FunctionModel
from pydantic_ai.toolsets import FunctionToolset
from scenario import OURS, REASON, THEIRS, Inline, Line, Parked, Parks, Turn, play

from signoff_client.adapters.pydantic_ai import SignoffApprovals, SignoffToolset, go_on
from signoff_client.gating import AsyncGate

BESIDE = "The parcel is lost."
STATE = TypeAdapter(tuple[list[Any], DeferredToolRequests])


def scripted(
    turn: Turn, *others: Turn, arguments: dict[str, Any] | None = None, tool: str | None = None
) -> FunctionModel:
    """Calls the tool once for each turn, in one message, and then says all that it read."""

    def answer(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        last = messages[-1]
        read = [part for part in last.parts if isinstance(part, ToolReturnPart | RetryPromptPart)]
        if not read:
            calls = [
                ToolCallPart(
                    tool or each.tool, each.arguments if arguments is None else arguments, tool_call_id=each.call_id
                )
                for each in (turn, *others)
            ]
            return ModelResponse(parts=[TextPart(BESIDE), *calls])
        told = [str(part.content) for part in last.parts if isinstance(part, UserPromptPart)]
        return ModelResponse(parts=[TextPart(" ".join([*(str(part.content) for part in read), *told]))])

    async def stream(messages: list[ModelMessage], info: AgentInfo) -> AsyncIterator[Any]:
        for number, part in enumerate(answer(messages, info).parts):
            if isinstance(part, ToolCallPart):
                asked = part.args_as_json_str()
                yield {number: DeltaToolCall(part.tool_name, asked, tool_call_id=part.tool_call_id)}
            elif isinstance(part, TextPart) and part.content != BESIDE:  # `run_stream` takes the first text for the end
                yield part.content

    return FunctionModel(answer, stream_function=stream)


def refunding(turn: Turn) -> FunctionToolset[Any]:
    def refund(amount: float) -> str:
        """Pays money back."""
        return turn.refund(amount)

    async def arefund(amount: float) -> str:
        """Pays money back, in the loop."""
        return await turn.arefund(amount)

    def ship(amount: float, lines: list[Line] = []) -> str:  # noqa: B006 nobody changes it
        """Sends an order."""
        return turn.ship(amount, lines)

    return FunctionToolset([Tool(arefund if turn.closes else refund, name="refund", timeout=turn.within), ship])


class Rig:
    """An agent all of whose tools people decide about."""

    row = "Pydantic AI"
    unsupported: ClassVar = {"question": "a tool's own ApprovalRequired is answered by people in Signoff"}

    @asynccontextmanager
    async def agent(
        self, turn: Turn, *others: Turn, park: bool
    ) -> AsyncIterator[Agent[None, str | DeferredToolRequests]]:
        async with turn.async_client() as client:
            approvals = SignoffApprovals[None](gate=AsyncGate(client, wait=turn.wait), park=park)
            yield Agent(
                scripted(turn, *others),
                toolsets=[refunding(turn)],
                capabilities=[approvals],
                output_type=[str, DeferredToolRequests],
            )

    async def inline(self, turn: Turn) -> str:
        async with self.agent(turn, park=False) as agent:
            return str((await agent.run("Refund it", conversation_id=turn.run_id)).output)

    async def several(self, turns: Sequence[Turn]) -> list[str]:
        async with self.agent(*turns, park=False) as agent:
            result = await agent.run("Refund them", conversation_id=turns[0].run_id)
        parts = [part for message in result.all_messages() for part in message.parts]
        read = {part.tool_call_id: str(part.content) for part in parts if isinstance(part, ToolReturnPart)}
        return [read[turn.call_id] for turn in turns]

    async def stream(self, turn: Turn) -> str:
        async with (
            self.agent(turn, park=False) as agent,
            agent.run_stream("Refund it", conversation_id=turn.run_id) as result,
        ):
            return str(await result.get_output())

    async def hand_off(self, turn: Turn) -> str:
        async with self.agent(turn, park=False) as agent:

            async def hand_on(ctx: RunContext[None]) -> str:
                """Asks the agent that knows about refunds."""
                return str((await agent.run("Refund it", conversation_id=turn.run_id, usage=ctx.usage)).output)

            triage = Agent(scripted(turn, arguments={}, tool="hand_on"), tools=[hand_on])
            return str((await triage.run("Refund it")).output)

    async def inject(self, turn: Turn) -> str:
        def refund(account: RunContext[str], amount: float) -> str:
            return turn.refund_from(account.deps, amount)

        async with turn.async_client() as client:
            agent = Agent(
                scripted(turn, arguments=turn.arguments | {"account": THEIRS}),
                deps_type=str,
                tools=[refund],
                capabilities=[SignoffApprovals[str](gate=AsyncGate(client, wait=turn.wait))],
            )
            return str((await agent.run("Refund it", deps=OURS, conversation_id=turn.run_id)).output)

    async def park(self, turn: Turn) -> str | Parks:
        async with self.agent(turn, park=True) as agent:
            return self._parked(await agent.run("Refund it", conversation_id=turn.run_id))

    async def resume(self, turn: Turn, state: str) -> str | Parks:
        return await self._go_on(turn, state, go_on)

    async def affirm(self, turn: Turn, state: str) -> str | Parks:
        return await self._go_on(turn, state, lambda requests: requests.build_results(approve_all=True))

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        return turn, state.replace('"refund"', '"ship"')

    async def _go_on(
        self, turn: Turn, state: str, results: Callable[[DeferredToolRequests], DeferredToolResults]
    ) -> str | Parks:
        kept, requests = STATE.validate_json(state)
        messages = ModelMessagesTypeAdapter.validate_python(kept)
        async with self.agent(turn, park=True) as agent:
            return self._parked(await agent.run(message_history=messages, deferred_tool_results=results(requests)))

    def _parked(self, result: Any) -> str | Parks:
        if isinstance(result.output, str):
            return result.output
        kept = ModelMessagesTypeAdapter.dump_python(result.all_messages(), mode="json")
        return Parks(STATE.dump_json((kept, result.output)).decode())


class ToolsetRig(Rig):
    """The same with one toolset wrapped, and no capability."""

    @asynccontextmanager
    async def agent(self, turn: Turn, *, park: bool) -> AsyncIterator[Agent[None, str | DeferredToolRequests]]:
        async with turn.async_client() as client:
            toolset = SignoffToolset(wrapped=refunding(turn), gate=AsyncGate(client, wait=turn.wait), park=park)
            yield Agent(scripted(turn), toolsets=[toolset], output_type=[str, DeferredToolRequests])


class TestInline(Inline):
    rig = Rig()


class TestParked(Parked):
    rig = Rig()


@pytest.mark.parametrize("form", ["inline", "parked"])
async def test_a_wrapped_toolset_does_as_the_capability_does(turns, form):
    rig, read = ToolsetRig(), []
    for amount in (5, 500, 5000, -1):
        turn = turns.make_turn(amount)
        if form == "inline":
            read.append(await rig.inline(turn))
        else:
            parked = await rig.park(turn)
            turns.only(turn, "approved,rejected")
            read.append(await rig.resume(turn, parked.state))
    assert turns.effects() == [5, 100]
    assert REASON in read[2]
    assert "expired" in read[3]


async def test_the_model_is_told_what_people_changed_and_only_then(turns):
    turn = turns.make_turn(500)
    assert 'The tool ran with: {"amount": 100' in await Rig().inline(turn)
    approved = turns.make_turn(5)
    assert "ran with" not in await Rig().inline(approved)


async def test_nobody_else_can_approve_in_peoples_place(turns):
    turns.stage.pause()
    turn = turns.make_turn(5)
    async with Rig().agent(turn, park=True) as agent:
        first = await agent.run("Refund it", conversation_id=turn.run_id)
        for results in (
            first.output.build_results(approve_all=True),
            first.output.build_results(approve_all=True, metadata={turn.call_id: {"signoff_ticket": "made up"}}),
            DeferredToolResults(approvals={turn.call_id: True}),
        ):
            again = await agent.run(message_history=first.all_messages(), deferred_tool_results=results)
            assert isinstance(again.output, DeferredToolRequests)
    assert turns.effects() == []


@pytest.mark.parametrize("call_id", ["call-1", "call-2"])
async def test_a_ticket_of_another_run_or_call_opens_nothing(turns, call_id):
    approved = turns.make_turn(5)
    parked = await Rig().park(approved)
    turns.only(approved, "approved")
    turns.stage.pause()
    other = turns.make_turn(500, call_id=call_id)
    async with Rig().agent(other, park=True) as agent:
        first = await agent.run("Refund it", conversation_id=other.run_id)
        _, requests = STATE.validate_json(parked.state)
        foreign = {other.call_id: requests.metadata[approved.call_id]}
        results = first.output.build_results(approve_all=True, metadata=foreign)
        again = await agent.run(message_history=first.all_messages(), deferred_tool_results=results)
    assert isinstance(again.output, DeferredToolRequests)
    assert turns.effects() == []
    assert turns.only(approved)["status"] == "approved"


@pytest.mark.parametrize("how", ["declared", "raised"])
async def test_a_tool_that_wants_approval_of_the_frameworks_own_gets_peoples(turns, how):
    turn = turns.make_turn(500)

    def refund(ctx: RunContext[None], amount: float) -> str:
        if how == "raised" and not ctx.tool_call_approved:
            raise ApprovalRequired
        return turn.refund(amount)

    async with turn.async_client() as client:
        agent = Agent(
            scripted(turn),
            tools=[Tool(refund, requires_approval=how == "declared")],
            capabilities=[SignoffApprovals(gate=AsyncGate(client))],
        )
        assert "Refunded 100." in (await agent.run("Refund it", conversation_id=turn.run_id)).output
    assert turns.effects() == [100]


async def test_what_people_approved_is_validated_as_what_the_model_sent_was(turns):
    turn, seen = turns.make_turn(500), []

    def refund(amount: float, on: date) -> str:
        seen.append(on)
        return turn.refund(amount)

    sent = {"amount": 500, "on": "2026-11-20"}
    async with turn.async_client() as client:
        model = scripted(turn, arguments=sent)
        agent = Agent(model, tools=[refund], capabilities=[SignoffApprovals(gate=AsyncGate(client))])
        await agent.run("Refund it", conversation_id=turn.run_id)
    assert seen == [date(2026, 11, 20)]
    assert turns.effects() == [100]


async def test_an_edit_that_the_tool_does_not_take_runs_nothing_and_is_reported_failed(turns):
    turn = turns.make_turn(500)

    def cheap(ctx: RunContext[None], amount: float) -> None:
        if amount == 100:
            raise ValueError("one hundred is not taken here")

    async with turn.async_client() as client:
        tool = Tool(turn.refund, name="refund", args_validator=cheap)
        agent = Agent(scripted(turn), tools=[tool], capabilities=[SignoffApprovals(gate=AsyncGate(client))])
        result = await agent.run("Refund it", conversation_id=turn.run_id)
    assert "one hundred" in result.output
    assert turns.effects() == []
    detail = turns.only(turn, "failed")["outcome"]["detail"]
    assert detail.startswith("Nothing ran: ")
    assert "one hundred" in detail


async def test_a_free_tool_runs_without_anybody(turns):
    turns.stage.pause()
    turn = turns.make_turn(5)
    async with turn.async_client() as client:
        gate = AsyncGate(client, free={"refund"})
        agent = Agent(scripted(turn), toolsets=[refunding(turn)], capabilities=[SignoffApprovals(gate=gate)])
        assert (await agent.run("Refund it", conversation_id=turn.run_id)).output == "Refunded 5."
    assert turns.stage.log(turn.run_id) == []


async def test_what_nobody_decides_in_time_inline_is_taken_back_and_does_not_run(turns):
    turns.stage.pause()
    turn = turns.make_turn(5, wait=0.2)
    told = await Rig().inline(turn)
    assert "Nobody decided" in told
    assert "nothing ran" in told
    turns.only(turn, "withdrawn")
    assert turns.effects() == []


async def test_a_run_waits_for_a_moment_before_it_is_parked(turns):
    turn = turns.make_turn(5)
    async with turn.async_client() as client:
        approvals = SignoffApprovals[None](gate=AsyncGate(client), park=True, wait=30)
        agent = Agent(scripted(turn), toolsets=[refunding(turn)], capabilities=[approvals])
        assert (await agent.run("Refund it", conversation_id=turn.run_id)).output == "Refunded 5."


def test_the_page_does_what_it_says(stage, monkeypatch):
    def answer(messages: list[ModelMessage], _: AgentInfo) -> ModelResponse:
        said = [part for message in messages for part in message.parts]
        if results := [part.content for part in said if isinstance(part, ToolReturnPart)]:
            return ModelResponse(parts=[TextPart(str(results[-1]))])
        (asked,) = (str(part.content) for part in said if isinstance(part, UserPromptPart))
        _, amount, _, _, order = asked.split()
        return ModelResponse(parts=[ToolCallPart("refund", {"order": order, "amount": float(amount)})])

    run_page(stage, monkeypatch, "pydantic-ai.md", model=FunctionModel(answer))
    ended = [(each["action"], each["status"], each["payload"]) for each in stage.log()]
    assert ended[-2:] == [
        ("refund.create", "succeeded", {"order": "A-1001", "amount": 100}),
        ("refund.create", "succeeded", {"order": "A-1002", "amount": 250}),
    ]


if __name__ == "__main__":
    play(Rig())
