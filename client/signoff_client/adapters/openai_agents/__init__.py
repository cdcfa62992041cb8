"""OpenAI Agents SDK: function tools that ask before they run, waiting inside the call or pausing the run."""

from signoff_client.adapters.openai_agents.approvals import Approvals

__all__ = ["Approvals"]
