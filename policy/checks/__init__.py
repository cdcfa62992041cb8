"""What can be said of a sound policy: lint, replay, and what rules are used."""
