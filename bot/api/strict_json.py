"""Strict JSON: what two readers could understand differently is refused before anything else looks at it."""

import json
import math
import re
from collections import Counter
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.refusals import Fault

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from approvals.digest import JSON

MAX_BYTES = 256 * 1024
MAX_DEPTH = 32
MAX_INTEGER = 2**53 - 1
"""The last integer that every JSON reader takes exactly, and the last that RFC 8785 can write."""
MAX_FAULTS = 50
MAX_POINTER = 1000
_MAX_DIGITS = 20
_SURROGATE = re.compile(r"\\u[dD][89a-fA-F]")
"""Half of a pair can only be written as an escape: UTF-8 has none."""


_Path: TypeAlias = "tuple[_Path, str | int] | None"


class Malformed(Exception):
    """The bytes are not JSON; the message says why."""


class Faulty(Exception):
    """It is JSON, but not what was asked for."""

    def __init__(self, faults: "Sequence[Fault]") -> None:
        super().__init__("; ".join(f"{fault.pointer}: {fault.detail}" for fault in faults))
        self.faults = tuple(faults[:MAX_FAULTS])


class _Flaw:
    """Stands in the tree for a value that must not be there, until its place is known."""

    __slots__ = ("detail", "key")

    def __init__(self, detail: str, key: str | None = None) -> None:
        self.detail = detail
        self.key = key


def parse(raw: bytes) -> "JSON":
    """The JSON value in the bytes, its numbers of the kind they were written in.

    Raises Malformed for what is not UTF-8 or not JSON; Faulty, with a pointer to each place, for duplicate keys,
    NaN and infinities, numbers outside what every reader takes, lone surrogates and nesting deeper than MAX_DEPTH.
    """
    try:
        text = raw.decode("utf-8")
    except UnicodeDecodeError as error:
        raise Malformed(f"The body is not UTF-8 (byte {error.start}).") from None
    flawed: list[_Flaw] = []
    noted = partial(_noted, flawed)
    try:
        tree = json.loads(
            text,
            object_pairs_hook=noted(_object),
            parse_int=noted(_integer),
            parse_float=noted(_float),
            parse_constant=noted(_constant),
        )
    except json.JSONDecodeError as error:
        raise Malformed(f"The body is not JSON: {error.msg} at line {error.lineno}, column {error.colno}.") from None
    except RecursionError:
        raise Faulty([_too_deep("")]) from None
    # Looking for the places of flaws takes ten times as long as finding out that there are none.
    if (flawed or _SURROGATE.search(text) or _deep(tree)) and (faults := list(islice(_flaws(tree), MAX_FAULTS))):
        raise Faulty(faults)
    result: JSON = tree
    return result


def pointer(parts: "Sequence[str | int]") -> str:
    """An RFC 6901 pointer; beyond MAX_POINTER characters that of the nearest ancestor that fits."""
    written = ""
    for part in parts:
        longer = written + "/" + str(part).replace("~", "~0").replace("/", "~1")
        if len(longer) > MAX_POINTER:
            break
        written = longer
    return written


def _noted(flawed: "list[_Flaw]", read: "Callable[[Any], Any]") -> "Callable[[Any], Any]":
    """The same reader, with each flaw that it finds kept."""

    def noting(written: Any) -> Any:
        value = read(written)
        if isinstance(value, _Flaw):
            flawed.append(value)
        return value

    return noting


def _deep(tree: Any) -> bool:
    """Whether it is nested deeper than MAX_DEPTH."""
    level = [tree]
    for _ in range(MAX_DEPTH):
        level = [
            member
            for container in level
            if isinstance(container, (dict, list))
            for member in (container.values() if isinstance(container, dict) else container)
            if isinstance(member, (dict, list))
        ]
        if not level:
            return False
    return True


def _object(pairs: list[tuple[str, Any]]) -> Any:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    twice = next(key for key, count in Counter(key for key, _ in pairs).items() if count > 1)
    return _Flaw("The key stands here more than once; send it once.", twice)


def _integer(digits: str) -> Any:
    if len(digits) > _MAX_DIGITS or abs(value := int(digits)) > MAX_INTEGER:
        return _Flaw("The integer is beyond 2^53, where readers disagree; send it as a string.")
    return value


def _float(digits: str) -> Any:
    value = float(digits)
    if math.isinf(value):
        return _Flaw("The number is too large for a double; send it as a string.")
    if value == 0 and re.search("[1-9]", re.split("[eE]", digits)[0]):
        return _Flaw("The number is too small for a double; send it as a string.")
    return value


def _constant(name: str) -> Any:
    return _Flaw(f"{name} is not JSON; leave the field out or send a number.")


def _too_deep(where: str) -> Fault:
    return Fault(where, f"Nested deeper than {MAX_DEPTH} levels.")


def _flaws(tree: Any) -> "Iterator[Fault]":
    # A path is a chain of (parent, key): whole pointers for every member would take memory without bound.
    waiting: list[tuple[Any, _Path, int]] = [(tree, None, 0)]
    while waiting:
        value, path, depth = waiting.pop()
        if isinstance(value, _Flaw):
            yield Fault(_written(path if value.key is None else (path, value.key)), value.detail)
        elif isinstance(value, str):
            if _lone(value):
                yield Fault(_written(path), "The text has half of a surrogate pair; send whole characters.")
        elif isinstance(value, dict | list):
            if depth == MAX_DEPTH:
                yield _too_deep(_written(path))
                continue
            if isinstance(value, dict) and any(map(_lone, value)):
                yield Fault(_written(path), "A key has half of a surrogate pair; send whole characters.")
            members = value.items() if isinstance(value, dict) else enumerate(value)
            deepest = depth + 1 == MAX_DEPTH
            inner = [(member, (path, key), depth + 1) for key, member in members if _may_be_wrong(member, deepest)]
            waiting += reversed(inner)


def _may_be_wrong(value: Any, deepest: bool) -> bool:  # noqa: FBT001 asked a hundred thousand times for one body
    if isinstance(value, str):
        return not value.isascii()
    if isinstance(value, (dict, list)):
        return deepest or bool(value)
    return isinstance(value, _Flaw)


def _lone(text: str) -> bool:
    try:
        text.encode()
    except UnicodeEncodeError:
        return True
    return False


def _written(path: _Path) -> str:
    parts: list[str | int] = []
    while path is not None:
        path, key = path
        parts.append(_shown(key))
    return pointer(parts[::-1])


def _shown(key: str | int) -> str | int:
    """A key as an answer can carry it: a lone surrogate has no UTF-8."""
    return key.encode("utf-8", "replace").decode() if isinstance(key, str) else key
