"""What an agent is told as one JSON object: a CloudEvents 1.0 event that is a Standard Webhooks payload as well."""

from typing import TYPE_CHECKING, Any

from approvals.events import instant
from bot.api.present import answer

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.effects import AgentEvent
    from approvals.proposal import Proposal

SOURCE = "urn:signoff"


def cloud_event(event: str, agent_event: "AgentEvent", at: "datetime", proposal: "Proposal") -> dict[str, Any]:
    """The event; `data` is the answer of GET, with the proposal as it is now and not as it was then."""
    return {
        "specversion": "1.0",
        "id": event,
        "source": SOURCE,
        "type": agent_event.type,
        "subject": proposal.id,
        "time": instant(at),
        "timestamp": instant(at),
        "datacontenttype": "application/json",
        "data": answer(proposal),
    }
