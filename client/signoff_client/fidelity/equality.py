"""Equality of two values, all the way down, and where they differ first."""

import dataclasses
import enum
import functools
import math
from collections import OrderedDict
from datetime import datetime, time
from decimal import Decimal
from typing import Any, Final

TEMPORAL: Final = (datetime, time)


@dataclasses.dataclass(frozen=True, slots=True)
class Difference:
    """Where two values differ first, and both there; `missing` stands for what only one of them has."""

    path: tuple[str, ...]
    one: object
    other: object

    @property
    def field(self) -> str:
        """The path in words."""
        return ".".join(self.path) or "the whole"


class _Missing:
    """Stands for a key that is not there."""


MISSING: Final = _Missing()


def identical(one: object, other: object) -> bool:
    """Equal, and of the same types all the way down: 1 is not 1.0 is not True, an Enum member is not its value.

    NaN is itself, 0.0 is not -0.0, Decimal("1.0") is not Decimal("1.00"). The order of keys and of sets counts for
    nothing but in an OrderedDict. Two fixed offsets from UTC are the same whatever class they are of; a time in a named
    zone is not the same time at that zone's offset. Which fields of a pydantic model were set, and not filled in by
    default, makes no difference, as for pydantic itself. An object of any other class is identical to one that it calls
    equal, with equal attributes; a class without equality has nothing but itself.
    """
    return difference(one, other) is None


def difference(one: object, other: object, *, numbers: bool = False) -> Difference | None:
    """Where they differ, None where they are identical. `numbers`: an integer is the same as the float of its value."""
    try:
        return _Comparison(numbers=numbers).of(one, other, ())
    except RecursionError:
        return Difference((), one, other)


@dataclasses.dataclass(frozen=True, slots=True, kw_only=True)
class _Comparison:
    numbers: bool

    def of(self, one: object, other: object, path: tuple[str, ...]) -> Difference | None:
        here = Difference(path, one, other)
        if self.numbers and type(one) is int and type(other) is float:
            return None if one == other else here
        if type(one) is not type(other):
            return here
        if one is other:
            return None
        if isinstance(one, enum.Enum):
            return None if one is other else here
        if isinstance(one, dict):
            return self._mappings(one, other, here)
        if isinstance(one, list | tuple):
            return self._rows(one, other, here)
        if isinstance(one, set | frozenset):
            return self._mappings(dict.fromkeys(one), dict.fromkeys(other), here)  # type: ignore[call-overload]  # of one type with `one`
        if dataclasses.is_dataclass(one) or hasattr(type(one), "__pydantic_fields__"):
            return self._mappings(_state(one), _state(other), here)
        if _equal(one, other):
            return self._mappings(_state(one), _state(other), here)
        return here

    def _mappings(self, one: Any, other: Any, here: Difference) -> Difference | None:
        if isinstance(one, OrderedDict) and list(one) != list(other):
            return here
        theirs = {key: key for key in other}
        for key, value in one.items():
            path = (*here.path, str(key))
            if key not in theirs:
                return Difference(path, value, MISSING)
            if self.of(key, theirs[key], path) is not None:
                return Difference(path, key, theirs[key])
            if (differs := self.of(value, other[key], path)) is not None:
                return differs
        for key in theirs:
            if key not in one:
                return Difference((*here.path, str(key)), MISSING, other[key])
        return None

    def _rows(self, one: Any, other: Any, here: Difference) -> Difference | None:
        if len(one) != len(other):
            return here
        pairs = enumerate(zip(one, other, strict=True))
        found = (self.of(left, right, (*here.path, str(number))) for number, (left, right) in pairs)
        return next((each for each in found if each is not None), None)


def _equal(one: Any, other: Any) -> bool:
    if isinstance(one, float):
        same: bool = one == other and math.copysign(1, one) == math.copysign(1, other)
        return same or (math.isnan(one) and math.isnan(other))
    if isinstance(one, Decimal):
        return bool(one.as_tuple() == other.as_tuple())
    if isinstance(one, TEMPORAL):
        return bool(one.replace(tzinfo=None) == other.replace(tzinfo=None)) and _clock(one) == _clock(other)
    try:
        return (one == other) is True
    except Exception:  # noqa: BLE001 what cannot be compared is not known to be the same
        return False


def _clock(moment: Any) -> object:
    """What a time is in: an offset, or a zone with its rules."""
    zone = moment.tzinfo
    offset = None if zone is None else zone.utcoffset(None)
    return (zone, moment.fold) if offset is None else offset  # at a fixed offset no hour comes twice


def _state(instance: object) -> dict[str, Any]:
    """What an object consists of: its fields and attributes, without what it only remembers of its own working out."""
    kind = type(instance)
    state = {
        name: value
        for name, value in getattr(instance, "__dict__", {}).items()
        if not isinstance(getattr(kind, name, None), functools.cached_property)
    }
    if dataclasses.is_dataclass(instance):
        state |= {each.name: getattr(instance, each.name, MISSING) for each in dataclasses.fields(instance)}
    if hasattr(kind, "__pydantic_fields__"):
        more = (getattr(instance, name, None) for name in ("__pydantic_extra__", "__pydantic_private__"))
        state |= {name: value for each in more for name, value in (each or {}).items()}
    return state
