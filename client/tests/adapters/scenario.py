"""The one scenario that every adapter goes through.

An adapter's test file says how its framework takes one turn, and nothing else:

    class Rig:
        async def inline(self, turn): ...          # one turn; what the model read of its tool call, as text
        async def park(self, turn): ...            # one turn with pause-and-resume: Parks(state), or what the model read
        async def resume(self, turn, state): ...   # goes on from there in any process; what the model read, or Parks

    class TestInline(Inline):
        rig = Rig()

    class TestParked(Parked):                      # where the framework has both forms
        rig = Rig()

    if __name__ == "__main__":                     # the same file is the process that is killed
        play(Rig())

A turn: a scripted model calls the tool `refund` with {"amount": turn.amount}, under turn.run_id and turn.call_id; the
tool is turn.refund; Signoff is reached by turn.client() or turn.async_client(), people are waited for turn.wait seconds.
`state` is a string; whatever does not fit into one goes into a file below turn.folder. All methods may be plain ones.
What the framework says to its user where it ends a run counts as what the model read. An Unreported from the gate is
no reason to end one: the tool ran, so give the model its result, or the error's words.
"""

import asyncio
import inspect
import json
import os
import re
import subprocess
import sys
import uuid
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any, ClassVar, Self

import pytest
from stage import REASON, Stage

BROKEN = "the till is jammed"
FAULTS = ("down", "slow", "500", "401", "rubbish", "lie")
SETTLED = "approved,rejected"
HURRY = {"timeout": 1.0, "patience": 1.5}
"""Seconds for a client that is to meet a fault."""


class TillJammed(RuntimeError):
    """What the tool raises when it is to break."""


@dataclass(frozen=True, slots=True)
class Parks:
    """The run stands still until people have decided; `state` is all that another process needs to go on."""

    state: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Turn:
    """One turn of an agent that wants to refund an amount."""

    amount: int
    run_id: str
    call_id: str
    url: str
    token: str
    folder: str
    """For files of the framework, such as a checkpointer's; the same for every process of one test."""
    wait: float = 60.0
    timeout: float = 10.0
    patience: float = 30.0
    breaks: bool = False
    """The tool raises once it has acted."""
    hangs: bool = False
    """The tool never returns once it has acted."""

    def refund(self, amount: float) -> str:
        """What the tool does: it is to run at most once, with what people approved."""
        with (Path(self.folder) / "effects").open("a", encoding="utf-8") as effects:
            effects.write(f"{amount:g}\n")
        if self.breaks:
            raise TillJammed(BROKEN)
        if self.hangs:
            print("acted", flush=True)
            sys.stdin.read()
        return f"Refunded {amount:g}."

    def client(self) -> Any:
        """A Signoff client that knows the stage."""
        from signoff_client import Signoff

        return Signoff(url=self.url, token=self.token, timeout=self.timeout, patience=self.patience)

    def async_client(self) -> Any:
        """The same, asynchronous."""
        from signoff_client import AsyncSignoff

        return AsyncSignoff(url=self.url, token=self.token, timeout=self.timeout, patience=self.patience)


class Scenario:
    """What holds for both forms. Subclassed by Inline and Parked, and these by an adapter's tests."""

    rig: ClassVar[Any]
    form: ClassVar[str]

    @pytest.fixture(autouse=True)
    def _set(self, stage: Stage, tmp_path: Path) -> None:
        self.stage, self.folder = stage, tmp_path

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

    def effects(self) -> list[float]:
        """The amounts that were refunded, in order."""
        written = self.folder / "effects"
        return [float(line) for line in written.read_text(encoding="utf-8").split()] if written.exists() else []

    def only(self, turn: Turn, status: str | None = None) -> dict[str, Any]:
        """The one proposal of the turn's call, once it has that status."""
        (found,) = self.stage.log(turn.run_id, status, call_id=turn.call_id)
        return found

    async def take(self, turn: Turn) -> str:
        """The whole turn: what the model read."""
        raise NotImplementedError

    async def test_what_people_decide_is_what_runs_and_the_model_reads_why(self):
        turns = [self.make_turn(amount) for amount in (5, 500, 5000, -1)]
        approved, edited, rejected, expired = [await self.take(turn) for turn in turns]
        assert self.effects() == [5, 100]
        assert "Refunded 5." in approved
        assert "Refunded 100." in edited
        assert REASON in rejected
        assert "nobody decided" in expired
        assert "expired" in expired
        ends = ["succeeded", "succeeded", "rejected", "rejected"]
        found = [self.only(turn, end) for turn, end in zip(turns, ends, strict=True)]
        assert [each["claims"] for each in found] == [1, 1, 0, 0]
        assert [each["payload"] for each in found] == [{"amount": amount} for amount in (5, 100, 5000, -1)]
        assert [each["tool_call_id"] for each in found] == ["call-1"] * 4

    @pytest.mark.parametrize("mode", FAULTS)
    async def test_nothing_runs_while_the_service_fails_the_model_is_told_and_the_agent_goes_on(self, mode):
        self.stage.fault(mode)
        read = await self.take(self.make_turn(5, **HURRY))
        assert self.effects() == []
        assert_a_clear_no(read)
        self.stage.calm()
        assert "Refunded 5." in await self.take(self.make_turn(5))
        assert self.effects() == [5]

    @pytest.mark.parametrize("mode", ["slow", "500", "401", "rubbish", "lie", "drop"])
    async def test_nothing_runs_when_the_claim_fails(self, mode):
        self.stage.fault(mode, at="claim")
        turn = self.make_turn(5, **HURRY)
        read = await self.take(turn)
        assert self.effects() == []
        assert_a_clear_no(read)
        assert self.only(turn, "claimed" if mode in ("slow", "drop") else "approved")["outcome"] is None

    async def test_an_answer_to_the_claim_that_gets_lost_is_asked_for_again(self):
        self.stage.fault("drop", at="claim", times=1)
        turn = self.make_turn(5)
        assert "Refunded 5." in await self.take(turn)
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_the_same_call_twice_has_one_effect(self):
        turn = self.make_turn(500)
        assert "Refunded 100." in await self.take(turn)
        again = await self.take(turn)
        assert self.effects() == [100]
        assert_a_clear_no(again)
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_two_calls_of_one_run_are_two_effects(self):
        first = self.make_turn(5)
        await self.take(first)
        await self.take(replace(first, call_id="call-2"))
        assert self.effects() == [5, 5]
        assert [each["tool_call_id"] for each in self.stage.log(first.run_id)] == ["call-1", "call-2"]

    async def test_a_tool_that_raises_is_reported_failed_and_not_run_again(self):
        turn = self.make_turn(5, breaks=True)
        for _ in range(2):
            with suppress(Exception):  # frameworks differ: some tell the model, some end the run
                await self.take(turn)
        assert self.effects() == [5]
        found = self.only(turn, "failed")
        assert BROKEN in found["outcome"]["detail"]

    async def test_a_report_that_cannot_be_told_does_not_run_it_again(self):
        self.stage.fault("down", after="claim")
        turn = self.make_turn(5, **HURRY)
        read = await self.take(turn)
        assert "Refunded 5." in read or "Do not run it again" in read
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1
        self.stage.calm()
        assert_a_clear_no(await self.take(turn))
        assert self.effects() == [5]

    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        raise NotImplementedError

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        raise NotImplementedError

    def play(self, verb: str, turn: Turn) -> "Playing":
        """The rig's method in a process of its own, which can be killed."""
        return Playing(inspect.getfile(type(self.rig)), verb, turn)


