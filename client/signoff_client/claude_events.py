"""Hook events of Claude Code and its SDK: the call to ask for, the outcome to report."""

import re
from typing import TYPE_CHECKING, Any, Final

from signoff_client.gating import DETAIL, Parked, ToolCall

if TYPE_CHECKING:
    from collections.abc import Mapping

    from signoff_client.gating import Denied

BEFORE: Final = "PreToolUse"
AFTER: Final = ("PostToolUse", "PostToolUseFailure")
OTHER_INPUT: Final = "The tool did not run with the approved input: what it has done is not known."
CUT_SHORT: Final = re.compile(r"time[sd]?[ -]?out", re.IGNORECASE)
"""In what Claude Code says of a tool that it waited for no longer, and that may go on."""


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
    goes_on = said.get("is_interrupt") is True or CUT_SHORT.search(error) is not None
    return ("unknown" if goes_on else "failed"), error


def unfit(tool: str, asked: "Mapping[str, Any]", approved: "Mapping[str, Any]") -> str | None:
    """Why an edited input cannot run: None where it has the names of the one that was asked for, and no others.

    Claude Code tells nobody which names a tool takes. One that it does not have would be dropped, and for one that is
    missing a default would slip in: what runs would not be what people approved.
    """
    known, found = _names(asked), _names(approved)
    if known.keys() >= found.keys() and all(found[path] <= known[path] for path in found):
        return None
    path = next(path for path in found if not found[path] <= known.get(path, set()))
    place, names = (
        ".".join(path) or "the input",
        ", ".join(sorted(min(found[path] - known.get(path, set()), key=sorted))),
    )
    return (
        f"Nothing ran: {place} has the names {names} after the edit, and the call had others. Whether {tool} takes "
        "them cannot be told, so edit values alone, or reject with the reason."
    )


def _names(node: object, path: tuple[str, ...] = ()) -> "dict[tuple[str, ...], set[frozenset[str]]]":
    """The names of every object by its place; the entries of a list are in one place."""
    found: dict[tuple[str, ...], set[frozenset[str]]] = {}
    inside = [(path, each) for each in node] if isinstance(node, list) else []
    if isinstance(node, dict):
        found[path] = {frozenset(node)}
        inside = [((*path, name), each) for name, each in node.items()]
    for place, each in inside:
        for where, names in _names(each, place).items():
            found.setdefault(where, set()).update(names)
    return found


def refusal_text(answer: "Denied | Parked") -> str:
    """Why it does not run, for the model."""
    if isinstance(answer, Parked):
        return f"{answer.message} To go on waiting for people, call the tool again with exactly the same input."
    return answer.message
