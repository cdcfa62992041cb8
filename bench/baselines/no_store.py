"""No store: aiohttp and pydantic alone, which is what a request costs before anything is kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.baselines.service import Statement, Write, serve


@asynccontextmanager
async def opened(_database: Path) -> AsyncIterator[Write]:
    """Forgets all."""

    async def write(_statements: Sequence[Statement]) -> None:
        """Nothing is kept."""

    yield write


if __name__ == "__main__":
    serve(opened)
