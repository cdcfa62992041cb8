"""JSON in files and from operators, read strictly, with faults worded for them."""

import json
from typing import TYPE_CHECKING

from approvals import strict_json
from approvals.strict_json import Bounds, Flaw, Flawed, FlawKind

if TYPE_CHECKING:
    from approvals.digest import JSON

DEPTH = 64
"""Deeper values end the process inside CEL, which recurses on the C stack; the endpoint already stops at 32."""
SAFE_INTEGER = 2**53
_BOUNDS = Bounds(depth=DEPTH, integer=SAFE_INTEGER, refused=frozenset(FlawKind) - {FlawKind.small})
_WORDED = {
    FlawKind.integer: "has an integer beyond 2^53",
    FlawKind.large: "has a number out of range",
    FlawKind.digits: "has a number with more digits than a double keeps; write it as a text or with fewer",
    FlawKind.half: "has half of a surrogate pair",
    FlawKind.half_key: "has half of a surrogate pair",
    FlawKind.deep: f"is nested deeper than {DEPTH}",
}


class NotJSON(ValueError):
    """The text cannot be taken; the message says why."""


def parse_json(text: str) -> "JSON":
    """The value; raises NotJSON."""
    try:
        return strict_json.read_json(text, _BOUNDS)
    except json.JSONDecodeError as error:
        raise NotJSON(f"is not JSON: {error}") from None
    except Flawed as flawed:
        raise NotJSON(_worded(flawed.flaws[0])) from None


def text_of(value: "JSON") -> str:
    """The value as JSON text with every character as it is."""
    return json.dumps(value, ensure_ascii=False)


def too_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than DEPTH."""
    return strict_json.too_deep(value, DEPTH)


def _worded(flaw: Flaw) -> str:
    if flaw.kind is FlawKind.twice:
        return f"has the key {flaw.name!r} twice"
    if flaw.kind is FlawKind.constant:
        return f"has {flaw.name}, which is no JSON number"
    return _WORDED[flaw.kind]
