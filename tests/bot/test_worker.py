"""Long work in a process of its own: it never holds the loop, it can be killed, and it ends with us."""

import asyncio
import os
import re
import signal
import subprocess
import sys
from collections import deque
from contextlib import asynccontextmanager
from multiprocessing import forkserver
from pathlib import Path

import pytest

from bot.worker import BUSY, OF_ONE, Worker, WorkLimit, WorkRefused
from tests.patience import PATIENCE

SOON = 0.3
"""A deadline for what never ends."""


def until_written(path):
    """Ends once somebody writes to the named pipe."""
    return Path(path).read_text(encoding="utf-8")


def never_ends(_=None):
    """Holds the interpreter all the time: no signal handler of Python's and no thread gets to run."""
    return re.fullmatch("(a|a)+b", "a" * 100)


def takes_memory(count):
    return len(bytearray(count))


def kills_itself():
    os.kill(os.getpid(), signal.SIGKILL)


def refuses(error):
    raise error


@pytest.fixture
async def worker():
    async with Worker(seconds=60, patience=60) as made:
        yield made


@pytest.fixture
def pipe(tmp_path):
    os.mkfifo(tmp_path / "pipe")
    return str(tmp_path / "pipe")


def write(pipe, text):
    Path(pipe).write_text(text, encoding="utf-8")


@asynccontextmanager
async def under_way(worker, pipe, count=1, **more):
    """So many calls that are under way until the block ends."""
    calls = [asyncio.create_task(worker.run(until_written, pipe, **more)) for _ in range(count)]
    await asyncio.sleep(0)
    yield
    for call in calls:
        await asyncio.to_thread(write, pipe, "go on")
        await call


async def test_it_gives_what_the_function_gives(worker):
    assert await worker.run(sorted, ["b", "a"]) == ["a", "b"]


async def test_it_raises_what_the_function_raises_even_what_a_broken_pool_would_raise(worker):
    for error in (ValueError("no"), OSError("no"), RuntimeError("no"), TimeoutError("no")):
        with pytest.raises(type(error), match="no"):
            await worker.run(refuses, error)
    assert await worker.run(len, "abc") == 3


async def test_the_loop_goes_on_while_it_works(worker, pipe):
    call = asyncio.create_task(worker.run(until_written, pipe))
    ticks = 0
    for _ in range(1000):
        await asyncio.sleep(0)
        ticks += 1
    assert not call.done()
    await asyncio.to_thread(write, pipe, "the loop wrote this")
    assert await call == "the loop wrote this"
    assert ticks == 1000


async def test_it_runs_in_another_process_that_has_none_of_our_modules_but_its_own(worker):
    assert await worker.run(os.getpid) != os.getpid()


async def test_a_deadline_ends_what_holds_the_interpreter_and_the_next_call_is_served():
    async with Worker(seconds=SOON) as worker:
        with pytest.raises(WorkLimit):
            await worker.run(never_ends)
        async with asyncio.timeout(PATIENCE):
            while True:
                try:
                    assert await worker.run(len, "abc") == 3
                    break
                except WorkLimit:
                    continue  # on a machine this slow


async def test_memory_has_a_bound(worker):
    with pytest.raises(WorkLimit):
        await worker.run(takes_memory, 1 << 31)
    assert await worker.run(takes_memory, 1 << 20) == 1 << 20


async def test_a_process_that_is_killed_at_work_is_a_no_and_the_next_call_is_served(worker):
    with pytest.raises(WorkLimit):
        await worker.run(kills_itself)
    assert await worker.run(len, "abc") == 3


async def test_a_process_that_is_killed_while_it_waits_is_replaced(worker):
    for _ in range(3):
        os.kill(await worker.run(os.getpid), signal.SIGKILL)
        assert await worker.run(len, "abc") == 3


async def test_the_server_of_processes_is_replaced_when_it_is_killed(worker):
    await worker.run(len, "abc")
    os.kill(forkserver._forkserver._forkserver_pid, signal.SIGKILL)
    os.kill(await worker.run(os.getpid), signal.SIGKILL)
    assert await worker.run(len, "abc") == 3


def begins_and_never_ends(path):
    Path(path).write_text("begun", encoding="utf-8")
    never_ends()


async def test_a_caller_who_goes_away_ends_the_work(worker, pipe):
    call = asyncio.create_task(worker.run(begins_and_never_ends, pipe))
    assert await asyncio.to_thread(until_written, pipe) == "begun"
    call.cancel()
    with pytest.raises(asyncio.CancelledError):
        await call
    assert await worker.run(len, "abc") == 3


