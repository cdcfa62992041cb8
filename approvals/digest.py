"""Digests of actions: what binds an approval to exactly one payload. The one door to RFC 8785."""

import hashlib
import json
import re
from typing import TYPE_CHECKING, TypeAlias

import rfc8785

if TYPE_CHECKING:
    from collections.abc import Mapping


JSON: TypeAlias = "dict[str, JSON] | list[JSON] | str | int | float | bool | None"

EXACT = 2**53 - 1
"""The last integer that every JSON reader takes exactly, and the last that RFC 8785 can write."""

_TEXT = re.compile(r'"[^"\\]*(?:\\.[^"\\]*)*"')
_LONG = re.compile("[0-9]{16}")
_WHOLE = re.compile(r"\.0(?![0-9])")
"""A fraction of zero, which JavaScript leaves out."""
_NAME_OF_A_VALUE = re.compile(r'"(?:null|true|false|-?[0-9][^"]*)":')
"""What becomes of a name that is no text; and texts that look the same."""
_SURROGATES = re.compile("[\ud800-\udfff]")
_ABOVE_THEM = re.compile("[\ue000-\uffff]")
_compact = json.JSONEncoder(ensure_ascii=False, allow_nan=False, sort_keys=True, separators=(",", ":")).encode


def canonical(value: "JSON") -> bytes:
    """The RFC 8785 bytes of a JSON value; ValueError for what I-JSON cannot carry (NaN, integers past 2^53)."""
    quick = _quickly(value)
    return rfc8785.dumps(value) if quick is None else quick


def canonical_record(record: "Mapping[str, str | int | None]") -> bytes:
    """The same of texts and integers alone, under names of ASCII, where nothing can differ: ValueError as above."""
    for value in record.values():
        if isinstance(value, int) and abs(value) > EXACT:
            raise ValueError(f"integers beyond {EXACT} have no canonical form")
    return _compact(record).encode()


def digest(action: str, payload: "Mapping[str, JSON]") -> str:
    """`sha256:` and the hex digest over the canonical bytes of action and payload together."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "payload": dict(payload)})).hexdigest()


def _quickly(value: "JSON") -> bytes | None:
    """The same by the standard library, several times as quick; None wherever it might differ.

    RFC 8785 sorts names by UTF-16 units and writes numbers as JavaScript does. That is Python's order unless names
    have characters of both sides of the surrogates, and Python's way for integers, and for fractions that it writes
    without an exponent. A name that is no text would be made one: then the text does not say the value again.
    """
    try:
        text = _compact(value)
    except (TypeError, ValueError, RecursionError):
        return None
    if _has_other_numbers(_TEXT.sub("", text)) or _SURROGATES.search(text):
        return None
    if not text.isascii() and max(text) > "\uffff" and _ABOVE_THEM.search(text):
        return None
    if _NAME_OF_A_VALUE.search(text) and json.loads(text) != value:
        return None
    return text.encode()


def _has_other_numbers(bare: str) -> bool:
    """Whether there are exponents, whole numbers with a fraction of zero, or integers that may be past 2^53."""
    exponents = bare.count("e") - bare.count("true") - bare.count("false")
    return exponents > 0 or (".0" in bare and _WHOLE.search(bare) is not None) or _LONG.search(bare) is not None
