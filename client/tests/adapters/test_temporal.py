"""Temporal, against its own server: the scenario, and what durable waiting adds to it."""

import asyncio
import json
import os
import sys
import uuid
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from datetime import timedelta
from pathlib import Path
from typing import ClassVar

import pytest
from pages import write_page
from scenario import Inline, Turn, assert_a_clear_no, play
from stage import REASON
from temporal_server import ADDRESS, server, temporal, turn
from temporal_workflow import Desk, Hasty, Older, Order, Refund, Refunds, Shipping
from temporalio import activity
from temporalio.api.common.v1 import WorkflowExecution
from temporalio.api.enums.v1 import EventType
from temporalio.api.workflowservice.v1 import ResetWorkflowExecutionRequest
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory, WorkflowUpdateFailedError
from temporalio.common import WorkflowIDConflictPolicy
from temporalio.exceptions import CancelledError
from temporalio.worker import Replayer, Worker
from temporalio.workflow import NondeterminismError

from signoff_client.adapters.temporal import SignoffPlugin, approvals, deliver, forward
from signoff_client.adapters.temporal.messages import DECIDED, ProposalState

__all__ = ["server", "temporal", "turn"]

HISTORIES = Path(__file__).parent / "histories"
QUEUE = "refunds"


class Till:
    """The worker's own activity."""

    def __init__(self, turn: Turn) -> None:
        self._turn = turn

    @activity.defn
    def refund(self, payload: dict) -> str:
        return self._turn.refund(payload["amount"])

    @activity.defn(name="refund")
    async def arefund(self, payload: dict) -> str:
        return await self._turn.arefund(payload["amount"])

    @activity.defn
    def ship(self, order: Shipping) -> str:
        return self._turn.ship(order.amount, order.lines)


@asynccontextmanager
async def working(turn: Turn, temporal: Client):
    """A worker that forgets every workflow at once, so that each of its steps is replayed from the history."""
    async with turn.async_client() as signoff:
        with ThreadPoolExecutor(2) as threads:
            async with Worker(
                temporal,
                task_queue=f"{QUEUE}-{turn.run_id}",
                workflows=[Refund, Refunds, Desk],
                activities=[Till(turn).arefund if turn.closes else Till(turn).refund, Till(turn).ship],
                activity_executor=threads,
                plugins=[SignoffPlugin(signoff)],
                max_cached_workflows=0,
                graceful_shutdown_timeout=timedelta(),
            ):
                yield


async def started(turn: Turn, temporal: Client, **changes):
    """The workflow of the turn: the one that runs, or a new one."""
    return await temporal.start_workflow(
        Refund.run,
        replace(order_of(turn), **changes),
        id=turn.run_id,
        task_queue=f"{QUEUE}-{turn.run_id}",
        id_conflict_policy=WorkflowIDConflictPolicy.USE_EXISTING,
    )


def order_of(turn: Turn) -> Order:
    within = {} if turn.within is None else {"act_within": turn.within}
    return Order(
        amount=turn.amount,
        call_id=turn.call_id,
        patience=max(2.0, turn.patience / 2),
        tool=turn.tool,
        lines=turn.lines,
        more=turn.more,
        **within,
    )


class Rig:
    """The workflow waits where it stands, for as long as it takes: there is no other form."""

    row = "Temporal"
    unsupported: ClassVar = {
        "many": "what waits in a workflow keeps no connection",
        "injected": "Temporal fills in no argument of an activity",
        "stream": "a workflow gives its result at its end",
    }

    async def inline(self, turn):
        temporal = await Client.connect(os.environ[ADDRESS])
        async with working(turn, temporal):
            handle = await started(turn, temporal)
            try:
                return await handle.result()
            except asyncio.CancelledError:
                await handle.cancel()  # as Temporal has it
                with suppress(WorkflowFailureError):
                    await handle.result()
                raise
            finally:
                turn.release()  # a worker that ends waits for its threads

    async def several(self, turns):
        return await self._run(turns[0], Refunds.run, [order_of(turn) for turn in turns], id=turns[0].run_id)

    async def hand_off(self, turn):
        return await self._run(turn, Desk.run, args=[order_of(turn), turn.run_id], id=f"desk-{turn.run_id}")

    async def _run(self, turn, *what, **how):
        temporal = await Client.connect(os.environ[ADDRESS])
        async with working(turn, temporal):
            return await temporal.execute_workflow(*what, task_queue=f"{QUEUE}-{turn.run_id}", **how)


