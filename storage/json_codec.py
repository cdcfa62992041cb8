"""JSON codec: the domain's dataclasses from JSON, by their annotations; the inverse of `approvals.events.as_json`."""

import json
import types
from collections.abc import Mapping
from dataclasses import fields, is_dataclass
from datetime import UTC, datetime
from enum import Enum
from functools import cache
from typing import TYPE_CHECKING, Any, Literal, TypeVar, Union, get_args, get_origin, get_type_hints

from approvals.decision import Decision
from approvals.gate import Gate
from approvals.hours import Hours
from approvals.json_text import compact
from approvals.proposal import Action, Ask, Inquiry, Outcome, Revision, Rollback
from approvals.sample import SampleVerdict

if TYPE_CHECKING:
    from collections.abc import Sequence

    from approvals.digest import JSON

T = TypeVar("T")

# The names that the domain's modules import for the type checker only; JSON itself stays as it is.
_KINDS = (Action, Ask, Decision, Gate, Hours, Inquiry, SampleVerdict, Outcome, Revision, Rollback, datetime)
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
    hints = _hints(kind)  # type: ignore[arg-type]  # a class is hashable, a type variable is not known to be
    if unknown := set(said) - set(hints):
        raise Misshapen(f"{kind.__name__} has unknown fields {sorted(unknown)}")
    values = {name: _fitted(hints[name], value) for name, value in said.items()}
    later = {field.name for field in fields(kind) if not field.init}  # type: ignore[arg-type]  # a dataclass, see above
    derived = {name: values.pop(name) for name in later & set(values)}
    try:
        made = kind(**values)
    except (TypeError, ValueError) as fault:
        raise Misshapen(f"{kind.__name__}: {fault}") from fault
    for name, value in derived.items():
        if getattr(made, name) != value:
            raise Misshapen(f"{kind.__name__}.{name} is not what follows from the rest")
    return made


@cache
def _hints(kind: type) -> dict[str, Any]:
    hints = get_type_hints(kind, localns=_NAMES)
    return {field.name: hints[field.name] for field in fields(kind)}


def _fitted(kind: Any, said: Any) -> Any:  # noqa: C901, PLR0912 one case a kind of annotation
    origin, inner = get_origin(kind), get_args(kind)
    if kind is Any:
        return said
    if origin in (Union, types.UnionType):
        if said is None and type(None) in inner:
            return None
        (kind,) = (each for each in inner if each is not type(None))
        return _fitted(kind, said)
    if origin is Literal:
        if said in inner:
            return said
    elif origin is Mapping:
        if isinstance(said, dict):
            return said
    elif origin in (tuple, frozenset):
        if isinstance(said, list):
            kinds = inner if origin is tuple and Ellipsis not in inner else [inner[0]] * len(said)
            if len(kinds) == len(said):
                return origin(_fitted(each, member) for each, member in zip(kinds, said, strict=True))
    elif is_dataclass(kind):
        return shaped(kind, said)  # type: ignore[arg-type]  # is_dataclass holds for instances too
    elif issubclass(kind, Enum):
        try:
            return kind(said)
        except ValueError as fault:
            raise Misshapen(str(fault)) from fault
    elif kind is datetime:
        return _instant(said)
    elif isinstance(said, (int, float) if kind is float else kind) and (kind is bool or not isinstance(said, bool)):
        return said
    raise Misshapen(f"{said!r} is not {kind}")


def _instant(said: Any) -> datetime:
    try:
        return datetime.fromisoformat(said).astimezone(UTC)
    except (TypeError, ValueError) as fault:
        raise Misshapen(f"{said!r} is not a time") from fault
