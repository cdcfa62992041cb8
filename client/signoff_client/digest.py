"""Digests of actions: SHA-256 over the RFC 8785 bytes of action and payload. This is what people approve."""

import hashlib
from typing import TYPE_CHECKING, Any

import rfc8785

from signoff_client.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Mapping


def digest_of(action: str, payload: "Mapping[str, Any]") -> str:
    """`sha256:` and 64 hex digits. Raises Invalid for a payload that is no JSON (NaN, integers beyond 2^53, …)."""
    try:
        return "sha256:" + hashlib.sha256(rfc8785.dumps({"action": action, "payload": dict(payload)})).hexdigest()
    except (rfc8785.CanonicalizationError, RecursionError, TypeError, UnicodeEncodeError) as fault:
        raise Invalid(f"The payload of {action} cannot be sent as JSON: {fault}") from None
