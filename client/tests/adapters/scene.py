"""What every part of the scenario stands on: the stage, a folder, turns, and what came of them."""

import json
import re
import uuid
from dataclasses import replace
from pathlib import Path
from typing import Any, ClassVar

import pytest
import table
from stage import Stage
from turn import Turn, settled

FAULTS = ("down", "slow", "500", "401", "rubbish", "lie")
SETTLED = "approved,rejected"
HURRY = {"timeout": 1.0, "patience": 1.5}
"""Seconds for a client that is to meet a fault."""


class Scene:
    """A test's own. What is marked `aspect` is skipped where the rig says why its framework cannot carry it."""

    rig: ClassVar[Any]
    form: ClassVar[str]
    aspect: str | None = None

    @pytest.fixture(autouse=True)
    def _set(self, stage: Stage, tmp_path: Path, request: pytest.FixtureRequest) -> None:
        self.stage, self.folder = stage, tmp_path
        marker = request.node.get_closest_marker("aspect")
        if marker is None:
            return
        (self.aspect,) = marker.args
        if why := getattr(self.rig, "unsupported", {}).get(self.aspect):
            self.shows(f"not supported: {why}")
            pytest.skip(why)

    def shows(self, finding: str) -> None:
        """Holds the table against what the test found: *held*, *refused*, or not supported and why."""
        assert self.aspect is not None
        table.check(self.rig.row, self.aspect, finding)

    def make_turn(self, amount: int, **changes: Any) -> Turn:
        """A turn of a run of its own."""
        turn = Turn(
            amount=amount,
            run_id=f"run-{uuid.uuid4().hex}",
            call_id="call-1",
            url=self.stage.door,
            token=self.stage.token,
            folder=str(self.folder),
        )
        return replace(turn, **changes)

    def make_calls(self, *amounts: int, **changes: Any) -> list[Turn]:
        """Calls of one message of a model: turns of one run, call-1 and so on."""
        first = self.make_turn(0, **changes)
        return [replace(first, amount=amount, call_id=f"call-{number}") for number, amount in enumerate(amounts, 1)]

    def effects(self) -> list[float]:
        """The amounts that were refunded, in order."""
        return [float(line) for line in self._noted("effects")]

    def shipped(self) -> list[Any]:
        """Amount and lines of what was shipped, in order."""
        return [json.loads(line) for line in self._noted("shipped")]

    def accounts(self) -> list[str]:
        """From which accounts was refunded, in order."""
        return self._noted("accounts")

    def only(self, turn: Turn, status: str | None = None) -> dict[str, Any]:
        """The one proposal of the turn's call, once it has that status."""
        (found,) = self.stage.log(turn.run_id, status, call_id=turn.call_id)
        return found

    async def take(self, turn: Turn) -> str:
        """The whole turn: what the model read."""
        raise NotImplementedError

    async def method(self, name: str, *given: Any) -> Any:
        """What the rig's method gives. A rig that has none has to say why, in `unsupported`."""
        assert hasattr(self.rig, name), f"{type(self.rig).__name__} has no {name}, and does not say why"
        return await settled(getattr(self.rig, name)(*given))

    def _noted(self, file: str) -> list[str]:
        written = self.folder / file
        return written.read_text(encoding="utf-8").splitlines() if written.exists() else []


def assert_a_clear_no(read: str) -> None:
    """The model was told, in words, that it did not run this time."""
    assert "Refunded" not in read, read
    assert "Shipped" not in read, read
    assert len(read.split()) > 4, read
    assert re.search(r"\b(?:not|nothing|nobody)\b", read, re.IGNORECASE), read
    assert "Traceback" not in read, read


def assert_ran_though_unreported(read: str) -> None:
    """It ran, and the model was told that, or at least not to run it again."""
    assert "Refunded 5." in read or "Do not run it again" in read, read