async def test_one_has_no_more_than_its_share_under_way(worker, pipe):
    async with under_way(worker, pipe, OF_ONE, who="shop"):
        with pytest.raises(WorkRefused):
            await worker.run(len, "abc", who="shop")
        other = asyncio.create_task(worker.run(len, "abc", who="other"))
        await asyncio.sleep(0)
        assert not other.done()
    assert await other == 3
    assert await worker.run(len, "abc", who="shop") == 3


async def test_only_so_many_wait(worker, pipe):
    async with under_way(worker, pipe, BUSY):
        with pytest.raises(WorkRefused):
            await worker.run(len, "abc", who="another")
    assert await worker.run(len, "abc", who="another") == 3


async def test_who_has_nothing_under_way_is_not_remembered(worker):
    for number in range(5):
        await worker.run(len, "abc", who=f"agent-{number}")
    assert not worker._under_way


async def test_a_turn_that_does_not_come_is_refused(pipe):
    async with Worker(seconds=60, patience=0.01) as worker, under_way(worker, pipe):
        with pytest.raises(WorkRefused):
            await worker.run(len, "abc")


CHILD = """\
import asyncio, os, sys, threading
from bot.worker import Worker
from tests.bot.test_worker import never_ends

async def main():
    async with Worker(seconds=1) as worker:
        await worker.run(len, "abc")
        print("ready", await worker.run(os.getpid), flush=True)
        if sys.argv[1] == "busy":
            call = asyncio.create_task(worker.run(never_ends))
            while not call.done():
                await asyncio.sleep(0.01)
                print("beat", flush=True)
        await asyncio.Event().wait()

if __name__ == "__main__":
    asyncio.run(main())
"""


@pytest.mark.parametrize("state", ["idle", "busy"])
@pytest.mark.parametrize("ends", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_us_however_we_end(tmp_path, pytestconfig, state, ends):
    """Each of them holds our standard output, so that it ends for a reader once all of them have."""
    (tmp_path / "child.py").write_text(CHILD)
    command = [sys.executable, str(tmp_path / "child.py"), state]
    environ = {**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, env=environ) as child:
        assert child.stdout.readline().startswith("ready")
        if state == "busy":
            assert child.stdout.readline() == "beat\n"
        child.send_signal(ends)
        child.communicate(timeout=120)


EVIL = "import pathlib\npathlib.Path({!r}).write_text(__name__)\n"
MODULES = ["multiprocessing", "signal", "socket", "pickle", "selectors", "bot", "policy", "pebble", "_trap"]
FROM_A_FOLDER = """\
import asyncio, sys
from bot.worker import Worker

async def main():
    async with Worker(seconds=60) as worker:
        print(*await worker.run(eval, "__import__('sys').path"), sep="\\n")

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_no_process_has_the_current_folder_on_its_path(tmp_path, pytestconfig):
    trap, elsewhere = tmp_path / "trap", tmp_path / "elsewhere"
    trap.mkdir()
    elsewhere.mkdir()
    for module in MODULES:
        (trap / f"{module}.py").write_text(EVIL.format(str(tmp_path / "caught")))
    (elsewhere / "begin.py").write_text(FROM_A_FOLDER)
    environ = {**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    environ.pop("PYTHONSAFEPATH", None)
    command = [sys.executable, str(elsewhere / "begin.py")]
    done = subprocess.run(command, cwd=trap, env=environ, capture_output=True, text=True, check=True)
    paths = done.stdout.splitlines()
    assert str(pytestconfig.rootpath) in paths
    assert not {"", ".", str(trap)} & {*paths}
    assert not (tmp_path / "caught").exists(), (tmp_path / "caught").read_text()


WITHOUT = """\
import asyncio, multiprocessing
from bot.worker import Worker, WorkRefused

async def main():
    multiprocessing.set_executable("/nowhere/python")
    async with Worker(seconds=1) as worker:
        try:
            print(await worker.run(len, "abc"))
        except WorkRefused:
            print("refused")
        print(worker.trouble)

if __name__ == "__main__":
    asyncio.run(main())
"""


def test_where_no_process_can_be_started_all_of_it_is_refused_and_readiness_says_so(tmp_path, pytestconfig):
    (tmp_path / "without.py").write_text(WITHOUT)
    environ = {**os.environ, "PYTHONPATH": str(pytestconfig.rootpath)}
    command = [sys.executable, str(tmp_path / "without.py")]
    done = subprocess.run(command, env=environ, capture_output=True, text=True, check=True)
    *_, said, trouble = deque(done.stdout.splitlines())
    assert said == "refused"
    assert trouble.startswith("No process can be started for long work")
