"""What an activity runs with is what people were shown and approved, and what came of it is not said to be known if not."""

import asyncio
import os
import uuid
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from contextlib import asynccontextmanager
from datetime import timedelta
from pathlib import Path

import pytest
from laws import hold
from scenario import assert_a_clear_no
from temporal_kinds import CASES, Laws, case
from temporal_server import ADDRESS, server, temporal, turn
from temporal_shop import Deal, Line, Order, Parcel, Shop, Trade
from temporalio.client import Client, WorkflowFailureError, WorkflowHistory
from temporalio.worker import Replayer, UnsandboxedWorkflowRunner, Worker

from signoff_client.adapters.temporal import SignoffPlugin

__all__ = ["server", "temporal", "turn"]


@asynccontextmanager
async def working(turn, temporal, *, cached=0):
    """A worker with the shop's activities."""
    async with turn.async_client() as signoff:
        with ThreadPoolExecutor(2) as threads:
            async with Worker(
                temporal,
                task_queue=turn.run_id,
                workflows=[Trade],
                activities=Shop(turn.folder).all,
                activity_executor=threads,
                plugins=[SignoffPlugin(signoff)],
                max_cached_workflows=cached,
                graceful_shutdown_timeout=timedelta(),
            ):
                yield


async def begun(turn, temporal, act, payload, **changes):
    return await temporal.start_workflow(
        Trade.run, Deal(act=act, payload=payload, **changes), id=turn.run_id, task_queue=turn.run_id
    )


async def traded(turn, temporal, act, payload, **changes):
    """What came of it, as the workflow says, once its history was replayed."""
    async with working(turn, temporal):
        handle = await begun(turn, temporal, act, payload, **changes)
        said = await handle.result()
    await replayed(handle)
    return said


async def replayed(handle):
    history = WorkflowHistory.from_json(handle.id, (await handle.fetch_history()).to_json())
    await Replayer(workflows=[Trade], plugins=[SignoffPlugin(None)]).replay_workflow(history)


def ran(turn):
    written = Path(turn.folder) / "ran"
    return written.read_text(encoding="utf-8").splitlines() if written.exists() else []


def only(stage, turn, status=None):
    (found,) = stage.log(turn.run_id, status)
    return found


@pytest.mark.parametrize(
    ("act", "payload", "word"),
    [
        ("ship", {"amount": 5, "urgent": True}, "urgent"),
        ("ship", {"amount": 5, "lines": [{"sku": "A"}, {"sku": "B", "urgent": True}]}, "urgent"),
        ("ship", {"dry_run": True}, "amount"),
        ("ship", {"amount": "5"}, "amount"),
        ("ship", {"amount": 5, "lines": [{"quantity": 1}]}, "sku"),
        ("ship", {"amount": float("nan")}, "JSON"),
        ("parcel", {"amount": 5, "sku": "A", "urgent": True}, "urgent"),
        ("times_five", {"amount": 5}, "amount"),
        ("two", {"amount": 5}, "one argument"),
        ("none", {"amount": 5}, "one argument"),
        ("undecorated", {"amount": 5}, "@activity.defn"),
    ],
)
async def test_what_the_activity_would_not_get_as_it_is_asks_nobody(stage, turn, temporal, act, payload, word):
    said = await traded(turn, temporal, act, payload)
    assert said.startswith("Invalid: ")
    assert word in said
    assert_a_clear_no(said)
    assert ran(turn) == []
    assert stage.log(turn.run_id) == []


@pytest.mark.parametrize(
    ("changes", "word"),
    [
        ({"by_name": True}, "arg_type"),
        ({"options": {"args": [1]}}, "args"),
        ({"options": {"retires": 3}}, "retires"),
        ({"options": {"heartbeat_timeout": "soon"}}, "soon"),
        ({"options": {"schedule_to_close_timeout": -1}}, "above zero"),
        ({"options": {"task_queue": 5}}, "a text"),
        ({"options": {"arg_type": "dict"}}, "drop `arg_type`"),
        ({"by_name": True, "options": {"arg_type": "Order"}, "payload": {"amount": 5, "urgent": 1}}, "urgent"),
    ],
)
async def test_what_could_not_be_started_or_known_asks_nobody(stage, turn, temporal, changes, word):
    said = await traded(turn, temporal, "ship", **({"payload": {"amount": 5}} | changes))
    assert said.startswith("Invalid: ")
    assert word in said
    assert (ran(turn), stage.log(turn.run_id)) == ([], [])


@pytest.mark.parametrize(
    "changes", [{}, {"by_name": True, "options": {"arg_type": "Order"}}], ids=["itself", "by name"]
)
async def test_people_see_the_defaults_that_the_activity_gets(stage, turn, temporal, changes):
    await traded(turn, temporal, "ship", {"amount": 5, "lines": [{"sku": "A"}]}, **changes)
    assert ran(turn) == [repr(Order(amount=5.0, lines=[Line(sku="A", quantity=1)], dry_run=False))]
    payload = {"amount": 5, "lines": [{"sku": "A", "quantity": 1}], "dry_run": False}
    assert only(stage, turn, "succeeded")["payload"] == payload


@pytest.mark.parametrize(
    ("act", "payload", "argument"),
    [
        ("plain", {"amount": 5, "any": {"at": ["all"]}}, {"amount": 5, "any": {"at": ["all"]}}),
        ("parcel", {"amount": 5, "sku": "A"}, Parcel(amount=5.0, sku="A")),
    ],
)
async def test_a_mapping_is_what_it_is(stage, turn, temporal, act, payload, argument):
    await traded(turn, temporal, act, payload)
    assert ran(turn) == [repr(argument)]
    assert only(stage, turn, "succeeded")["payload"] == payload


