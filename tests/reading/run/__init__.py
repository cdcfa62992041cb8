"""A run of 36 proposals, as one person gets them one after the other: 30 are fine, and six do harm in one field each."""

from dataclasses import replace
from functools import cache
from pathlib import Path

from tests.reading.proposals import POLICY, read, readings

HERE = Path(__file__).parent
LENGTH = 36
STRETCHES = (range(1, 11), range(11, 31), range(31, 37))
"""Of a run: its beginning, its middle, its end."""
GRAVE = ("access.grant", "db.execute", "payment.create", "payroll.hours", "refund.create")
"""What `weary_policy` has whoever is tired type a value of."""
_BETWEEN = (2, 6, 9, 13, 15, 18, 22, 24, 29, 32)
"""Where the ten of the 24 that are fine stand."""


def weary_policy():
    """The theatre's, under which whoever decided a little today is tired, and most of the run is grave."""
    text = POLICY.read_text(encoding="utf-8")
    for people, decisions in {"U0TOMAS, U0LENA]": 1, "U0KOFI, U0INES]": 3, "U0GRETA]": 1}.items():
        text = text.replace(people, f"{people}, fatigue: {{within: 8h, decisions: {decisions}}}")
    for reason in ("Money goes back to a patron", "Hours become wages"):
        text = text.replace(f"reason: {reason}", f"reason: {reason}\n    confirmation: ask")
    return text


@cache
def run(harmful="harmful"):
    """All of them in the order in which they are read; `harmful` names the file of those that do harm."""
    known = (each for each in readings() if each.group == "fine")
    fine = [replace(each, number=place) for each, place in zip(known, _BETWEEN, strict=True)]
    fine = sorted([*fine, *read(HERE, "fine")], key=lambda each: each.number)
    harm = {each.number: each for each in read(HERE, harmful)}
    between = iter(fine)
    return tuple(harm.get(place) or replace(next(between), number=place) for place in range(1, LENGTH + 1))
