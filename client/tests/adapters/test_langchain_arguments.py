"""What a tool of LangChain runs with is what people read, or it does not run."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Annotated, Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import AgentMiddleware
from langchain.tools import InjectedState, InjectedStore, ToolRuntime, tool
from langchain_core.messages import ToolMessage
from langchain_core.tools import BaseTool, InjectedToolArg, InjectedToolCallId, StructuredTool, Tool, ToolException
from langgraph.store.memory import InMemoryStore
from langgraph.types import Command
from pydantic import AfterValidator, BaseModel, ConfigDict, Field
from pydantic.v1 import BaseModel as BaseModelV1
from scenario import Turn, assert_a_clear_no
from test_langchain import ACTIONS, Scripted, asked, read, thread
from typing_extensions import TypedDict

from signoff_client import Unfit
from signoff_client.adapters.langchain import SignoffMiddleware
from signoff_client.gating import AsyncGate, Gate


class Mode(StrEnum):
    DRY = "dry"
    REAL = "real"


class Place(TypedDict):
    city: str


@dataclass
class Line:
    sku: str
    quantity: int = 1


class Terms(BaseModel):
    """By which a tool takes its arguments."""

    amount: float
    mode: Mode = Mode.DRY


class Old(BaseModelV1):
    amount: float
    note: str = "none"


class Alias(BaseModel):
    amount: float = Field(alias="betrag")


class Open(BaseModel):
    model_config = ConfigDict(extra="allow")
    amount: float


SCHEMA = {"type": "object", "properties": {"amount": {"type": "number"}}, "required": ["amount"]}


def run(turn: Turn, made: Any, arguments: dict[str, Any], *, name: str = "refund", **more: Any) -> str:
    """One turn of an agent that has this tool: what the model read."""
    with turn.client() as client:
        middleware = [*more.pop("around", ()), SignoffMiddleware(Gate(client, actions=ACTIONS, wait=turn.wait))]
        model = Scripted(calls=[{"name": name, "args": arguments, "id": turn.call_id}])
        agent = create_agent(model, [made], middleware=middleware, **more)
        return read(agent.invoke(asked(), thread(turn)))


async def arun(turn: Turn, made: Any, arguments: dict[str, Any]) -> str:
    """The same, asynchronous."""
    async with turn.async_client() as client:
        gate = AsyncGate(client, actions=ACTIONS, wait=turn.wait)
        model = Scripted(calls=[{"name": "refund", "args": arguments, "id": turn.call_id}])
        agent = create_agent(model, [made], middleware=[SignoffMiddleware(gate)])
        return read(await agent.ainvoke(asked(), thread(turn)))


def refund_with(schema: Any, ran: list[Any]) -> StructuredTool:
    def refund(**arguments: Any) -> str:
        ran.append(arguments)
        return "Done."

    return StructuredTool.from_function(refund, name="refund", description="Pays back.", args_schema=schema)


class Own(BaseTool):
    """A tool of a class of its own, which has no schema."""

    name: str = "refund"
    description: str = "Pays back."
    ran: list[Any] = Field(default_factory=list)

    def _run(self, amount: float) -> str:
        self.ran.append({"amount": amount})
        return "Done."


def every(ran: list[Any]) -> list[BaseTool]:
    """Tools of every kind of schema that take an amount, and nothing else that the model could give."""

    @tool
    def refund(amount: float) -> str:
        """Pays back."""
        ran.append({"amount": amount})
        return "Done."

    own = Own()
    own.ran = ran
    return [refund, own, *(refund_with(schema, ran) for schema in (Terms, Old, SCHEMA))]


KINDS = ["a function", "a class", "pydantic", "pydantic v1", "a JSON schema"]


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_an_argument_that_the_tool_does_not_have_is_refused_before_people_are_asked(turns, kind):
    ran: list[Any] = []
    turn = turns.make_turn(5, wait=0.0)
    told = run(turn, every(ran)[kind], {"amount": 5, "dry_run": True})
    assert_a_clear_no(told)
    assert "dry_run" in told
    assert turns.stage.log(turn.run_id) == []
    assert ran == []


async def test_an_argument_that_the_tool_does_not_have_is_refused_in_a_loop_too(turns):
    ran: list[Any] = []
    turn = turns.make_turn(5, wait=0.0)
    assert "dry_run" in await arun(turn, every(ran)[0], {"amount": 5, "dry_run": True})
    assert turns.stage.log(turn.run_id) == []
    assert ran == []


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_arguments_that_do_not_fit_are_refused_before_people_are_asked(turns, kind):
    turn = turns.make_turn(5, wait=0.0)
    told = run(turn, every([])[kind], {})
    assert_a_clear_no(told)
    assert "amount" in told
    assert turns.stage.log(turn.run_id) == []


@pytest.mark.parametrize("kind", range(len(KINDS)), ids=KINDS)
def test_a_tool_of_any_kind_of_schema_runs_with_what_was_approved(turns, kind):
    ran: list[Any] = []
    approved, changed = turns.make_turn(5), turns.make_turn(500)
    run(approved, every(ran)[kind], {"amount": 5})
    assert "it ran with" in run(changed, every(ran)[kind], {"amount": 500})
    assert [each["amount"] for each in ran] == [5, 100]
    shown = [turns.only(turn, "succeeded")["payload"] for turn in (approved, changed)]
    assert [each | {"amount": amount} for each, amount in zip(ran, (5, 100), strict=True)] == shown


def test_an_unknown_tool_is_refused_before_people_are_asked(turns):
    turn = turns.make_turn(5, wait=0.0)
    told = run(turn, every([])[0], {"amount": 5}, name="refunds")
    assert_a_clear_no(told)
    assert "refunds" in told
    assert turns.stage.log(turn.run_id) == []


def test_what_the_tool_makes_of_its_arguments_is_what_people_read(turns):
    ran: list[Any] = []

    @tool
    def refund(amount: float, mode: Mode, lines: list[Line], place: Place, why: str = "No reason.") -> str:
        """Pays back."""
        ran.append((amount, mode, lines, place, why))
        return "Done."

    turn = turns.make_turn(5)
    sent = {"amount": "5", "mode": "dry", "lines": [{"sku": "A-1"}], "place": {"city": "Ulm"}}
    run(turn, refund, sent)
    ((amount, mode, lines, place, why),) = ran
    assert type(amount) is float
    assert mode is Mode.DRY
    assert lines == [Line("A-1")]
    assert (place, why) == ({"city": "Ulm"}, "No reason.")
    assert turns.only(turn, "succeeded")["payload"] == {
        "amount": 5,
        "mode": "dry",
        "lines": [{"sku": "A-1", "quantity": 1}],
        "place": {"city": "Ulm"},
        "why": "No reason.",
    }


def test_what_the_tool_would_drop_deep_within_is_refused_before_people_are_asked(turns):
    @tool
    def refund(amount: float, lines: list[Line]) -> str:
        """Pays back."""
        raise AssertionError(f"it ran with {lines}")

    turn = turns.make_turn(5, wait=0.0)
    told = run(turn, refund, {"amount": 5, "lines": [{"sku": "A-1", "dry_run": True}]})
    assert_a_clear_no(told)
    assert "dry_run" in told
    assert turns.stage.log(turn.run_id) == []


def test_a_name_of_the_models_is_the_name_that_people_read(turns):
    ran: list[Any] = []
    turn = turns.make_turn(5)
    run(turn, refund_with(Open, ran), {"amount": 5, "colour": "red"})
    assert ran == [{"amount": 5.0, "colour": "red"}]
    other = turns.make_turn(7, wait=0.0)
    run(other, refund_with(Alias, ran), {"betrag": 7})
    assert turns.only(other)["payload"] == {"betrag": 7}


@pytest.mark.parametrize(
    "kind",
    [
        Annotated[int, AfterValidator(lambda value: value * 5)],
        Annotated[str, Field(max_length=3), AfterValidator(lambda text: f"<{text}>")],
    ],
    ids=["twice", "longer"],
)
def test_what_would_be_another_thing_the_second_time_is_refused_before_people_are_asked(turns, kind):
    def refund(amount: Any) -> str:
        """Pays back."""
        raise AssertionError(f"it ran with {amount}")

    refund.__annotations__["amount"] = kind
    turn = turns.make_turn(5, wait=0.0)
    assert_a_clear_no(run(turn, tool(refund), {"amount": 1 if kind.__origin__ is int else "abc"}))
    assert turns.stage.log(turn.run_id) == []


def test_an_edit_that_the_tool_would_change_runs_nothing_and_the_reviewers_read_what_differs(turns):
    turn = turns.make_turn(500)

    @tool
    def refund(amount: Annotated[float, AfterValidator(lambda amount: max(amount, 300.0))]) -> str:
        """Pays back."""
        return turn.refund(amount)

    assert_a_clear_no(run(turn, refund, {"amount": 500}))
    assert turns.effects() == []
    detail = turns.only(turn, "failed")["outcome"]["detail"]
    assert detail.startswith("Nothing ran: ")
    assert "amount" in detail


class Account(InjectedToolArg):
    """Filled in by a program of one's own."""


