"""Durations of the policy file: a whole number and its unit, each kind with its bounds."""

import re
from typing import Annotated

from pydantic import BeforeValidator, WithJsonSchema

from policy.file.scalars import WrongShape

UNITS = {"s": 1, "m": 60, "h": 3600, "d": 86400}
LONGEST_DURATION = 30 * UNITS["d"]
DURATION = r"([1-9][0-9]{0,8})([smhd])"


def seconds_of(value: object) -> int:
    """How many seconds a duration is, such as 90s, 30m, 1h, 2d; raises Misshapen."""
    match = re.fullmatch(DURATION, value) if isinstance(value, str) else None
    if match is None:
        raise WrongShape(f"{value!r} is no duration", "Write a whole number and its unit: 90s, 30m, 1h, 2d.")
    return int(match[1]) * UNITS[match[2]]


def _duration(value: object) -> int:
    seconds = seconds_of(value)
    if seconds > LONGEST_DURATION:
        raise WrongShape(f"{value} is longer than 30d", "Nobody should wait that long for an answer.")
    return seconds


def duration_text(seconds: int) -> str:
    """So many seconds as the file has them, in the largest unit that leaves nothing over: 1h, 90s."""
    unit = next(unit for unit, length in sorted(UNITS.items(), key=lambda each: -each[1]) if seconds % length == 0)
    return f"{seconds // UNITS[unit]}{unit}"


Duration = Annotated[
    int,
    BeforeValidator(_duration),
    WithJsonSchema({"type": "string", "pattern": f"^{DURATION}$", "examples": ["90s", "30m", "1h", "2d"]}),
]
LONGEST_UNDO_WINDOW = 10 * UNITS["m"]


def _undo_window(value: object) -> int:
    seconds = seconds_of(value)
    if seconds > LONGEST_UNDO_WINDOW:
        raise WrongShape(
            f"{value} is longer than {duration_text(LONGEST_UNDO_WINDOW)}", "It is for a slip of the hand: 10s, 1m."
        )
    return seconds


UndoWindowDuration = Annotated[
    int,
    BeforeValidator(_undo_window),
    WithJsonSchema({"type": "string", "pattern": f"^{DURATION}$", "examples": ["10s", "1m"]}),
]
"""From 1s to 10m."""
SHORTEST_RETENTION = UNITS["d"]
LONGEST_RETENTION = 36_500 * UNITS["d"]


def _retention(value: object) -> int:
    seconds = seconds_of(value)
    if seconds < SHORTEST_RETENTION:
        raise WrongShape(f"{value} is shorter than a day", "What is erased cannot be brought back: write 30d, 400d.")
    if seconds > LONGEST_RETENTION:
        raise WrongShape(f"{value} is longer than a hundred years", "What is never to be erased is left out.")
    return seconds


RetentionDuration = Annotated[
    int,
    BeforeValidator(_retention),
    WithJsonSchema({"type": "string", "pattern": f"^{DURATION}$", "examples": ["30d", "400d"]}),
]
"""From a day to a hundred years."""
