"""How fast we post: Slack takes about one message a second and channel, and forgives short bursts."""

from dataclasses import dataclass, field

BURST = 4
"""Messages that may follow one another at once after a quiet time."""
EVERY = 1.0
"""Seconds that a message takes to be forgotten."""


@dataclass(slots=True)
class Pace:
    """A leaky bucket for each channel."""

    _empty_at: dict[str, float] = field(default_factory=dict)

    def posted(self, channel: str, now: float) -> float:
        """Notes a post; the seconds for which the channel should rest. `now` is monotonic: clocks are set back."""
        empty = max(self._empty_at.get(channel, now), now) + EVERY
        self._empty_at = {name: at for name, at in self._empty_at.items() if at > now}
        self._empty_at[channel] = empty
        return max(0.0, empty - now - BURST * EVERY)
