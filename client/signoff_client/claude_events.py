"""What Claude Code says of a tool call to hooks, its own and the SDK's: the call to ask for, the outcome to report."""

from typing import TYPE_CHECKING, Any, Final

from signoff_client.gating import DETAIL, Parked, ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff_client.gating import Denied

BEFORE: Final = "PreToolUse"
AFTER: Final = ("PostToolUse", "PostToolUseFailure")


class NotClear(ValueError):
    """What Claude Code said cannot be understood."""


def call_of(said: "Mapping[str, Any]") -> ToolCall:
    """The call of an event. Raises NotClear where it does not name the tool, its input, the session or the call."""
    asked = said.get("tool_input")
    named = [said.get(name) for name in ("tool_name", "session_id", "tool_use_id")]
    tool, session, use = (each if isinstance(each, str) else "" for each in named)
    if not (tool and session and use and isinstance(asked, dict)):
        raise NotClear("The event has to name tool_name, tool_input, session_id and tool_use_id.")
    return ToolCall(tool=tool, arguments=asked, call_id=use, run_id=session, reasoning=reasoning_of(asked))


def reasoning_of(asked: "Mapping[str, Any]") -> str | None:
    """What the model says that a command is for, where the tool lets it say so."""
    described = asked.get("description")
    return described if isinstance(described, str) and described.strip() else None


def outcome_of(said: "Mapping[str, Any]") -> tuple[str, str | None]:
    """What came of a call, for a report: the status and the detail."""
    if said.get("hook_event_name") == "PostToolUse":
        return "succeeded", None
    error = str(said.get("error") or "The tool failed and gave no reason.")[:DETAIL]
    return ("unknown" if said.get("is_interrupt") is True else "failed"), error


def told(answer: "Denied | Parked") -> str:
    """Why it does not run, for the model."""
    if isinstance(answer, Parked):
        return f"{answer.message} To go on waiting for people, call the tool again with exactly the same input."
    return answer.message
