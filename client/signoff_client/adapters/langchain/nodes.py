"""Graph nodes: ask in a node of your own, and pause the graph until people have decided."""

from collections.abc import Mapping
from typing import Any

from langgraph.config import get_config

from signoff_client.adapters.langchain.pausing import drop_resumptions, pause
from signoff_client.errors import NotConfigured
from signoff_client.gating import AsyncGate, Denied, Gate, Granted, Parked, ToolCall


def ask_or_pause(
    gate: Gate, tool: str, arguments: Mapping[str, Any], *, call_id: str, reasoning: str | None = None
) -> Granted | Denied:
    """For a node: interrupts the graph until people have decided. Then `gate.run(granted, …)`, in the same node.

    `call_id` names this one act within its thread, however often the graph runs the node. A node that interrupts by
    itself does so before this, or is another node. Raises NotConfigured outside of a graph, or without a thread.
    """
    call = _node_call(tool, arguments, call_id, reasoning)
    answer = gate.check(call, wait=0.0)
    if isinstance(answer, Parked):
        pause(call, answer)
    drop_resumptions()
    return answer


async def aask_or_pause(
    gate: AsyncGate,
    tool: str,
    arguments: Mapping[str, Any],
    *,
    call_id: str,
    reasoning: str | None = None,
) -> Granted | Denied:
    """As ask_or_pause."""
    call = _node_call(tool, arguments, call_id, reasoning)
    answer = await gate.check(call, wait=0.0)
    if isinstance(answer, Parked):
        pause(call, answer)
    drop_resumptions()
    return answer


def run_of(config: Mapping[str, Any]) -> str:
    """What tells a call from its repetition. Raises NotConfigured where the graph was given nothing for it."""
    run = config.get("configurable", {}).get("thread_id") or config.get("run_id")
    if not run:
        raise NotConfigured(
            "Signoff tells a call from its repetition by the thread: run the graph with "
            "config={'configurable': {'thread_id': …}}. Nothing ran."
        )
    return str(run)


def _node_call(tool: str, arguments: Mapping[str, Any], call_id: str, reasoning: str | None) -> ToolCall:
    try:
        run_id = run_of(get_config())
    except RuntimeError:
        raise NotConfigured("ask_or_pause has to be called in a node of a running graph.") from None
    return ToolCall(tool=tool, arguments=arguments, call_id=call_id, run_id=run_id, reasoning=reasoning)
