"""The functions that a condition may call, each with the kinds it takes and gives.

Conversions take what is written for a number or a text; the rest is the CEL library's own.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from fractions import Fraction
from typing import Any

from policy.expressions import cel
from policy.expressions.operators import NOT_COMPUTED, NoValue, ValueType, bounded, exact, kind, of_kind

_NUMBER = re.compile(r"[+-]?[0-9]{1,400}(\.[0-9]{1,400})?([eE][+-]?[0-9]{1,3})?")
LIBRARY = 20
"""Steps of a call of the library."""
LONGEST_PATTERN = 1000
"""Characters of a regular expression, which a payload could hold."""
_TRUTHS = {"true": True, "false": False}


@dataclass(frozen=True, slots=True, kw_only=True)
class Function:
    """One that a condition may call."""

    call: Callable[..., Any]
    """Of values of the right kinds; raises NoValue."""
    takes: tuple[frozenset[ValueType], ...]
    """For each argument its kinds; a method's object is the first."""
    gives: ValueType | None
    """None where that depends on what it takes."""
    method: bool
    """How it is called: as a method, or not."""
    steps: int = 1
    """What a call costs, in parts that an evaluation may look at."""
    optional: int = 0
    """How many of the last arguments may be left out."""


def size(value: Any) -> int:
    """Characters of a text, entries of a list."""
    return len(value)


def number(value: Any) -> int | Fraction:
    """The number, or the one that a text has; a moment's is its seconds since 1970."""
    match value:
        case str():
            if not _NUMBER.fullmatch(value):
                raise NoValue(NOT_COMPUTED)
            return bounded(exact(Fraction(Decimal(value))))
        case datetime():
            return exact(Fraction(value.timestamp()))
    return exact(value)


def integer(value: Any) -> int:
    """The same without its fraction."""
    return int(number(value))


def natural(value: Any) -> int:
    """The same, from 0 on."""
    if (found := integer(value)) < 0:
        raise NoValue(NOT_COMPUTED)
    return found


def to_text(value: Any) -> str:
    """The value as text: a number as JSON has it, without a fraction that is zero."""
    match kind(value):
        case ValueType.truth:
            return "true" if value else "false"
        case ValueType.number:
            found = exact(value)
            return str(found) if isinstance(found, int) else repr(float(found))
        case ValueType.moment | ValueType.duration:
            return cel.as_cel_text(value)
        case ValueType.bytes:
            return _decoded(value)
    return str(value)


def to_timestamp(value: Any) -> datetime:
    """The moment of a text, or of the seconds since 1970."""
    return cel.timestamp(value) if isinstance(value, str) else datetime.fromtimestamp(float(exact(value)), UTC)


def to_bool(value: Any) -> bool:
    """True or false, or the text of one."""
    if kind(value) is ValueType.text:
        if value not in _TRUTHS:
            raise NoValue(NOT_COMPUTED)
        return _TRUTHS[value]
    return bool(value)


def _decoded(value: bytes) -> str:
    try:
        return value.decode()
    except UnicodeDecodeError:
        raise NoValue(NOT_COMPUTED) from None


def _answered(call: Callable[..., Any]) -> Callable[..., Any]:
    def answer(*args: Any) -> Any:
        try:
            return call(*args)
        except (cel.NoAnswer, RuntimeError, ValueError, OverflowError):
            raise NoValue(NOT_COMPUTED) from None

    return answer


def _standard(function: str, *args: Any) -> Any:
    return _answered(cel.standard)(function, *args)


def _matches(subject: str, pattern: str) -> bool:
    if len(pattern) > LONGEST_PATTERN:
        raise NoValue(NOT_COMPUTED)
    return bool(_standard("matches", subject, pattern))


def _method(function: str) -> Callable[..., Any]:
    return lambda *args: _standard(function, *args)


