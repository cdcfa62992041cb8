"""The action of a tool: its own name where that is one, else a name made of it, the same each time."""

import hashlib
import re
from typing import Final

ACTION: Final = re.compile(r"[a-z0-9_.-]{1,100}")
FOREIGN: Final = re.compile(r"[^a-z0-9_.-]+")
MARK: Final = 12
"""Hex digits that tell two names apart which would read the same."""
READABLE: Final = 100 - MARK - 1


def action_of(tool: str) -> str:
    """The name in lower case, as `bash` for `Bash`. What cannot stand in an action becomes `_`.

    Where anything became another, or was too long, a mark made of the whole name follows: `github/create_issue` is
    `github_create_issue-` and twelve hex digits, and no other tool comes to the same by accident.
    """
    lowered = tool.lower()
    if tool.isascii() and ACTION.fullmatch(lowered):
        return lowered
    mark = hashlib.sha256(tool.encode("utf-8", "surrogatepass")).hexdigest()[:MARK]
    return f"{FOREIGN.sub('_', lowered)[:READABLE]}-{mark}"
