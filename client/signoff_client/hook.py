"""`signoff hook` for Claude Code: before a tool runs it asks people, after it ran it reports.

Claude Code lets a tool run when its hook ends with anything but exit code 2, so whatever is not a clear yes ends so.
"""

import json
import os
import signal
import sys
import threading
from typing import TYPE_CHECKING, Any, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Sequence

    from signoff_client.gating import Gate, Granted, ToolCall

BLOCK: Final = 2
"""The only exit code at which Claude Code keeps a tool from running; after one ran, it shows stderr to the model."""
WAIT: Final = 300.0
"""Seconds for people; Claude Code's own limit for a hook is 600."""
AGAIN: Final = "To go on waiting for them, call the tool again with exactly the same input."


class NotClear(Exception):
    """What Claude Code said cannot be understood."""


def main(arguments: "Sequence[str]") -> NoReturn:
    """Answers the event on stdin and ends the process: 0 for a yes or where nothing is asked, else 2."""
    try:
        _end_with_2_on_signals()
        code = run(arguments)
    except SystemExit as ended:  # of the options; --help is a 0
        code = 0 if ended.code in (0, None) else BLOCK
    except BaseException as fault:  # noqa: BLE001 nothing may end this process with another code
        code = BLOCK
        _say(f"Signoff: the hook failed ({type(fault).__name__}: {str(fault)[:300]}), so nothing was allowed.")
    os._exit(code)  # the interpreter's own way out may still end with another code, as when a pipe is closed


def run(arguments: "Sequence[str]") -> int:
    """One event; the exit code."""
    from signoff_client import gate_options  # noqa: PLC0415 an import that fails has to end in main
    from signoff_client.client import Signoff  # noqa: PLC0415
    from signoff_client.gating import Gate  # noqa: PLC0415

    told = "A hook for Claude Code: PreToolUse, PostToolUse and PostToolUseFailure."
    options, _ = gate_options.gate_options(gate_options.parser("hook", told, wait=WAIT), arguments)
    _end_with_2_after(options.longest)
    event, call, said = _read(sys.stdin.buffer.read())
    if call.tool in options.free:
        return 0
    with Signoff(timeout=options.timeout, patience=options.patience) as client:
        gate = Gate(client, actions=options.actions, free=options.free, wait=options.wait)
        return _before(gate, call) if event == "PreToolUse" else _after(gate, call, event, said)


def _before(gate: "Gate", call: "ToolCall") -> int:
    from signoff_client.gating import Granted, Parked  # noqa: PLC0415

    answer = gate.check_again(call)
    if isinstance(answer, Granted):
        return _allow(gate, answer)
    _say(f"{answer.message} {AGAIN}" if isinstance(answer, Parked) else answer.message)
    return BLOCK


def _allow(gate: "Gate", granted: "Granted") -> int:
    said = {
        "hookEventName": "PreToolUse",
        "permissionDecision": "allow",
        "permissionDecisionReason": f"Approved in Signoff ({granted.claimed.id}).",
        "updatedInput": granted.arguments,
    }
    try:
        sys.stdout.buffer.write(json.dumps({"hookSpecificOutput": said}).encode() + b"\n")
        sys.stdout.buffer.flush()
    except (OSError, ValueError, AttributeError):  # closed at the other end, or from the start
        gate.report(granted, "failed", "Claude Code did not take the answer, so nothing ran.")
        raise
    return 0


def _after(gate: "Gate", call: "ToolCall", event: str, said: "dict[str, Any]") -> int:
    from signoff_client.errors import SignoffError  # noqa: PLC0415

    status, detail = ending(event, said)
    try:
        claimed = gate.client.proposals(run_id=call.run_id, status="claimed")
        digest = gate.digest(call)
        ours = [each for each in claimed if each.tool_call_id == call.call_id]
        ours = ours or [each for each in claimed if each.digest == digest]
        if not ours:
            return 0  # never asked for, or reported before
        if ours[-1].digest != digest:
            status, detail = "unknown", f"The tool did not run with the approved input. {detail or ''}".strip()
        gate.client.report(ours[-1], status, detail)
    except SignoffError as fault:
        _say(f"The tool ran, but Signoff could not be told what came of it: {fault.message} Do not run it again.")
        return BLOCK
    return 0


def ending(event: str, said: "dict[str, Any]") -> tuple[str, str | None]:
    """What Claude Code says of a call, as a report: its status and its detail."""
    if event == "PostToolUse":
        return "succeeded", None
    error = str(said.get("error") or "The tool failed and gave no reason.")[:500]
    return ("unknown" if said.get("is_interrupt") is True else "failed"), error


def _read(sent: bytes) -> "tuple[str, ToolCall, dict[str, Any]]":
    from signoff_client.gating import ToolCall  # noqa: PLC0415

    said = json.loads(sent.decode("utf-8"), parse_constant=_no_number)
    if not isinstance(said, dict):
        raise NotClear("stdin has to be the JSON object of a hook of Claude Code")
    event, asked = said.get("hook_event_name"), said.get("tool_input")
    if event not in ("PreToolUse", "PostToolUse", "PostToolUseFailure"):
        raise NotClear(f"{str(event)[:60]!r} is no event for this hook")
    named = [said.get(name) for name in ("tool_name", "session_id", "tool_use_id")]
    tool, session, use = (each if isinstance(each, str) else "" for each in named)
    if not (tool and session and use and isinstance(asked, dict)):
        raise NotClear("stdin has to name tool_name, tool_input, session_id and tool_use_id")
    call = ToolCall(tool=tool, arguments=asked, call_id=use, run_id=session, reasoning=_why(asked))
    return event, call, said


def _why(asked: "dict[str, Any]") -> str | None:
    """What the model says that a command is for, where the tool lets it say so."""
    described = asked.get("description")
    return described if isinstance(described, str) and described.strip() else None


def _no_number(text: str) -> NoReturn:
    raise NotClear(f"{text} is no number of JSON")


def _end_with_2_on_signals() -> None:
    """From now on SIGTERM and its like end the process with 2, wherever its main thread stands."""
    if sys.platform == "win32":
        return  # there is no signal there that a process lives to answer
    ending = {signal.SIGTERM, signal.SIGINT, signal.SIGHUP, signal.SIGQUIT}
    signal.pthread_sigmask(signal.SIG_BLOCK, ending)

    def wait() -> None:
        _end(f"it was ended ({signal.Signals(signal.sigwait(ending)).name})")

    threading.Thread(target=wait, daemon=True).start()


def _end_with_2_after(seconds: float) -> None:
    """The same when the time is over."""
    timer = threading.Timer(seconds, _end, [f"it was not done after {seconds:g} s"])
    timer.daemon = True
    timer.start()


def _end(why: str) -> NoReturn:
    _say(f"Signoff: the hook failed ({why}), so nothing was allowed.")
    os._exit(BLOCK)


def _say(text: str) -> None:
    try:
        print(text, file=sys.stderr, flush=True)
    except (OSError, ValueError):
        return


if __name__ == "__main__":
    main(sys.argv[1:])
