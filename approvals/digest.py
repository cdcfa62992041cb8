"""The digest of an action: the one door to RFC 8785."""

import hashlib
from typing import TYPE_CHECKING

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.proposal import JSON


def canonical(value: "JSON") -> bytes:
    """The RFC 8785 bytes of a JSON value; ValueError for what I-JSON cannot carry (NaN, integers past 2^53)."""
    return rfc8785.dumps(value)


def digest(action: str, payload: "Mapping[str, JSON]") -> str:
    """`sha256:` and the hex digest over the canonical bytes of action and payload together."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "payload": dict(payload)})).hexdigest()
