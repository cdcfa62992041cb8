"""What stands over what the agent claims."""
# ruff: noqa: D103 - a sentence says itself what it is

HOW_IT_WOULD_BE_UNDONE = "How it would be undone"
WHAT_MUST_HOLD_WHEN_IT_RUNS = "What must hold when it runs"
WHAT_THE_AGENT_MEASURED = "What the agent measured"
IN_THE_AGENTS_WORDS = "Why, in the agent's words"


def leads_nowhere(shown: str) -> str:
    return f"{shown} (leads nowhere: not an address)"
