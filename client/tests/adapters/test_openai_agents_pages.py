"""The page on the OpenAI Agents SDK does what it says."""

from typing import Any

from agents import set_tracing_disabled
from agents.testing import ScriptedModel, assistant_message, function_call
from pages import run_page


def test_the_page_on_the_openai_agents_sdk_does_what_it_says(stage, monkeypatch):
    set_tracing_disabled(True)
    steps: list[Any] = []
    for order in ("A-1001", "A-1002"):
        steps.append([function_call("refund", {"order": order, "amount": 500}, call_id=f"call-{order}")])
        steps.append([assistant_message(f"Done with {order}.")])
    model = ScriptedModel(steps)
    run_page(stage, monkeypatch, "openai-agents.md", model=model)
    model.assert_complete()
    told = [str(each["output"]) for each in model.last_call.input if each.get("type") == "function_call_output"]
    assert "Refunded 100 for A-1002." in told[-1]
    found = {
        each["payload"]["order"]: each for each in stage.log() if str(each["payload"].get("order")).startswith("A-100")
    }
    assert {order: each["status"] for order, each in found.items()} == {"A-1001": "succeeded", "A-1002": "succeeded"}
    assert [each["payload"]["amount"] for each in found.values()] == [100, 100]
