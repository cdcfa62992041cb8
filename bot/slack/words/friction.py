"""What is asked again before it counts."""

FINAL = "? It cannot be taken back once the agent has taken it."
