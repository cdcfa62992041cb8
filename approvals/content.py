"""Content: what agents and people wrote, apart from the record of what happened. Pure.

The log keeps it beside its entries, so that it can be erased while they stay: an entry says all but the content, and
holds the digest of that. Each class names the fields that are content; who, when, which digest and which rule stay.
"""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeVar

from approvals.events import as_json, names_of
from approvals.gate import Gate
from approvals.json_text import compact, payload_text
from approvals.proposal import Action

if TYPE_CHECKING:
    from approvals.digest import JSON

T = TypeVar("T")
ERASED = "[erased]"
"""In place of a text that was erased."""
MOST = 256
"""So many gates are kept without their content: thousands of proposals have the same."""
_gates: dict[int, tuple[Gate, Gate]] = {}
"""By the identity of the gate, which is kept beside what is left of it."""


def without_content(value: T) -> T:
    """The value with nothing in it that anybody wrote; the very same where there was nothing."""
    known: Any = value
    left: Any = _once(known) if type(known) is Gate else _without(known, type(known))
    return left  # type: ignore[no-any-return]  # the same kind as went in


def content_text(value: Any) -> str | None:
    """The JSON of what `without_content` leaves out, in the shape of the facts; None for nothing."""
    if isinstance(value, Action):
        return f'{{"payload":{payload_text(value)}}}'
    members = []
    kind: Any = type(value)
    for name, written in _fields(kind):
        member = getattr(value, name)
        if not written:
            text = content_text(member) if _may_hold(member) else None
        else:
            text = None if _blank(member) == member else compact(as_json(member))
        if text is not None:
            members.append(f'"{name}":{text}')
    return "{" + ",".join(members) + "}" if members else None


def joined(facts: "dict[str, JSON]", content: "dict[str, JSON]") -> "dict[str, JSON]":
    """The facts with the content in its places."""
    whole = dict(facts)
    for name, value in content.items():
        stays = whole.get(name)
        whole[name] = joined(stays, value) if isinstance(stays, dict) and isinstance(value, dict) else value
    return whole


def _without(value: Any, kind: Any) -> Any:
    if kind is Action:
        return Action.erased(value.name, value.digest)
    if kind is tuple:
        return tuple(without_content(each) for each in value) if value and _may_hold(value[0]) else value
    changes = {}
    for name, written in _fields(kind):
        member = getattr(value, name)
        stays = _blank(member) if written else without_content(member) if _may_hold(member) else member
        if stays is not member:
            changes[name] = stays
    return replace(value, **changes) if changes else value


def _once(gate: Gate) -> Gate:
    known = _gates.get(id(gate))
    if known is not None:
        return known[1]
    left: Gate = _without(gate, Gate)
    if len(_gates) >= MOST:
        _gates.clear()
    _gates[id(gate)] = (gate, left)
    return left


def _may_hold(member: Any) -> bool:
    """Whether there may be content in the value."""
    kind: Any = type(member)
    return kind is tuple or kind is Action or (hasattr(kind, "content") and bool(_fields(kind)))


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of such a value, and which are content; none where it holds nothing of the kind."""
    written = getattr(kind, "content", None)
    return () if written is None else tuple((name, name in written) for name in names_of(kind))


def _blank(member: Any) -> Any:
    """What stays of a text, of members, of a list and of anything else."""
    if isinstance(member, str):
        return ERASED
    if isinstance(member, (dict, tuple)):
        return member if not member else type(member)()
    return None