class TestInline(Inline):
    rig = Rig()

    async def test_killed_while_acting_and_begun_again_has_one_effect(self):
        """Temporal knows better than other frameworks that it does not know: it is reported as unknown."""
        turn = self.make_turn(5, hangs=True)
        with self.play("inline", turn) as playing:
            assert playing.line() == "acted"
            playing.kill()
        with self.play("inline", turn) as playing:
            assert_a_clear_no(playing.read())
        assert self.effects() == [5]
        assert self.only(turn, "unknown")["claims"] == 1


@pytest.fixture
def only_updates(monkeypatch):
    """A workflow that never looks by itself while a test runs."""
    monkeypatch.setattr(approvals, "FIRST_LOOK", timedelta(days=1))
    return {"check_every": 86400.0}


def effects(turn):
    written = Path(turn.folder) / "effects"
    return written.read_text().split() if written.exists() else []


async def logged(stage, turn, status):
    """The turn's proposal once it has that status; the worker goes on meanwhile."""
    (found,) = await asyncio.to_thread(stage.log, turn.run_id, status)
    return found


async def events(handle):
    """Kinds of the workflow's events, in order."""
    return [
        EventType.Name(event.event_type).removeprefix("EVENT_TYPE_") async for event in handle.fetch_history_events()
    ]


async def scheduled(handle):
    """The activities that it asked for, in order."""
    return [
        event.activity_task_scheduled_event_attributes.activity_type.name
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_SCHEDULED
    ]


async def kept(handle, name):
    """Replays the history from the start; where SIGNOFF_HISTORIES names a folder, also keeps it there."""
    history = await handle.fetch_history()
    await Replayer(workflows=[Refund], plugins=[SignoffPlugin(None)]).replay_workflow(history)
    if folder := os.environ.get("SIGNOFF_HISTORIES"):
        (Path(folder) / f"{name}.json").write_text(
            json.dumps(without_machine(json.loads(history.to_json())), indent=1) + "\n"
        )


def without_machine(node):
    """A history without what is said of the machine it was made on."""
    if isinstance(node, list):
        return [without_machine(each) for each in node]
    if isinstance(node, dict):
        return {name: without_machine(each) for name, each in node.items() if name not in ("stackTrace", "identity")}
    return node


async def test_a_decision_that_is_delivered_wakes_the_workflow_and_its_update_has_the_proposals_id(
    stage, turn, temporal, only_updates
):
    stage.pause()
    async with working(turn, temporal), turn.async_client() as signoff:
        handle = await started(turn, temporal, **only_updates)
        proposal = await logged(stage, turn, "pending")
        assert await deliver(temporal, await signoff.get(proposal["id"])) is False
        stage.resume()
        await logged(stage, turn, "approved")
        approved = await signoff.get(proposal["id"])
        assert await deliver(temporal, approved) is True
        assert await handle.result() == "Refunded 5."
        assert await deliver(temporal, approved) is True  # the same update: heard once
        assert await deliver(temporal, await signoff.get(proposal["id"])) is False
    updates = [
        event.workflow_execution_update_accepted_event_attributes.accepted_request.meta.update_id
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_WORKFLOW_EXECUTION_UPDATE_ACCEPTED
    ]
    assert updates == [proposal["id"]]
    assert await scheduled(handle) == ["signoff.propose", "signoff.claim", "refund", "signoff.report"]
    await kept(handle, "delivered")


async def test_a_rejection_that_is_delivered_ends_the_wait_with_the_reason(stage, turn, temporal, only_updates):
    stage.pause()
    turn = replace(turn, amount=5000)
    async with working(turn, temporal), turn.async_client() as signoff:
        handle = await started(turn, temporal, **only_updates)
        proposal = await logged(stage, turn, "pending")
        stage.resume()
        await logged(stage, turn, "rejected")
        assert await deliver(temporal, await signoff.get(proposal["id"])) is True
        assert REASON in await handle.result()
    assert await scheduled(handle) == ["signoff.propose"]
    assert effects(turn) == []
    await kept(handle, "rejected")


