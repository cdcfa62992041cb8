"""The two laws between a tool of Pydantic AI and what people approve, over arguments at random."""

import asyncio
import inspect
import json
import random
from collections import Counter
from typing import Any

import pytest
from laws import Shape, edit, hold, word
from pydantic import ValidationError
from pydantic_ai import RunContext, RunUsage, UserError
from pydantic_ai.models.test import TestModel
from pydantic_ai.toolsets import FunctionToolset
from rfc8785 import dumps
from shapes import shape

from signoff_client.adapters.pydantic_ai.arguments import Signature
from signoff_client.errors import Invalid, Unfit
from signoff_client.fidelity import identical


def made(shapes: dict[str, Shape]) -> Any:
    """A tool with these parameters."""

    def tool(**arguments: Any) -> str:
        """Takes what it is given."""
        return "done"

    kind = inspect.Parameter.KEYWORD_ONLY
    tool.__signature__ = inspect.Signature(  # type: ignore[attr-defined]
        [inspect.Parameter(name, kind, annotation=each.type) for name, each in shapes.items()]
    )
    tool.__annotations__ = {name: each.type for name, each in shapes.items()}
    return tool


async def asked(rng: random.Random, count: Counter[str]) -> tuple[Signature, dict[str, Any], dict[str, Any]] | None:
    """A tool at random, what the framework validated of a model's call, and what people are asked; None if not."""
    shapes = {name: shape(rng) for name in ("one", "two", "three")[: rng.randint(1, 3)]}
    sent = {name: each.draw(rng) for name, each in shapes.items()}
    toolset = FunctionToolset[None]()
    try:
        toolset.add_function(made(shapes), name="act")
    except UserError:  # the framework takes no such tool
        return None
    ctx = RunContext[None](deps=None, model=TestModel(), usage=RunUsage())
    tool = (await toolset.get_tools(ctx))["act"]
    try:
        called = tool.args_validator.validate_json(json.dumps(sent))
    except ValidationError:
        return None
    signature = Signature(tool=tool, ctx=ctx)
    try:
        payload = signature.payload(called)
    except Invalid:
        count["unasked"] += 1
        return None
    count["asked"] += 1
    return signature, called, payload


def test_what_people_are_shown_comes_back_unchanged_or_they_are_not_asked():
    count: Counter[str] = Counter()

    async def holds(rng: random.Random) -> None:
        if (call := await asked(rng, count)) is None:
            return
        signature, called, payload = call
        again = signature.tool.args_validator.validate_json(json.dumps(payload), by_alias=True, by_name=True)
        assert identical(again, called)
        assert (await signature.approved(payload, called)) is called

    hold(lambda rng: asyncio.run(holds(rng)))
    assert count["asked"] > 150
    assert count["unasked"] > 20


def test_what_people_edited_is_what_the_tool_gets_or_nothing_runs():
    count: Counter[str] = Counter()

    async def holds(rng: random.Random) -> None:
        if (call := await asked(rng, count)) is None:
            return
        signature, called, payload = call
        for _ in range(4 if payload else 0):
            approved = edit(rng, payload)
            try:
                arguments = await signature.approved(approved, called)
            except Unfit:
                count["refused"] += 1
                continue
            count["ran"] += 1
            assert dumps(signature.show(arguments)) == dumps(approved)
            assert identical(signature.validate(signature.show(arguments)), arguments)

    hold(lambda rng: asyncio.run(holds(rng)))
    assert count["ran"] > 50
    assert count["refused"] > 200


@pytest.mark.parametrize("sent", [{}, {"b": 1}, {"a": word(random.Random(1))}])
async def test_a_tool_that_takes_any_name_is_shown_with_all_of_them(sent):
    def act(**more: Any) -> str:
        """Takes anything."""
        return "done"

    toolset = FunctionToolset[None]([act])
    ctx = RunContext[None](deps=None, model=TestModel(), usage=RunUsage())
    tool = (await toolset.get_tools(ctx))["act"]
    assert Signature(tool=tool, ctx=ctx).payload(tool.args_validator.validate_python(sent)) == sent
