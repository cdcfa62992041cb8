"""LangChain and LangGraph: a middleware for `create_agent`, and one call for a node of a graph of your own.

Waiting, or pausing: with `park` the graph is interrupted, and whoever runs it again gets the answer. LangGraph
runs a node from its beginning then; thread and call make the same proposal of it, and the claim makes one effect.
"""

from signoff_client.adapters.langchain.middleware import SignoffMiddleware
from signoff_client.adapters.langchain.nodes import aask_or_pause, ask_or_pause
from signoff_client.adapters.langchain.pausing import tickets

__all__ = ["SignoffMiddleware", "aask_or_pause", "ask_or_pause", "tickets"]
