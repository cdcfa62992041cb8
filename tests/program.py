"""The program `signoff` as a process of its own, off a server that has loaded it: a start is a fork, not a second of
imports. That it also starts from nothing is shown where it is killed (`tests/faults`) and installed (`tests/installed.py`).
"""

import multiprocessing
import os
import signal
import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from tests.patience import PATIENCE

_SERVER = multiprocessing.get_context("forkserver")
_SERVER.set_forkserver_preload(["bot.cli.main", "bot.compose", "bot.settings", "bot.logs"])


@dataclass(frozen=True, slots=True)
class Finished:
    """What a run left: its exit code (negative: the signal that ended it) and what it said."""

    returncode: int
    stdout: str
    stderr: str


def run(words, *, env, cwd, given="", ended_by=None):
    """Runs `signoff` with these words, variables, folder and standard input until it ends.

    A line with `ended_by` in it, on either stream, makes it end: SIGTERM. Blocks; inside a loop take `asyncio.to_thread`.
    """
    pipes = [_SERVER.Pipe(duplex=False) for _ in range(3)]
    (stdin, typed), (out, stdout), (err, stderr) = pipes
    process = _SERVER.Process(target=_serve, args=(words, env, str(cwd), stdin, stdout, stderr))
    process.start()
    for theirs in (stdin, stdout, stderr):
        theirs.close()
    with ThreadPoolExecutor(3) as beside:
        beside.submit(_write, typed, given)
        said = [beside.submit(_read, each, process.pid, ended_by) for each in (out, err)]
        process.join(PATIENCE)
        if process.exitcode is None:
            process.kill()
            process.join()
            raise TimeoutError(f"signoff {' '.join(words)} did not end")
        return Finished(process.exitcode, *(each.result() for each in said))


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


def _serve(words, env, cwd, stdin, stdout, stderr):
    """What runs in the forked process: everything is as after an `exec`, but for the modules that are loaded."""
    for number, pipe in enumerate((stdin, stdout, stderr)):
        os.dup2(pipe.fileno(), number)
        pipe.close()
    sys.stdin, sys.stdout, sys.stderr = os.fdopen(0), os.fdopen(1, "w"), os.fdopen(2, "w")
    os.environ.clear()
    os.environ.update(env)
    os.chdir(cwd)
    sys.argv = ["signoff", *words]
    from bot.cli.main import main  # noqa: PLC0415 the server has it; whoever asks for a run need not

    main()
