"""Work that a cancelled task still has to see done: a report, a question that is taken back."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

T = TypeVar("T")


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
