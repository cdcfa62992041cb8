"""Callback verification: a request counts only with a signature of ours and a time that is now."""

import base64
import binascii
import hashlib
import hmac
import json
import re
import time
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, NoReturn

from signoff_client.errors import Invalid, Tampered
from signoff_client.model import NotOurs, Proposal, moment

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

_ID = re.compile(r"[A-Za-z0-9_-]{1,256}")
_SECONDS = re.compile(r"[0-9]{1,12}")
_SIGNATURE = re.compile(r"[A-Za-z0-9]{1,16},[A-Za-z0-9+/]{1,512}={0,2}")
_MOST_SIGNATURES = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Callback:
    """A callback that verified."""

    id: str
    """Of the event, the same at every attempt: what you have seen already, drop."""
    kind: str
    """Such as `signoff.proposal.approved`."""
    at: "datetime"
    """When it happened, in UTC."""
    proposal: Proposal
    """As it stood when the attempt was made; its `version` tells which of two is newer."""


def verify_callback(
    headers: "Mapping[str, str]",
    body: bytes,
    secrets: "str | Sequence[str]",
    *,
    tolerance: float = 300.0,
    now: float | None = None,
) -> Callback:
    """The event in a request that Signoff signed; raises Tampered for any other: answer that with 400, and do nothing.

    `body` are the bytes as they came, not parsed and written again. `secrets` are `whsec_…`, several while one
    replaces another; ValueError where none is usable. The attempt may be `tolerance` seconds old, or early, at most;
    `now` is in seconds since the epoch.
    """
    if not isinstance(body, bytes | bytearray | memoryview):
        _tampered(f"its body is a {type(body).__name__}, and what is signed are the bytes as they came")
    keys = [_key(secret) for secret in ([secrets] if isinstance(secrets, str | bytes) else secrets or ())]
    if not keys:
        raise ValueError("Name at least one callback secret.")
    if not tolerance >= 0:
        raise ValueError(f"The tolerance has to be a number of seconds, 0 or more, and not {tolerance!r}.")
    if not isinstance(headers, Mapping):
        _tampered("its headers have to be a mapping of names to texts")
    event = _header(headers, "webhook-id", _ID)
    attempt = _header(headers, "webhook-timestamp", _SECONDS)
    signatures = _signatures(_header(headers, "webhook-signature", None))
    body = bytes(body)
    content = f"{event}.{attempt}.".encode() + body
    fits = False
    for key in keys:
        made = hmac.digest(key, content, hashlib.sha256)
        for signature in signatures:
            fits |= hmac.compare_digest(made, signature)
    if not fits:
        _tampered("no signature of it was made with a secret that is known here")
    if not abs((time.time() if now is None else _seconds(now)) - int(attempt)) <= tolerance:
        _tampered("its timestamp is too far from the time of this machine")
    return _read(event, body)


def _read(event: str, body: bytes) -> Callback:
    try:
        said = json.loads(body)
        kind, named, at = said["type"], said["id"], moment(said["timestamp"])
        proposal = Proposal.read(said["data"])
    except (ValueError, KeyError, TypeError, RecursionError, NotOurs, Invalid) as fault:
        why = str(fault) if isinstance(fault, NotOurs) else "its body is no event"
        _tampered(why)
    if not isinstance(kind, str) or named != event:
        _tampered("its body is another event than its headers name")
    return Callback(id=event, kind=kind, at=at, proposal=proposal)


def _seconds(now: object) -> float:
    if not isinstance(now, int | float):
        _tampered("the time of this machine was not given in seconds since the epoch, as `now` has to be")
    return now


def _key(secret: object) -> bytes:
    if not isinstance(secret, str):
        raise ValueError("A callback secret is a text, whsec_ and the base64 of 24 to 64 random bytes.")  # noqa: TRY004 as every other that is unusable
    try:
        key = base64.b64decode(secret.removeprefix("whsec_"), validate=True)
    except (binascii.Error, ValueError):
        key = b""
    if not secret.startswith("whsec_") or not 24 <= len(key) <= 64:
        raise ValueError("A callback secret is whsec_ and the base64 of 24 to 64 random bytes.")
    return key


def _header(headers: "Mapping[str, str]", name: str, shape: "re.Pattern[str] | None") -> str:
    found = [value for key, value in headers.items() if isinstance(key, str) and key.lower() == name]
    if len(found) != 1:
        _tampered(f"it has {len(found) or 'no'} {name} headers")
    if not isinstance(found[0], str):
        _tampered(f"its {name} is no text")
    if shape is not None and not shape.fullmatch(found[0]):
        _tampered(f"its {name} is malformed")
    return found[0]


def _signatures(header: str) -> list[bytes]:
    """Those of the kind we know; others may stand beside them, but not rubbish."""
    parts = header.split(" ")
    if len(parts) > _MOST_SIGNATURES or not all(_SIGNATURE.fullmatch(part) for part in parts):
        _tampered("its webhook-signature is malformed")
    try:
        return [base64.b64decode(part[3:], validate=True) for part in parts if part.startswith("v1,")]
    except (binascii.Error, ValueError):
        _tampered("its webhook-signature is malformed")


def _tampered(why: str) -> NoReturn:
    raise Tampered(f"A callback cannot be believed: {why}. Do nothing with it.")