class Inline(Scenario):
    """The form that waits where it stands."""

    form = "inline"

    async def take(self, turn: Turn) -> str:
        return await settled(self.rig.inline(turn))

    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        self.stage.pause()
        turn = self.make_turn(5)
        with self.play("inline", turn) as playing:
            self.only(turn, "pending")
            playing.kill()
        self.stage.resume()
        with self.play("inline", turn) as playing:
            assert "Refunded 5." in playing.read()
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        turn = self.make_turn(5, hangs=True)
        with self.play("inline", turn) as playing:
            assert playing.line() == "acted"
            playing.kill()
        with self.play("inline", turn) as playing:
            assert_a_clear_no(playing.read())
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1


class Parked(Scenario):
    """The form that puts the run aside and takes it up again when people have decided."""

    form = "parked"

    async def take(self, turn: Turn) -> str:
        parked = await settled(self.rig.park(turn))
        if isinstance(parked, str):
            return parked
        self.only(turn, f"{SETTLED},claimed,succeeded,failed")
        read = await settled(self.rig.resume(turn, parked.state))
        assert isinstance(read, str), "people have decided, and the run is still parked"
        return read

    async def test_taken_up_before_anybody_decided_it_stays_parked_and_nothing_runs(self):
        self.stage.pause()
        turn = self.make_turn(5)
        parked = await settled(self.rig.park(turn))
        again = await settled(self.rig.resume(turn, parked.state))
        assert isinstance(again, Parks)
        assert self.effects() == []
        self.stage.resume()
        self.only(turn, SETTLED)
        assert "Refunded 5." in await settled(self.rig.resume(turn, again.state))
        assert self.effects() == [5]

    @pytest.mark.parametrize("mode", FAULTS)
    async def test_nothing_runs_when_the_service_fails_as_it_is_taken_up(self, mode):
        turn = self.make_turn(5, **HURRY)
        parked = await settled(self.rig.park(turn))
        self.only(turn, SETTLED)
        self.stage.fault(mode)
        read = await settled(self.rig.resume(turn, parked.state))
        assert self.effects() == []
        if isinstance(read, str):
            assert_a_clear_no(read)

    async def test_taken_up_twice_has_one_effect(self):
        turn = self.make_turn(500)
        parked = await settled(self.rig.park(turn))
        self.only(turn, SETTLED)
        assert "Refunded 100." in await settled(self.rig.resume(turn, parked.state))
        assert_a_clear_no(await settled(self.rig.resume(turn, parked.state)))
        assert self.effects() == [100]

    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        self.stage.pause()
        turn = self.make_turn(5)
        with self.play("park", turn) as playing:
            state = playing.parked()
            playing.kill()
        self.stage.resume()
        self.only(turn, SETTLED)
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert "Refunded 5." in playing.read()
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        turn = self.make_turn(5, hangs=True)
        with self.play("park", turn) as playing:
            state = playing.parked()
            playing.kill()
        self.only(turn, SETTLED)
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert playing.line() == "acted"
            playing.kill()
        with self.play("resume", turn) as playing:
            playing.send(state)
            assert_a_clear_no(playing.read())
        assert self.effects() == [5]
        assert self.only(turn, "claimed")["claims"] == 1


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


async def settled(came: Any) -> Any:
    """The value, awaited where it has to be."""
    return await came if inspect.isawaitable(came) else came


def assert_a_clear_no(read: str) -> None:
    """The model was told, in words, that it did not run this time."""
    assert "Refunded" not in read, read
    assert len(read.split()) > 4, read
    assert re.search(r"\b(?:not|nothing|nobody)\b", read, re.IGNORECASE), read
    assert "Traceback" not in read, read
