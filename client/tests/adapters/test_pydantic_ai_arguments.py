"""What a tool of Pydantic AI runs with is what people read, or it does not run."""

import asyncio
import threading
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, Any
from uuid import uuid4

import pytest
from pydantic import AfterValidator, BaseModel, Field, SecretStr, ValidationInfo
from pydantic_ai import (
    Agent,
    CallDeferred,
    DeferredToolRequests,
    DeferredToolResults,
    ModelRetry,
    RunContext,
    Tool,
    ToolApproved,
    ToolReturn,
)
from pydantic_ai.capabilities import AbstractCapability
from scenario import Turn, assert_a_clear_no
from test_pydantic_ai import scripted

from signoff_client import Unfit
from signoff_client.adapters.pydantic_ai import SignoffApprovals, go_on
from signoff_client.gating import AsyncGate


class Mode(StrEnum):
    DRY = "dry"
    REAL = "real"


class Hidden(BaseModel):
    amount: float
    dry_run: bool = Field(False, exclude=True)


class Aliased(BaseModel):
    amount: float = Field(0, validation_alias="read", serialization_alias="written")


@dataclass
class Order:
    amount: float
    note: str = ""


Fivefold = Annotated[int, AfterValidator(lambda value: value * 5)]


async def run(turn: Turn, tool: Any, arguments: dict[str, Any], **more: Any) -> str:
    """One turn of an agent that has this tool: what the model read."""
    async with turn.async_client() as client:
        approvals = SignoffApprovals[None](gate=AsyncGate(client, wait=turn.wait))
        wrapped = tool if isinstance(tool, Tool) else Tool(tool, name="refund")
        capabilities = [*more.pop("capabilities", ()), approvals]
        model = scripted(turn, arguments=arguments)
        agent = Agent(model, tools=[wrapped], capabilities=capabilities, **more)
        return str((await agent.run("Refund it", conversation_id=turn.run_id)).output)


def fivefold(amount: Fivefold) -> str:
    """Pays back."""
    raise AssertionError(f"it ran with {amount}")


def aliased(order: Aliased, why: str) -> str:
    """Pays back."""
    raise AssertionError(f"it ran with {order}")


def secret(amount: float, card: SecretStr) -> str:
    """Pays back."""
    raise AssertionError(f"it ran with {card}")


def hidden(order: Hidden, why: str) -> str:
    """Pays back."""
    raise AssertionError(f"it ran with {order.dry_run=}")


@pytest.mark.parametrize(
    ("tool", "arguments"),
    [
        (fivefold, {"amount": 1}),
        (aliased, {"order": {"read": 5}, "why": "It is broken."}),
        (secret, {"amount": 5, "card": "4000"}),
        (hidden, {"order": {"amount": 5, "dry_run": True}, "why": "It is broken."}),
    ],
    ids=["a validator that changes twice", "another alias", "a secret", "a hidden field"],
)
async def test_what_people_could_not_read_as_it_would_run_is_refused_before_they_are_asked(turns, tool, arguments):
    turn = turns.make_turn(5)
    read = await run(turn, tool, arguments)
    assert_a_clear_no(read)
    assert "4000" not in read
    assert turns.stage.log(turn.run_id) == []


async def test_a_call_that_nobody_changed_gets_the_very_arguments_that_the_framework_validated(turns):
    validated, ran = [], []

    class Watching(AbstractCapability[None]):
        async def after_tool_validate(self, ctx: Any, *, call: Any, tool_def: Any, args: Any) -> Any:
            validated.append(args["order"])
            return args

    def refund(order: Order, mode: Mode, on: date) -> str:
        """Pays back."""
        ran.append(order)
        assert mode is Mode.DRY
        assert on == date(2026, 11, 20)
        return "Refunded."

    turn = turns.make_turn(5)
    arguments = {"order": {"amount": 5}, "mode": "dry", "on": "2026-11-20"}
    assert await run(turn, refund, arguments, capabilities=[Watching()]) == "Refunded."
    assert ran[0] is validated[0]
    shown = {"order": {"amount": 5, "note": ""}, "mode": "dry", "on": "2026-11-20"}
    assert turns.only(turn, "succeeded")["payload"] == shown


async def test_what_an_edit_changes_arrives_with_the_tools_own_types_and_the_model_reads_what_ran(turns):
    ran = []

    def refund(amount: float, mode: Mode = Mode.DRY, fee: float = 0) -> str:
        """Pays back."""
        ran.append((amount, mode))
        return "Done."

    turn = turns.make_turn(500)
    read = await run(turn, refund, {"amount": 500})
    ((amount, mode),) = ran
    assert type(amount) is float
    assert (amount, mode) == (100.0, Mode.DRY)
    assert 'The tool ran with: {"amount": 100.0, "mode": "dry", "fee": 0.0}' in read


