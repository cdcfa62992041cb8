"""Guarantees: each is tried on the operator's own policy and a scratch database, by the program as it is installed."""
