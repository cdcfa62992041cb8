"""The gate that adapters share, for tests."""

from signoff_client.gating import ToolCall


def make_call(**changes):
    return ToolCall(
        **{"tool": "refund.create", "arguments": {"amount": 250}, "call_id": "call-1", "run_id": "run-1", **changes}
    )
