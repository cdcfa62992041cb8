"""`signoff hook`, as Claude Code runs it: a process with an event on stdin. The scenario, and every way of failing."""

import json
import os
import subprocess
import sys

import pytest
from scenario import TillJammed, Turn, assert_a_clear_no, Inline, Parked, Parks, play

COMMAND = [sys.executable, "-c", "from signoff_client.command import main; main()", "hook"]
TOOL = "mcp__till__refund"


def event_of(turn, name="PreToolUse", **more):
    """What Claude Code writes on the hook's stdin."""
    return {
        "session_id": turn.run_id,
        "transcript_path": "/nowhere/transcript.jsonl",
        "cwd": "/nowhere",
        "permission_mode": "default",
        "hook_event_name": name,
        "tool_name": TOOL,
        "tool_input": {"amount": turn.amount},
        "tool_use_id": turn.call_id,
        **more,
    }


def environment_of(turn):
    kept = {name: value for name, value in os.environ.items() if not name.startswith("SIGNOFF")}
    return {**kept, "SIGNOFF_URL": turn.url, "SIGNOFF_TOKEN": turn.token}


def hook(turn, said, *options, wait=None):
    """Runs the hook as Claude Code does; the ended process."""
    waits = ["--wait", str(turn.wait if wait is None else wait)]
    patient = ["--timeout", str(turn.timeout), "--patience", str(turn.patience)]
    return subprocess.run(
        [*COMMAND, *waits, *patient, *options],
        input=said if isinstance(said, bytes) else json.dumps(said).encode(),
        env=environment_of(turn),
        capture_output=True,
        check=False,
        timeout=100,
    )


class ClaudeCode:
    """What Claude Code does with one call of the tool: the hook before, the tool, the hook after."""

    def inline(self, turn: Turn) -> str:
        return self._call(turn, wait=None)

    def park(self, turn: Turn) -> str | Parks:
        read = self._call(turn, wait=0)
        return Parks(read) if "call the tool again" in read else read

    def resume(self, turn: Turn, state: str) -> str | Parks:
        return self.park(turn)

    def _call(self, turn, wait):
        before = hook(turn, event_of(turn), wait=wait)
        if before.returncode == 2:
            return before.stderr.decode()
        assert before.returncode == 0, before
        decided = json.loads(before.stdout)["hookSpecificOutput"]
        assert (decided["hookEventName"], decided["permissionDecision"]) == ("PreToolUse", "allow")
        ran = decided["updatedInput"]
        try:
            result, after = turn.refund(**ran), {"name": "PostToolUse", "tool_response": [{"type": "text"}]}
        except TillJammed as jam:
            result, after = f"Error: {jam}", {"name": "PostToolUseFailure", "error": str(jam), "is_interrupt": False}
        told = hook(turn, event_of(turn, **after, tool_input=ran))
        return result + told.stderr.decode()


class TestInline(Inline):
    rig = ClaudeCode()


class TestParked(Parked):
    rig = ClaudeCode()


if __name__ == "__main__":
    play(ClaudeCode())
