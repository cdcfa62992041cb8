"""Bridge from the service to the workflow: a decision becomes an update, with the proposal's id."""

import asyncio
import logging
from datetime import timedelta
from typing import Final

from temporalio.client import (
    Client,
    WorkflowUpdateFailedError,
    WorkflowUpdateRPCTimeoutOrCancelledError,
)
from temporalio.service import RPCError, RPCStatusCode

from signoff_client import AsyncSignoff
from signoff_client.adapters.temporal.messages import DECIDED, ProposalState
from signoff_client.errors import Tampered, Unavailable
from signoff_client.model import Proposal

log = logging.getLogger(__name__)

DECISIONS: Final = frozenset({"approved", "rejected", "withdrawn", "revoked", "lapsed"})
"""What a workflow waits for; that it was claimed or reported is the workflow's own doing."""
REST: Final = 5.0
"""Seconds before the service is listened to again."""
AT_ONCE: Final = 50
"""Updates under way at the same time."""


async def deliver(temporal: Client, proposal: Proposal, *, patience: timedelta = timedelta(seconds=10)) -> bool:
    """Tells the workflow that asked, if it waits; from a callback receiver, call it with what was verified.

    False where it was not told: it is no workflow's, still undecided, the workflow is over or waits for something else,
    or no worker answered within `patience`. A workflow that was not told finds out by itself, at its next look.
    Raises RPCError where Temporal cannot be reached.
    """
    if proposal.status not in DECISIONS or proposal.run_id is None:
        return False
    handle = temporal.get_workflow_handle(proposal.run_id)
    try:
        await handle.execute_update(DECIDED, ProposalState.of(proposal), id=proposal.id, rpc_timeout=patience)
    except (WorkflowUpdateFailedError, WorkflowUpdateRPCTimeoutOrCancelledError):
        return False
    except RPCError as error:
        if error.status in (RPCStatusCode.NOT_FOUND, RPCStatusCode.FAILED_PRECONDITION):
            return False
        raise
    return True


async def forward(signoff: AsyncSignoff, temporal: Client, *, after: str | None = None) -> None:
    """Delivers every decision that the service tells of, from now on or `after` an event, until it is cancelled.

    Runs beside a worker or in a process of its own; more than one does no harm. While the service is away it tries
    again for ever. Raises what trying again does not mend, such as Unauthorized.
    """
    free = asyncio.Semaphore(AT_ONCE)
    telling: set[asyncio.Task[None]] = set()

    async def tell(proposal: Proposal) -> None:
        try:
            await deliver(temporal, proposal)
        except RPCError as error:
            log.warning("%s was not delivered: %s", proposal.id, error)
        finally:
            free.release()

    try:
        while True:
            try:
                async for event in signoff.events(after=after):
                    after = event.id
                    await free.acquire()
                    task = asyncio.create_task(tell(event.proposal))
                    telling.add(task)
                    task.add_done_callback(telling.discard)
            except (Unavailable, Tampered) as fault:
                log.warning("%s", fault.message)
                await asyncio.sleep(REST)
    finally:
        for task in telling:
            task.cancel()
