"""No store: aiohttp and pydantic alone, which is what a request costs before anything is kept."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

from bench.baselines.service import Keep, Row, serve


@asynccontextmanager
async def opened(_database: Path) -> AsyncIterator[Keep]:
    """Forgets every row."""

    async def keep(_row: Row) -> None:
        """Nothing is kept."""

    yield keep


if __name__ == "__main__":
    serve(opened)
