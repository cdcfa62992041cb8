"""Types of arguments, for tests."""

import dataclasses
import enum
import json

from hypothesis import HealthCheck, settings
from pydantic import (
    TypeAdapter,
)

from signoff_client import Invalid
from signoff_client.fidelity import payload_of

patient = settings(deadline=None, max_examples=60, suppress_health_check=[HealthCheck.too_slow])


class Mode(enum.StrEnum):
    DRY = "dry"
    REAL = "real"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


class Colour(enum.Enum):
    RED = "red"
    ONE = 1


@dataclasses.dataclass
class Point:
    x: int
    y: float = 0.5


def ways(annotation, **dumping):
    """The two ways that a framework on pydantic has for the arguments of a function."""
    adapter = TypeAdapter(annotation)
    return {
        "show": lambda value: adapter.dump_python(value, mode="json", **dumping),
        "validate": lambda payload: adapter.validate_json(json.dumps(payload)),
        "name": "transfer",
    }


def asked(call):
    """The arguments, the two ways of the function, and what people are asked; None if they are not."""
    function, arguments = call
    both = ways(function, by_alias=True)
    try:
        return arguments, both, payload_of(arguments, **both)
    except Invalid:
        return arguments, both, None