async def test_decisions_are_forwarded_from_the_services_events(stage, turn, temporal, only_updates):
    stage.pause()
    async with working(turn, temporal), replace(turn, url=stage.url).async_client() as signoff:
        handle = await started(turn, temporal, **only_updates)
        await logged(stage, turn, "pending")
        forwarding = asyncio.create_task(forward(signoff, temporal, after="0"))
        stage.resume()
        ending = asyncio.create_task(handle.result())
        await asyncio.wait({forwarding, ending}, return_when=asyncio.FIRST_COMPLETED)
        assert not forwarding.done(), forwarding.exception()
        assert await ending == "Refunded 5."
        forwarding.cancel()
    assert "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" in await events(handle)


async def test_without_any_delivery_the_workflow_finds_out_by_itself_what_was_edited(stage, turn, temporal):
    turn = replace(turn, amount=500)
    async with working(turn, temporal):
        handle = await started(turn, temporal)
        assert await handle.result() == "Refunded 100."
    assert effects(turn) == ["100"]
    assert "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" not in await events(handle)
    await kept(handle, "edited")


async def test_an_update_that_claims_an_approval_runs_nothing(stage, turn, temporal, only_updates):
    stage.pause()
    async with working(turn, temporal):
        handle = await started(turn, temporal, **only_updates)
        proposal = await logged(stage, turn, "pending")
        lie = ProposalState(
            id=proposal["id"], version=99, status="approved", message="Approved!", expires_at=proposal["expires_at"]
        )
        await handle.execute_update(DECIDED, lie, id=lie.id)
        await until_scheduled(handle, "signoff.read")  # it has tried to claim, and was told that nobody decided
        assert effects(turn) == []
        stage.resume()
        await logged(stage, turn, "approved")
        async with turn.async_client() as signoff:
            truth = ProposalState.of(await signoff.get(proposal["id"]))
        await handle.execute_update(DECIDED, truth, id=f"{truth.id}-again")
        assert await handle.result() == "Refunded 5."
    assert effects(turn) == ["5"]
    await kept(handle, "lied_to")


async def test_a_decision_on_what_nobody_waits_for_is_refused_and_leaves_no_trace(stage, turn, temporal, only_updates):
    stage.pause()
    async with working(turn, temporal), turn.async_client() as signoff:
        handle = await started(turn, temporal, **only_updates)
        proposal = await logged(stage, turn, "pending")
        await until_known(handle)
        foreign = replace(ProposalState.of(await signoff.get(proposal["id"])), id="prp_" + 32 * "0", status="approved")
        with pytest.raises(WorkflowUpdateFailedError):
            await handle.execute_update(DECIDED, foreign, id=foreign.id)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert "WORKFLOW_EXECUTION_UPDATE_ACCEPTED" not in await events(handle)


async def test_a_workflow_that_is_cancelled_while_it_waits_takes_its_proposal_back(stage, turn, temporal, only_updates):
    stage.pause()
    async with working(turn, temporal):
        handle = await started(turn, temporal, **only_updates)
        await logged(stage, turn, "pending")
        await until_known(handle)
        await handle.cancel()
        with pytest.raises(WorkflowFailureError) as ended:
            await handle.result()
    assert isinstance(ended.value.cause, CancelledError)
    assert [each["status"] for each in stage.log(turn.run_id)] == ["withdrawn"]
    assert effects(turn) == []
    await kept(handle, "cancelled")


async def test_a_claim_whose_answer_was_lost_is_tried_again_by_another_attempt_of_the_activity(stage, turn, temporal):
    stage.fault("drop", at="claim", times=1)
    turn = replace(turn, patience=0.0)
    async with working(turn, temporal):
        handle = await started(turn, temporal, patience=30.0)
        assert await handle.result() == "Refunded 5."
    (found,) = stage.log(turn.run_id, "succeeded")
    assert found["claims"] == 1
    attempts = [
        event.activity_task_started_event_attributes.attempt
        async for event in handle.fetch_history_events()
        if event.event_type == EventType.EVENT_TYPE_ACTIVITY_TASK_STARTED
    ]
    assert max(attempts) == 2


