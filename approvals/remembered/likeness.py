"""Likeness: what a later proposal must have in common with the one whose approval is remembered. Pure."""

from dataclasses import replace
from typing import TYPE_CHECKING, TypeAlias

from approvals.paths import steps, value_at

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Action

Kind: TypeAlias = "str | tuple[str, frozenset[object]]"


def alike(action: "Action", may_differ: "Sequence[str]") -> str:
    """The digest of the action without these fields; a field that is absent differs in nothing else."""
    payload = action.payload
    for path in may_differ:
        payload = _without(payload, steps(path))
    return replace(action, payload=payload).digest


def of_a_kind(approved: "Action", action: "Action", may_differ: "Sequence[str]") -> bool:
    """Whether what may differ is still what people saw an example of: the same JSON type, all the way down, or absent.

    Numbers are one type. A field or a member that was not there when it was approved has no type, so it may not come.
    """
    for path in may_differ:
        before, now = (value_at(each.payload, path) for each in (approved, action))
        if now and not (before and _fits(before[0], now[0])):
            return False
    return True


def _fits(before: "JSON", now: "JSON") -> bool:
    if isinstance(before, dict) and isinstance(now, dict):
        return all(name in before and _fits(before[name], value) for name, value in now.items())
    if isinstance(before, list) and isinstance(now, list):
        return {_kind(each) for each in now} <= {_kind(each) for each in before}
    return _kind(before) == _kind(now)


def _kind(value: "JSON") -> Kind:
    """The type of a value with the types of all that is in it: elements of a list have to be equal in that."""
    match value:
        case None:
            return "null"
        case bool():
            return "boolean"
        case str():
            return "string"
        case int() | float():
            return "number"
        case dict():
            return ("object", frozenset((name, _kind(inside)) for name, inside in value.items()))
        case _:
            return ("array", frozenset(_kind(inside) for inside in value))


def _without(members: "Mapping[str, JSON]", path: "Iterable[str]") -> "dict[str, JSON]":
    name, *further = path
    left = dict(members)
    inside = left.get(name)
    if not further:
        left.pop(name, None)
    elif isinstance(inside, dict):
        left[name] = _without(inside, further)
    return left
