"""JSON over several lines, letter for letter as `json.dumps(value, ensure_ascii=False, indent=2)` writes it.

The standard library hands each piece up through a generator a level; what is nested deep took it many times as long.
"""

import json
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from approvals.digest import JSON

_encode = json.JSONEncoder(ensure_ascii=False).encode


def indented(value: "JSON") -> str:
    """The text; keys in the order they have."""
    written: list[str] = []
    _write(value, "\n", written)
    return "".join(written)


def _write(value: "JSON", line: str, written: list[str]) -> None:
    """`line` is a line break with the blanks that its line begins with."""
    if not value or not isinstance(value, (dict, list)):
        written.append(_encode(value))
        return
    inner = line + "  "
    if isinstance(value, list):
        between = "[" + inner
        for member in value:
            written.append(between)
            _write(member, inner, written)
            between = "," + inner
        written.append(line + "]")
        return
    between = "{" + inner
    for key, member in value.items():
        written.append(f"{between}{_encode(key)}: ")
        _write(member, inner, written)
        between = "," + inner
    written.append(line + "}")
