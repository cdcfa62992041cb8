"""The two laws between an activity and what people approve, over types at random, decoded by a real worker."""

import os

import pytest
from temporal_kinds import ACTS, Laws
from temporalio.client import Client, WorkflowFailureError
from temporalio.worker import UnsandboxedWorkflowRunner, Worker
from test_temporal_arguments import ADDRESS, server

__all__ = ["server"]


async def test_what_people_are_shown_and_what_they_edit_is_what_the_activity_gets_or_nothing_runs():
    temporal = await Client.connect(os.environ[ADDRESS])
    async with Worker(
        temporal,
        task_queue="laws",
        workflows=[Laws],
        activities=[act for act, _ in ACTS.values()],
        workflow_runner=UnsandboxedWorkflowRunner(),
        workflow_failure_exception_types=[Exception],
    ):
        try:
            count = await temporal.execute_workflow(Laws.run, id="laws", task_queue="laws")
        except WorkflowFailureError as failure:
            pytest.fail(f"{failure.cause}")
    assert count["asked"] > 40
    assert count["refused"] > 5
    assert count["ran"] > 15
    assert count["unfit"] > 40
