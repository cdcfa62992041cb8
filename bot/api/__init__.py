"""The HTTP API of agents: what they send, what they are answered, and what one of them may take."""