def injected(ran: list[Any]) -> dict[str, BaseTool]:
    """Tools with a parameter that is not the model's."""

    @tool
    def state(amount: float, whose: Annotated[list[Any], InjectedState("messages")]) -> str:
        """Pays back."""
        ran.append(whose)
        return "Done."

    @tool
    def store(amount: float, whose: Annotated[Any, InjectedStore()]) -> str:
        """Pays back."""
        ran.append(whose)
        return "Done."

    @tool
    def runtime(amount: float, whose: ToolRuntime) -> str:
        """Pays back."""
        ran.append(whose)
        return "Done."

    @tool
    def call(amount: float, whose: Annotated[str, InjectedToolCallId]) -> str:
        """Pays back."""
        ran.append(whose)
        return "Done."

    @tool
    def own(amount: float, whose: Annotated[str, Account()] = "the shop's") -> str:
        """Pays back."""
        ran.append(whose)
        return "Done."

    return {each.name: each for each in (state, store, runtime, call, own)}


@pytest.mark.parametrize("kind", ["state", "store", "runtime", "call", "own"])
def test_an_argument_that_is_injected_is_never_the_models(turns, kind):
    ran: list[Any] = []
    made, turn = injected(ran)[kind], turns.make_turn(5)
    told = run(turn, made, {"amount": 5, "whose": "mallory"}, name=kind, store=InMemoryStore())
    assert_a_clear_no(told)
    assert "whose" in told
    assert turns.stage.log(turn.run_id) == []
    assert ran == []
    assert run(turn, made, {"amount": 5}, name=kind, store=InMemoryStore()) == "Done."
    assert turns.only(turn, "succeeded")["payload"] == {"amount": 5}
    assert len(ran) == 1
    assert ran[0] != "mallory"


