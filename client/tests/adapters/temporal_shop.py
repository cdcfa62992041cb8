"""Workflows and activities with arguments of their own types: in a module of its own, as Temporal's sandbox wants it."""

import asyncio
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any, Literal, TypedDict

from temporalio import activity, workflow
from temporalio.exceptions import ActivityError, ApplicationError

from signoff_client.adapters.temporal import Approvals, NotApproved

SECONDS = ("heartbeat_timeout", "schedule_to_start_timeout", "schedule_to_close_timeout")
"""Options of an activity that are durations."""


@dataclass(kw_only=True)
class Line:
    sku: str
    quantity: int = 1


@dataclass(kw_only=True)
class Order:
    amount: float
    lines: list[Line] = field(default_factory=list)
    dry_run: bool = False


@dataclass(kw_only=True)
class TimesFive:
    """Decoding it changes it, each time."""

    amount: float

    def __post_init__(self) -> None:
        self.amount *= 5


@dataclass(kw_only=True)
class Raised:
    """Decoding it changes what is too small."""

    amount: float

    def __post_init__(self) -> None:
        self.amount = max(self.amount, 200)


@dataclass(kw_only=True)
class Large:
    amount: Literal[500]


class Parcel(TypedDict):
    amount: float
    sku: str


class Opaque:
    """No converter knows it."""


class Shop:
    """Activities that write down what they ran with."""

    def __init__(self, folder: str) -> None:
        self._folder = Path(folder)

    def _ran(self, argument: object) -> str:
        with (self._folder / "ran").open("a", encoding="utf-8") as ran:
            ran.write(f"{argument!r}\n")
        return f"Ran {argument!r}."

    @activity.defn
    def ship(self, order: Order) -> str:
        return self._ran(order)

    @activity.defn
    def times_five(self, order: TimesFive) -> str:
        return self._ran(order)

    @activity.defn
    def raised(self, order: Raised) -> str:
        return self._ran(order)

    @activity.defn
    def large(self, order: Large) -> str:
        return self._ran(order)

    @activity.defn
    def parcel(self, order: Parcel) -> str:
        return self._ran(order)

    @activity.defn
    def plain(self, order: dict[str, Any]) -> str:
        return self._ran(order)

    @activity.defn
    def two(self, order: Order, dry_run: bool = True) -> str:
        return self._ran((order, dry_run))

    @activity.defn
    def none(self) -> str:
        return self._ran(None)

    def undecorated(self, order: Order) -> str:
        return self._ran(order)

    @activity.defn
    def opaque(self, order: Order) -> Any:
        self._ran(order)
        return Opaque()

    @activity.defn
    def huge(self, order: Order) -> str:
        self._ran(order)
        return "x" * 5_000_000

    @activity.defn
    def unreadable(self, order: Order) -> int:
        self._ran(order)
        return "five"  # type: ignore[return-value]  # what is the matter with it

    @activity.defn
    def late(self, order: Order) -> str:
        self._ran(order)
        raise TimeoutError("what it began may still go on")

    @activity.defn
    def broken(self, order: Order) -> str:
        self._ran(order)
        raise TypeError("this one is its own")

    @activity.defn
    async def endless(self, order: Order) -> str:
        self._ran(order)
        activity.heartbeat("began")
        if (acts := self._folder / "acts").exists():
            acts.write_bytes(b"")  # whoever reads there goes on
        return str(await asyncio.Event().wait())

    @activity.defn
    async def silent(self, order: Order) -> str:
        """It says something that cannot be written down, so the worker gives it up."""
        self._ran(order)
        activity.heartbeat(Opaque())
        return str(await asyncio.Event().wait())

    @property
    def all(self) -> list[Any]:
        named = (getattr(Shop, name, None) for name in vars(Shop))
        return [each.__get__(self) for each in named if hasattr(each, "__temporal_activity_definition")]


@dataclass(frozen=True, slots=True, kw_only=True)
class Deal:
    """What the workflow is to do; durations in seconds."""

    act: str
    payload: dict[str, Any]
    by_name: bool = False
    keep: bool = False
    within: float = 20.0
    options: dict[str, Any] = field(default_factory=dict)


@workflow.defn
class Trade:
    """Does it, if people agree, and says what came of it."""

    @workflow.init
    def __init__(self, deal: Deal) -> None:
        self.approvals = Approvals(check_every=timedelta(seconds=0.5), patience=timedelta(seconds=20), keep=deal.keep)

    @workflow.run
    async def run(self, deal: Deal) -> str:
        options = {
            name: timedelta(seconds=value) if name in SECONDS and not isinstance(value, str) else value
            for name, value in deal.options.items()
        }
        if options.get("arg_type") == "Order":
            options["arg_type"] = Order
        try:
            return str(
                await self.approvals.run(
                    deal.act if deal.by_name else getattr(Shop, deal.act),
                    "refund.create",
                    deal.payload,
                    reasoning="The customer asked for it.",
                    call_id="call-1",
                    start_to_close_timeout=timedelta(seconds=deal.within),
                    **options,
                )
            )
        except NotApproved as no:
            return f"{no.type}: {no.message}"
        except ActivityError as fault:
            return f"ActivityError: {fault.cause}"
        except ApplicationError as fault:
            return f"{fault.type}: {fault.message}"
