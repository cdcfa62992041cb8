"""What a tool of the OpenAI Agents SDK runs with is what people were shown and approved, or it does not run."""

import json
import re
from dataclasses import replace
from typing import Annotated, Any, Literal
from uuid import uuid4

import pytest
from agents import (
    Agent,
    FunctionTool,
    RunContextWrapper,
    Runner,
    RunState,
    ToolGuardrailFunctionOutput,
    ToolInputGuardrailTripwireTriggered,
    UserError,
    function_tool,
    tool_input_guardrail,
)
from agents.exceptions import ModelBehaviorError
from agents.testing import ScriptedModel, assistant_message, function_call
from pydantic import AfterValidator, BaseModel, Field, SecretStr
from scenario import Turn, assert_a_clear_no
from test_openai_agents import QUIET, alone, approvals, outputs, read

from signoff_client import NotConfigured
from signoff_client.adapters.openai_agents.arguments import parameters_of
from signoff_client.errors import Unfit


class Line(BaseModel):
    sku: str
    quantity: int = 1


class Doubtful(BaseModel):
    secret: SecretStr = SecretStr("")
    hidden: bool = Field(False, exclude=True)
    read: bool = Field(False, validation_alias="read_as", serialization_alias="written_as")
    times_five: Annotated[int, AfterValidator(lambda value: value * 5)] = 0


class Till:
    """Makes tools, and keeps what they ran with."""

    def __init__(self, turn: Turn) -> None:
        self.turn = turn
        self.ran: list[dict[str, Any]] = []

    def noted(self, **arguments: Any) -> str:
        self.ran.append(arguments)
        return self.turn.refund(arguments["amount"])

    def strict(self) -> FunctionTool:
        @function_tool
        def refund(amount: float, dry: bool = True) -> str:
            return self.noted(amount=amount, dry=dry)

        return refund

    def lax(self) -> FunctionTool:
        @function_tool(strict_mode=False)
        def refund(amount: float, lines: list[Line] | None = None, fast: bool = False) -> str:
            return self.noted(amount=amount, lines=lines, fast=fast)

        return refund

    def with_context(self) -> FunctionTool:
        @function_tool(strict_mode=False)
        def refund(context: RunContextWrapper[Any], amount: float) -> str:
            return self.noted(amount=amount, run=context.context["run"])

        return refund

    def open(self) -> FunctionTool:
        @function_tool(strict_mode=False)
        def refund(amount: float, **more: int) -> str:
            return self.noted(amount=amount, **more)

        return refund

    def called(self) -> FunctionTool:
        class Refund:
            """Gives money back."""

            def __init__(self, noted: Any) -> None:
                self.noted = noted

            def __call__(self, amount: float) -> str:
                return str(self.noted(amount=amount))

        return function_tool(Refund(self.noted), name_override="refund")

    def doubtful(self) -> FunctionTool:
        @function_tool(strict_mode=False)
        def refund(amount: float, more: Doubtful) -> str:
            return self.noted(amount=amount, more=more)

        return refund

    def by_hand(self, **schema: Any) -> FunctionTool:
        async def invoke(context: Any, text: str) -> str:
            return self.noted(**json.loads(text))

        given = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]} | schema
        return FunctionTool("refund", "Gives money back.", given, invoke, strict_json_schema=False)


async def told_of(turn: Turn, tool: FunctionTool, sent: str, *, park: bool) -> str:
    """What the model reads of the call; what the SDK interrupts is settled and goes on."""
    model = ScriptedModel([[function_call(tool.name, sent, call_id="call-1")], [assistant_message("Done.")]])
    async with approvals(turn, park=park) as made:
        support = Agent(name="support", tools=[made.guard(tool)], model=model)
        result = await Runner.run(support, "Refund", context={"run": turn.run_id}, run_config=QUIET)
        if result.interruptions:
            state = result.to_state()
            assert await made.settle(state) == {}
            result = await Runner.run(support, state, run_config=QUIET)
    return read(result)


ORDER = {"$ref": "#/$defs/Order"}
DEFS = {"Order": {"type": "object", "properties": {"sku": {"type": "string"}}, "required": ["sku"]}}
NAMED = {"properties": {"amount": {"type": "number"}, "orders": {"type": "array", "items": ORDER}}, "$defs": DEFS}


