"""Figures as people write them: the numbers, days and times of day in their texts, and how a value reads to them. Pure.

A figure that can be read in two ways counts as both: `1.284` is more than a thousand, and a little more than one.
Texts come in lower case, with single blanks, plain quotes and dashes. Digits are 0 to 9, for others can pose as them.
Reading forms stand beside what runs, or in a title, and never in its place: the payload keeps its bytes.
"""

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, TypeAlias

from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from approvals.digest import JSON

Day: TypeAlias = tuple[int | None, int, int | None]
"""Year, month, day; a text may leave out the year, or the day."""
Time: TypeAlias = tuple[int, int]
"""Hour and minute, without a zone."""

_MONTHS = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_RESTS = ("uary", "ruary", "ch", "il", "", "e", "y", "ust", "t(?:ember)?", "ober", "ember", "ember")
_MONTH = "|".join(f"{short}(?:{rest})?" for short, rest in zip(_MONTHS, _RESTS, strict=True))
_DD, _YYYY = "([0-9]{1,2})", "([0-9]{4})"
_TH = r"(?:st|nd|rd|th|\.)?"
_ISO_DAY = re.compile(rf"(?<![\w-]){_YYYY}([-/])([0-9]{{2}})\2([0-9]{{2}})(?![0-9-])")
_ISO_MONTH = re.compile(rf"(?<![\w-]){_YYYY}-([0-9]{{2}})(?![\w-])")
_ISO_MOMENT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[t ][0-9].*")
_DAY_FIRST = re.compile(
    rf"(?<![\w.,])(?:{_DD}{_TH}(?: ?- ?| (?:to|and|or|until) ))?{_DD}{_TH}(?: of)? ({_MONTH})\b\.?(?:,? {_YYYY}\b)?"
)
_MONTH_FIRST = re.compile(rf"\b({_MONTH})\b\.? {_DD}(?:st|nd|rd|th)?(?![\w:])(?:,? {_YYYY}\b)?")
_MONTH_OF_YEAR = re.compile(rf"\b({_MONTH})\b\.?,? {_YYYY}\b")
_SIGNED_DAY = re.compile(rf"(?<![\w.]){_DD}([./]){_DD}\2{_YYYY}(?![\w/])")
_TIME = re.compile(r"(?<![0-9:.,+])([01]?[0-9]|2[0-3])[:h]([0-5][0-9])(?![0-9])(?: ?([ap])\.?m\b)?")
_HOUR = re.compile(r"(?<![0-9:.,])(1[0-2]|0?[1-9]) ?([ap])\.?m\b")

