"""Modals that want input: what they ask, and how what was typed is read back. Pure."""
