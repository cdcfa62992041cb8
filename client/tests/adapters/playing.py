"""A turn in a process of its own, which can be killed at any moment."""

import asyncio
import json
import os
import subprocess
import sys
from dataclasses import asdict
from typing import Any, Self

from turn import Turn, settled


class Playing:
    """A process that takes a turn: `python FILE VERB TURN`, and says what came of it on lines of its own."""

    def __init__(self, file: str, verb: str, turn: Turn) -> None:
        self._process = subprocess.Popen(
            [sys.executable, file, verb, json.dumps(asdict(turn))],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env={**os.environ, "PYTHONUNBUFFERED": "1"},
        )

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._process.communicate()

    def kill(self) -> None:
        """SIGKILL: it gets no chance to put anything in order."""
        self._process.kill()
        self._process.wait()

    def send(self, state: str) -> None:
        """Gives it one line."""
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps(state) + "\n")
        self._process.stdin.flush()

    def line(self) -> str:
        """Its next line of those that are meant for us; AssertionError if it ended first."""
        assert self._process.stdout is not None
        for line in self._process.stdout:
            if line.startswith(("acted", "read ", "parks ")):
                return line.rstrip("\n")
        raise AssertionError("the process ended without a word")

    def read(self) -> str:
        """What the model read."""
        word, _, text = self.line().partition(" ")
        assert word == "read", text
        return str(json.loads(text))

    def parked(self) -> str:
        """What it takes to go on."""
        word, _, text = self.line().partition(" ")
        assert word == "parks", text
        return str(json.loads(text))


def play(rig: Any) -> None:
    """What a test file does when it is run by itself: one method of the rig, said on standard output."""
    verb, turn = sys.argv[1], Turn(**json.loads(sys.argv[2]))
    given = [json.loads(sys.stdin.readline())] if verb == "resume" else []
    came = asyncio.run(settled(getattr(rig, verb)(turn, *given)))
    print("read " + json.dumps(came) if isinstance(came, str) else "parks " + json.dumps(came.state), flush=True)
    sys.stdin.read()  # alive until it is killed
