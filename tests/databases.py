"""Databases as they are right after they were made: made once a process, and from then on copied; and the store in one.

Tests call a database by a path. It is that file of SQLite's; with SIGNOFF_TESTS_ON=postgresql it is one on a server
that the path stands for, and what is about files alone is not run (`make test-postgresql`).
"""

import asyncio
import os
import sqlite3
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, asynccontextmanager, contextmanager
from functools import cache
from pathlib import Path

import pytest

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.making import Clock, Ids, Lots

KEY = bytes(range(32))
"""What seals the log of a store in tests."""
ON_SERVER = os.environ.get("SIGNOFF_TESTS_ON") == "postgresql"
if ON_SERVER:
    from tests import postgresql

_on_server = {}
"""The URL of each database on the server, by the path that it is called by."""
_made = ExitStack()


def new_database(path):
    """The URL of a database at `path` that nobody has used; what making one takes is `tests/storage`'s business."""
    if not ON_SERVER:
        path.write_bytes(_blank())
        path.chmod(0o600)
    return url_at(path)


def url_at(path):
    """The URL of the database that is called by a path; a server makes one there that nobody has used."""
    if not ON_SERVER:
        return f"sqlite:///{path}"
    if Path(path) not in _on_server:
        _on_server[Path(path)] = _made.enter_context(postgresql.new_server_database())
    return _on_server[Path(path)]


def is_made(path):
    """Whether there is anything at a path."""
    return Path(path) in _on_server if ON_SERVER else any(path.parent.glob(f"{path.name}*"))


@contextmanager
def dropping_databases():
    """Drops those on the server that are made within the block."""
    global _made  # noqa: PLW0603
    before, known = _made, set(_on_server)
    with ExitStack() as _made:
        yield
    _made = before
    for path in _on_server.keys() - known:
        del _on_server[path]


def hand_at(path, *, without=()):
    """A connection past the store, as an intruder or an operator has; drops the triggers named. It is to be closed."""
    if not ON_SERVER:
        hand = sqlite3.connect(path, isolation_level=None, timeout=5)
        for trigger in without:
            hand.execute(f"DROP TRIGGER {trigger}")
        return hand
    return postgresql.Hand(url_at(path), without)


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