async def test_an_edit_is_what_the_activity_gets(stage, turn, temporal):
    assert "100.0" in await traded(turn, temporal, "ship", {"amount": 500})
    assert ran(turn) == [repr(Order(amount=100.0))]


@pytest.mark.parametrize("act", ["large", "raised"])
async def test_an_edit_that_the_activity_does_not_take_runs_nothing_and_reviewers_read_why(stage, turn, temporal, act):
    said = await traded(turn, temporal, act, {"amount": 500})
    assert said.startswith("Unfit: ")
    assert_a_clear_no(said)
    assert ran(turn) == []
    found = only(stage, turn, "failed")
    assert found["claims"] == 1
    assert found["outcome"]["detail"].startswith("Nothing ran: ")
    assert "amount" in found["outcome"]["detail"]


@pytest.mark.parametrize(
    ("act", "changes", "word"),
    [
        ("opaque", {}, "could not be told"),
        ("huge", {}, "may have run"),
        ("unreadable", {}, "cannot be read"),
        ("late", {}, "may have run"),
        ("silent", {}, "could not be told"),
        ("endless", {"within": 0.5}, "in time"),
        ("endless", {"options": {"heartbeat_timeout": 0.5}}, "in time"),
        ("endless", {"options": {"schedule_to_close_timeout": 0.5}}, "in time"),
    ],
)
async def test_what_may_have_run_or_still_run_is_unknown_and_runs_once(stage, turn, temporal, act, changes, word):
    said = await traded(turn, temporal, act, {"amount": 5}, **changes)
    assert not said.startswith("Ran")
    assert ran(turn) == [repr(Order(amount=5.0))]
    found = only(stage, turn, "unknown")
    assert found["claims"] == 1
    assert word in found["outcome"]["detail"]


async def test_what_the_activity_raises_itself_is_failed(stage, turn, temporal):
    await traded(turn, temporal, "broken", {"amount": 5})
    assert "this one is its own" in only(stage, turn, "failed")["outcome"]["detail"]


async def test_an_activity_that_no_worker_knows_is_failed_and_says_that_nothing_ran(stage, turn, temporal):
    await traded(turn, temporal, "nobody_has_it", {"amount": 5}, by_name=True, options={"arg_type": "Order"})
    assert only(stage, turn, "failed")["outcome"]["detail"].startswith("Nothing ran: ")


async def test_an_activity_whose_worker_is_shut_down_meanwhile_is_unknown(stage, turn, temporal):
    os.mkfifo(Path(turn.folder, "acts"))
    async with working(turn, temporal):
        handle = await begun(turn, temporal, "endless", {"amount": 5})
        await asyncio.to_thread(Path(turn.folder, "acts").read_bytes)  # until the activity has opened its end
    async with working(turn, temporal):
        await handle.result()
    assert only(stage, turn, "unknown")["claims"] == 1
    assert len(ran(turn)) == 1
    await replayed(handle)


@pytest.mark.parametrize(("keep", "status"), [(False, "withdrawn"), (True, "pending")])
async def test_cancelled_while_it_waits_the_question_is_taken_back_unless_it_is_to_stay(
    stage, turn, temporal, keep, status
):
    stage.pause()
    async with working(turn, temporal):
        handle = await begun(turn, temporal, "ship", {"amount": 5}, keep=keep)
        await asyncio.to_thread(only, stage, turn, "pending")
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert only(stage, turn)["status"] == status
    await replayed(handle)


async def test_cancelled_while_it_claims_the_reviewers_hear_that_nothing_ran(stage, turn, temporal):
    stage.fault("slow", at="claim", times=1, seconds=3.0)  # the bot is asked at once, and its answer kept
    async with working(turn, temporal):
        handle = await begun(turn, temporal, "ship", {"amount": 5})
        await asyncio.to_thread(only, stage, turn, "claimed")
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
    assert ran(turn) == []
    assert only(stage, turn, "failed")["outcome"]["detail"].startswith("Nothing ran: ")
    await replayed(handle)


async def test_a_run_of_the_same_id_takes_up_the_question_that_stayed(stage, turn, temporal):
    stage.pause()
    async with working(turn, temporal):
        handle = await begun(turn, temporal, "ship", {"amount": 5}, keep=True)
        await asyncio.to_thread(only, stage, turn, "pending")
        await handle.cancel()
        with pytest.raises(WorkflowFailureError):
            await handle.result()
        stage.resume()
        again = await begun(turn, temporal, "ship", {"amount": 5}, keep=True)
        assert "Ran" in await again.result()
    assert only(stage, turn, "succeeded")["claims"] == 1


def test_what_people_are_shown_and_what_they_edit_is_what_the_activity_gets_or_nothing_runs():
    count: Counter[str] = Counter()

    async def holds(rng):
        CASES.append(case(rng))
        temporal = await Client.connect(os.environ[ADDRESS])
        queue = f"laws-{uuid.uuid4().hex}"
        async with Worker(
            temporal,
            task_queue=queue,
            workflows=[Laws],
            activities=[CASES[-1].act],
            workflow_runner=UnsandboxedWorkflowRunner(),
            workflow_failure_exception_types=[Exception],
            graceful_shutdown_timeout=timedelta(),
        ):
            try:
                count.update(await temporal.execute_workflow(Laws.run, id=queue, task_queue=queue))
            except WorkflowFailureError as failure:
                raise AssertionError(f"{failure.cause}") from failure

    hold(lambda rng: asyncio.run(holds(rng)), examples=80)
    assert count["asked"] > 40
    assert count["refused"] > 5
    assert count["ran"] > 15
    assert count["unfit"] > 40
