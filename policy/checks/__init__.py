"""Checks of a sound policy: lint, replay, and which rules are used."""
