"""Interrupts of a graph that are ours: what a paused graph waits for, and what a resumption brings."""

from collections.abc import Mapping
from typing import Any, Final, NoReturn

from langgraph.errors import GraphInterrupt
from langgraph.types import Interrupt, interrupt

from signoff_client.gating import Parked, ToolCall
from signoff_client.model import Ticket

KIND: Final = "signoff"
"""What marks an interrupt as ours."""


def tickets(paused: Any) -> dict[str, Ticket]:
    """What a graph waits for, by the id of the interrupt: of the result of `invoke`, or of a state snapshot."""
    found = paused.get("__interrupt__", ()) if isinstance(paused, Mapping) else paused.interrupts
    return {
        each.id: Ticket.from_json(each.value["ticket"])
        for each in found
        if isinstance(each, Interrupt) and isinstance(each.value, Mapping) and each.value.get("type") == KIND
    }


def pause(call: ToolCall, parked: Parked) -> NoReturn:
    """Interrupts. What the graph is resumed with is never an answer: Signoff is asked, and it alone."""
    _take_all(
        {
            "type": KIND,
            "message": parked.message,
            "tool": call.tool,
            "arguments": dict(call.arguments),
            "ticket": parked.ticket.to_json(),
        }
    )


def drop_resumptions() -> None:
    """Takes what the graph was resumed with, so that no other interrupt takes it for its answer: it was for ours."""
    try:
        _take_all({"type": KIND})
    except GraphInterrupt:
        return


def _take_all(said: Mapping[str, Any]) -> NoReturn:
    while True:  # each round takes what an earlier resumption left, until there is none and the graph stops
        interrupt(said)
