"""What a form that wants a reason says."""
# ruff: noqa: D103 - a sentence says itself what it is

EITHER = "Choose one above, write here, or both. The agent is told."
HELD = "Proposed again by then, it is rejected at once; nobody is asked."
WHAT_IS_WRONG = "What is wrong"
IF_THE_AGENT_TRIES_AGAIN = "If the agent tries again"


def the_policy_has_more(left: int) -> str:
    return f"The policy has {left} more; write what it is."


def hold_the_same_for(span: str) -> str:
    return f"Hold the same for {span}"
