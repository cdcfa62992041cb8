"""What the bot does without: libraries that take much memory, and time at the start, and that few need."""

import subprocess
import sys

import pytest

SERVES = """\
import sys
import bot.cli.main
from bot.settings import read_settings
from bot.logs import configure_logs
from bot.serve import serve_until_stopped
print(*sys.modules)
"""
WORKS = """\
import asyncio
from multiprocessing import forkserver
from bot.worker import Worker

async def main():
    async with Worker(seconds=30) as worker:
        print(forkserver._forkserver._forkserver_pid is None)
        await worker.run(len, "abc")
        print(forkserver._forkserver._forkserver_pid is None)

if __name__ == "__main__":
    asyncio.run(main())
"""


def said(tmp_path, pytestconfig, program):
    """The words that the program prints, in a process of its own."""
    (tmp_path / "program.py").write_text(program)
    command = [sys.executable, str(tmp_path / "program.py")]
    environ = {"PYTHONPATH": f"{pytestconfig.rootpath}:{pytestconfig.rootpath / 'client'}"}
    return subprocess.run(command, env=environ, capture_output=True, text=True, check=True).stdout.split()


@pytest.fixture(scope="module")
def modules(tmp_path_factory, pytestconfig):
    """What a start has imported before anything is served."""
    return set(said(tmp_path_factory.mktemp("start"), pytestconfig, SERVES))


@pytest.mark.parametrize(
    ("library", "why"),
    [
        ("pygments", "nobody draws a traceback"),
        ("rich.traceback", "the same"),
        ("httpx", "the bot is no client of a bot"),
        ("asyncpg", "a file needs no driver of a server"),
        ("opentelemetry", "nobody has switched it on"),
        ("confusable_homoglyphs", "nobody has been shown more than ASCII"),
    ],
)
def test_a_start_imports_nothing_that_few_need(modules, library, why):
    assert "structlog" in modules, "the start"
    assert library not in modules, why


def test_the_server_of_processes_begins_with_the_first_long_work(tmp_path, pytestconfig):
    assert said(tmp_path, pytestconfig, WORKS) == ["True", "False"]
