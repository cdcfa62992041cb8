"""Content: what agents and people wrote, apart from the record of what happened. Pure.

The log keeps it beside its entries, so that it can be erased while they stay: an entry says all but the content, and
holds the digest of that. Each class names the fields that are content; who, when, which digest and which rule stay.
"""

from dataclasses import replace
from functools import cache
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from approvals.events import names_of, secret_digest
from approvals.gate import Gate
from approvals.identity_cache import IdentityCache
from approvals.json_text import LONGEST, MOST, json_text, keep_text, members, payload_text, text_of
from approvals.proposal import Action, Ask

if TYPE_CHECKING:
    from approvals.digest import JSON
    from approvals.events import Event

T = TypeVar("T")
Parts: TypeAlias = tuple[str, str | None]
"""Two texts of JSON: of what stays, and in the same shape of what was written; None for nothing."""
ERASED = "[erased]"
"""In place of a text that was erased."""
_parts: IdentityCache[Parts] = IdentityCache(MOST)


def without_content(value: T) -> T:
    """The value with nothing in it that anybody wrote; the very same where there was nothing."""
    known: Any = value
    left: Any = _without(known, type(known))
    return left  # type: ignore[no-any-return]  # the same kind as went in


def parted_facts(event: "Event") -> Parts:
    """The facts of an event, parted: the text of those of `without_content`, and of what that leaves out."""
    kind: Any = type(event)
    return _parted(event, _facts(kind))


def parted(value: Any) -> Parts:
    """A value, parted likewise."""
    kind: Any = type(value)
    if kind is Action:
        return json_text(_without(value, kind)), f'{{"payload":{payload_text(value)}}}'
    if kind is not Gate and kind is not Ask:
        return _parted(value, _fields(kind))
    if (known := _parts.get(value)) is None:
        known = _flatly(value, kind)
        if len(known[0]) + len(known[1] or "") <= LONGEST:
            _parts.keep(value, known)
    return known


def _flatly(value: Any, kind: Any) -> Parts:
    """What holds no content but in its own fields, parted while its whole text is made."""
    stays = members(value)
    keep_text(value, text_of(stays))
    content = {}
    for name, written in _fields(kind):
        member = getattr(value, name) if written else None
        if member is not None and (blank := _blank(member)) != member:
            content[name], stays[name] = stays[name], json_text(blank)
    return text_of(stays), text_of(content) if content else None


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


def _parted(value: Any, fields: tuple[tuple[str, bool], ...]) -> Parts:
    stays, content = [], []
    for name, written in fields:
        member = getattr(value, name)
        kind: Any = type(member)
        if member is None:
            stays.append(f'"{name}":null')
        elif written:
            blank = _blank(member)
            stays.append(f'"{name}":{json_text(blank)}')
            if blank != member:
                content.append(f'"{name}":{json_text(member)}')
        elif name == "nonce":
            stays.append(f'"{name}":{json_text(secret_digest(member))}')
        elif kind is not Action and not _fields(kind):
            stays.append(f'"{name}":{json_text(without_content(member) if kind is tuple else member)}')
        else:
            inner, inside = parted(member)
            stays.append(f'"{name}":{inner}')
            if inside is not None:
                content.append(f'"{name}":{inside}')
    return "{" + ",".join(stays) + "}", "{" + ",".join(content) + "}" if content else None


def _may_hold(member: Any) -> bool:
    """Whether there may be content in the value."""
    kind: Any = type(member)
    return kind is tuple or kind is Action or bool(_fields(kind))


@cache
def _fields(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The fields of such a value, and which are content; none where it holds nothing of the kind."""
    written = getattr(kind, "content", None)
    return () if written is None else tuple((name, name in written) for name in names_of(kind))


@cache
def _facts(kind: Any) -> tuple[tuple[str, bool], ...]:
    """The same of an event, but for when it was: that is a column of its entry."""
    return tuple((name, written) for name, written in _fields(kind) if name != "at")


def _blank(member: Any) -> Any:
    """What stays of a text, of members, of a list and of anything else."""
    if isinstance(member, str):
        return ERASED
    if isinstance(member, (dict, tuple)):
        return member if not member else type(member)()
    return None
