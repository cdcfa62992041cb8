"""By hand: one transaction a request, written as people write it, in the thread that serves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from functools import partial
from pathlib import Path

from bench.baselines.service import Statement, Store, serve
from bench.baselines.tables import carry_out, connect, rows


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Store]:
    """Commits what one request writes."""
    with closing(connect(database)) as connection:

        async def write(statements: Sequence[Statement]) -> None:
            carry_out(connection, statements)

        yield Store(write=write, read=partial(rows, connection))


if __name__ == "__main__":
    serve(opened)