_DIGITS = re.compile(r"[0-9]+(?:[.,'][0-9]+)*")
_LONGEST = 40
_MOST_GROUPS = 4
"""So many groups of three with blanks between them are read as one number: a thousand millions."""
_THREE = re.compile(r"[0-9]{3}(?![0-9])")
_PLAIN = re.compile(r"(?:0|[1-9][0-9]*)(?:[.,][0-9]+)?")
_GROUPED = re.compile(r"[1-9][0-9]{0,2}([.,'])[0-9]{3}(?:\1[0-9]{3})*(?:(?!\1)[.,][0-9]+)?")
_IN_A_WORD = re.compile(r"(?:\w|[^\W\d_][-_.+])\Z")
"""Before digits: then they are part of a word, such as the number of an order."""
_UNIT = re.compile(r"[^\W\d_]{0,3}(?!\w|[-_@+]\w|\.[^\W\d_])")
"""After a number: nothing, or a short unit right behind it."""
_MINUS = re.compile(r"(?<!\w)-\Z")
_PERCENT = re.compile(r" ?(?:%|percent\b|per cent\b)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """What a text names."""

    numbers: frozenset[Decimal]
    days: frozenset[Day]
    times: frozenset[Time]

    def has_day(self, day: Day) -> bool:
        """Whether the text names the day; where one of the two leaves the year out, in any year."""
        year, month, number = day
        if year is None:
            return any(each[1:] == (month, number) for each in self.days)
        return day in self.days or (number is not None and (None, month, number) in self.days)


def figures(text: str) -> Figures:
    """All that a text names; the work grows with its length alone."""
    days = frozenset(_days(text))
    years = {Decimal(year) for year, _, _ in days if year is not None}
    numbers = frozenset(_numbers(_ISO_DAY.sub(";", text)))
    return Figures(numbers=numbers | years, days=days, times=frozenset(_times(text)))


def written_number(text: str) -> frozenset[Decimal]:
    """What a text means that is nothing but a number; nothing for any other, or for one with zeros before it."""
    sign, digits = (-1, text[1:]) if text[:1] == "-" else (1, text)
    found: set[Decimal] = set()
    if len(digits) <= _LONGEST:
        if _PLAIN.fullmatch(digits):
            found.add(sign * Decimal(digits.replace(",", ".")))
        if grouped := _GROUPED.fullmatch(digits):
            found.add(sign * Decimal(digits.replace(grouped[1], "").replace(",", ".")))
    return frozenset(found)


def written_moment(text: str) -> tuple[tuple[Day, Time | None], ...]:
    """What a text means that is nothing but a day, or in ISO form also a time: by its own clock, and by UTC's."""
    if _ISO_MOMENT.fullmatch(text):
        try:
            moment = datetime.fromisoformat(text.upper())
            zones = [moment] if moment.tzinfo is None else [moment, moment.astimezone(UTC)]
        except (ValueError, OverflowError):
            return ()
        return tuple(((each.year, each.month, each.day), (each.hour, each.minute)) for each in zones)
    for pattern in (_ISO_DAY, _ISO_MONTH, _SIGNED_DAY, _DAY_FIRST, _MONTH_FIRST, _MONTH_OF_YEAR):
        found = pattern.fullmatch(text)
        if found is not None and not (pattern is _DAY_FIRST and found[1]):  # from one day to another is two
            return tuple((day, None) for day in _days(text))
    return ()


def _days(text: str) -> "Iterator[Day]":
    for found in _ISO_DAY.finditer(text):
        yield int(found[1]), int(found[3]), int(found[4])
    for found in _ISO_MONTH.finditer(text):
        yield int(found[1]), int(found[2]), None
    for found in _SIGNED_DAY.finditer(text):
        yield int(found[4]), int(found[3]), int(found[1])
        if found[2] == "/":  # in America the month comes first
            yield int(found[4]), int(found[1]), int(found[3])
    for found in _DAY_FIRST.finditer(text):
        for day in filter(None, (found[1], found[2])):
            yield _year(found[4]), _month(found[3]), int(day)
    for found in _MONTH_FIRST.finditer(text):
        yield _year(found[3]), _month(found[1]), int(found[2])
    for found in _MONTH_OF_YEAR.finditer(_DAY_FIRST.sub(";", text)):
        yield int(found[2]), _month(found[1]), None


def _year(text: str | None) -> int | None:
    return None if text is None else int(text)


def _month(name: str) -> int:
    return _MONTHS.index(name[:3]) + 1


def _times(text: str) -> "Iterator[Time]":
    for found in _TIME.finditer(text):
        yield _by_24(int(found[1]), found[3]), int(found[2])
    for found in _HOUR.finditer(text):
        yield _by_24(int(found[1]), found[2]), 0


def _by_24(hour: int, half: str | None) -> int:
    return hour if half is None or hour > 12 else hour % 12 + (12 if half == "p" else 0)


def _numbers(text: str) -> "Iterator[Decimal]":
    parts = list(_DIGITS.finditer(text))
    for at, part in enumerate(parts):
        start = part.start()
        if _IN_A_WORD.search(text, max(start - 2, 0), start):
            continue
        sign = "-" if _MINUS.search(text, max(start - 2, 0), start) else ""
        joined, end = "", start - 1
        for other in parts[at : at + _MOST_GROUPS]:
            if joined and not (other.start() == end + 1 and text[end] == " " and _THREE.match(other.group())):
                break
            joined, end = f"{joined}'{other.group()}" if joined else other.group(), other.end()
            if _UNIT.match(text, end):
                for number in written_number(sign + joined):
                    yield number
                    if _PERCENT.match(text, end):
                        yield number / 100


_WORDS = re.compile(r"[A-Z]?[a-z]+|[A-Z]+(?![a-z])")
_MONEY = frozenset(
    (
        *("amount", "price", "total", "sum", "cost", "fee", "balance", "budget", "credit", "value"),
        *("refund", "net", "gross", "tax", "paid", "salary", "wage"),
    )
)
_COUNTS = frozenset(("rows", "count", "quantity", "recipients", "records", "items", "users", "bytes", "size"))
_CURRENCIES = ("currency", "currency_code", "ccy")
_CURRENCY = re.compile(r"[A-Z]{3}")
_PLACES = {"JPY": 0, "KRW": 0, "VND": 0, "CLP": 0, "ISK": 0, "BHD": 3, "JOD": 3, "KWD": 3, "OMR": 3, "TND": 3}
"""How many digits stand behind the point, where they are not two."""
_LEAST = 1_000
"""A smaller count reads as it is."""
_MOST_DIGITS = 18
_IBAN = re.compile(r"[A-Z]{2}[0-9]{2}[A-Z0-9]{11,30}")
_IBAN_REMAINDER = 1
_ISO_DATE = re.compile(r"(\d{4}-\d\d-\d\d)([T ]\d\d:\d\d.*)?")


def reading_form(name: str, value: "JSON", siblings: "Mapping[str, JSON]") -> str | None:
    """How people read the value of a field with such names beside it; None where it reads well as it is."""
    match value:
        case bool():
            return None
        case int() | float():
            shown = _number(name, value, siblings)
        case str():
            shown = _iban(name, value) or _day(value)
        case _:
            return None
    return None if shown in (None, str(value)) else shown


def currency_of(siblings: "Mapping[str, JSON]") -> str | None:
    """The currency that stands beside an amount, as a code of three letters."""
    for name in _CURRENCIES:
        value = siblings.get(name)
        if isinstance(value, str) and _CURRENCY.fullmatch(value):
            return value
    return None


def _number(name: str, value: float, siblings: "Mapping[str, JSON]") -> str | None:
    words = {word.lower() for word in _WORDS.findall(name)}
    exact = Decimal(repr(value))
    if len(exact.as_tuple().digits) > _MOST_DIGITS or abs(exact) >= Decimal(10) ** _MOST_DIGITS:
        return None
    currency = currency_of(siblings)
    if words & _MONEY and currency is not None:
        return _grouped(exact, _PLACES.get(currency, 2))
    if abs(exact) >= _LEAST and words & (_MONEY | _COUNTS):
        return _grouped(exact, 0)
    return None


def _grouped(exact: Decimal, places: int) -> str:
    """With at least so many places, and all that it has."""
    whole = exact.normalize()
    exponent = whole.as_tuple().exponent
    own = -exponent if isinstance(exponent, int) and exponent < 0 else 0
    return f"{whole:,.{max(places, own)}f}"


def _iban(name: str, text: str) -> str | None:
    """In groups of four; what its field calls an IBAN is told apart from one if its check digits are wrong."""
    if not _IBAN.fullmatch(text):
        return None
    grouped = " ".join(text[start : start + 4] for start in range(0, len(text), 4))
    if int("".join(str(int(char, 36)) for char in text[4:] + text[:4])) % 97 == _IBAN_REMAINDER:
        return grouped
    return f"{grouped}, {say.CHECK_DIGITS_DO_NOT_MATCH}" if "iban" in name.lower() else None


def _day(text: str) -> str | None:
    found = _ISO_DATE.fullmatch(text)
    if found is None:
        return None
    try:
        day = date.fromisoformat(found[1])
    except ValueError:
        return None
    return f"{day:%a}" if found[2] else f"{day:%a} {day.day} {day:%b %Y}"
