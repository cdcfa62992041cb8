"""What can be said of a sound policy: lint, explain, replay, and what rules are used."""
