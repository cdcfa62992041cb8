"""JSON text of the domain's values, as rows and log keep it: that of `as_json`.

A proposal goes into its row, into its entry and under a hash, and thousands have the same gate: so the texts of what is
large and stays as it is are made once.
"""

import json
from datetime import datetime
from json.encoder import encode_basestring
from typing import Any

from approvals.events import instant, names_of, one_level
from approvals.gate import Gate
from approvals.identity_cache import IdentityCache
from approvals.proposal import Action, Ask, ErasedPayload

MOST = 1024
"""So many texts are kept: more than those of all proposals that may be on their way at once."""
LONGEST = 4096
"""Characters of a text that is kept."""

compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":")).encode
"""The text of JSON; order and number kinds kept."""
_whole = json.JSONEncoder(ensure_ascii=False, allow_nan=False, separators=(",", ":"), default=one_level).encode
"""The same of the domain's values."""
_made: IdentityCache[str] = IdentityCache(MOST)
_EMPTY = {tuple: "[]", frozenset: "[]", dict: "{}"}
"""The texts of what has nothing in it."""


def json_text(value: Any) -> str:
    """The text of whatever has a place in the audit log. TypeError for anything else."""
    if isinstance(value, str):
        return encode_basestring(value)
    if value is None:
        return "null"
    kind: Any = type(value)
    if not value and kind in _EMPTY:
        return _EMPTY[kind]
    if kind is bool:
        return "true" if value else "false"
    if kind is datetime:
        return f'"{instant(value)}"'
    if kind is Gate or kind is Ask:
        known = _made.get(value)
        return keep_text(value, text_of(members(value))) if known is None else known
    if kind is Action:
        name, digest = encode_basestring(value.name), encode_basestring(value.digest)
        return f'{{"name":{name},"payload":{payload_text(value)},"digest":{digest}}}'
    return _whole(value)


def members(value: Any) -> dict[str, str]:
    """The text of what is in each field of a dataclass, by its name."""
    kind: Any = type(value)
    return {name: json_text(getattr(value, name)) for name in names_of(kind)}


def text_of(members: dict[str, str]) -> str:
    """The text of an object with these members; their names need no escape."""
    return "{" + ",".join([f'"{name}":{text}' for name, text in members.items()]) + "}"


def payload_text(action: Action) -> str:
    """The text of the payload alone."""
    if isinstance(action.payload, ErasedPayload):
        return "null"
    known = _made.get(action)
    return keep_text(action, compact(dict(action.payload))) if known is None else known


def keep_text(value: object, text: str) -> str:
    """Keeps the text of a value, if it is short, for whoever asks next; gives it back."""
    return _made.keep(value, text) if len(text) <= LONGEST else text