@pytest.mark.parametrize("kind", ["signoff.propose", "signoff.claim", "refund"])
async def test_a_workflow_that_is_reset_does_not_act_twice(stage, turn, temporal, kind):
    """Reset to the task that asked for `kind`: what comes after it in the history happens anew."""
    stage.fault("500", at="report")  # so that it stays claimed, and the claimant would get the same answer again
    turn = replace(turn, timeout=0.5, patience=0.5)
    async with working(turn, temporal):
        handle = await started(turn, temporal)
        assert await handle.result() == "Refunded 5."
        stage.calm()
        answer = await temporal.workflow_service.reset_workflow_execution(
            ResetWorkflowExecutionRequest(
                namespace="default",
                workflow_execution=WorkflowExecution(workflow_id=handle.id, run_id=handle.result_run_id),
                reason="an operator wants to see it again",
                workflow_task_finish_event_id=await task_before(handle, kind),
                request_id=uuid.uuid4().hex,
            )
        )
        again = temporal.get_workflow_handle(handle.id, run_id=answer.run_id)
        assert_a_clear_no(await again.result())
    assert effects(turn) == ["5"]
    assert [(each["status"], each["claims"]) for each in stage.log(turn.run_id)] == [("claimed", 1)]
    await kept(again, f"reset_{kind.removeprefix('signoff.')}")


async def test_a_retry_policy_for_what_people_approve_is_refused_before_anybody_is_asked(stage, turn, temporal):
    async with working(turn, temporal):
        handle = await started(turn, temporal, retries=3)
        with pytest.raises(WorkflowFailureError) as ended:
            await handle.result()
    assert "runs once" in str(ended.value.cause)
    assert stage.log(turn.run_id) == []


async def test_the_page_about_temporal_works_as_it_stands(stage, tmp_path):
    write_page("temporal.md", tmp_path)
    environ = {
        **os.environ,
        "SIGNOFF_URL": stage.url,
        "SIGNOFF_TOKEN": stage.token,
        "TEMPORAL_ADDRESS": os.environ[ADDRESS],
        "PYTHONUNBUFFERED": "1",
    }
    worker = await asyncio.create_subprocess_exec(sys.executable, "worker.py", cwd=tmp_path, env=environ)
    try:
        begin = await asyncio.create_subprocess_exec(
            sys.executable, "begin.py", cwd=tmp_path, env=environ, stdout=asyncio.subprocess.PIPE
        )
        out, _ = await begin.communicate()
        assert out.decode() == "Refunded 100.\n"
    finally:
        worker.kill()
        await worker.wait()


@pytest.mark.parametrize("file", sorted(HISTORIES.glob("*.json")), ids=lambda file: file.stem)
@pytest.mark.parametrize("code", [Refund, Older])
async def test_the_histories_of_earlier_versions_replay(file, code):
    """Older code says nothing of what the activity takes: what began with it goes on as it began."""
    history = WorkflowHistory.from_json(file.stem, file.read_text())
    await Replayer(workflows=[code], plugins=[SignoffPlugin(None)]).replay_workflow(history)


@pytest.mark.parametrize("file", sorted(HISTORIES.glob("*.json")), ids=lambda file: file.stem)
async def test_a_replay_notices_a_workflow_that_does_something_else(file):
    history = WorkflowHistory.from_json(file.stem, file.read_text())
    with pytest.raises(NondeterminismError):
        await Replayer(workflows=[Hasty], plugins=[SignoffPlugin(None)]).replay_workflow(history)


async def task_before(handle, kind):
    """The event of the completed workflow task that asked for the activity."""
    async for event in handle.fetch_history_events():
        attributes = event.activity_task_scheduled_event_attributes
        if attributes.activity_type.name == kind:
            return attributes.workflow_task_completed_event_id
    raise AssertionError(f"{kind} was never asked for")


async def until_known(handle):
    """Until the workflow has the proposal's id and waits."""
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.event_type == EventType.EVENT_TYPE_TIMER_STARTED:
            return


async def until_scheduled(handle, kind):
    """Until the workflow asks for the activity."""
    async for event in handle.fetch_history_events(wait_new_event=True):
        if event.activity_task_scheduled_event_attributes.activity_type.name == kind:
            return


if __name__ == "__main__":
    play(Rig())
