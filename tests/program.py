"""The program `signoff` as a process of its own, off a server that has loaded it: a start is a fork, not a second of
imports. That it also starts from nothing is shown where it is killed (`tests/faults`) and installed (`tests/installed.py`).
"""

import asyncio
import importlib
import multiprocessing
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from multiprocessing import forkserver

from bot.worker import PRELOADED
from tests.patience import PATIENCE

_CONTEXT = multiprocessing.get_context("forkserver")
_LOADED = [*PRELOADED, "bot.compose", "bot.serve", "bot.settings", "bot.logs"]


def ready():
    """Begins the server, unless it is there. Every bot in this process has its own processes forked off it, too."""
    forkserver.set_forkserver_preload(_LOADED)
    forkserver.ensure_running()


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run left: its exit code (negative: the signal that ended it) and what it said."""

    returncode: int
    stdout: str
    stderr: str


@dataclass(frozen=True, slots=True)
class Started:
    """A run that goes on, with the face of asyncio's own processes."""

    process: multiprocessing.Process
    stderr: asyncio.StreamReader
    """What it says, on either stream."""

    @property
    def pid(self):
        return self.process.pid

    @property
    def returncode(self):
        return self.process.exitcode

    def send_signal(self, number):
        os.kill(self.pid, number)

    def kill(self):
        self.process.kill()

    async def wait(self):
        """The exit code."""
        loop, over = asyncio.get_running_loop(), asyncio.Event()
        loop.add_reader(self.process.sentinel, over.set)
        try:
            await over.wait()
        finally:
            loop.remove_reader(self.process.sentinel)
        return self.process.exitcode


async def start(words, *, env, cwd, module="bot.cli.main"):
    """Starts the module's `main` with these words, variables and folder; nothing is typed."""
    (said, out), (stdin, typed) = _CONTEXT.Pipe(duplex=False), _CONTEXT.Pipe(duplex=False)
    typed.close()
    process = await asyncio.to_thread(_begun, module, words, env, cwd, (stdin, out, out))
    stream = asyncio.StreamReader()
    with said:
        pipe = os.fdopen(os.dup(said.fileno()))
    await asyncio.get_running_loop().connect_read_pipe(lambda: asyncio.StreamReaderProtocol(stream), pipe)
    return Started(process, stream)


def run(words, *, env, cwd, given="", ended_by=None):
    """Runs `signoff` with these words, variables, folder and standard input until it ends.

    A line with `ended_by` in it, on either stream, makes it end: SIGTERM. Blocks; inside a loop take `asyncio.to_thread`.
    """
    (stdin, typed), (out, stdout), (err, stderr) = (_CONTEXT.Pipe(duplex=False) for _ in range(3))
    process = _begun("bot.cli.main", words, env, cwd, (stdin, stdout, stderr))
    with ThreadPoolExecutor(3) as beside:
        beside.submit(_write, typed, given)
        said = [beside.submit(_read, each, process.pid, ended_by) for each in (out, err)]
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"signoff {' '.join(words)} did not end")
        return Finished(process.exitcode, *(each.result() for each in said))


def _begun(module, words, env, cwd, streams):
    """The process, which alone has the streams from here on: its standard input, output and error."""
    ready()
    process = _CONTEXT.Process(target=_main, args=(module, words, env, str(cwd), streams))
    process.start()
    for each in set(streams):
        each.close()
    return process


def _write(pipe, text):
    with pipe, os.fdopen(os.dup(pipe.fileno()), "w", encoding="utf-8") as file:
        try:
            file.write(text)
            file.flush()
        except BrokenPipeError:
            """It ended without reading all."""


def _read(pipe, pid, ended_by):
    said = ""
    with pipe, os.fdopen(os.dup(pipe.fileno()), encoding="utf-8") as lines:
        for line in lines:
            said += line
            if ended_by is not None and ended_by in line:
                os.kill(pid, signal.SIGTERM)
    return said


def _main(module, words, env, cwd, streams):
    """What runs in the forked process: everything is as after an `exec`, but for the modules that are loaded."""
    for number, pipe in enumerate(streams):
        os.dup2(pipe.fileno(), number)
    for pipe in set(streams):
        pipe.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["signoff", *words]
    # Its own processes for long work come off the server that it came off: another would load everything anew.
    forkserver.ensure_running = forkserver._forkserver.ensure_running = lambda: None
    importlib.import_module(module).main()
