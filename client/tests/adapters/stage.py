"""The stage from outside: the bot, its Slack and its scripted people, in a process of their own.

People decide by the amount in the payload: 5 (and 250) is approved, 500 is changed to 100, 41 to 42 and 42 to 41, 5000 is
rejected with REASON, -1 runs out (the clock is moved past the deadline), anything else waits for ever. Where there are
`lines`, 31 gets a `dry_run` in the first, 32 loses its `quantity`. `/log` has what happened.
"""

import json
import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

ROOT = Path(__file__).resolve().parents[3]
PYTHON = "SIGNOFF_STAGE_PYTHON"
REASON = "Too much without a ticket"


@dataclass(frozen=True, slots=True)
class Stage:
    """A running stage. `url` is the bot itself, `door` the same bot behind a door that fails as `fault` says."""

    url: str
    door: str
    token: str
    control: httpx.Client

    @classmethod
    @contextmanager
    def started(cls) -> "Iterator[Stage]":
        """Starts it with the Python that SIGNOFF_STAGE_PYTHON names, for it needs the bot; ends it afterwards."""
        python = os.environ.get(PYTHON) or str(ROOT / ".venv" / "bin" / "python")
        environment = {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "SIGNOFF"))}
        running = subprocess.Popen(
            [python, "-m", "tests.stage"], cwd=ROOT, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE
        )
        assert running.stdin is not None
        assert running.stdout is not None
        try:
            line = running.stdout.readline()
            assert line, f"the stage did not start; {PYTHON} has to name a Python that has the bot, and is {python}"
            ready = json.loads(line)
            with httpx.Client(base_url=ready["control"], timeout=330, trust_env=False) as control:
                yield cls(url=ready["url"], door=ready["door"], token=ready["token"], control=control)
        finally:
            running.stdin.close()
            running.stdout.read()
            running.wait(timeout=30)

    def pause(self) -> None:
        """Sends the people away: what is proposed from now on stays pending."""
        self._post("/pause")

    def resume(self) -> None:
        """Calls the people back: they decide what has piled up."""
        self._post("/resume")

    def forward(self, seconds: float) -> None:
        """Moves the bot's clock on."""
        self._post("/forward", seconds=seconds)

    def fault(self, mode: str, **more: Any) -> None:
        """Breaks the door: `mode` none, down, slow, 500, 401, rubbish, lie (JSON that looks like a yes) or drop.

        `at`: only calls of this kind (propose, read, claim, report); `after`: once such a call was answered well;
        `times`: so often; `seconds`: how long `slow` keeps an answer (the bot has been asked at once).
        `drop` asks the bot and loses its answer.
        """
        self._post("/faults", mode=mode, **more)

    def calm(self) -> None:
        """The door works, and the people are there."""
        self.fault("none")
        self.resume()

    def log(
        self, run_id: str | None = None, status: str | None = None, *, call_id: str | None = None, count: int = 0
    ) -> list[dict[str, Any]]:
        """The proposals of a run or of one call of it, oldest first: as the agent reads them, and `claims`, `events`.

        With `status` (several: "approved,rejected") it waits until one of them is in it, with `count` until there are
        so many; AssertionError after five minutes.
        """
        asked = {"run_id": run_id, "tool_call_id": call_id, "status": status, "count": count or None}
        answer = self.control.get("/log", params={name: value for name, value in asked.items() if value is not None})
        assert answer.status_code == 200, answer.text
        found = answer.json()
        assert not found["trouble"], found["trouble"]
        return found["proposals"]

    def settle(self) -> None:
        """Waits until people have decided all that their script has a line for; AssertionError after five minutes."""
        answer = self.control.get("/log", params={"settled": ""})
        assert answer.status_code == 200, answer.text

    def _post(self, path: str, **body: Any) -> None:
        answer = self.control.post(path, json=body)
        assert answer.status_code == 200, answer.text
