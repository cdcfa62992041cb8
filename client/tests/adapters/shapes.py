"""Arguments at random: types as tools declare them, good and bad at carrying what people approve, and values of them.

Half of the kinds survive JSON both ways; the others (a secret, a validator that changes twice, a hidden field, an alias
that is read and not written) have to be refused.
"""

import dataclasses
import enum
import random
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from typing import Annotated, Any, Literal
from uuid import UUID

from laws import Level, Mode, Shape, word
from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, RootModel, SecretStr, create_model
from typing_extensions import TypedDict


class Colour(enum.Enum):
    RED = "red"
    BLUE = 3


class Place(TypedDict):
    city: str
    zip: int


@dataclasses.dataclass
class Line:
    sku: str
    quantity: int = 1
    on: date | None = None


def moment(rng: random.Random) -> str:
    zone = rng.choice(["", "Z", "+02:00", "-05:30"])
    return (
        f"2026-{rng.randint(1, 12):02}-{rng.randint(1, 28):02}T{rng.randint(0, 23):02}:{rng.randint(0, 59):02}:07{zone}"
    )


PLAIN: list[Shape] = [
    Shape(int, lambda rng: rng.choice([rng.randint(-9, 9), str(rng.randint(0, 9)), 10**12])),
    Shape(float, lambda rng: rng.choice([rng.randint(-9, 9), 0.1, -0.0, 1e22, "2.5"])),
    Shape(bool, lambda rng: rng.choice([True, False, "yes", 0])),
    Shape(str, word),
    Shape(Decimal, lambda rng: rng.choice(["1.0", "1.00", 3, 0.25, "-7"])),
    Shape(date, lambda rng: f"2026-0{rng.randint(1, 9)}-11"),
    Shape(datetime, moment),
    Shape(time, lambda rng: f"{rng.randint(0, 23):02}:30:00"),
    Shape(timedelta, lambda rng: rng.choice(["PT5M", 90, "P1DT2H"])),
    Shape(UUID, lambda rng: str(UUID(int=rng.getrandbits(128)))),
    Shape(Mode, lambda rng: rng.choice(["dry", "real"])),
    Shape(Level, lambda rng: rng.choice([1, 2])),
    Shape(Colour, lambda rng: rng.choice(["red", 3])),
    Shape(Literal["a", 1] | None, lambda rng: rng.choice(["a", 1, None])),
    Shape(Place, lambda rng: {"city": word(rng), "zip": rng.randint(0, 9)}),
    Shape(Line, lambda rng: {"sku": word(rng)} | rng.choice([{}, {"quantity": "4"}, {"on": "2026-02-03"}])),
    Shape(int | str, lambda rng: rng.choice([1, "1", word(rng)])),
    Shape(float | int, lambda rng: rng.choice([1, 1.0, 2.5])),
    Shape(date | str, lambda rng: rng.choice(["2026-01-02", word(rng)])),
    Shape(bytes, word),
    Shape(Any, lambda rng: rng.choice([1, 1.5, word(rng), None, [1, {"a": True}]])),
]
WILFUL: list[Shape] = [
    Shape(SecretStr, word),
    Shape(Annotated[int, AfterValidator(lambda value: value * 5)], lambda rng: rng.randint(-3, 3)),
    Shape(Annotated[str, BeforeValidator(lambda value: f"<{value}>")], word),
    Shape(Annotated[int, AfterValidator(abs)], lambda rng: rng.randint(-3, 3)),
    Shape(Annotated[str, AfterValidator(str.strip)], word),
]


def shape(rng: random.Random, depth: int = 2) -> Shape:
    """One at random."""
    if depth and rng.random() < 0.5:
        return _composed(rng, depth - 1)
    return rng.choice(WILFUL if rng.random() < 0.15 else PLAIN)


def _composed(rng: random.Random, depth: int) -> Shape:
    one, other = shape(rng, depth), shape(rng, depth)
    return rng.choice(
        [
            Shape(list[one.type], lambda rng: [one.draw(rng) for _ in range(rng.randint(0, 2))]),
            Shape(dict[str, one.type], lambda rng: {word(rng): one.draw(rng) for _ in range(rng.randint(0, 2))}),
            Shape(tuple[one.type, other.type], lambda rng: [one.draw(rng), other.draw(rng)]),
            Shape(one.type | None, lambda rng: rng.choice([None, one.draw(rng)])),
            Shape(one.type | other.type, lambda rng: rng.choice([one, other]).draw(rng)),
            Shape(RootModel[one.type], one.draw),
            _model(rng, one, other),
            _model(rng, one, other),
        ]
    )


def _model(rng: random.Random, one: Shape, other: Shape) -> Shape:
    """A model with one field as it comes, and one with a default, an alias, or hidden."""
    how = rng.choice(["default", "alias", "aliases", "hidden", "extra", "strict"])
    fields: dict[str, Any] = {"one": (one.type, ...)}
    written = "other"
    config = ConfigDict()
    match how:
        case "default":
            fields["other"] = (other.type | None, None)
        case "alias":
            fields["other"], written = (other.type, Field(alias="otherOne")), "otherOne"
        case "aliases":
            field = Field(None, validation_alias="read", serialization_alias="written")
            fields["other"], written = (other.type | None, field), "read"
        case "hidden":
            fields["other"] = (other.type | None, Field(None, exclude=True))
        case "extra" | "strict":
            fields["other"] = (other.type, ...)
            config = ConfigDict(extra="allow" if how == "extra" else "forbid")
    model: type[BaseModel] = create_model(f"Order{rng.randint(0, 999)}", __config__=config, **fields)

    def draw(rng: random.Random) -> dict[str, Any]:
        drawn = {"one": one.draw(rng)}
        if how in ("alias", "extra", "strict") or rng.random() < 0.7:
            drawn[written] = other.draw(rng)
        if how == "extra" and rng.random() < 0.5:
            drawn["more"] = word(rng)
        return drawn

    return Shape(model, draw)
