"""Where chance comes from."""

import secrets


class RandomLots:
    """Lots from the system's own source: nothing that a proposal holds, and nothing before it, tells the next."""

    def __init__(self) -> None:
        self._source = secrets.SystemRandom()

    def draw(self) -> float:
        """From 0 up to, but not including, 1."""
        return self._source.random()
