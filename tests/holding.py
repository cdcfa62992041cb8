"""Holding: a write of the store that stays under way for as long as a test wants."""

import asyncio
import threading
from contextlib import asynccontextmanager

from tests.databases import ON_SERVER


@asynccontextmanager
async def under_way(store, verb):
    """The verb has begun, and done all but to commit, until the block ends; then its task commits."""
    begun, released = threading.Event(), threading.Event()

    async def hold(tx):
        answer = await verb(tx)
        begun.set()
        if ON_SERVER:
            await asyncio.to_thread(released.wait)
        else:
            released.wait()  # on SQLite's thread
        return answer

    writing = asyncio.create_task(store.transact(hold))
    try:
        await asyncio.to_thread(begun.wait)
        yield writing
    finally:
        released.set()


async def ticks(number=30):
    """Lets others go on for a few turns of the loop."""
    for _ in range(number):
        await asyncio.sleep(0)
