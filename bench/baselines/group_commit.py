"""Group commit: whoever waits for the disk shares the next commit, in a thread; the limit of disk and Python."""

import asyncio
from collections.abc import AsyncIterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bench.baselines.service import Keep, Row, serve
from bench.baselines.tables import connect, insert


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Keep]:
    """Commits what came while the last commit was under way."""
    loop = asyncio.get_running_loop()
    waiting: list[tuple[Row, asyncio.Future[None]]] = []
    came = asyncio.Event()
    with closing(connect(database)) as connection, ThreadPoolExecutor(1) as thread:

        async def keep(row: Row) -> None:
            kept = loop.create_future()
            waiting.append((row, kept))
            came.set()
            await kept

        async def commit() -> None:
            while await came.wait():
                came.clear()
                batch = waiting.copy()
                waiting.clear()
                await loop.run_in_executor(thread, insert, connection, [row for row, _ in batch])
                for _, kept in batch:
                    kept.set_result(None)

        committing = asyncio.create_task(commit())
        yield keep
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)


if __name__ == "__main__":
    serve(opened)
