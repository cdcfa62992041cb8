"""The version of the workspace, and waking whoever waits for the next one."""

import asyncio


class Changes:
    """Counts changes; every waiter wakes at each."""

    def __init__(self) -> None:
        self.version = 0
        self.over = False
        self._next: asyncio.Event = asyncio.Event()

    def bump(self) -> None:
        """Note one change and wake all who wait."""
        self.version += 1
        self._next.set()
        self._next = asyncio.Event()

    def end(self) -> None:
        """Wake all who wait for the last time: the workspace closes."""
        self.over = True
        self.bump()

    async def wait(self) -> int:
        """Return the new version, at the next change."""
        await self._next.wait()
        return self.version