_TEXT, _TEXTS = frozenset({ValueType.text}), (frozenset({ValueType.text}),) * 2
_NUMERIC = frozenset({ValueType.number, ValueType.text})
_DATES = ("FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek")
_CLOCK = ("Hours", "Minutes", "Seconds", "Milliseconds")
FUNCTIONS: dict[tuple[str, bool], Function] = {
    (name, each.method): each
    for name, each in (
        *(
            (
                "size",
                Function(
                    call=size,
                    takes=(frozenset({ValueType.text, ValueType.list, ValueType.bytes}),),
                    gives=ValueType.number,
                    method=method,
                ),
            )
            for method in (False, True)
        ),
        ("contains", Function(call=lambda one, other: other in one, takes=_TEXTS, gives=ValueType.truth, method=True)),
        ("startsWith", Function(call=str.startswith, takes=_TEXTS, gives=ValueType.truth, method=True)),
        ("endsWith", Function(call=str.endswith, takes=_TEXTS, gives=ValueType.truth, method=True)),
        *(
            ("matches", Function(call=_matches, takes=_TEXTS, gives=ValueType.truth, method=method, steps=LIBRARY))
            for method in (False, True)
        ),
        ("double", Function(call=number, takes=(_NUMERIC,), gives=ValueType.number, method=False)),
        ("int", Function(call=integer, takes=(_NUMERIC | {ValueType.moment},), gives=ValueType.number, method=False)),
        ("uint", Function(call=natural, takes=(_NUMERIC,), gives=ValueType.number, method=False)),
        (
            "string",
            Function(
                call=to_text,
                takes=(_NUMERIC | {ValueType.truth, ValueType.bytes, ValueType.moment, ValueType.duration},),
                gives=ValueType.text,
                method=False,
            ),
        ),
        (
            "bool",
            Function(
                call=to_bool, takes=(frozenset({ValueType.truth, ValueType.text}),), gives=ValueType.truth, method=False
            ),
        ),
        (
            "bytes",
            Function(
                call=lambda value: value.encode() if isinstance(value, str) else value,
                takes=(frozenset({ValueType.text, ValueType.bytes}),),
                gives=ValueType.bytes,
                method=False,
            ),
        ),
        ("dyn", Function(call=lambda value: value, takes=(frozenset(ValueType),), gives=None, method=False)),
        ("type", Function(call=kind, takes=(frozenset(ValueType),), gives=ValueType.type, method=False)),
        (
            "timestamp",
            Function(
                call=_answered(to_timestamp), takes=(_NUMERIC,), gives=ValueType.moment, method=False, steps=LIBRARY
            ),
        ),
        (
            "duration",
            Function(
                call=_answered(cel.duration), takes=(_TEXT,), gives=ValueType.duration, method=False, steps=LIBRARY
            ),
        ),
        *(
            (
                f"get{part}",
                Function(
                    call=_method(f"get{part}"),
                    takes=(kinds, _TEXT),
                    gives=ValueType.number,
                    method=True,
                    steps=LIBRARY,
                    optional=1,
                ),
            )
            for parts, kinds in (
                (_DATES, frozenset({ValueType.moment})),
                (_CLOCK, frozenset({ValueType.moment, ValueType.duration})),
            )
            for part in parts
        ),
    )
}
"""By name, and whether it is called as a method."""
TYPES: dict[str, ValueType] = {
    "null_type": ValueType.null,
    "bool": ValueType.truth,
    "int": ValueType.number,
    "uint": ValueType.number,
    "double": ValueType.number,
    "string": ValueType.text,
    "bytes": ValueType.bytes,
    "list": ValueType.list,
    "map": ValueType.object,
    "type": ValueType.type,
}
"""What a condition may hold `type(…)` against: whole and fractional numbers are of one type."""


def call_function(function: Function, args: list[Any]) -> Any:
    """What the function gives; raises NoValue."""
    for arg, kinds in zip(args, function.takes, strict=False):
        of_kind(arg, *kinds)
    return function.call(*args)
