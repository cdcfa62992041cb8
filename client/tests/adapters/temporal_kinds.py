"""Activities whose one argument is of a type at random, of what Temporal's own converter takes, and values of them."""

import dataclasses
import random
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any, Literal
from uuid import UUID

from laws import Level, Mode, Shape, edit, word
from temporalio import activity, workflow
from temporalio.common import RetryPolicy

from signoff_client.adapters.temporal.arguments import act_of
from signoff_client.errors import Invalid, Unfit

ONCE = RetryPolicy(maximum_attempts=1)


PLAIN = [
    Shape(int, lambda rng: rng.choice([rng.randint(-9, 9), 2.0, 2.5])),
    Shape(float, lambda rng: rng.choice([rng.randint(-9, 9), 0.1, 1e22])),
    Shape(bool, lambda rng: rng.choice([True, False])),
    Shape(str, word),
    Shape(datetime, lambda rng: f"2026-0{rng.randint(1, 9)}-11T10:20:30" + rng.choice(["", "Z", "+02:00"])),
    Shape(UUID, lambda rng: str(UUID(int=rng.getrandbits(128)))),
    Shape(Mode, lambda rng: rng.choice(["dry", "real"])),
    Shape(Level, lambda rng: rng.choice([1, 2])),
    Shape(Literal["a", 1], lambda rng: rng.choice(["a", 1])),
    Shape(int | str, lambda rng: rng.choice([1, "1"])),
    Shape(Any, lambda rng: rng.choice([1, 1.5, None, [1, {"a": True}]])),
    Shape(date, lambda rng: "2026-01-02"),
    Shape(Decimal, lambda rng: "1.50"),
]


def kind(rng: random.Random, depth: int) -> Shape:
    if not depth or rng.random() < 0.4:
        return rng.choice(PLAIN[:11] if rng.random() < 0.95 else PLAIN)
    one = kind(rng, depth - 1)
    return rng.choice(
        [
            Shape(list[one.type], lambda rng: [one.draw(rng) for _ in range(rng.randint(0, 2))]),
            Shape(dict[str, one.type], lambda rng: {word(rng): one.draw(rng)}),
            Shape(tuple[one.type, str], lambda rng: [one.draw(rng), word(rng)]),
            Shape(one.type | None, lambda rng: rng.choice([None, one.draw(rng)])),
            record(rng, depth - 1),
        ]
    )


def record(rng: random.Random, depth: int) -> Shape:
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

    return Shape(made, draw)


@dataclass(frozen=True, slots=True)
class Case:
    """An activity at random, a call of it, and what reviewers may make of that, each by a seed."""

    act: Any
    sent: dict[str, Any]
    edits: list[int]


def case(rng: random.Random) -> Case:
    made = record(rng, 2)

    async def act(argument: Any) -> Any:
        return [repr(argument), argument]

    act.__annotations__ = {"argument": made.type, "return": Any}
    return Case(activity.defn(name="act")(act), made.draw(rng), [rng.getrandbits(16) for _ in range(3)])


CASES: list[Case] = []
"""The last is the one that the workflow is about: what it draws could not be handed to it."""


@workflow.defn
class Laws:
    """Holds the activity to them: how often it was asked for, refused, run as edited and refused as edited."""

    @workflow.run
    async def run(self) -> dict[str, int]:
        count = dict.fromkeys(["asked", "refused", "ran", "unfit"], 0)
        case = CASES[-1]
        known = act_of(case.act, {}, None)
        try:
            payload = known.payload(case.sent)
        except Invalid:
            return count | {"refused": 1}
        count["asked"] += 1
        assert await self.got(payload) == await self.got(case.sent)
        assert _same((await self.got(payload))[1], payload)
        for seed in case.edits:
            approved = edit(random.Random(seed), payload)
            try:
                known.check(approved)
            except Unfit:
                count["unfit"] += 1
                continue
            count["ran"] += 1
            assert _same((await self.got(approved))[1], approved), approved
        return count

    async def got(self, payload: dict[str, Any]) -> Any:
        """What the activity got, as it prints it and as its worker writes it down again."""
        return await workflow.execute_activity(
            "act", payload, start_to_close_timeout=timedelta(seconds=60), retry_policy=ONCE, result_type=list
        )


def _same(one: Any, other: Any) -> bool:
    """Of one value and type, but for an integer that is a float of the same value."""
    if isinstance(one, dict) and isinstance(other, dict):
        return one.keys() == other.keys() and all(_same(value, other[key]) for key, value in one.items())
    if isinstance(one, list) and isinstance(other, list):
        return len(one) == len(other) and all(map(_same, one, other))
    numbers = {type(one), type(other)} == {int, float}
    return one == other and (type(one) is type(other) or numbers)
