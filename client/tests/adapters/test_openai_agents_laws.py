"""The two laws between a function tool and what people approve, over arguments at random, run by the SDK itself."""

import asyncio
import inspect
import json
import random
from collections import Counter
from typing import Any

import pytest
from agents import FunctionTool, RunConfig, function_tool
from agents.tool import invoke_function_tool
from agents.tool_context import ToolContext
from laws import Shape, edit, hold
from pydantic import TypeAdapter
from pydantic.errors import PydanticUserError
from rfc8785 import dumps
from shapes import shape

from signoff_client.adapters.openai_agents.arguments import Parameters, parameters_of
from signoff_client.errors import Invalid, Unfit
from signoff_client.fidelity import identical


class Tool:
    """A tool at random, which keeps what the SDK called it with."""

    def __init__(self, rng: random.Random) -> None:
        self.shapes: dict[str, Shape] = {name: shape(rng) for name in ("one", "two", "three")[: rng.randint(1, 3)]}
        self.calls: list[dict[str, Any]] = []

        def act(**arguments: Any) -> str:
            """Takes what it is given."""
            self.calls.append(arguments)
            return "done"

        kind = inspect.Parameter.KEYWORD_ONLY
        act.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
            [inspect.Parameter(name, kind, annotation=each.type) for name, each in self.shapes.items()]
        )
        act.__annotations__ = {name: each.type for name, each in self.shapes.items()}
        self.made: FunctionTool = function_tool(act, strict_mode=False, failure_error_function=None)
        self.parameters: Parameters = parameters_of(self.made)

    async def run(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """What the function got of the arguments."""
        text = json.dumps(arguments)
        context = ToolContext(None, tool_name="act", tool_call_id="call-1", tool_arguments=text, run_config=RunConfig())
        assert await invoke_function_tool(function_tool=self.made, context=context, arguments=text) == "done"
        return self.calls[-1]

    def shown(self, got: dict[str, Any]) -> dict[str, Any]:
        """What it got, as pydantic would write each down."""
        return {
            name: TypeAdapter(each.type).dump_python(got[name], mode="json", by_alias=True, round_trip=True)
            for name, each in self.shapes.items()
        }


def called(rng: random.Random, count: Counter[str]) -> tuple[Tool, dict[str, Any], dict[str, Any]] | None:
    """A tool, a model's call of it, and what people are asked; None where they are not."""
    try:
        tool = Tool(rng)
    except PydanticUserError:
        return None  # the SDK takes no such function either
    sent = {name: each.draw(rng) for name, each in tool.shapes.items()}
    try:
        payload = tool.parameters.payload(sent)
    except Invalid:
        count["unasked"] += 1
        return None
    count["asked"] += 1
    return tool, sent, payload


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_people_are_shown_is_what_the_function_gets_or_they_are_not_asked():
    count: Counter[str] = Counter()

    async def holds(rng: random.Random) -> None:
        if (call := called(rng, count)) is None:
            return
        tool, sent, payload = call
        assert identical(await tool.run(sent), await tool.run(payload))
        assert dumps(tool.shown(tool.calls[-1])) == dumps(payload)
        with pytest.raises(Invalid):
            tool.parameters.payload(sent | {"dry_run": True})

    hold(lambda rng: asyncio.run(holds(rng)), examples=300)
    assert count["asked"] > 100
    assert count["unasked"] > 20


@pytest.mark.filterwarnings("ignore::UserWarning")
def test_what_people_edited_is_what_the_function_gets_or_nothing_runs():
    count: Counter[str] = Counter()

    async def holds(rng: random.Random) -> None:
        if (call := called(rng, count)) is None:
            return
        tool, _, payload = call
        for _ in range(4):
            approved = edit(rng, payload)
            try:
                shown = tool.parameters.approved(approved)
            except Unfit:
                count["refused"] += 1
                continue
            count["ran"] += 1
            got = tool.shown(await tool.run(approved))
            assert dumps(got) == dumps(approved)
            assert dumps(shown) == dumps(approved)

    hold(lambda rng: asyncio.run(holds(rng)), examples=300)
    assert count["ran"] > 40
    assert count["refused"] > 100
