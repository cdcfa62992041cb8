"""JSON text as this program takes it: no duplicate keys, nothing that RFC 8785 could not carry, bounded depth."""

import json
import math
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from approvals.digest import JSON

DEPTH = 64
"""Deeper values end the process inside CEL, which recurses on the C stack; the endpoint already stops at 32."""
SAFE_INTEGER = 2**53


class NotJSON(ValueError):
    """The text cannot be taken; the message says why."""


def parse(text: str) -> "JSON":
    """The value; raises NotJSON."""
    try:
        value: JSON = json.loads(
            text,
            object_pairs_hook=_once,
            parse_constant=_refused,
            parse_float=_finite,
            parse_int=_exact,
        )
        text_of(value).encode()
    except RecursionError:
        raise NotJSON(f"is nested deeper than {DEPTH}") from None
    except UnicodeEncodeError:
        raise NotJSON("has half of a surrogate pair") from None
    except json.JSONDecodeError as error:
        raise NotJSON(f"is not JSON: {error}") from None
    if too_deep(value):
        raise NotJSON(f"is nested deeper than {DEPTH}")
    return value


def text_of(value: "JSON") -> str:
    """The value as JSON text with every character as it is."""
    return json.dumps(value, ensure_ascii=False)


def too_deep(value: object) -> bool:
    """Whether lists and objects are nested deeper than DEPTH; does not recurse itself."""
    level = [value]
    for _ in range(DEPTH + 1):
        level = [
            member
            for container in level
            if isinstance(container, (dict, list))
            for member in (container.values() if isinstance(container, dict) else container)
        ]
        if not level:
            return False
    return True


def _once(pairs: "list[tuple[str, JSON]]") -> "dict[str, JSON]":
    members: dict[str, JSON] = {}
    for key, value in pairs:
        if key in members:
            raise NotJSON(f"has the key {key!r} twice")
        members[key] = value
    return members


def _refused(constant: str) -> float:
    raise NotJSON(f"has {constant}, which is no JSON number")


def _finite(digits: str) -> float:
    number = float(digits)
    if not math.isfinite(number):
        raise NotJSON("has a number out of range")
    return number


def _exact(digits: str) -> int:
    if len(digits) > 17 or abs(int(digits)) > SAFE_INTEGER:
        raise NotJSON("has an integer beyond 2^53")
    return int(digits)
