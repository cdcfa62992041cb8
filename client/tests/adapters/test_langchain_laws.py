"""The two laws between a tool of LangChain and what people approve, over arguments at random.

What the tool gets is what the framework itself hands to it, run for real with the one and the other.
"""

import json
import random
from collections import Counter
from typing import Any

from langchain.agents.middleware.types import ToolCallRequest
from langchain.tools import ToolRuntime
from langchain_core.tools import StructuredTool
from laws import edit, hold
from pydantic import ValidationError, create_model
from pydantic_core import to_jsonable_python
from rfc8785 import dumps
from shapes import shape

from signoff_client.adapters.langchain.arguments import Signature
from signoff_client.errors import Invalid, Unfit
from signoff_client.fidelity.equality import difference


class Call:
    """A tool at random, and a model's call of it."""

    def __init__(self, rng: random.Random) -> None:
        shapes = {name: shape(rng) for name in ("one", "two", "three")[: rng.randint(1, 3)]}
        schema: Any = create_model("Act", **{name: (each.type, ...) for name, each in shapes.items()})
        self.sent = json.loads(json.dumps({name: each.draw(rng) for name, each in shapes.items()}))
        self._ran: list[dict[str, Any]] = []
        self._tool = StructuredTool.from_function(self._act, name="act", description="Acts.", args_schema=schema)

    def _act(self, **arguments: Any) -> str:
        self._ran.append(arguments)
        return "done"

    def run(self, arguments: dict[str, Any]) -> dict[str, Any]:
        """What the framework gives the tool of them."""
        self._tool.invoke({"type": "tool_call", "name": "act", "args": arguments, "id": "call-1"})
        return self._ran.pop()

    def signature(self) -> Signature:
        """Of the call, as the middleware meets it."""
        call: Any = {"name": "act", "args": self.sent, "id": "call-1", "type": "tool_call"}
        runtime: Any = ToolRuntime(
            state={}, context=None, config={}, stream_writer=print, tool_call_id="call-1", store=None
        )
        return Signature.of(ToolCallRequest(tool_call=call, tool=self._tool, state={}, runtime=runtime))


def test_what_people_are_shown_runs_as_the_call_would_have_or_they_are_not_asked():
    count: Counter[str] = Counter()

    def holds(rng: random.Random) -> None:
        call = Call(rng)
        try:
            called = call.run(call.sent)
        except ValidationError:
            called = None
        try:
            payload = call.signature().payload()
        except Invalid:
            count["refused"] += 1
            return
        count["asked"] += 1
        assert called is not None
        assert difference(called, call.run(payload), numbers=True) is None

    hold(holds)
    assert count["asked"] > 100
    assert count["refused"] > 50


def test_what_people_edited_is_what_the_tool_gets_or_nothing_runs():
    count: Counter[str] = Counter()

    def holds(rng: random.Random) -> None:
        call = Call(rng)
        signature = call.signature()
        try:
            payload = signature.payload()
        except Invalid:
            return
        for _ in range(4):
            approved = edit(rng, payload)
            try:
                shown = signature.approved(approved)
            except Unfit:
                count["refused"] += 1
                continue
            count["ran"] += 1
            assert dumps(shown) == dumps(approved)
            assert dumps(to_jsonable_python(call.run(approved))) == dumps(approved)

    hold(holds)
    assert count["ran"] > 50
    assert count["refused"] > 200
