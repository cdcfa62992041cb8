"""What is sent unasked: cards, thread lines and notices, and whom each mentions."""
