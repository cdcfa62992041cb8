"""Pydantic AI: people decide before a tool runs, inline or with the run put aside as DeferredToolRequests.

`SignoffApprovals` is a capability of an agent and covers all its tools and output functions; `SignoffToolset` wraps one
toolset. What runs is what people approved, as the tool's own validator takes it. Only what the agent runs itself can be
held back: external tools are run by the application.
"""

from signoff_client.adapters.pydantic_ai.capability import SignoffApprovals
from signoff_client.adapters.pydantic_ai.tickets import TICKET, go_on
from signoff_client.adapters.pydantic_ai.toolset import SignoffToolset

__all__ = ["TICKET", "SignoffApprovals", "SignoffToolset", "go_on"]
