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
from policy.expressions.operators import NOT_COMPUTED, Kind, NoValue, bounded, exact, kind, of_kind

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
    takes: tuple[frozenset[Kind], ...]
    """For each argument its kinds; a method's object is the first."""
    gives: Kind | None
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


def text(value: Any) -> str:
    """The value as text: a number as JSON has it, without a fraction that is zero."""
    match kind(value):
        case Kind.truth:
            return "true" if value else "false"
        case Kind.number:
            found = exact(value)
            return str(found) if isinstance(found, int) else repr(float(found))
        case Kind.moment | Kind.duration:
            return cel.spelled(value)
        case Kind.bytes:
            return _decoded(value)
    return str(value)


def moment(value: Any) -> datetime:
    """The moment of a text, or of the seconds since 1970."""
    return cel.moment(value) if isinstance(value, str) else datetime.fromtimestamp(float(exact(value)), UTC)


def truth(value: Any) -> bool:
    """True or false, or the text of one."""
    if kind(value) is Kind.text:
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


_TEXT, _TEXTS = frozenset({Kind.text}), (frozenset({Kind.text}),) * 2
_NUMERIC = frozenset({Kind.number, Kind.text})
_SIZED = frozenset({Kind.text, Kind.list, Kind.bytes})
_DATES = ("FullYear", "Month", "DayOfYear", "DayOfMonth", "Date", "DayOfWeek")
_CLOCK = ("Hours", "Minutes", "Seconds", "Milliseconds")
FUNCTIONS: dict[tuple[str, bool], Function] = {
    (name, each.method): each
    for name, each in (
        *(
            (
                "size",
                Function(
                    call=size, takes=(frozenset({Kind.text, Kind.list, Kind.bytes}),), gives=Kind.number, method=method
                ),
            )
            for method in (False, True)
        ),
        ("contains", Function(call=lambda one, other: other in one, takes=_TEXTS, gives=Kind.truth, method=True)),
        ("startsWith", Function(call=str.startswith, takes=_TEXTS, gives=Kind.truth, method=True)),
        ("endsWith", Function(call=str.endswith, takes=_TEXTS, gives=Kind.truth, method=True)),
        *(
            ("matches", Function(call=_matches, takes=_TEXTS, gives=Kind.truth, method=method, steps=LIBRARY))
            for method in (False, True)
        ),
        ("double", Function(call=number, takes=(_NUMERIC,), gives=Kind.number, method=False)),
        ("int", Function(call=integer, takes=(_NUMERIC | {Kind.moment},), gives=Kind.number, method=False)),
        ("uint", Function(call=natural, takes=(_NUMERIC,), gives=Kind.number, method=False)),
        (
            "string",
            Function(
                call=text,
                takes=(_NUMERIC | {Kind.truth, Kind.bytes, Kind.moment, Kind.duration},),
                gives=Kind.text,
                method=False,
            ),
        ),
        ("bool", Function(call=truth, takes=(frozenset({Kind.truth, Kind.text}),), gives=Kind.truth, method=False)),
        (
            "bytes",
            Function(
                call=lambda value: value.encode() if isinstance(value, str) else value,
                takes=(frozenset({Kind.text, Kind.bytes}),),
                gives=Kind.bytes,
                method=False,
            ),
        ),
        ("dyn", Function(call=lambda value: value, takes=(frozenset(Kind),), gives=None, method=False)),
        ("type", Function(call=kind, takes=(frozenset(Kind),), gives=Kind.type, method=False)),
        (
            "timestamp",
            Function(call=_answered(moment), takes=(_NUMERIC,), gives=Kind.moment, method=False, steps=LIBRARY),
        ),
        (
            "duration",
            Function(call=_answered(cel.duration), takes=(_TEXT,), gives=Kind.duration, method=False, steps=LIBRARY),
        ),
        *(
            (
                f"get{part}",
                Function(
                    call=_method(f"get{part}"),
                    takes=(kinds, _TEXT),
                    gives=Kind.number,
                    method=True,
                    steps=LIBRARY,
                    optional=1,
                ),
            )
            for parts, kinds in ((_DATES, frozenset({Kind.moment})), (_CLOCK, frozenset({Kind.moment, Kind.duration})))
            for part in parts
        ),
    )
}
"""By name, and whether it is called as a method."""
TYPES: dict[str, Kind] = {
    "null_type": Kind.null,
    "bool": Kind.truth,
    "int": Kind.number,
    "uint": Kind.number,
    "double": Kind.number,
    "string": Kind.text,
    "bytes": Kind.bytes,
    "list": Kind.list,
    "map": Kind.object,
    "type": Kind.type,
}
"""What a condition may hold `type(…)` against: whole and fractional numbers are of one type."""


def called(function: Function, args: list[Any]) -> Any:
    """What the function gives; raises NoValue."""
    for arg, kinds in zip(args, function.takes, strict=False):
        of_kind(arg, *kinds)
    return function.call(*args)
