"""CEL: the one door to its library, for the parser and those standard functions that keep their meaning.

It parses what policies say, and matches regular expressions without backtracking. What operators mean between JSON
values is ours, in `operators`: the library finds two values of different types unequal, where nobody can say.
What is nested too deep its parser refuses, at 32 levels.
"""

import re
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from cel_expr_python import cel

from policy.expressions.syntax import Node, tree

_ERROR = re.compile(r"ERROR: <input>:-?\d+:(-?\d+): (.*)")


class NotCEL(ValueError):
    """The text does not parse; the message says why and where."""


class NoAnswer(ValueError):
    """A standard function has none for these values."""


def parse_cel(source: str) -> Node:
    """The expression as a tree, its macros written out; raises NotCEL."""
    try:
        return tree(_language().compile(source, disable_check=True).serialize())
    except RuntimeError as error:
        text = str(error)
        errors = [f"{message} (column {column})" for column, message in _ERROR.findall(text)]
        raise NotCEL("; ".join(dict.fromkeys(errors)) or text) from None


def standard(function: str, *args: Any) -> Any:
    """What a method of the standard library gives for text, moments and durations; raises NoAnswer."""
    places = [_place(number, arg) for number, arg in enumerate(args)]
    program = _program(f"{places[0]}.{function}({', '.join(places[1:])})")
    return _answer(program, {f"x{number}": _spelled(arg) for number, arg in enumerate(args)})


def as_cel_text(value: datetime | timedelta) -> str:
    """A moment or a duration as text."""
    found: str = _answer(_program(f"string({_place(0, value)})"), {"x0": _spelled(value)})
    return found


def timestamp(text: str) -> datetime:
    """The moment that a text of RFC 3339 names; raises NoAnswer."""
    found: datetime = _answer(_program("timestamp(x0)"), {"x0": text})
    return found


def duration(text: str) -> timedelta:
    """The duration that a text such as 1h30m names; raises NoAnswer."""
    found: timedelta = _answer(_program("duration(x0)"), {"x0": text})
    return found


def _answer(program: Any, values: dict[str, str]) -> Any:
    answer = program.eval(data=values)
    if answer.type() == cel.Type.ERROR:
        raise NoAnswer
    return answer.value()


@cache
def _language() -> Any:
    return cel.NewEnv(variables={f"x{number}": cel.Type.STRING for number in range(2)})


@cache
def _program(source: str) -> Any:
    return _language().compile(source)


def _place(number: int, arg: object) -> str:
    # The library takes neither moments nor durations from Python, so they are handed over as text.
    match arg:
        case datetime():
            return f"timestamp(x{number})"
        case timedelta():
            return f"duration(x{number})"
    return f"x{number}"


def _spelled(arg: Any) -> str:
    match arg:
        case datetime():
            return arg.isoformat()
        case timedelta():
            return f"{arg // timedelta(microseconds=1)}us"
    return str(arg)
