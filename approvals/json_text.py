"""JSON text of the domain's values, as rows and log keep it: that of `as_json`.

A proposal goes into its row, into its entry and under a hash, and thousands have the same gate: so the texts of what is
large and stays as it is are made once.
"""

import json
from collections import OrderedDict
from datetime import datetime
from json.encoder import encode_basestring
from typing import TYPE_CHECKING, Any

from approvals.events import Event, instant, names_of, one_level, secret_digest
from approvals.gate import Gate
from approvals.proposal import Action, Ask, ErasedPayload

if TYPE_CHECKING:
    from collections.abc import Callable

MOST = 1024
"""So many texts are kept: more than those of all proposals that may be on their way at once."""
LONGEST = 4096
"""Characters of a text that is kept."""

compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""The text of JSON; order and number kinds kept."""
_whole = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=one_level).encode
"""The same of the domain's values."""
_made: OrderedDict[int, tuple[object, str]] = OrderedDict()
"""By the identity of what it is the text of, which is kept beside it; the oldest first."""


def json_text(value: Any) -> str:
    """The text of whatever has a place in the audit log. TypeError for anything else."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    kind: Any = type(value)
    if kind is tuple and not value:
        return "[]"
    if kind is datetime:
        return f'"{instant(value)}"'
    if kind in (Gate, Ask):
        return _once(value, lambda: _whole(value))
    if kind is Action:
        name, digest = encode_basestring(value.name), encode_basestring(value.digest)
        return f'{{"name":{name},"payload":{payload_text(value)},"digest":{digest}}}'
    return _whole(value)


def facts_text(event: Event) -> str:
    """The text of `event_facts`."""
    kind: Any = type(event)
    return "{" + ",".join([f'"{name}":{_fact(event, name)}' for name in names_of(kind) if name != "at"]) + "}"


def payload_text(action: Action) -> str:
    """The text of the payload alone."""
    if isinstance(action.payload, ErasedPayload):
        return "null"
    return _once(action, lambda: compact(dict(action.payload)))


def _fact(event: Event, name: str) -> str:
    value = getattr(event, name)
    return json_text(secret_digest(value) if name == "nonce" and isinstance(value, str) else value)


def _once(value: object, write: "Callable[[], str]") -> str:
    known = _made.get(id(value))
    if known is not None:
        return known[1]
    text = write()
    if len(text) <= LONGEST:
        _made[id(value)] = (value, text)
        if len(_made) > MOST:
            _made.popitem(last=False)
    return text
