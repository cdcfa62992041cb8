"""Gating, for every adapter: a tool call in; out comes what may run, why not, or where it is parked."""

from signoff_client.acting import DETAIL, act_once, act_once_async, described
from signoff_client.gating.calls import Answer, Denied, Granted, Parked, ToolCall, action_of, denied
from signoff_client.gating.gate import WAIT, AsyncGate, Gate

__all__ = [
    "DETAIL",
    "WAIT",
    "Answer",
    "AsyncGate",
    "Denied",
    "Gate",
    "Granted",
    "Parked",
    "ToolCall",
    "act_once",
    "act_once_async",
    "action_of",
    "denied",
    "described",
]
