"""Stalls of the event loop: how long it stood still, since everybody waits meanwhile."""

import asyncio
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, field

EVERY = 0.05
"""Seconds between two beats."""
WINDOW = 60.0
"""Seconds that a stall is remembered."""
LONG = 1.0
"""Seconds above which a stall is trouble: Slack gives a click three."""


@dataclass(slots=True)
class Stalls:
    """Beats in the loop and keeps by how much each beat came late."""

    monotonic: Callable[[], float]
    """Seconds of a clock that never goes back."""
    _due: float | None = None
    """When the next beat is due; None before the first."""
    _late: deque[tuple[float, float]] = field(default_factory=deque)
    """When a beat came and by how many seconds late, each later than all that came after it."""

    async def run(self) -> None:
        """Beats until it is cancelled."""
        while True:
            self.beat()
            await asyncio.sleep(EVERY)

    def beat(self) -> None:
        """The loop is here."""
        now = self.monotonic()
        late = self._lateness(now)
        while self._late and self._late[-1][1] <= late:
            self._late.pop()
        self._late.append((now, late))
        self._forget(now)
        self._due = now + EVERY

    def longest(self) -> float:
        """Seconds of the longest stall of the last minute, one that has only just ended included."""
        now = self.monotonic()
        self._forget(now)
        return max(self._late[0][1] if self._late else 0.0, self._lateness(now))

    @property
    def trouble(self) -> str | None:
        """A sentence for readiness after a long one."""
        longest = self.longest()
        if longest <= LONG:
            return None
        return f"The loop stood still for {longest:.1f} s within the last minute: clicks and requests had to wait"

    def _lateness(self, now: float) -> float:
        return 0.0 if self._due is None else max(0.0, now - self._due)

    def _forget(self, now: float) -> None:
        while self._late and self._late[0][0] < now - WINDOW:
            self._late.popleft()
