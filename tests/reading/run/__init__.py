"""A run of 36 proposals, as one person gets them one after the other: 30 are fine, and six do harm in one field each."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.reading.proposals import read, readings

HERE = Path(__file__).parent
LENGTH = 36
STRETCHES = (range(1, 11), range(11, 31), range(31, 37))
"""Of a run: its beginning, its middle, its end."""
_BETWEEN = (2, 6, 9, 13, 15, 18, 22, 24, 29, 32)
"""Where the ten of the 24 that are fine stand."""


@cache
def run(harmful="harmful"):
    """All of them in the order in which they are read; `harmful` names the file of those that do harm."""
    known = (each for each in readings() if each.group == "fine")
    fine = [replace(each, number=place) for each, place in zip(known, _BETWEEN, strict=True)]
    fine = sorted([*fine, *read(HERE, "fine")], key=lambda each: each.number)
    harm = {each.number: each for each in read(HERE, harmful)}
    between = iter(fine)
    return tuple(harm.get(place) or replace(next(between), number=place) for place in range(1, LENGTH + 1))
