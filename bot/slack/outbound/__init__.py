"""What is sent unasked: cards, thread lines, direct messages, notices, and whom each mentions."""
