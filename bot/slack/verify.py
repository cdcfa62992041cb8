"""Whether a request comes from Slack: decided over the raw bytes, before anything is parsed."""

import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence

WINDOW = 300
"""Seconds a timestamp may be off in either direction; the nonce in each button is what stops a replay."""
TIMESTAMP, SIGNATURE = "X-Slack-Request-Timestamp", "X-Slack-Signature"
_TIMESTAMP = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"v0=[0-9a-f]{64}")


def from_slack(headers: Mapping[str, str], body: bytes, secrets: Sequence[str], now: float) -> bool:
    """Whether one of the signing secrets made the signature over this body, at about this time.

    `now` is in seconds since the epoch. False for every malformed header and for a body that is not UTF-8.
    """
    if not may_be_from_slack(headers, now) or not _is_utf8(body):
        return False
    signature = headers[SIGNATURE]
    base = b"v0:" + headers[TIMESTAMP].encode("ascii") + b":" + body
    expected = ["v0=" + hmac.new(secret.encode(), base, hashlib.sha256).hexdigest() for secret in secrets]
    return any([hmac.compare_digest(each, signature) for each in expected])  # noqa: C419 no short cut to time


def may_be_from_slack(headers: Mapping[str, str], now: float) -> bool:
    """Whether the headers look like Slack's: what is to be known before a byte of the body is read."""
    stamp = headers.get(TIMESTAMP, "")
    if not _TIMESTAMP.fullmatch(stamp) or not _SIGNATURE.fullmatch(headers.get(SIGNATURE, "")):
        return False
    return abs(now - int(stamp)) <= WINDOW


def _is_utf8(body: bytes) -> bool:
    try:
        body.decode("utf-8", errors="strict")
    except UnicodeDecodeError:
        return False
    return True
