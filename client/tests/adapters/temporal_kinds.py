"""Activities whose one argument is of a type at random, of what Temporal's own converter takes, and values of them."""

import copy
import dataclasses
import enum
import random
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from signoff_client.adapters.temporal.arguments import act_of
from signoff_client.errors import Invalid, Unfit

SEEDS = range(80)
ONCE = RetryPolicy(maximum_attempts=1)


class Mode(enum.StrEnum):
    DRY = "dry"
    REAL = "real"


class Level(enum.IntEnum):
    LOW = 1
    HIGH = 2


@dataclass(frozen=True, slots=True)
class Kind:
    type: Any
    draw: Callable[[random.Random], Any]


def word(rng: random.Random) -> str:
    return "".join(rng.choice("abcäß 1-é") for _ in range(rng.randint(0, 5)))


PLAIN = [
    Kind(int, lambda rng: rng.choice([rng.randint(-9, 9), 2.0, 2.5])),
    Kind(float, lambda rng: rng.choice([rng.randint(-9, 9), 0.1, 1e22])),
    Kind(bool, lambda rng: rng.choice([True, False])),
    Kind(str, word),
    Kind(datetime, lambda rng: f"2026-0{rng.randint(1, 9)}-11T10:20:30" + rng.choice(["", "Z", "+02:00"])),
    Kind(UUID, lambda rng: str(UUID(int=rng.getrandbits(128)))),
    Kind(Mode, lambda rng: rng.choice(["dry", "real"])),
    Kind(Level, lambda rng: rng.choice([1, 2])),
    Kind(Literal["a", 1], lambda rng: rng.choice(["a", 1])),
    Kind(int | str, lambda rng: rng.choice([1, "1"])),
    Kind(Any, lambda rng: rng.choice([1, 1.5, None, [1, {"a": True}]])),
    Kind(date, lambda rng: "2026-01-02"),
    Kind(Decimal, lambda rng: "1.50"),
]


def kind(rng: random.Random, depth: int) -> Kind:
    if not depth or rng.random() < 0.4:
        return rng.choice(PLAIN[:11] if rng.random() < 0.95 else PLAIN)
    one = kind(rng, depth - 1)
    return rng.choice(
        [
            Kind(list[one.type], lambda rng: [one.draw(rng) for _ in range(rng.randint(0, 2))]),
            Kind(dict[str, one.type], lambda rng: {word(rng): one.draw(rng)}),
            Kind(tuple[one.type, str], lambda rng: [one.draw(rng), word(rng)]),
            Kind(one.type | None, lambda rng: rng.choice([None, one.draw(rng)])),
            record(rng, depth - 1),
        ]
    )


def record(rng: random.Random, depth: int) -> Kind:
    """A dataclass; some change what they are given."""
    kinds = {name: kind(rng, depth) for name in ("one", "two", "three")[: rng.randint(1, 3)]}
    optional = [name for name in kinds if rng.random() < 0.3]
    wilful = rng.random() < 0.1

    def change(self: Any) -> None:
        if isinstance(self.one, int | float):
            self.one = self.one * 5 + 1

    fields = [
        (name, each.type | None, dataclasses.field(default=None)) if name in optional else (name, each.type)
        for name, each in kinds.items()
    ]
    made = dataclasses.make_dataclass(
        "Record", fields, kw_only=True, namespace={"__post_init__": change} if wilful else {}
    )

    def draw(rng: random.Random) -> dict[str, Any]:
        drawn = {name: each.draw(rng) for name, each in kinds.items() if name not in optional or rng.random() < 0.6}
        return drawn | ({"dry_run": True} if rng.random() < 0.05 else {})

    return Kind(made, draw)


def edit(rng: random.Random, payload: dict[str, Any]) -> dict[str, Any]:
    """As reviewers might leave it."""
    edited = copy.deepcopy(payload)
    key = rng.choice(list(edited))
    match rng.choice(["change", "change", "add", "remove"]):
        case "change":
            edited[key] = rng.choice([0, 2.0, 17, "dry", "2026-05-06T00:00:00", True, None, [], {"one": 1}])
        case "add":
            edited["dry_run"] = True
        case "remove":
            del edited[key]
    return edited


def acting(seed: int) -> tuple[Any, Kind]:
    made = record(random.Random(seed), 2)

    async def act(argument: Any) -> Any:
        return [repr(argument), argument]

    act.__annotations__ = {"argument": made.type, "return": Any}
    return activity.defn(name=f"act-{seed}")(act), made


ACTS = {seed: acting(seed) for seed in SEEDS}


@workflow.defn
class Laws:
    """Holds each of the activities to them: how many were asked for, refused, run as edited and refused as edited."""

    @workflow.run
    async def run(self) -> dict[str, int]:
        count = dict.fromkeys(["asked", "refused", "ran", "unfit"], 0)
        for seed, (act, made) in ACTS.items():
            rng = random.Random(seed)
            known, sent = act_of(act, {}, None), made.draw(rng)
            try:
                payload = known.payload(sent)
            except Invalid:
                count["refused"] += 1
                continue
            count["asked"] += 1
            assert await self.got(seed, payload) == await self.got(seed, sent), seed
            assert _same((await self.got(seed, payload))[1], payload), seed
            for _ in range(3):
                approved = edit(rng, payload)
                try:
                    known.check(approved)
                except Unfit:
                    count["unfit"] += 1
                    continue
                count["ran"] += 1
                assert _same((await self.got(seed, approved))[1], approved), seed
        return count

    async def got(self, seed: int, payload: dict[str, Any]) -> Any:
        """What the activity got, as it prints it and as its worker writes it down again."""
        return await workflow.execute_activity(
            f"act-{seed}", payload, start_to_close_timeout=timedelta(seconds=60), retry_policy=ONCE, result_type=list
        )


def _same(one: Any, other: Any) -> bool:
    """Of one value and type, but for an integer that is a float of the same value."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    numbers = {type(one), type(other)} == {int, float}
    return one == other and (type(one) is type(other) or numbers)
