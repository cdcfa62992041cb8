"""Callback signatures, as Standard Webhooks has them. Pure."""

import base64
import hashlib
import hmac
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


def signed(event: str, timestamp: int, body: bytes, secrets: "Sequence[bytes]") -> dict[str, str]:
    """The three headers; one signature for each secret, so that either verifies while one replaces the other.

    `timestamp` is that of the attempt, in seconds since the epoch.
    """
    content = f"{event}.{timestamp}.".encode() + body
    signatures = (base64.b64encode(hmac.digest(secret, content, hashlib.sha256)).decode() for secret in secrets)
    return {
        "webhook-id": event,
        "webhook-timestamp": str(timestamp),
        "webhook-signature": " ".join(f"v1,{signature}" for signature in signatures),
    }