UNFIT: list[tuple[str, dict[str, Any], str]] = [
    ("strict", {"amount": 5, "dry": True, "dry_run": True}, "dry_run"),
    ("lax", {"amount": 5, "dry_run": True}, "dry_run"),
    ("lax", {"amount": 5, "lines": [{"sku": "A"}, {"sku": "B", "dry_run": True}]}, "dry_run"),
    ("lax", {"amount": "much"}, "amount"),
    ("lax", {"fast": True}, "amount"),
    ("lax", {"amount": float("nan")}, "JSON"),
    ("with_context", {"amount": 5, "context": {"run": "another"}}, "context"),
    ("open", {"amount": 5, "dry_run": 1}, "dry_run"),
    ("open", {"amount": 5, "more": {"amount": 500}}, "amount"),
    ("called", {"amount": 5, "dry_run": True}, "dry_run"),
    ("doubtful", {"amount": 5, "more": {"secret": "hunter2"}}, "secret"),
    ("doubtful", {"amount": 5, "more": {"hidden": True}}, "hidden"),
    ("doubtful", {"amount": 5, "more": {"read_as": True}}, "read"),
    ("doubtful", {"amount": 5, "more": {"times_five": 5}}, "times_five"),
    ("by_hand", {"amount": 5, "dry_run": True}, "dry_run"),
    ("by_hand", {"amount": "5"}, "amount"),
    ("by_hand", {}, "amount"),
]


@pytest.mark.parametrize(("kind", "sent", "word"), UNFIT)
@pytest.mark.parametrize("park", [False, True])
async def test_what_the_tool_would_not_run_with_is_refused_and_nobody_is_asked(turns, kind, sent, word, park):
    turn = turns.make_turn(5)
    till = Till(turn)
    told = await told_of(turn, getattr(till, kind)(), json.dumps(sent), park=park)
    assert word in told
    assert_a_clear_no(told)
    assert till.ran == []
    assert turns.stage.log(turn.run_id) == []


@pytest.mark.parametrize(
    ("sent", "word"),
    [
        ({"amount": 5, "orders": [{"sku": "A", "dry_run": True}]}, "dry_run"),
        ({"amount": 5, "orders": [{"sku": 1}]}, "sku"),
        ({"amount": 5, "orders": [{}]}, "sku"),
    ],
)
async def test_a_schema_made_by_hand_closes_what_it_names_at_every_depth(turns, sent, word):
    turn = turns.make_turn(5)
    till = Till(turn)
    told = read(await alone(turn, till.by_hand(**NAMED), arguments=sent))
    assert word in told
    assert (till.ran, turns.stage.log(turn.run_id)) == ([], [])


@pytest.mark.parametrize(
    ("schema", "sent"),
    [
        (NAMED, {"amount": 5, "orders": [{"sku": "A"}]}),
        ({"additionalProperties": True}, {"amount": 5, "anything": {"at": ["all"]}}),
        ({"patternProperties": {"^x-": {"type": "string"}}}, {"amount": 5, "x-order": "A"}),
        ({"properties": {"amount": {}, "more": {"type": "object"}}}, {"amount": 5, "more": {"a": 1}}),
        ({"allOf": [{"properties": {"sku": {"type": "string"}}}]}, {"amount": 5, "sku": "A"}),
        ({"properties": {"amount": {}, "properties": {}, "const": {}}}, {"amount": 5, "properties": {}, "const": 1}),
    ],
)
async def test_what_a_schema_made_by_hand_allows_is_shown_and_run_as_it_is(turns, schema, sent):
    turn = turns.make_turn(5)
    till = Till(turn)
    assert "Refunded 5." in read(await alone(turn, till.by_hand(**schema), arguments=sent))
    assert till.ran == [sent]
    assert turns.only(turn, "succeeded")["payload"] == sent


async def test_people_see_the_defaults_that_the_tool_would_run_with(turns):
    turn = turns.make_turn(5)
    till = Till(turn)
    await alone(turn, till.lax(), arguments={"amount": "5", "lines": [{"sku": "A"}]})
    assert till.ran == [{"amount": 5.0, "lines": [Line(sku="A", quantity=1)], "fast": False}]
    assert turns.only(turn, "succeeded")["payload"] == {
        "amount": 5,
        "lines": [{"sku": "A", "quantity": 1}],
        "fast": False,
    }


