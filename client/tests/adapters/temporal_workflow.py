"""The workflow of the tests: in a module of its own, as Temporal's sandbox wants it."""

import asyncio
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from signoff_client.adapters.temporal import Approvals, NotApproved


@dataclass(kw_only=True)
class Line:
    """As the activity takes it: its quantity need not be said."""

    sku: str
    quantity: int = 1


@dataclass(kw_only=True)
class Shipping:
    """The argument of the activity `ship`."""

    amount: float
    lines: list[Line]


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the workflow is to do; durations in seconds."""

    amount: int
    call_id: str
    patience: float
    act_within: float = 10.0
    check_every: float = 0.5
    retries: int = 0
    tool: str = "refund"
    lines: list[dict[str, Any]] | None = None
    more: dict[str, Any] | None = None

    @property
    def payload(self) -> dict[str, Any]:
        return {"amount": self.amount} | ({} if self.lines is None else {"lines": self.lines}) | (self.more or {})


@workflow.defn
class Refund:
    """Refunds, if people agree."""

    @workflow.init
    def __init__(self, order: Order) -> None:
        self.approvals = Approvals(
            check_every=timedelta(seconds=order.check_every), patience=timedelta(seconds=order.patience)
        )

    @workflow.run
    async def run(self, order: Order) -> str:
        return await refunded(self.approvals, order)


@workflow.defn
class Refunds:
    """Refunds several at once, each if people agree to it."""

    @workflow.init
    def __init__(self, orders: list[Order]) -> None:
        self.approvals = Approvals(
            check_every=timedelta(seconds=orders[0].check_every), patience=timedelta(seconds=orders[0].patience)
        )

    @workflow.run
    async def run(self, orders: list[Order]) -> list[str]:
        return list(await asyncio.gather(*(refunded(self.approvals, order) for order in orders)))


@workflow.defn
class Desk:
    """Hands the order to a workflow of its own."""

    @workflow.run
    async def run(self, order: Order, child_id: str) -> str:
        return await workflow.execute_child_workflow(Refund.run, order, id=child_id)


async def refunded(approvals: Approvals, order: Order) -> str:
    """What came of it, in words."""
    try:
        return str(
            await approvals.run(
                order.tool,
                order.tool,
                order.payload,
                reasoning="The customer asked for it.",
                call_id=order.call_id,
                start_to_close_timeout=timedelta(seconds=order.act_within),
                arg_type=Shipping if order.tool == "ship" else dict,
                **({"retry_policy": RetryPolicy(maximum_attempts=order.retries)} if order.retries else {}),
            )
        )
    except NotApproved as no:
        return no.message
    except ActivityError as fault:
        return f"The refund did not come to a good end: {fault.cause}"


@workflow.defn(name="Refund")
class Older(Refund):
    """As it was written when nobody had to say what an activity takes."""

    @workflow.init
    def __init__(self, order: Order) -> None:
        super().__init__(order)

    @workflow.run
    async def run(self, order: Order) -> str:
        try:
            return str(
                await self.approvals.run(
                    "refund",
                    "refund",
                    {"amount": order.amount},
                    reasoning="The customer asked for it.",
                    call_id=order.call_id,
                    start_to_close_timeout=timedelta(seconds=order.act_within),
                )
            )
        except NotApproved as no:
            return no.message
        except ActivityError as fault:
            return f"The refund did not come to a good end: {fault.cause}"


@workflow.defn(name="Refund")
class Hasty:
    """What a history of Refund is no history of: it asks nobody."""

    @workflow.run
    async def run(self, order: Order) -> str:
        return str(
            await workflow.execute_activity(
                "refund", {"amount": order.amount}, start_to_close_timeout=timedelta(seconds=order.act_within)
            )
        )
