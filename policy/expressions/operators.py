"""Operators: what each means between the values of conditions.

Numbers of JSON are one type, and mean what a person reads: 0.1 + 0.2 is 0.3, 5099 / 100 is 50.99, 9.0 is 9. Between
types there is no answer, not even that two values differ: whoever compares a list with a text expected a text.
"""

import math
from collections.abc import Sequence
from datetime import datetime, timedelta
from enum import StrEnum
from fractions import Fraction
from functools import lru_cache
from typing import Any, TypeVar

T = TypeVar("T", int, int | Fraction)
MISSING, OTHER_TYPE = "a field is missing", "a field has another type"
TOO_LONG, NOT_COMPUTED = "it would take too long", "it cannot be computed"
LARGEST = int(1.7976931348623157e308)
FINEST = 4096
"""Bits of the largest denominator: where every number is a payload's, a few dozen products."""


class NoValue(Exception):
    """There is no value; `why` is in our own words."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class ValueType(StrEnum):
    """The types of values, as sentences name them."""

    null = "null"
    truth = "true or false"
    number = "a number"
    text = "text"
    bytes = "bytes"
    list = "a list"
    object = "an object"
    moment = "a moment"
    duration = "a duration"
    type = "a type"


ORDERED = frozenset(
    {ValueType.truth, ValueType.number, ValueType.text, ValueType.bytes, ValueType.moment, ValueType.duration}
)
"""Kinds of which one value is less than another."""
_KINDS: dict[type, ValueType] = {
    type(None): ValueType.null,
    bool: ValueType.truth,
    int: ValueType.number,
    float: ValueType.number,
    Fraction: ValueType.number,
    str: ValueType.text,
    bytes: ValueType.bytes,
    list: ValueType.list,
    tuple: ValueType.list,
    dict: ValueType.object,
    datetime: ValueType.moment,
    timedelta: ValueType.duration,
    ValueType: ValueType.type,
}


def kind(value: Any) -> ValueType:
    """The type of a value."""
    return _KINDS[type(value)]


def of_kind(value: Any, *wanted: ValueType) -> Any:
    """The value; raises NoValue where it is of another kind."""
    if kind(value) not in wanted:
        raise NoValue(OTHER_TYPE)
    return value


@lru_cache(maxsize=1024)
def _fraction(value: float) -> Fraction:
    """A finite number as it is written; conditions have the same few again and again."""
    return Fraction(repr(value))


def exact(value: Any) -> int | Fraction:
    """A number as it is written: 0.1 is one tenth. Raises NoValue for what is none."""
    of_kind(value, ValueType.number)
    if isinstance(value, float):
        if not math.isfinite(value):
            raise NoValue(NOT_COMPUTED)
        value = _fraction(value)
    number: int | Fraction = value
    return number.numerator if number.denominator == 1 else number


def whole_number(value: Any) -> int:
    """A number without a fraction; raises NoValue for others."""
    number = exact(value)
    if not isinstance(number, int):
        raise NoValue(NOT_COMPUTED)
    return number


def same(one: Any, other: Any) -> bool:
    """Whether two values of one type are equal, through and through; raises NoValue where types differ anywhere."""
    shape = kind(one)
    of_kind(other, shape)
    match shape:
        case ValueType.number:
            return exact(one) == exact(other)
        case ValueType.list:
            pairs = [same(*pair) for pair in zip(one, other, strict=False)]
            return all(pairs) and len(one) == len(other)
        case ValueType.object:
            common = [same(one[key], other[key]) for key in one if key in other]
            return all(common) and one.keys() == other.keys()
    return bool(one == other)


def among(value: Any, listed: Any) -> bool:
    """Whether one of a list is the value; raises NoValue where none is and one of another type might be meant."""
    unsure = False
    for each in of_kind(listed, ValueType.list):
        try:
            if same(value, each):
                return True
        except NoValue:
            unsure = True
    if unsure:
        raise NoValue(OTHER_TYPE)
    return False


def is_choice(value: Any, choices: Sequence[Any]) -> bool:
    """Whether it is one of the choices that a policy writes; raises NoValue where none of them is of its type."""
    alike = [each for each in choices if kind(each) is kind(value)]
    if choices and not alike:
        raise NoValue(OTHER_TYPE)
    return any(same(value, each) for each in alike)


def compared(one: Any, other: Any) -> int:
    """Below zero, zero or above, as one is less, equal or greater; raises NoValue between types."""
    if type(one) is type(other) is int:  # most are, and a loop has thousands
        return int(one > other) - int(one < other)
    shape = kind(of_kind(one, *ORDERED))
    of_kind(other, shape)
    if shape is ValueType.number:
        return _sign(exact(one), exact(other))
    return _sign(one, other)


def _sign(one: Any, other: Any) -> int:
    return int(one > other) - int(one < other)


def added(one: Any, other: Any) -> Any:
    """The sum of two numbers; text after text, and a list after a list."""
    match kind(one), kind(other):
        case ValueType.number, ValueType.number:
            return bounded(exact(one) + exact(other))
        case (ValueType.text, ValueType.text) | (ValueType.bytes, ValueType.bytes):
            return one + other
        case ValueType.list, ValueType.list:
            return [*one, *other]
        case (ValueType.moment | ValueType.duration, ValueType.duration) | (ValueType.duration, ValueType.moment):
            return _in_time(lambda: one + other)
    raise NoValue(OTHER_TYPE)


def subtracted(one: Any, other: Any) -> Any:
    """The difference of two numbers, or in time."""
    match kind(one), kind(other):
        case (ValueType.moment, ValueType.moment | ValueType.duration) | (ValueType.duration, ValueType.duration):
            return _in_time(lambda: one - other)
    return bounded(exact(one) - exact(other))


def multiplied(one: Any, other: Any) -> int | Fraction:
    """The product of two numbers."""
    return bounded(exact(one) * exact(other))


def divided(one: Any, other: Any) -> int | Fraction:
    """The quotient, with its fraction: 5 / 2 is 2.5."""
    return bounded(Fraction(exact(one)) / _not_zero(exact(other)))


def remainder(one: Any, other: Any) -> int:
    """What a division of whole numbers leaves, with the sign of the first."""
    dividend, divisor = map(whole_number, (exact(one), exact(other)))
    left = abs(dividend) % abs(_not_zero(divisor))
    return -left if dividend < 0 else left


def negated(value: Any) -> Any:
    """The number, or the duration, the other way."""
    return -value if kind(value) is ValueType.duration else -exact(value)


def element_at(container: Any, place: Any) -> Any:
    """The entry of a list by its number from 0, or the field of an object by its name."""
    found: Any = None
    if kind(of_kind(container, ValueType.list, ValueType.object)) is ValueType.list:
        number = whole_number(place)
        if not 0 <= number < len(container):
            raise NoValue(MISSING)
        found = container[number]
    else:
        of_kind(place, ValueType.text)
        if place not in container:
            raise NoValue(MISSING)
        found = container[place]
    return found


def keys(container: Any) -> list[str]:
    """The names of an object's fields."""
    return list(of_kind(container, ValueType.object))


def bounded(number: int | Fraction) -> int | Fraction:
    """The number, if it is not too large or too fine to be reckoned with. Raises NoValue."""
    if not -LARGEST <= number <= LARGEST or number.denominator.bit_length() > FINEST:
        raise NoValue(NOT_COMPUTED)
    return number.numerator if number.denominator == 1 else number


def _not_zero(number: T) -> T:
    if number == 0:
        raise NoValue(NOT_COMPUTED)
    return number


def _in_time(computed: Any) -> Any:
    try:
        return computed()
    except OverflowError:
        raise NoValue(NOT_COMPUTED) from None