async def test_a_validator_that_reads_the_context_reads_it_again_after_an_edit(turns):
    def within_limit(amount: float, info: ValidationInfo) -> float:
        return min(amount, info.context["limit"])

    ran = []

    def refund(amount: Annotated[float, AfterValidator(within_limit)]) -> str:
        """Pays back."""
        ran.append(amount)
        return "Done."

    turn = turns.make_turn(500)
    read = await run(turn, refund, {"amount": 700}, validation_context={"limit": 500.0})
    assert ran == [100], read
    assert turns.only(turn, "succeeded")["payload"] == {"amount": 100}


async def test_an_edit_that_a_validator_would_change_runs_nothing_and_the_reviewers_read_what_differs(turns):
    def at_least(amount: float) -> float:
        return max(amount, 300.0)

    def refund(amount: Annotated[float, AfterValidator(at_least)]) -> str:
        """Pays back."""
        return turn.refund(amount)

    turn = turns.make_turn(500)
    assert_a_clear_no(await run(turn, refund, {"amount": 500}))
    assert turns.effects() == []
    detail = turns.only(turn, "failed")["outcome"]["detail"]
    assert detail.startswith("Nothing ran: ")
    assert "amount" in detail


async def test_an_edit_that_the_tools_own_check_refuses_or_changes_runs_nothing(turns):
    def cheap(ctx: RunContext[None], order: Order, amount: float) -> None:
        if amount == 100:
            raise ModelRetry("one hundred is not taken here")

    def sly(ctx: RunContext[None], order: Order, amount: float) -> None:
        if amount == 100:
            order.amount = 9999

    def refund(order: Order, amount: float) -> str:
        """Pays back."""
        return turn.refund(amount)

    for check, word in ((cheap, "one hundred"), (sly, "args_validator")):
        turn = turns.make_turn(500)
        tool = Tool(refund, args_validator=check)
        assert_a_clear_no(await run(turn, tool, {"order": {"amount": 5}, "amount": 500}))
        detail = turns.only(turn, "failed")["outcome"]["detail"]
        assert detail.startswith("Nothing ran: ")
        assert word in detail
    assert turns.effects() == []


def ship(order: Order) -> str:
    """Takes one order, whose fields the model writes without a name around them."""
    raise AssertionError(f"it ran with {order}")


def send(order: Order, why: str) -> str:
    """Takes an order and a reason."""
    raise AssertionError(f"it ran with {order}")


async def test_a_name_that_the_tool_does_not_have_is_refused_before_people_are_asked(turns):
    properties = {"amount": {"type": "number"}, "note": {"type": "string"}}
    schema = {"type": "object", "properties": properties, "required": ["amount"]}

    def forward(**arguments: Any) -> str:
        raise AssertionError(f"it ran with {arguments}")

    foreign = Tool.from_schema(forward, "refund", "Pays back.", schema)
    tools = [
        (Tool(ship, name="refund"), {"amount": 5, "dry_run": True}),
        (foreign, {"amount": 5, "dry_run": True}),
        (Tool(send, name="refund"), {"order": {"amount": 5, "dry_run": True}, "why": "It is broken."}),
    ]
    for tool, arguments in [*tools, (foreign, {"note": "none"})]:
        turn = turns.make_turn(5)
        read = await run(turn, tool, arguments)
        assert_a_clear_no(read)
        assert "dry_run" in read or "amount" in read
        assert turns.stage.log(turn.run_id) == []


async def test_a_tool_of_a_bare_schema_runs_with_what_was_approved(turns):
    ran = []

    def forward(**arguments: Any) -> str:
        ran.append(arguments)
        return "Done."

    schema = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}
    turn = turns.make_turn(500)
    await run(turn, Tool.from_schema(forward, "refund", "Pays back.", schema), {"amount": 500})
    assert ran == [{"amount": 100}]


@pytest.mark.parametrize("kind", ["sync", "async"])
async def test_a_tool_whose_time_is_over_is_reported_unknown_for_it_may_be_running_on(turns, kind):
    turn, go = turns.make_turn(5), threading.Event()

    def refund(amount: float) -> str:
        """Pays back."""
        go.wait()
        return turn.refund(amount)

    async def arefund(amount: float) -> str:
        """Pays back."""
        turn.refund(amount)
        await asyncio.Event().wait()
        return "never"

    tool = Tool(refund if kind == "sync" else arefund, name="refund", timeout=0.05)
    try:
        read = await run(turn, tool, {"amount": 5})
        assert "not known" in read
        assert "Find out" in read
        assert "Timed out" in turns.only(turn, "unknown")["outcome"]["detail"]
    finally:
        go.set()


async def test_a_tool_that_hands_its_work_on_is_put_aside_and_reported_unknown(turns):
    turn = turns.make_turn(5)

    def refund(amount: float) -> str:
        """Pays back."""
        turn.refund(amount)
        raise CallDeferred

    async with turn.async_client() as client:
        agent = Agent(
            scripted(turn),
            tools=[refund],
            capabilities=[SignoffApprovals[None](gate=AsyncGate(client))],
            output_type=[str, DeferredToolRequests],
        )
        result = await agent.run("Refund it", conversation_id=turn.run_id)
    assert isinstance(result.output, DeferredToolRequests)
    assert [call.tool_call_id for call in result.output.calls] == [turn.call_id]
    assert turns.effects() == [5]
    turns.only(turn, "unknown")


