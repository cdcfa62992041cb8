"""JSON from agents, read strictly, and what they are answered for each flaw."""

import json
from codecs import BOM_UTF8
from typing import TYPE_CHECKING

from approvals.digest import EXACT
from approvals.refusals import Fault
from approvals.strict_json import Bounds, Flaw, Flawed, FlawKind, read_json

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER = EXACT
MAX_FAULTS = 50
_BOUNDS = Bounds(depth=MAX_DEPTH, integer=MAX_INTEGER, most=MAX_FAULTS)
_DETAILS = {
    FlawKind.twice: "The key stands here more than once; send it once.",
    FlawKind.integer: "The integer is beyond 2^53, where readers disagree; send it as a string.",
    FlawKind.large: "The number is too large for a double; send it as a string.",
    FlawKind.small: "The number is too small for a double; send it as a string.",
    FlawKind.digits: "The number has more digits than a double keeps; send it as a string, or with fewer digits.",
    FlawKind.half: "The text has half of a surrogate pair; send whole characters.",
    FlawKind.half_key: "A key has half of a surrogate pair; send whole characters.",
    FlawKind.deep: f"Nested deeper than {MAX_DEPTH} levels.",
}


class Malformed(Exception):
    """The bytes are not JSON; the message says why."""


class Faulty(Exception):
    """It is JSON, but not what was asked for."""

    def __init__(self, faults: "Sequence[Fault]") -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults[:MAX_FAULTS])


def parse_request(raw: bytes) -> "JSON":
    """The JSON value in the bytes. Raises Malformed for what is not UTF-8 or not JSON, Faulty for all other flaws."""
    try:
        return read_json(raw.removeprefix(BOM_UTF8).decode("utf-8"), _BOUNDS)
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8 (byte {error.start}).") from None
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except Flawed as flawed:
        raise Faulty([Fault(flaw.pointer, _detail(flaw)) for flaw in flawed.flaws]) from None


def _detail(flaw: Flaw) -> str:
    if flaw.kind is FlawKind.constant:
        return f"{flaw.name} is not JSON; leave the field out or send a number."
    return _DETAILS[flaw.kind]
