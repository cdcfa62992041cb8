"""The page on LangChain does what it says."""

from typing import Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessage, BaseMessage, HumanMessage
from langchain_core.outputs import ChatGeneration, ChatResult
from pages import run_page


class Obliging(BaseChatModel):
    """Refunds what it is told to, and says what it read then."""

    @property
    def _llm_type(self) -> str:
        return "obliging"

    def bind_tools(self, tools: Any, **more: Any) -> "Obliging":
        return self

    def _generate(
        self, messages: list[BaseMessage], stop: Any = None, run_manager: Any = None, **more: Any
    ) -> ChatResult:
        last = messages[-1]
        if isinstance(last, HumanMessage):
            _, amount, *_, order = last.text.split()
            call = {"name": "refund", "args": {"order": order, "amount": float(amount)}, "id": f"call-{order}"}
            return ChatResult(generations=[ChatGeneration(message=AIMessage("It is broken.", tool_calls=[call]))])
        return ChatResult(generations=[ChatGeneration(message=AIMessage(last.text))])


def test_the_page_on_langchain_does_what_it_says(stage, monkeypatch):
    page = run_page(stage, monkeypatch, "langchain.md", model=Obliging())
    assert "Refunded 100 for A-1002." in page["result"]["messages"][-1].text
    found = {
        each["payload"]["order"]: each for each in stage.log() if str(each["payload"].get("order")).startswith("A-100")
    }
    assert {order: each["status"] for order, each in found.items()} == dict.fromkeys(
        ("A-1001", "A-1002", "A-1003"), "succeeded"
    )
    assert [each["payload"]["amount"] for each in found.values()] == [100, 100, 100]
