"""How many examples a law is tried on: as many as it says in `make test`, a twentieth of them in `make quick`."""

from hypothesis import HealthCheck, settings

WHOLE = settings(settings.default, deadline=None, suppress_health_check=[HealthCheck.too_slow])
QUICK = settings(WHOLE, max_examples=5, derandomize=True)
"""The same few each time: who works on one thing is not stopped by the rare counterexample of another."""


def examples(number):
    """So many where the profile is the whole one, else in proportion, but never fewer than two."""
    return max(2, number * settings.default.max_examples // WHOLE.max_examples)
