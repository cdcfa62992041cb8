"""How fast we post: Slack takes about one message a second and channel, and forgives short bursts."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

BURST = 4
"""Messages that may follow one another at once after a quiet time."""
EVERY = timedelta(seconds=1)


@dataclass(slots=True)
class Pace:
    """A leaky bucket for each channel."""

    _empty_at: dict[str, datetime] = field(default_factory=dict)

    def posted(self, channel: str, now: datetime) -> float:
        """Notes a post; the seconds for which the channel should rest."""
        empty = max(self._empty_at.get(channel, now), now) + EVERY
        self._empty_at = {name: at for name, at in self._empty_at.items() if at > now}
        self._empty_at[channel] = empty
        return max(0.0, (empty - now - BURST * EVERY).total_seconds())