async def test_an_argument_that_the_sdk_fills_in_is_none_that_people_see(turns):
    turn = turns.make_turn(5)
    till = Till(turn)
    await alone(turn, till.with_context())
    assert till.ran == [{"amount": 5.0, "run": turn.run_id}]
    assert turns.only(turn, "succeeded")["payload"] == {"amount": 5}


@pytest.mark.parametrize("kind", ["decorated", "by_hand"])
async def test_an_edit_that_the_tool_does_not_take_runs_nothing_and_reviewers_read_why(turns, kind):
    turn = turns.make_turn(500)
    till = Till(turn)

    @function_tool(name_override="refund")
    def large(amount: Annotated[float, Field(ge=200)]) -> str:
        return till.noted(amount=amount)

    made = {"decorated": large, "by_hand": till.by_hand(properties={"amount": {"type": "number", "minimum": 200}})}
    told = read(await alone(turn, made[kind]))
    assert_a_clear_no(told)
    assert "amount" in told
    assert till.ran == []
    found = turns.only(turn, "failed")
    assert found["claims"] == 1
    assert found["outcome"]["detail"].startswith("Nothing ran: ")
    assert "amount" in found["outcome"]["detail"]


async def test_an_edit_that_the_tool_would_change_runs_nothing(turns):
    turn = turns.make_turn(500)
    till = Till(turn)

    @function_tool
    def refund(amount: Literal[500] | Annotated[int, AfterValidator(lambda value: value + 1)]) -> str:
        return till.noted(amount=amount)

    assert_a_clear_no(read(await alone(turn, refund)))
    assert till.ran == []
    assert "approved as 100, and it would run with 101" in turns.only(turn, "failed")["outcome"]["detail"]


async def test_the_model_reads_what_ran(turns):
    turn = turns.make_turn(500)
    till = Till(turn)
    told = read(await alone(turn, till.lax()))
    assert till.ran == [{"amount": 100.0, "lines": None, "fast": False}]
    assert 'it ran with {"amount": 100.0, "lines": null, "fast": false}' in told


def guarded_by(*, limit: float, trips: bool) -> tuple[Any, list[float]]:
    seen: list[float] = []

    @tool_input_guardrail
    def floor(about: Any) -> ToolGuardrailFunctionOutput:
        amount = json.loads(about.context.tool_arguments)["amount"]
        seen.append(amount)
        if amount >= limit:
            return ToolGuardrailFunctionOutput.allow()
        if trips:
            return ToolGuardrailFunctionOutput.raise_exception()
        return ToolGuardrailFunctionOutput.reject_content(f"{amount} is not worth it")

    return floor, seen


async def test_a_guardrail_sees_what_people_made_of_the_call_and_may_stop_it(turns):
    turn = turns.make_turn(500)
    floor, seen = guarded_by(limit=200, trips=False)
    tool = replace(Till(turn).by_hand(), tool_input_guardrails=[floor])
    told = read(await alone(turn, tool))
    assert seen == [500, 100]
    assert "100 is not worth it" in told
    assert turns.effects() == []
    assert "not worth it" in turns.only(turn, "failed")["outcome"]["detail"]


async def test_a_guardrail_that_ends_the_run_over_what_people_made_of_the_call_runs_nothing(turns):
    turn = turns.make_turn(500)
    floor, _ = guarded_by(limit=200, trips=True)
    tool = replace(Till(turn).by_hand(), tool_input_guardrails=[floor])
    with pytest.raises(ToolInputGuardrailTripwireTriggered):
        await alone(turn, tool)
    assert turns.effects() == []
    assert turns.only(turn, "failed")["outcome"]["detail"].startswith("Nothing ran: ")


async def test_a_guardrail_that_says_no_to_the_call_itself_asks_nobody(turns):
    turn = turns.make_turn(5)
    floor, seen = guarded_by(limit=200, trips=False)
    told = read(await alone(turn, replace(Till(turn).by_hand(), tool_input_guardrails=[floor])))
    assert "5 is not worth it" in told
    assert seen == [5]
    assert turns.stage.log(turn.run_id) == []


