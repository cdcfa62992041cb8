"""Group commit: whoever waits for the disk shares the next commit, in a thread; the limit of disk and Python."""

import asyncio
from collections.abc import AsyncIterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from bench.baselines.service import Statement, Store, serve
from bench.baselines.tables import carry_out, connect, rows


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Store]:
    """Commits what came while the last commit was under way."""
    loop = asyncio.get_running_loop()
    waiting: list[tuple[Sequence[Statement], asyncio.Future[None]]] = []
    came = asyncio.Event()
    with closing(connect(database)) as connection, ThreadPoolExecutor(1) as thread:

        async def write(statements: Sequence[Statement]) -> None:
            kept = loop.create_future()
            waiting.append((statements, kept))
            came.set()
            await kept

        async def commit() -> None:
            while await came.wait():
                came.clear()
                batch = waiting.copy()
                waiting.clear()
                await loop.run_in_executor(thread, carry_out, connection, [one for each, _ in batch for one in each])
                for _, kept in batch:
                    kept.set_result(None)

        committing = asyncio.create_task(commit())
        yield Store(write=write, read=partial(rows, connection))
        committing.cancel()
        await asyncio.gather(committing, return_exceptions=True)


if __name__ == "__main__":
    serve(opened)
