"""How long a test waits for what surely comes. No test passes by it: it only ends one that would never end."""

PATIENCE = 45.0
"""Seconds. Far more than a busy machine takes, and less than the 50 s that an agent may ask an answer to wait for, so
that one which is not woken still fails."""
