"""No store: aiohttp and pydantic alone, which is what a request costs before anything is kept."""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

from bench.baselines.service import Statement, Store, serve


@asynccontextmanager
async def opened(_database: Path) -> AsyncIterator[Store]:
    """Forgets all."""

    async def write(_statements: Sequence[Statement]) -> None:
        """Nothing is kept."""

    yield Store(write=write, read=lambda _sql, _values: [])


if __name__ == "__main__":
    serve(opened)