def test_a_parameter_that_is_called_runtime_is_injected_whatever_its_type(turns):
    ran: list[Any] = []

    @tool
    def refund(amount: float, runtime: Any) -> str:
        """Pays back."""
        ran.append(runtime)
        return "Done."

    turn = turns.make_turn(5, wait=0.0)
    assert_a_clear_no(run(turn, refund, {"amount": 5, "runtime": "mallory"}))
    assert turns.stage.log(turn.run_id) == []
    assert ran == []


def test_a_tool_of_one_value_runs_with_the_value_that_people_read(turns):
    turn = turns.make_turn(5)
    ran: list[Any] = []
    single = Tool("refund", lambda text: ran.append(text) or "Done.", "Pays back.")
    assert run(turn, single, {"amount": 5}) == "Done."
    assert ran == [5]
    assert_a_clear_no(run(turns.make_turn(5, wait=0.0), single, {"amount": 5, "dry_run": "yes"}))
    assert len(ran) == 1


def raising(turn: Turn, *, handled: Any) -> BaseTool:
    @tool
    def refund(amount: float) -> str:
        """Pays back."""
        turn.refund(amount)
        raise ToolException("the till is jammed")

    refund.handle_tool_error = handled
    return refund


def saying(turn: Turn, wrap: Any) -> BaseTool:
    @tool
    def refund(amount: float, call_id: Annotated[str, InjectedToolCallId]) -> Any:
        """Pays back."""
        turn.refund(amount)
        return wrap(ToolMessage("the till is jammed", tool_call_id=call_id, status="error"))

    return refund