async def test_a_result_with_content_of_its_own_keeps_it_beside_what_was_changed(turns):
    def refund(amount: float) -> ToolReturn:
        """Pays back."""
        return ToolReturn(return_value=f"Refunded {amount:g}.", content="The till is warm.")

    read = await run(turns.make_turn(500), refund, {"amount": 500})
    assert "Refunded 100." in read
    assert "The till is warm." in read
    assert 'The tool ran with: {"amount": 100.0}' in read


async def test_a_call_within_the_tool_that_did_not_run_does_not_say_that_the_tool_did_not_run(turns):
    turn = turns.make_turn(5)

    def refund(amount: float) -> str:
        """Pays back, and then does what another guard refuses."""
        turn.refund(amount)
        within = Unfit("The note does not take what people approved.")
        within.proposal_id = "prp_of_the_note"
        raise within

    with pytest.raises(Unfit, match="The note"):
        await run(turn, refund, {"amount": 5})
    assert turns.effects() == [5]
    assert not turns.only(turn, "failed")["outcome"]["detail"].startswith("Nothing ran")


class Parking:
    """An agent with two tools, whose calls are put aside."""

    def __init__(self, turn: Turn, actions: dict[str, str]) -> None:
        self.turn, self.actions, self.dropped = turn, actions, []

    async def run(self, tool: str, arguments: dict[str, Any], **more: Any) -> Any:
        async with self.turn.async_client() as client:
            gate = AsyncGate(client, actions=self.actions)
            agent = Agent(
                scripted(self.turn, arguments=arguments, tool=tool),
                tools=[self.note, self.drop],
                capabilities=[SignoffApprovals[None](gate=gate, park=True)],
                output_type=[str, DeferredToolRequests],
            )
            return await agent.run(**more)

    def note(self, amount: float, text: str) -> str:
        """Writes a note."""
        return self.turn.refund(amount)

    def drop(self, amount: float, text: str) -> str:
        """Drops a table."""
        self.dropped.append(text)
        return "Dropped."


@pytest.mark.parametrize("actions", [{}, {"note": "table.change", "drop": "table.change"}], ids=["own", "shared"])
async def test_the_ticket_of_another_tool_opens_nothing_in_a_history_that_was_changed(turns, actions):
    turn = turns.make_turn(5)
    agent, arguments = Parking(turn, actions), {"amount": 5, "text": "customers"}
    first = await agent.run("note", arguments, user_prompt="Note it", conversation_id=turn.run_id)
    turns.only(turn, "approved")
    history = first.all_messages()
    (call,) = [part for part in history[-1].parts if part.part_kind == "tool-call"]
    call.tool_name = "drop"
    results = DeferredToolResults(approvals={turn.call_id: True}, metadata=first.output.metadata)
    await agent.run("drop", arguments, message_history=history, deferred_tool_results=results)
    assert agent.dropped == []
    assert turns.effects() == []


async def test_nothing_that_comes_with_a_resumption_overrides_what_was_approved(turns):
    turn = turns.make_turn(5)
    agent = Parking(turn, {})
    first = await agent.run("note", {"amount": 5, "text": "x"}, user_prompt="Note it", conversation_id=turn.run_id)
    turns.only(turn, "approved")
    results = go_on(first.output)
    results.approvals[turn.call_id] = ToolApproved(override_args={"amount": 9999, "text": "x"})
    await agent.run("note", {}, message_history=first.all_messages(), deferred_tool_results=results)
    assert turns.effects() in ([], [5])


class Stamped(BaseModel):
    text: str
    mark: str = Field(default_factory=lambda: uuid4().hex)


async def test_what_a_tool_fills_in_anew_each_time_runs_as_people_read_it_when_it_is_taken_up(turns):
    turn, ran = turns.make_turn(5), []

    def note(amount: float, stamped: Stamped) -> str:
        """Writes a note."""
        ran.append(stamped.mark)
        return "Noted."

    async def go(**more: Any) -> Any:
        async with turn.async_client() as client:
            agent = Agent(
                scripted(turn, arguments={"amount": 5, "stamped": {"text": "x"}}, tool="note"),
                tools=[note],
                capabilities=[SignoffApprovals[None](gate=AsyncGate(client), park=True)],
                output_type=[str, DeferredToolRequests],
            )
            return await agent.run(**more)

    first = await go(user_prompt="Note it", conversation_id=turn.run_id)
    turns.only(turn, "approved")
    await go(message_history=first.all_messages(), deferred_tool_results=go_on(first.output))
    assert ran == [turns.only(turn, "succeeded")["payload"]["stamped"]["mark"]]
