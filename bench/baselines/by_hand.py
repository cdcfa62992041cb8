"""By hand: one transaction a request, written as people write it, in the thread that serves."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager, closing
from pathlib import Path

from bench.baselines.service import Statement, Write, serve
from bench.baselines.tables import carry_out, connect


@asynccontextmanager
async def opened(database: Path) -> AsyncIterator[Write]:
    """Commits what one request writes."""
    with closing(connect(database)) as connection:

        async def write(statements: Sequence[Statement]) -> None:
            carry_out(connection, statements)

        yield write


if __name__ == "__main__":
    serve(opened)
