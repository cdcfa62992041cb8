"""Databases as they are right after they were made: made once a process, and from then on copied; and the store in one."""

import asyncio
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from functools import cache
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.making import Clock, Ids, Lots

KEY = bytes(range(32))
"""What seals the log of a store in tests."""


def new_database(path):
    """The URL of a database at `path` that nobody has used; what making one takes is `tests/storage`'s business."""
    path.write_bytes(_blank())
    path.chmod(0o600)
    return f"sqlite:///{path}"


@asynccontextmanager
async def new_store(folder, clock):
    """A store in a database of its own that nobody has used."""
    async with open_store(new_database(folder / "signoff.db"), KEY, clock) as store:
        yield store


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
async def store(tmp_path, clock):
    async with new_store(tmp_path, clock) as opened:
        yield opened


@pytest.fixture
def lifecycle(store, policy, clock):
    """The verbs over that store, under the `policy` of whose tests they are."""
    return Lifecycle(store=store, policy=policy, clock=clock, ids=Ids(), randomness=Lots())


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
