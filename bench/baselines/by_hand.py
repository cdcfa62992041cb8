"""By hand: one transaction a request, written as people write it, in the thread that serves."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bench.baselines.service import Keep, Row, serve
from bench.baselines.tables import connect, insert


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Keep]:
    """Commits every row by itself."""
    with closing(connect(database)) as connection:

        async def keep(row: Row) -> None:
            insert(connection, [row])

        yield keep


if __name__ == "__main__":
    serve(opened)
