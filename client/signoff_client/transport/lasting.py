"""Lasting work, which a cancelled task still sees done: a report, a question that is taken back."""

import asyncio
from collections.abc import Awaitable, Iterator
from contextlib import contextmanager
from typing import Final, TypeVar

T = TypeVar("T")
TURNS: Final = 5
"""Of the loop, in which a cancellation comes from whoever was cancelled to the tasks that it started."""


async def to_the_end(work: Awaitable[T]) -> T:
    """What the work gives. Whoever is cancelled meanwhile is so once it is done; the work itself has to end by itself.

    Some frameworks cancel a task again at each of its awaits, so it is waited for however often that happens.
    """
    task = asyncio.ensure_future(work)
    cancelled: asyncio.CancelledError | None = None
    while not task.done():
        try:
            await asyncio.wait({task})
        except asyncio.CancelledError as cut:
            cancelled = cut
    if cancelled is not None:
        if not task.cancelled() and (fault := task.exception()) is not None:
            cancelled.add_note(f"What was still to be done failed: {type(fault).__name__}: {fault}")
        raise cancelled
    return task.result()


class UnderWay:
    """The tasks that are at work with something, for whoever closes it."""

    def __init__(self) -> None:
        self._tasks: dict[asyncio.Task[object], bool] = {}

    @contextmanager
    def entered(self, *, waits: bool) -> Iterator[None]:
        """While the running task is at work; `waits`: for people, for as long as they take."""
        try:
            task = asyncio.current_task()
        except RuntimeError:  # no loop runs, as whoever works with it says better
            task = None
        if task is None:
            yield
            return
        before = self._tasks.get(task)
        self._tasks[task] = waits
        try:
            yield
        finally:
            if before is None:
                self._tasks.pop(task, None)
            else:
                self._tasks[task] = before

    async def left(self, seconds: float) -> None:
        """Once those of this loop that are cancelled, or that wait for nobody, are done, or after `seconds`.

        Frameworks cancel their tools and leave them behind: what these still have to say would not be heard.
        """
        for _ in range(TURNS):
            await asyncio.sleep(0)
        loop, here = asyncio.get_running_loop(), asyncio.current_task()
        leaving = {
            task
            for task, waits in list(self._tasks.items())
            if task is not here and task.get_loop() is loop and (task.cancelling() or not waits)
        }
        if leaving:
            await asyncio.wait(leaving, timeout=seconds)
