"""`signoff hook`, as Claude Code runs it: a process with an event on stdin. The scenario, and every way of failing."""

import json
import os
import select
import shlex
import signal
import subprocess
import sys
import uuid
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from pathlib import Path
from typing import ClassVar

import pytest
from scenario import HURRY, Inline, Line, Parked, Parks, TillJammed, Turn, play

COMMAND = [sys.executable, "-c", "from signoff_client.command import main; main()", "hook"]
TOOL = "mcp__till__refund"
SHIP = "mcp__till__ship"
MAPPED = ["--action", f"{TOOL}=refund.create,{SHIP}=refund.create"]
"""Both are one action to the policy, and still two tools."""
NEEDED = ("tool_name", "tool_input", "session_id", "tool_use_id")


def event_of(turn, name="PreToolUse", **more):
    """What Claude Code writes on the hook's stdin."""
    return {
        "session_id": turn.run_id,
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": "/nowhere",
        "permission_mode": "default",
        "hook_event_name": name,
        "tool_name": f"mcp__till__{turn.tool}",
        "tool_input": turn.arguments,
        "tool_use_id": turn.call_id,
        **more,
    }


def environment_of(turn):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNOFF")}
    return {**kept, "SIGNOFF_URL": turn.url, "SIGNOFF_TOKEN": turn.token}


def options_of(turn, wait=None):
    waits = ["--wait", str(turn.wait if wait is None else wait)]
    return [*waits, "--timeout", str(turn.timeout), "--patience", str(turn.patience)]


