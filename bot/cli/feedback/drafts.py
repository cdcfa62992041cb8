"""Drafts of drills: what people rejected, with what was wrong with it, as a library for the team to look through.

A reason may be "not this week", and then there is nothing to catch: so nothing is planted of the past by itself. Where
the mistake shows nobody has written down, and until somebody does, the library is not sound and plants nothing.
"""

from typing import Any

from approvals.feedback import FeedbackKind
from policy.file.yaml_file import dump

HEAD = """\
# What people rejected. Keep what does harm and what a reader of the card can find, and write for each where that shows:
# look_at. Take out what is about somebody who should not be met again, and what was only untimely.
drills:
"""
_LONGEST = 300
"""Characters of what is wrong, as a library takes it."""
AS_IT_WAS = ("summary", "confidence", "signals", "context", "preview", "rollback_plan", "preconditions")
"""What stands on a card beside payload and reasoning, where its agent gave it."""


def draft(case: dict[str, Any]) -> str | None:
    """The case as an entry of a library; None where nobody rejected it, or a mark in it would tell the drill apart."""
    if case["kind"] != FeedbackKind.negative or case["redacted"]:
        return None
    said = case["proposal"]
    entry = {
        "action": said["action"],
        "rejected": case["id"],
        "payload": said["payload"],
        "reasoning": said["reasoning"],
    }
    entry |= {name: _present(said[name]) for name in AS_IT_WAS if said[name] not in (None, {}, [])}
    entry |= {"wrong": _line(case["reason"]), "look_at": ""}
    return dump([entry])


def _present(value: Any) -> Any:
    """Without what its agent left out."""
    if isinstance(value, list):
        return [_present(each) for each in value]
    if isinstance(value, dict):
        return {name: each for name, each in value.items() if each is not None}
    return value


def _line(reason: str) -> str:
    """As a library has it: on one line, and no longer than it may be."""
    words = " ".join("".join(each if each.isprintable() else " " for each in reason).split())
    return words if len(words) <= _LONGEST else f"{words[: _LONGEST - 1]}…"