async def test_calls_of_one_turn_each_run_with_their_own_edit(turns):
    turn = turns.make_turn(5)
    till = Till(turn)
    calls = [function_call("refund", {"amount": each}, call_id=f"call-{each}") for each in (5, 500)]
    model = ScriptedModel([calls, [assistant_message("Done.")]])
    async with approvals(turn, park=False) as made:
        support = Agent(name="support", tools=[made.guard(till.lax())], model=model)
        result = await Runner.run(support, "Refund", context={"run": turn.run_id}, run_config=QUIET)
    told = outputs(result)
    assert told["call-5"] == "Refunded 5."
    assert "Refunded 100." in told["call-500"]
    assert sorted(each["amount"] for each in till.ran) == [5, 100]


async def test_a_state_whose_call_got_other_arguments_meanwhile_runs_nothing(turns):
    turn = turns.make_turn(5)
    till = Till(turn)
    async with approvals(turn, park=True) as made:
        support = Agent(name="support", tools=[made.guard(till.lax())], model=ScriptedModel())
        support.model.extend([[function_call("refund", {"amount": 5}, call_id="call-1")], [assistant_message("Done.")]])
        result = await Runner.run(support, "Refund", context={"run": turn.run_id}, run_config=QUIET)
        turns.only(turn, "approved")
        text = re.sub(r'(amount\\+": ?)5\b', r"\g<1>250", result.to_state().to_string())
        state = await RunState.from_string(support, text)
        assert json.loads(state.get_interruptions()[0].arguments) == {"amount": 250}
        with pytest.raises(ModelBehaviorError, match="different invocation"):  # if the SDK did not, the key would
            await made.settle(state)
    assert till.ran == []
    assert turns.only(turn)["status"] == "approved"


async def test_a_tool_whose_arguments_cannot_be_known_is_not_guarded(turns):
    turn = turns.make_turn(5)
    till = Till(turn)
    unknown = replace(till.by_hand(), params_json_schema={"type": "object"})
    foreign = replace(till.lax(), params_json_schema={"type": "object", "properties": {"total": {}}})
    broken = till.by_hand(properties={"amount": {"type": "money"}})
    async with approvals(turn, park=False) as made:
        for tool, why in ((unknown, "which arguments"), (foreign, "other arguments"), (broken, "no JSON Schema")):
            with pytest.raises(NotConfigured, match=why):
                made.guard(tool)
        with pytest.raises(NotConfigured, match="guarded already"):
            made.guard(made.guard(till.lax()))


async def test_a_schema_that_lives_elsewhere_is_not_fetched(turns):
    turn = turns.make_turn(5)
    far = Till(turn).by_hand(properties={"amount": {"$ref": f"{turn.url}/v1/schema.json"}})
    told = read(await alone(turn, far))
    assert_a_clear_no(told)
    assert turns.stage.log(turn.run_id) == []


@pytest.mark.parametrize("park", [False, True])
async def test_a_default_that_is_another_each_time_cannot_be_parked(turns, park):
    turn = turns.make_turn(5)
    till = Till(turn)

    @function_tool(strict_mode=False)
    def refund(amount: float, order: Annotated[str, Field(default_factory=lambda: uuid4().hex)]) -> str:
        return till.noted(amount=amount, order=order)

    told = await told_of(turn, refund, json.dumps({"amount": 5}), park=park)
    if park:
        assert "each time" in told
        assert (till.ran, turns.stage.log(turn.run_id)) == ([], [])
    else:
        assert till.ran == [turns.only(turn, "succeeded")["payload"]]


async def test_a_refusal_of_a_call_within_the_tool_is_not_said_to_be_its_own(turns):
    turn = turns.make_turn(5)

    async def invoke(context: Any, text: str) -> str:
        turn.refund(json.loads(text)["amount"])
        inner = Unfit("note does not take what people approved.")
        inner.proposal_id = "prp_of_another_call"
        raise inner

    schema = {"type": "object", "properties": {"amount": {"type": "number"}}}
    tool = FunctionTool("refund", "Gives money back.", schema, invoke, strict_json_schema=False)
    with pytest.raises(UserError, match="note does not take"):
        await alone(turn, tool)
    assert turns.effects() == [5]
    assert not turns.only(turn, "failed")["outcome"]["detail"].startswith("Nothing ran")


def test_a_method_is_a_tool_without_its_self():
    class Shop:
        def refund(self, amount: float) -> str:
            return f"{amount}"

    assert parameters_of(function_tool(Shop().refund)).payload({"amount": 5}) == {"amount": 5.0}