def started(turn, *options, wait=None, **changes):
    """The hook's process, as Claude Code starts it."""
    return subprocess.Popen(
        [*COMMAND, *options_of(turn, wait), *options],
        **{"stdin": subprocess.PIPE, "stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        | {"env": environment_of(turn)}
        | changes,
    )


@dataclass
class Ended:
    """How the hook ended."""

    code: int
    output: str
    said: str


def hook(turn, said, *options, wait=None, **changes):
    """Runs it to its end. Its process id is in the turn's folder meanwhile."""
    with started(turn, *options, wait=wait, **changes) as running:
        (Path(turn.folder) / "hook.pid").write_text(str(running.pid))
        output, errors = running.communicate(
            said if isinstance(said, bytes) else json.dumps(said).encode(), timeout=100
        )
    return Ended(running.returncode, output.decode(), errors.decode())


class ClaudeCode:
    """What Claude Code does with one call of the tool: the hook before, the tool, the hook after."""

    row = "Claude Code, hook"
    unsupported: ClassVar = {
        "many": "each call is a process of its own",
        "unknown": "Claude Code tells its hooks no names of a tool's arguments",
        "injected": "Claude Code fills in no argument of a tool",
        "timeout": "Claude Code cuts tools short, and tells its hooks in its own words",
        "cancel": "a session may be taken up again, so the question stays open until its deadline",
        "stream": "a hook sees calls, and no stream",
        "handoff": "a hook sees calls, whoever makes them",
        "affirm": "there is no yes but that of people",
        "question": "a tool has no question of its own",
        "closed": "no client lives while the tool acts",
    }

    def inline(self, turn: Turn) -> str:
        return self._call(turn, wait=None)

    def several(self, turns: Sequence[Turn]) -> list[str]:
        with ThreadPoolExecutor(len(turns)) as threads:
            return list(threads.map(self.inline, turns))

    def park(self, turn: Turn) -> str | Parks:
        read = self._call(turn, wait=0)
        return Parks(read) if "call the tool again" in read else read

    def resume(self, turn: Turn, state: str) -> str | Parks:
        return self.park(turn)

    def altered(self, turn: Turn, state: str) -> tuple[Turn, str]:
        return replace(turn, tool="ship"), state

    def _call(self, turn, wait):
        before = hook(turn, event_of(turn), *MAPPED, wait=wait)
        if before.code == 2:
            assert before.output == ""
            return before.said
        assert before.code == 0, before
        decided = json.loads(before.output)["hookSpecificOutput"]
        assert (decided["hookEventName"], decided["permissionDecision"]) == ("PreToolUse", "allow")
        ran = decided["updatedInput"]
        try:
            result, after = acted(turn, ran), {"name": "PostToolUse", "tool_response": [{"type": "text"}]}
        except TillJammed as jam:
            result, after = f"Error: {jam}", {"name": "PostToolUseFailure", "error": str(jam), "is_interrupt": False}
        told = hook(turn, event_of(turn, **after, tool_input=ran), *MAPPED)
        assert told.code == (2 if told.said else 0)
        return result + told.said


def acted(turn, ran):
    """What the tool does with the input that Claude Code gives it."""
    if turn.tool == "refund":
        return turn.refund(**ran)
    return turn.ship(ran["amount"], [Line(**each) for each in ran.get("lines", [])])


class TestInline(Inline):
    rig = ClaudeCode()

    async def test_killed_while_waiting_and_begun_again_has_one_effect(self):
        """Claude Code is killed and its hook is not: it has to end by itself, or it would claim for nobody."""
        self.stage.pause()
        turn = self.make_turn(5)
        with self.play("inline", turn) as playing:
            self.only(turn, "pending")
            orphan = os.pidfd_open(int((self.folder / "hook.pid").read_text()))
            playing.kill()
            assert select.select([orphan], [], [], 30)[0], "the hook lives on"
        self.stage.resume()
        with self.play("inline", turn) as playing:
            assert "Refunded 5." in playing.read()
        assert self.effects() == [5]
        assert self.only(turn, "succeeded")["claims"] == 1


class TestParked(Parked):
    rig = ClaudeCode()


@pytest.fixture
def turn(stage, tmp_path):
    run = f"run-{uuid.uuid4().hex}"
    return Turn(
        amount=5, run_id=run, call_id="call-1", url=stage.door, token=stage.token, folder=str(tmp_path), **HURRY
    )


def only(stage, turn, status=None):
    (found,) = stage.log(turn.run_id, status)
    return found


GOOD = Turn(amount=5, run_id="run", call_id="call", url="", token="", folder="")
BROKEN = {
    "nothing": b"",
    "no JSON": b"{",
    "not UTF-8": b'{"tool_name": "\xff"}',
    "a list": b"[]",
    "deep": b"[" * 100_000,
    "NaN": json.dumps(event_of(GOOD, tool_input={"amount": float("nan")})).encode(),
    "a number beyond JSON's": json.dumps(event_of(GOOD, tool_input={"amount": 2**60})).encode(),
    "half a character": json.dumps(event_of(GOOD, tool_input={"note": "\ud800"})).encode(),
    "another event": json.dumps(event_of(GOOD, "Stop")).encode(),
    "no event": json.dumps({**event_of(GOOD), "hook_event_name": None}).encode(),
    **{f"no {name}": json.dumps({**event_of(GOOD), name: None}).encode() for name in NEEDED},
    **{f"empty {name}": json.dumps({**event_of(GOOD), name: ""}).encode() for name in NEEDED},
    "an input that is no object": json.dumps(event_of(GOOD, tool_input=[5])).encode(),
}


@pytest.mark.parametrize("broken", BROKEN)
def test_whatever_it_cannot_understand_ends_with_2_and_says_why(stage, turn, broken):
    ended = hook(turn, BROKEN[broken])
    assert (ended.code, ended.output) == (2, "")
    assert len(ended.said.split()) > 4
    assert "Traceback" not in ended.said
    assert stage.log(turn.run_id) == []


@pytest.mark.parametrize(
    "options", [["--fre", "Read"], ["--action", "Bash"], ["--wait", "soon"], ["--wait", "-1"], ["x"]]
)
def test_a_wrong_option_ends_with_2(turn, options):
    assert hook(turn, event_of(turn), *options).code == 2


@pytest.mark.parametrize("missing", ["SIGNOFF_URL", "SIGNOFF_TOKEN"])
def test_a_missing_setting_ends_with_2(turn, missing):
    environment = {name: value for name, value in environment_of(turn).items() if name != missing}
    ended = hook(turn, event_of(turn), env=environment)
    assert (ended.code, ended.output) == (2, "")
    assert missing in ended.said


@pytest.mark.parametrize("name", ["SIGNOFF_FREE_TOOLS", "SIGNOFF_TOOL_ACTIONS"])
@pytest.mark.parametrize("event", ["PreToolUse", "PostToolUse"])
def test_what_a_projects_settings_could_say_of_tools_frees_none_and_stops_the_hook(stage, turn, name, event):
    said = {"SIGNOFF_FREE_TOOLS": f"Read,{TOOL}", "SIGNOFF_TOOL_ACTIONS": f"{TOOL}=money.refund"}[name]
    ended = hook(turn, event_of(turn, event), wait=30, env=environment_of(turn) | {name: said})
    assert (ended.code, ended.output) == (2, "")
    assert name in ended.said
    assert {"SIGNOFF_FREE_TOOLS": "--free", "SIGNOFF_TOOL_ACTIONS": "--action"}[name] in ended.said
    assert stage.log(turn.run_id) == []


def test_an_address_on_the_command_line_wins_over_one_that_a_projects_settings_could_say(stage, turn):
    elsewhere = environment_of(turn) | {"SIGNOFF_URL": "http://127.0.0.1:1"}
    ended = hook(turn, event_of(turn), "--url", turn.url, wait=30, env=elsewhere)
    assert ended.code == 0, ended
    assert only(stage, turn, "claimed")["claims"] == 1


AFTERWARDS = {
    "no service": {"SIGNOFF_URL": "http://127.0.0.1:1"},
    "no token": {"SIGNOFF_TOKEN": ""},
    "an address that is none": {"SIGNOFF_URL": "nowhere"},
}


@pytest.mark.parametrize("name", ["PostToolUse", "PostToolUseFailure"])
@pytest.mark.parametrize("broken", AFTERWARDS)
def test_after_a_tool_ran_no_failure_is_told_as_if_it_had_not(turn, broken, name):
    ended = hook(turn, event_of(turn, name), env=environment_of(turn) | AFTERWARDS[broken])
    assert ended.code == 2
    assert "The tool ran" in ended.said
    assert "Do not run it again" in ended.said
    assert "nothing was allowed" not in ended.said


def test_a_failure_before_the_event_is_understood_claims_nothing_about_the_tool(turn):
    ended = hook(turn, b"{")
    assert "It allowed nothing" in ended.said


def test_a_library_that_cannot_be_imported_ends_with_2(turn, tmp_path):
    (tmp_path / "httpx.py").write_text("raise ImportError('broken')")
    broken = environment_of(turn) | {"PYTHONPATH": str(tmp_path)}
    running = subprocess.run(
        ["sh", "-c", f"{shlex.join(COMMAND)} || exit 2"], env=broken, capture_output=True, check=False
    )
    assert (running.returncode, running.stdout) == (2, b"")


@pytest.mark.parametrize("name", ["SIGTERM", "SIGINT", "SIGHUP"])
def test_a_signal_while_it_waits_ends_it_with_2_and_nothing_is_claimed(stage, turn, name):
    stage.pause()
    with started(turn, wait=60) as running:
        running.stdin.write(json.dumps(event_of(turn)).encode())
        running.stdin.close()
        only(stage, turn, "pending")
        running.send_signal(getattr(signal, name))
        assert running.wait(timeout=30) == 2
        assert name in running.stderr.read().decode()
        assert running.stdout.read() == b""
    stage.resume()
    assert only(stage, turn, "approved")["claims"] == 0


def test_it_ends_by_itself_before_claude_code_would_end_it(turn):
    with started(turn, wait=0) as running:  # which never says what it wants
        assert running.wait(timeout=30) == 2
        assert b"not done after" in running.stderr.read()


def test_an_answer_that_nobody_reads_is_not_claimed(stage, turn):
    stage.pause()
    with started(turn, wait=60) as running:
        running.stdin.write(json.dumps(event_of(turn)).encode())
        running.stdin.close()
        only(stage, turn, "pending")
        running.stdout.close()
        assert running.wait(timeout=30) == 2
    stage.resume()
    assert only(stage, turn, "approved")["claims"] == 0


def test_without_an_output_nobody_is_even_asked(stage, turn):
    ended = with_closed(turn, ">&-")
    assert ended.returncode == 2
    assert b"standard output" in ended.stderr
    assert stage.log(turn.run_id) == []


def test_without_anywhere_to_complain_it_still_asks_and_answers(stage, turn):
    ended = with_closed(turn, "2>&-")
    assert (ended.returncode, ended.stderr) == (0, b"")
    assert json.loads(ended.stdout)["hookSpecificOutput"]["permissionDecision"] == "allow"
    assert only(stage, turn, "claimed")["claims"] == 1


def with_closed(turn, closing):
    """How the hook ends in a shell that closes something of it, once people have decided."""
    line = f"{shlex.join([*COMMAND, *options_of(turn, 30)])} {closing}"
    event = json.dumps(event_of(turn)).encode()
    return subprocess.run(["sh", "-c", line], input=event, capture_output=True, env=environment_of(turn), check=False)


def test_what_was_parked_goes_on_when_the_model_calls_again_under_another_id(stage, turn):
    stage.pause()
    first = hook(turn, event_of(turn), wait=0)
    assert first.code == 2
    assert "call the tool again" in first.said
    stage.resume()
    only(stage, turn, "approved")
    again = hook(turn, event_of(turn, tool_use_id="call-2"), wait=0)
    assert json.loads(again.output)["hookSpecificOutput"]["updatedInput"] == {"amount": 5}
    hook(turn, event_of(turn, "PostToolUse", tool_use_id="call-2"))
    assert only(stage, turn)["status"] == "succeeded"


def test_another_input_or_another_session_goes_on_with_nothing(stage, turn):
    turn = replace(turn, amount=7)  # about which nobody decides
    hook(turn, event_of(turn), wait=0)
    hook(turn, event_of(turn, tool_use_id="call-2", tool_input={"amount": 8}), wait=0)
    hook(turn, event_of(turn, session_id=f"{turn.run_id}-b"), wait=0)
    assert len(stage.log(turn.run_id)) == 2
    assert len(stage.log(f"{turn.run_id}-b")) == 1


def test_a_tool_that_ran_with_another_input_is_reported_unknown(stage, turn):
    hook(turn, event_of(turn), wait=30)
    hook(turn, event_of(turn, "PostToolUse", tool_input={"amount": 5000}))
    found = only(stage, turn)
    assert found["status"] == "unknown"
    assert "approved input" in found["outcome"]["detail"]


@pytest.mark.parametrize("words", ["Request timed out", "MCP error -32001: Request timed out", "timeout of 60s"])
def test_a_tool_that_was_cut_short_is_reported_unknown(stage, turn, words):
    hook(turn, event_of(turn), wait=30)
    hook(turn, event_of(turn, "PostToolUseFailure", error=words, is_interrupt=False))
    assert only(stage, turn)["status"] == "unknown"


def test_an_interrupted_tool_is_reported_unknown(stage, turn):
    hook(turn, event_of(turn), wait=30)
    hook(turn, event_of(turn, "PostToolUseFailure", error="Interrupted by user", is_interrupt=True))
    assert only(stage, turn)["status"] == "unknown"


def test_a_tool_that_nobody_was_asked_about_is_not_reported(stage, turn):
    assert hook(turn, event_of(turn, "PostToolUse")) == Ended(0, "", "")
    assert stage.log(turn.run_id) == []


def test_what_the_model_says_of_a_command_is_its_reasoning(stage, turn):
    stage.pause()
    asked = {"command": "ls", "description": "List files"}
    hook(turn, event_of(turn, tool_name="Bash", tool_input=asked), "--action", "Bash=shell.run", wait=0)
    found = only(stage, turn)
    assert (found["action"], found["payload"]) == ("shell.run", asked)


if __name__ == "__main__":
    play(ClaudeCode())
