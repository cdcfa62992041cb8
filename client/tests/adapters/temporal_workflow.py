"""The workflow of the tests: in a module of its own, as Temporal's sandbox wants it."""

from dataclasses import dataclass
from datetime import timedelta

from temporalio import workflow
from temporalio.common import RetryPolicy
from temporalio.exceptions import ActivityError

from signoff_client.adapters.temporal import Approvals, NotApproved


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """What the workflow is to do; durations in seconds."""

    amount: int
    call_id: str
    patience: float
    act_within: float = 10.0
    check_every: float = 0.5
    retries: int = 0


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
        try:
            return await self.approvals.run(
                "refund",
                "refund",
                {"amount": order.amount},
                reasoning="The customer asked for it.",
                call_id=order.call_id,
                start_to_close_timeout=timedelta(seconds=order.act_within),
                **({"retry_policy": RetryPolicy(maximum_attempts=order.retries)} if order.retries else {}),
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