ERRORS = {
    "an exception in words": lambda turn: raising(turn, handled=True),
    "an exception in other words": lambda turn: raising(turn, handled=lambda fault: f"Sorry: {fault}"),
    "a message": lambda turn: saying(turn, lambda message: message),
    "several messages": lambda turn: saying(turn, lambda message: [message]),
    "a command": lambda turn: saying(turn, lambda message: Command(update={"messages": [message]})),
}


@pytest.mark.parametrize("kind", ERRORS)
def test_a_tool_that_says_that_it_failed_is_no_success(turns, kind):
    turn = turns.make_turn(5)
    assert "the till is jammed" in run(turn, ERRORS[kind](turn), {"amount": 5})
    assert turns.effects() == [5]
    assert "the till is jammed" in turns.only(turn, "failed")["outcome"]["detail"]


@pytest.mark.parametrize("kind", ["a message", "several messages", "a command"])
def test_the_model_reads_what_ran_in_whatever_form_the_tool_answers(turns, kind):
    turn = turns.make_turn(500)
    told = run(turn, ERRORS[kind](turn), {"amount": 500})
    assert 'it ran with {"amount": 100.0}' in told
    assert "the till is jammed" in told


def test_a_call_within_the_tool_that_did_not_run_does_not_say_that_the_tool_did_not_run(turns):
    turn = turns.make_turn(5)

    @tool
    def refund(amount: float) -> str:
        """Pays back, and then does what another guard refuses."""
        turn.refund(amount)
        within = Unfit("The note does not take what people approved.")
        within.proposal_id = "prp_of_the_note"
        raise within

    with pytest.raises(Unfit, match="The note"):
        run(turn, refund, {"amount": 5})
    assert turns.effects() == [5]
    assert not turns.only(turn, "failed")["outcome"]["detail"].startswith("Nothing ran")


def test_a_tool_that_gives_content_and_an_artifact_keeps_both(turns):
    @tool(response_format="content_and_artifact")
    def refund(amount: float) -> tuple[str, dict[str, float]]:
        """Pays back."""
        return f"Refunded {amount:g}.", {"amount": amount}

    turn = turns.make_turn(500)
    assert "Refunded 100." in run(turn, refund, {"amount": 500})
    turns.only(turn, "succeeded")


def test_a_tool_that_another_middleware_brings_is_held_to_its_own_schema(turns):
    ran: list[Any] = []
    brought = every(ran)[0]

    class Bringing(AgentMiddleware):
        def wrap_tool_call(self, request: Any, handler: Any) -> Any:
            return handler(request.override(tool=brought))

    @tool
    def other(amount: float) -> str:
        """Never called."""
        raise AssertionError

    turn = turns.make_turn(5)
    assert "dry_run" in run(turn, other, {"amount": 5, "dry_run": True}, around=[Bringing()])
    assert ran == []
    assert run(turns.make_turn(5), other, {"amount": 5}, around=[Bringing()]) == "Done."
    assert ran == [{"amount": 5}]
