"""Tickets of a run: its call as the gate asks for it, and as it is taken up again after it was parked."""

import json
from collections.abc import Mapping
from typing import Any, Final

from pydantic_ai import DeferredToolRequests, DeferredToolResults, RunContext, ToolApproved
from pydantic_ai.messages import ModelResponse

from signoff_client.gating import Parked, ToolCall
from signoff_client.model import Ticket

TICKET: Final = "signoff_ticket"
"""Where the metadata of a deferred call has the ticket."""
PAYLOAD: Final = "signoff_payload"
"""Where it has what people were asked for, as JSON: what a tool fills in by itself may be another each time."""

SHOWN: Final = 255
"""Characters of an id that a ticket has."""


def call_of(ctx: RunContext[Any], tool: str, payload: dict[str, Any]) -> ToolCall:
    """The call that the context is of."""
    return ToolCall(
        tool=tool,
        arguments=payload,
        call_id=ctx.tool_call_id or "",
        run_id=ctx.conversation_id or ctx.run_id or "",  # the conversation stays the same when a run is taken up again
        reasoning=_said_beside(ctx),
    )


def metadata_of(call: ToolCall, parked: Parked) -> dict[str, str]:
    """For the deferred call."""
    return {TICKET: parked.ticket.to_json(), PAYLOAD: json.dumps(dict(call.arguments))}


def parked_as(ctx: RunContext[Any], tool: str) -> tuple[Ticket, ToolCall] | None:
    """The ticket that this very call was parked with, and the call as it was asked for.

    Without a good one, the call is asked for as if it were new: a history may have been changed, or mixed up.
    """
    metadata = ctx.tool_call_metadata
    if not isinstance(metadata, Mapping):
        return None
    try:
        ticket, payload = Ticket.from_json(metadata[TICKET]), json.loads(metadata[PAYLOAD])
    except (KeyError, TypeError, ValueError):
        return None
    if not isinstance(payload, dict):
        return None
    call = call_of(ctx, tool, payload)
    this = (call.tool, call.run_id[:SHOWN], call.call_id[:SHOWN], call.key)
    return (ticket, call) if (ticket.tool, ticket.run_id, ticket.tool_call_id, ticket.key) == this else None


def go_on(requests: DeferredToolRequests) -> DeferredToolResults:
    """Takes up what was parked: `agent.run(message_history=…, deferred_tool_results=go_on(requests))`.

    It approves nothing: each tool asks Signoff again, and what is not decided yet ends the run in the same way. Calls
    that others put aside are left out; add their results to what this returns.
    """
    ours = [call.tool_call_id for call in requests.approvals if TICKET in requests.metadata.get(call.tool_call_id, {})]
    return requests.build_results(
        approvals=dict.fromkeys(ours, ToolApproved()), metadata={each: requests.metadata[each] for each in ours}
    )


def _said_beside(ctx: RunContext[Any]) -> str | None:
    for message in reversed(ctx.messages):
        if isinstance(message, ModelResponse):
            return message.text or None
    return None
