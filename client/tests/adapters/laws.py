"""How a law is tried: over types and values that hypothesis draws, the same each time, and makes small where it breaks."""

import copy
import enum
import random
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

Draw = Callable[[random.Random], Any]
Law = Callable[[random.Random], None]


def hold(law: Law, *, examples: int = 400) -> None:
    """Tries the law so often, with choices that hypothesis makes, and shrinks. Raises what a counterexample raises."""
    tried = settings(
        max_examples=examples, derandomize=True, database=None, deadline=None, suppress_health_check=list(HealthCheck)
    )
    tried(given(st.randoms(use_true_random=False))(law))()


class Mode(enum.StrEnum):
    DRY = "dry"
    REAL = "real"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Shape:
    """A type, and how a model writes a value of it."""

    type: Any
    draw: Draw


def word(rng: random.Random) -> str:
    return "".join(rng.choice("abcäß 1-é😀") for _ in range(rng.randint(0, 6)))


def edit(rng: random.Random, payload: dict[str, Any]) -> dict[str, Any]:
    """The payload as reviewers might leave it: a value changed, a key more, a key less, at any depth."""
    edited = copy.deepcopy(payload)
    place: Any = edited
    while (inner := [each for each in _inside(place) if each]) and rng.random() < 0.6:
        place = rng.choice(inner)
    key: Any = rng.choice(list(place) if isinstance(place, dict) else range(len(place)))
    match rng.choice(["change", "change", "add", "remove"]):
        case "change":
            place[key] = rng.choice([0, 2.0, 17, "dry", "2026-05-06", True, None, [], {"one": 1}])
        case "add" if isinstance(place, dict):
            place["dry_run"] = True
        case "add":
            place.append(copy.deepcopy(place[key]))
        case "remove":
            del place[key]
    return edited


def _inside(place: Any) -> list[Any]:
    values = place.values() if isinstance(place, dict) else place
    return [each for each in values if isinstance(each, dict | list)]
