"""JSON Schema references: the one reader of them, for all that follows one.

A reference is a pointer into the same text, as `#/$defs/line`: the fragment is percent-decoded and then read as RFC
6901 has it, so that `%61` is `a` and `~1` is a slash. Anything else is no reference here: names are made pointers where
a schema is translated, and what lies elsewhere is refused there.
"""

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from approvals.digest import JSON

LONGEST_QUOTE = 100
_TILDE = re.compile("~(?![01])")
_PERCENT = re.compile("%(?![0-9A-Fa-f]{2})")
_PLACE = re.compile("0|[1-9][0-9]*")


class Unresolvable(ValueError):
    """The reference cannot be followed; the message says why."""


def resolved(root: "Mapping[str, JSON]", reference: str) -> "JSON | Mapping[str, JSON]":
    """What the reference names in the schema; raises Unresolvable."""
    if reference != "#" and not reference.startswith("#/"):
        raise Unresolvable(elsewhere(reference))
    found: JSON | Mapping[str, JSON] = root
    for step in _pointer(reference).split("/")[1:]:
        name = step.replace("~1", "/").replace("~0", "~")
        if isinstance(found, Mapping) and name in found:
            found = found[name]
        elif isinstance(found, list) and _PLACE.fullmatch(name) and len(name) < 10 and int(name) < len(found):
            found = found[int(name)]
        else:
            raise Unresolvable(f"it refers to {_quoted(reference)}, which is not there")
    return found


def elsewhere(reference: str) -> str:
    """What is wrong with a reference to what the schema does not have."""
    return f"it may refer only to its own parts, as in #/$defs/line, not to {_quoted(reference)}"


def _pointer(reference: str) -> str:
    try:
        pointer = unquote_to_bytes(reference[1:]).decode()
    except UnicodeDecodeError:
        pointer = "~"
    if _PERCENT.search(reference) or _TILDE.search(pointer):
        raise Unresolvable(f"{_quoted(reference)} is not written as a JSON pointer in a fragment")
    return pointer


def _quoted(reference: str) -> str:
    return reference if len(reference) <= LONGEST_QUOTE else reference[:LONGEST_QUOTE] + "…"
