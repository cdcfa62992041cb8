"""JSON codec: the domain's dataclasses from JSON, by their annotations; the inverse of `approvals.events.as_json`."""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeAlias, TypeVar, Union, get_args, get_origin, get_type_hints

from approvals.decision import Decision
from approvals.drill import Drill, DrillResult
from approvals.gate import Gate
from approvals.hours import Hours
from approvals.json_text import compact
from approvals.proposal import Action, Ask, Inquiry, Outcome, Revision, Rollback
from approvals.sample import SampleVerdict

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from approvals.digest import JSON

T = TypeVar("T")
Fit: TypeAlias = "Callable[[Any], Any]"
"""Makes a value of what JSON says. Raises Misshapen."""

# The names that the domain's modules import for the type checker only; JSON itself stays as it is.
_KINDS = (
    *(Action, Ask, Decision, Drill, DrillResult, Gate, Hours, Inquiry),
    *(SampleVerdict, Outcome, Revision, Rollback, datetime),
)
_NAMES = {kind.__name__: kind for kind in _KINDS} | {"Mapping": Mapping, "JSON": Any}


class Misshapen(ValueError):
    """The JSON does not describe one of ours."""


def encode_json(value: "JSON | Sequence[JSON]") -> str:
    """JSON as it is stored: compact, order and number kinds kept."""
    return compact(value)


def decode_json(stored: str) -> Any:
    """Stored JSON; Misshapen if it is none."""
    try:
        return json.loads(stored)
    except ValueError as fault:
        raise Misshapen(f"not JSON: {fault}") from fault


def shaped(kind: type[T], said: Any) -> T:
    """An instance of the dataclass; fields that are left out take their defaults. Misshapen if it does not fit."""
    if not isinstance(said, Mapping):
        raise Misshapen(f"{kind.__name__} is not an object")
    if kind is Action and said.get("payload", said) is None:
        return _erased_action(said)  # type: ignore[return-value]  # T is Action
    fits, later = _shape(kind)  # type: ignore[arg-type]  # a class is hashable, a type variable is not known to be
    if unknown := said.keys() - fits.keys():
        raise Misshapen(f"{kind.__name__} has unknown fields {sorted(unknown)}")
    values = {name: fits[name](value) for name, value in said.items()}
    derived = {name: values.pop(name) for name in later & values.keys()}
    try:
        made = kind(**values)
    except (TypeError, ValueError) as fault:
        raise Misshapen(f"{kind.__name__}: {fault}") from fault
    for name, value in derived.items():
        if getattr(made, name) != value:
            raise Misshapen(f"{kind.__name__}.{name} is not what follows from the rest")
    return made


def _erased_action(said: Mapping[str, Any]) -> Action:
    """The action of which the digest alone is left: nobody can work that out anew."""
    name, digest = said.get("name"), said.get("digest")
    if len(said) != len(fields(Action)) or not isinstance(name, str) or not isinstance(digest, str):
        raise Misshapen("an action that was erased has its name and its digest")
    return Action.erased(name, digest)


@cache
def _shape(kind: type) -> tuple[dict[str, "Fit"], frozenset[str]]:
    """How the value of each field is made, and which of them follow from the others."""
    hints = get_type_hints(kind, localns=_NAMES)
    fits = {field.name: _fit(hints[field.name]) for field in fields(kind)}
    return fits, frozenset(field.name for field in fields(kind) if not field.init)


@cache
def _fit(kind: Any) -> "Fit":
    """How a value of the annotation is made of what JSON says: worked out once, and done for each row that is read."""
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return _as_it_is
    if origin in (Union, types.UnionType):
        (present,) = (each for each in inner if each is not type(None))
        fit = _fit(present)
        return (lambda said: None if said is None else fit(said)) if type(None) in inner else fit
    if origin is Literal:
        return _held(kind, lambda said: said in inner)
    if origin is Mapping:
        return _held(kind, lambda said: isinstance(said, dict))
    if origin is tuple and Ellipsis not in inner:
        return _members(kind, [_fit(each) for each in inner])
    if origin in (tuple, frozenset):
        return _several(kind, origin, _fit(inner[0]))
    if is_dataclass(kind):
        return lambda said: shaped(kind, said)  # type: ignore[arg-type]  # is_dataclass holds for instances too
    if issubclass(kind, Enum):
        return lambda said: _named(kind, said)
    if kind is datetime:
        return _instant
    plain = (int, float) if kind is float else kind
    return _held(kind, lambda said: isinstance(said, plain) and (kind is bool or not isinstance(said, bool)))


def _as_it_is(said: Any) -> Any:
    return said


def _held(kind: Any, fits: "Callable[[Any], bool]") -> "Fit":
    def fit(said: Any) -> Any:
        if fits(said):
            return said
        raise _misfit(said, kind)

    return fit


def _members(kind: Any, fits: "list[Fit]") -> "Fit":
    def fit(said: Any) -> Any:
        if not isinstance(said, list) or len(said) != len(fits):
            raise _misfit(said, kind)
        return tuple(each(member) for each, member in zip(fits, said, strict=True))

    return fit


def _several(kind: Any, of: type, each: "Fit") -> "Fit":
    def fit(said: Any) -> Any:
        if not isinstance(said, list):
            raise _misfit(said, kind)
        return of([each(member) for member in said])

    return fit


def _named(kind: type[Enum], said: Any) -> Enum:
    try:
        return kind(said)
    except ValueError as fault:
        raise Misshapen(str(fault)) from fault


def _misfit(said: Any, kind: Any) -> Misshapen:
    return Misshapen(f"{said!r} is not {kind}")


def _instant(said: Any) -> datetime:
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (TypeError, ValueError) as fault:
        raise Misshapen(f"{said!r} is not a time") from fault
