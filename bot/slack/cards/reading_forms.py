"""Reading forms: an amount with its thousands apart, an IBAN in groups of four, a date with its day of the week. Pure.

They stand beside what runs, or in a title, and never in its place: the payload keeps its bytes.
"""

import re
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from bot.slack.words import cards as say

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON

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
