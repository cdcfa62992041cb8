"""What the operators read above what waits, while agents could not be told."""


def given_up(count: int) -> str:
    """How many callbacks are given up, and what to do."""
    many = "1 callback to an agent was" if count == 1 else f"{count} callbacks to agents were"
    return f"{many} given up: `signoff callbacks list` shows why, `signoff callbacks retry` begins anew."
