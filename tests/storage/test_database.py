"""Trouble under the store: locks, full disks, cancelled tasks. An answer in time, nothing half done, then as before."""

import asyncio
import sqlite3
import threading
import time
from contextlib import suppress

import pytest

from approvals.events import Withdrawn
from approvals.lifecycle import SYSTEM
from approvals.ports import Conflict, StoreBusy
from approvals.proposal import Status
from approvals.record import record
from storage.engine.database import Violation
from storage.engine.queries import Query
from tests import disk
from tests.storage.town import ALICE, BOB, by_hand, submission

tmp_path = disk.tmp_path


@pytest.fixture
async def hold_up(store):
    """Holds up the writer's thread until the event is set, so that what follows is surely under way."""
    events = []

    def hold():
        events.append(threading.Event())
        future = asyncio.get_running_loop().create_future()
        store._database._writer._connection._tx.put_nowait((future, events[-1].wait))
        return events[-1]

    yield hold
    for event in events:
        event.set()


async def ticks(number=20):
    for _ in range(number):
        await asyncio.sleep(0)


async def test_a_locked_database_answers_everyone_as_soon_as_one_and_recovers(lifecycle, store, tmp_path):
    known, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as other:
        other.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with pytest.raises(StoreBusy):
            await lifecycle.submit(submission())
        alone = time.monotonic() - began
        began = time.monotonic()
        asked = [lifecycle.submit(submission()) for _ in range(10)] + [lifecycle.approve(known.id, ALICE, known.nonce)]
        answers = await asyncio.gather(*asked, store.health(), return_exceptions=True)
        took = time.monotonic() - began
        assert [type(answer) for answer in answers[:-1]] == [StoreBusy] * 11
        assert "try again" in answers[-1].lower()
        assert took < 4 * alone, "all wait at the same time"
        assert (await store.find(known.id)) == known
        other.execute("ROLLBACK")
    assert await store.health() is None
    assert (await lifecycle.approve(known.id, ALICE, known.nonce)).status is Status.approved
    assert len(await store.to_rejudge("policy-2")) == 1


async def test_a_full_disk_leaves_nothing_behind_and_recovers(lifecycle, store):
    known, _ = await lifecycle.submit(submission())
    writer = store._database._writer
    (pages,) = await writer.rows("PRAGMA page_count")
    await writer.rows(f"PRAGMA max_page_count = {pages[0]}")
    with pytest.raises(StoreBusy, match="full"):
        await lifecycle.submit(submission(reasoning="x" * 100_000))
    assert await store.to_rejudge("policy-2") == [known.id]
    assert await store.audit.verify() is None
    new, _ = await lifecycle.submit(submission(reasoning="y" * 100_000))
    assert await store.to_rejudge("policy-2") == sorted([known.id, new.id])
    assert await store.audit.verify() is None


async def test_an_error_inside_a_transaction_rolls_all_of_it_back(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())

    async def failing():
        async with store.transaction() as tx:
            loaded = await tx.load(made.id)
            await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await failing()
    assert await store.find(made.id) == made
    assert len(await store.audit.entries()) == 1


