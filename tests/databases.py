"""Databases as they are right after they were made: made once a process, and from then on copied."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from functools import cache
from pathlib import Path

from storage import open_store
from tests.making import Clock


def new_database(path):
    """The URL of a database at `path` that nobody has used; what making one takes is `tests/storage`'s business."""
    path.write_bytes(_blank())
    path.chmod(0o600)
    return f"sqlite:///{path}"


@cache
def _blank():
    with ThreadPoolExecutor(1) as beside:  # whoever asks may be inside a loop
        return beside.submit(lambda: asyncio.run(_make())).result()


async def _make():
    with tempfile.TemporaryDirectory(prefix="signoff-blank-") as folder:
        path = Path(folder) / "signoff.db"
        async with open_store(f"sqlite:///{path}", bytes(32), Clock()):
            pass
        return path.read_bytes()
