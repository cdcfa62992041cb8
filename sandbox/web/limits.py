"""Rate limits of Slack, for when they are switched on: calls in a window, per method or method and channel."""

from collections import deque

from sandbox.workspace import Workspace

# method → (calls, seconds, counted per channel)
RATES: dict[str, tuple[int, float, bool]] = {
    "chat.postMessage": (1, 1.0, True),
    "chat.postEphemeral": (100, 60.0, False),
    "chat.update": (50, 60.0, False),
    "chat.delete": (50, 60.0, False),
    "usergroups.list": (20, 60.0, False),
    "usergroups.users.list": (20, 60.0, False),
    "views.open": (100, 60.0, False),
    "views.update": (100, 60.0, False),
    "views.publish": (100, 60.0, False),
}


class Limits:
    """Remembers the calls of each window."""

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._calls: dict[tuple[str, str], deque[float]] = {}

    def wait(self, method: str, channel: str) -> int | None:
        """Count one call; if it is too many, the whole seconds to wait instead."""
        if not self._workspace.rate_limits or method not in RATES:
            return None
        calls, seconds, per_channel = RATES[method]
        now = self._workspace.clock()
        times = self._calls.setdefault((method, channel if per_channel else ""), deque())
        while times and now - times[0] >= seconds:
            times.popleft()
        if len(times) >= calls:
            return max(1, round(times[0] + seconds - now))
        times.append(now)
        return None