async def test_a_task_cancelled_inside_a_transaction_rolls_back_and_lets_the_next_one_in(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    inside = asyncio.Event()

    async def stuck():
        async with store.transaction() as tx:
            loaded = await tx.load(made.id)
            await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
            inside.set()
            await asyncio.Event().wait()

    task = asyncio.create_task(stuck())
    await inside.wait()
    task.cancel()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not store._database._writer._connection.in_transaction
    assert await store.find(made.id) == made
    assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_a_task_cancelled_while_a_statement_runs_leaves_no_transaction_open(lifecycle, store, hold_up):
    made, _ = await lifecycle.submit(submission())
    inside = asyncio.Event()
    held = []

    async def stuck():
        async with store.transaction() as tx:
            held.append(hold_up())
            inside.set()
            await tx.load(made.id)

    task = asyncio.create_task(stuck())
    await inside.wait()
    await ticks()
    task.cancel()
    await ticks()
    held[0].set()
    with pytest.raises(asyncio.CancelledError):
        await task
    assert not store._database._writer._connection.in_transaction
    assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_a_commit_under_way_is_finished_and_told_although_its_task_is_cancelled(lifecycle, store, clock, hold_up):
    made, _ = await lifecycle.submit(submission())
    waiting = asyncio.create_task(store.changed(made.id, made.version))
    await ticks()
    leaving = asyncio.Event()
    held = []

    async def withdraw():
        async with store.transaction() as tx:
            loaded = await tx.load(made.id)
            await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
            held.append(hold_up())
            leaving.set()

    task = asyncio.create_task(withdraw())
    await leaving.wait()
    await ticks()
    task.cancel()
    await ticks()
    assert not task.done()
    assert not waiting.done()
    held[0].set()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(waiting, 1)
    assert (await store.find(made.id)).status is Status.withdrawn


async def test_a_task_cancelled_while_it_waits_for_a_lock_lets_the_next_one_in(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as other:
        other.execute("BEGIN IMMEDIATE")
        task = asyncio.create_task(lifecycle.approve(made.id, ALICE, made.nonce))
        await ticks()
        task.cancel()
        await ticks()
        other.execute("ROLLBACK")
    with pytest.raises(asyncio.CancelledError):
        await task
    assert await store.find(made.id) == made
    assert (await lifecycle.approve(made.id, BOB, made.nonce)).status is Status.approved


async def test_a_reader_cancelled_in_the_middle_gives_its_connection_back(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    for _ in range(10):
        task = asyncio.create_task(store.find(made.id))
        await ticks(3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await asyncio.gather(*(store.find(made.id) for _ in range(10))) == [made] * 10


async def test_a_reader_sees_one_moment_while_a_writer_goes_on(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    look = Query("look", "Looks.", "SELECT status FROM proposals")
    async with store._database.reading() as statements:
        before = [row["status"] for row in await statements.rows(look)]
        await lifecycle.approve(made.id, ALICE, made.nonce)
        after = [row["status"] for row in await statements.rows(look)]
    assert before == after == ["pending"]


async def test_a_reader_cannot_write(store):
    async with store._database.reading() as statements:
        with pytest.raises(StoreBusy, match="readonly"):
            await statements.rows(Query("sneak", "Writes.", "DELETE FROM forms"))


async def test_a_broken_constraint_is_a_violation_and_loses_the_transaction(store):
    insert = Query("insert", "Breaks a foreign key.", "INSERT INTO seats VALUES ('prp_none', 'support', 0, 1, 1, 0, 0)")
    with pytest.raises(Violation, match="FOREIGN KEY"):
        async with store._database.writing() as statements:
            await statements.rows(insert)


async def test_a_transaction_whose_statement_failed_commits_nothing_even_if_its_caller_goes_on(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())

    async def careless():
        async with store._database.writing() as statements:
            await statements.rows(Query("touch", "Changes a row.", "UPDATE proposals SET version = 7"))
            with suppress(Violation):
                await statements.rows(Query("insert", "Fails.", "INSERT INTO seats VALUES ('p', NULL, 0, 1, 1, 0, 0)"))

    with pytest.raises(StoreBusy, match="insert failed"):
        await careless()
    assert await store.find(made.id) == made


async def test_a_transaction_that_has_ended_does_nothing_more(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    async with store.transaction() as tx:
        pass
    with pytest.raises(StoreBusy, match="it was ended"):
        await tx.load(made.id)


async def test_every_commit_is_on_disk_before_it_is_told(store):
    async with store._database.writing() as statements:
        (synchronous,) = await statements.rows(Query("s", "How commits are kept.", "PRAGMA synchronous"))
        (mode,) = await statements.rows(Query("j", "How changes are logged.", "PRAGMA journal_mode"))
    assert (synchronous[0], mode[0]) == (2, "wal")


async def test_two_writers_at_once_take_turns(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    answers = await asyncio.gather(
        *(lifecycle.approve(made.id, who, made.nonce) for who in (ALICE, BOB, ALICE, BOB)), return_exceptions=True
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    entries = await store.audit.entries()
    assert [entry.tag for entry in entries].count("proposal:approved") == 1


async def test_a_conflict_writes_nothing(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    with pytest.raises(Conflict, match="no longer at version 1"):
        async with store.transaction() as tx:
            await record(tx, made, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
    assert (await store.find(made.id)).status is Status.approved
    assert await store.audit.verify() is None


async def test_the_file_is_for_its_owner_alone(store, tmp_path):
    assert (tmp_path / "signoff.db").stat().st_mode & 0o077 == 0
    assert sqlite3.sqlite_version_info >= (3, 37)


async def test_a_closed_database_stays_closed_for_whoever_comes_late(lifecycle, store):
    """A connection opened again would have a thread that nobody ends, and the process would never end either."""
    known, _ = await lifecycle.submit(submission())
    await store._database.close()
    before = threading.active_count()
    with pytest.raises(StoreBusy, match="is stopping"):
        await store.find(known.id)
    with pytest.raises(StoreBusy, match="is stopping"):
        await lifecycle.approve(known.id, ALICE, known.nonce)
    assert threading.active_count() <= before  # one that was ending may have ended
