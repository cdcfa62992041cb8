"""Hook command, `signoff hook` for Claude Code: before a tool runs it asks people, after it ran it reports.

Claude Code lets a tool run when its hook ends with anything but exit code 2, so whatever is not a clear yes ends so.
"""

import json
import os
import select
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


RAN: Final = "The tool ran, but Signoff could not be told what came of it"


class _Course:
    """How far the hook has come, for what is said where it fails."""

    ran: bool | None = None
    """Whether the tool has run already; None until the event is understood."""

    @classmethod
    def failure(cls, why: str) -> str:
        """What is true of the tool at this point. It imports nothing: an import may be what has failed."""
        if cls.ran is None:
            return (
                f"Signoff: the hook failed ({why}). It allowed nothing; whether a tool has run before it cannot tell."
            )
        if cls.ran:
            return f"{RAN} ({why}). Do not run it again."
        return f"Signoff: the hook failed ({why}), so nothing was allowed."


def main(arguments: "Sequence[str]") -> NoReturn:
    """Answers the event on stdin and ends the process: 0 for a yes or where nothing is asked, else 2."""
    try:
        _end_with_2_on_signals()
        from signoff_client.commands.standard import has_output  # noqa: PLC0415 as in run

        if has_output():
            code = run(arguments)
        else:
            code = BLOCK
            _say("Signoff: the hook has no standard output to answer on, so nobody was asked and nothing was allowed.")
    except SystemExit as ended:  # of the options; --help is a 0
        code = 0 if ended.code in (0, None) else BLOCK
    except BaseException as fault:  # noqa: BLE001 nothing may end this process with another code
        code = BLOCK
        _say(_Course.failure(f"{type(fault).__name__}: {str(fault)[:300]}"))
    os._exit(code)  # the interpreter's own way out may still end with another code, as when a pipe is closed


def run(arguments: "Sequence[str]") -> int:
    """One event; the exit code."""
    from signoff_client.claude_events import BEFORE, call_of  # noqa: PLC0415
    from signoff_client.client import Signoff  # noqa: PLC0415
    from signoff_client.commands import gate_options  # noqa: PLC0415 an import that fails has to end in main
    from signoff_client.gating import Gate  # noqa: PLC0415

    description = "A hook for Claude Code: PreToolUse, PostToolUse and PostToolUseFailure."
    options, _ = gate_options.gate_options(gate_options.parser("hook", description, wait=WAIT), arguments)
    _end_with_2_after(options.longest)
    said = _read(sys.stdin.buffer.read())
    _Course.ran = said["hook_event_name"] != BEFORE
    call = call_of(said)
    if call.tool in options.free:
        return 0
    with Signoff(options.url, timeout=options.timeout, patience=options.patience) as client:
        gate = Gate(client, actions=options.actions, free=options.free, wait=options.wait)
        return _before(gate, call) if said["hook_event_name"] == BEFORE else _after(gate, call, said)


def _before(gate: "Gate", call: "ToolCall") -> int:
    from signoff_client.claude_events import refusal_text, unfit  # noqa: PLC0415
    from signoff_client.gating import Granted  # noqa: PLC0415

    _end_with_2_when_unheard()
    answer = gate.check_again(call)
    if not isinstance(answer, Granted):
        _say(refusal_text(answer))
        return BLOCK
    if (why := unfit(call.tool, call.arguments, answer.arguments)) is not None:
        gate.report(answer, "failed", why)
        _say(why)
        return BLOCK
    return _allow(gate, answer)


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


def _after(gate: "Gate", call: "ToolCall", said: "dict[str, Any]") -> int:
    from signoff_client.claude_events import OTHER_INPUT, outcome_of  # noqa: PLC0415
    from signoff_client.errors import SignoffError  # noqa: PLC0415

    status, detail = outcome_of(said)
    try:
        claimed = gate.client.proposals(run_id=call.run_id, status="claimed")
        digest = gate.digest(call)
        ours = [each for each in claimed if each.tool_call_id == call.call_id]
        ours = ours or [each for each in claimed if each.digest == digest]
        if not ours:
            return 0  # never asked for, or reported before
        if ours[-1].digest != digest:
            status, detail = "unknown", f"{OTHER_INPUT} {detail or ''}".strip()
        gate.client.report(ours[-1], status, detail)
    except SignoffError as fault:
        _say(f"{RAN}: {fault.message} Do not run it again.")
        return BLOCK
    return 0


def _read(sent: bytes) -> "dict[str, Any]":
    from signoff_client.claude_events import AFTER, BEFORE, NotClear  # noqa: PLC0415

    def no_number(text: str) -> NoReturn:
        raise NotClear(f"{text} is no number of JSON.")

    said = json.loads(sent.decode("utf-8"), parse_constant=no_number)
    if not isinstance(said, dict):
        raise NotClear("Standard input has to be the JSON object that Claude Code gives its hooks.")
    if said.get("hook_event_name") not in (BEFORE, *AFTER):
        raise NotClear(f"This hook is for {BEFORE}, {' and '.join(AFTER)}.")
    return said


def _end_with_2_on_signals() -> None:
    """From now on SIGTERM and its like end the process with 2, wherever its main thread stands."""
    if sys.platform == "win32":
        return  # there is no signal there that a process lives to answer
    signal.signal(signal.SIGPIPE, signal.SIG_IGN)  # to be met as an error of the write
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


def _end_with_2_when_unheard() -> None:
    """The same when Claude Code has gone: an approval is not to be claimed for nobody."""
    if sys.platform == "win32":
        return
    output = select.poll()
    output.register(1, 0)

    def wait() -> None:
        output.poll()
        _end("nobody reads its answer any more")

    threading.Thread(target=wait, daemon=True).start()


def _end(why: str) -> NoReturn:
    _say(_Course.failure(why))
    os._exit(BLOCK)


def _say(text: str) -> None:
    try:
        os.write(2, f"{text}\n".encode("utf-8", "replace"))
    except OSError:
        return


if __name__ == "__main__":
    main(sys.argv[1:])
