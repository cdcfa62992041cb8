"""What makes a retry a retry: the key the agent chose, and a fingerprint of what it sent."""

import hashlib
import re
from typing import TYPE_CHECKING

from approvals.digest import canonical
from bot.api.problems import invalid
from bot.api.requests import without_nulls

if TYPE_CHECKING:
    from aiohttp import web

    from approvals.digest import JSON

_BARE = re.compile(r"[\x21-\x7e]{1,255}")
_QUOTED = re.compile(r'"((?:[\x21\x23-\x5b\x5d-\x7e]|\\["\\])*)"')
_NOT_COMPARED = ("claim", "claimant")


def key_of(request: "web.Request") -> str | None:
    """The Idempotency-Key, quoted (RFC 8941) or bare; None where there is none. Raises Problem 422."""
    sent = request.headers.getall("Idempotency-Key", [])
    if not sent:
        return None
    key = sent[0].strip() if len(sent) == 1 else ""
    if key.startswith('"'):
        quoted = _QUOTED.fullmatch(key)
        key = re.sub(r"\\(.)", r"\1", quoted[1]) if quoted else ""
    if not _BARE.fullmatch(key):
        raise invalid("An Idempotency-Key is one word of 1 to 255 visible ASCII characters, quoted or bare.")
    return key


def fingerprint(body: "JSON") -> str:
    """SHA-256 in hex over the canonical body; how it is claimed is no part of what is proposed, and null is nothing."""
    body = without_nulls(body)
    if isinstance(body, dict):
        body = {name: value for name, value in body.items() if name not in _NOT_COMPARED}
    return hashlib.sha256(canonical(body)).hexdigest()
