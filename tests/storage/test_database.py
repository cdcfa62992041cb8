"""Trouble under the store: locks, full disks, cancelled tasks. An answer in time, nothing half done, then as before."""

import asyncio
import sqlite3
import threading
import time
from contextlib import asynccontextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest

from approvals.events import Withdrawn
from approvals.lifecycle import SYSTEM
from approvals.ports import Conflict, StoreBusy
from approvals.proposal import Proposal, Status
from approvals.record import record
from approvals.refusals import Changed
from storage import open_store
from storage.engine import turns
from storage.engine.database import Violation
from storage.engine.queries import Query
from tests import disk
from tests.databases import KEY
from tests.holding import ticks, under_way
from tests.patience import PATIENCE
from tests.storage.town import ALICE, BOB, by_hand, submission

pytestmark = pytest.mark.sqlite

tmp_path = disk.tmp_path


INSERT = Query("insert", "Breaks a foreign key.", "INSERT INTO seats VALUES ('prp_none', 'support', 0, 1, 1, 0, 0)")
FILLING = Query("filling", "Fills the disk.", "CREATE TABLE filling AS SELECT randomblob(1000000)")


async def nothing(_tx):
    pass


async def broken(tx):
    await tx._statements.rows(INSERT)


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
    writer = store._database._writer._link
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

    async def failing(tx):
        loaded = await tx.load(made.id)
        await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await store.transact(failing)
    assert await store.find(made.id) == made
    assert len(await store.audit.entries()) == 1


async def test_a_transaction_that_awaits_anything_else_is_refused_and_undone(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    elsewhere = asyncio.get_running_loop().create_future()

    async def straying(tx):
        loaded = await tx.load(made.id)
        await record(tx, loaded, [Withdrawn(at=clock.now(), reason="x")], SYSTEM, clock.now())
        await elsewhere

    with pytest.raises(RuntimeError, match="awaits its own statements and nothing else"):
        await store.transact(straying)
    assert await store.find(made.id) == made
    assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_what_is_under_way_is_done_and_told_although_its_task_is_cancelled(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    waiting = asyncio.create_task(store.changed(made.id, made.version))
    await ticks()
    withdrawn = [Withdrawn(at=clock.now(), reason="x")]
    async with under_way(store, lambda tx: record(tx, made, withdrawn, SYSTEM, clock.now())) as task:
        task.cancel()
        await ticks()
        assert not task.done()
        assert not waiting.done()
    with pytest.raises(asyncio.CancelledError):
        await task
    await asyncio.wait_for(waiting, 1)
    assert (await store.find(made.id)).status is Status.withdrawn


async def test_where_every_task_is_cancelled_at_once_what_is_under_way_is_done_and_nobody_waits_for_ever(
    lifecycle, store, clock
):
    made, _ = await lifecycle.submit(submission())
    withdrawn = [Withdrawn(at=clock.now(), reason="x")]
    async with under_way(store, lambda tx: record(tx, made, withdrawn, SYSTEM, clock.now())) as task:
        for each in (store._database._writer._turns._carrying, task):
            each.cancel()
        await ticks()
        assert not task.done()
    async with asyncio.timeout(PATIENCE):
        with pytest.raises(asyncio.CancelledError):
            await task
    assert (await store.find(made.id)).status is Status.withdrawn
    await store._database._writer._turns.settled()  # who comes while the cancelled one ends waits as for a busy store
    assert (await lifecycle.submit(submission()))[1], "and others write on"


async def test_a_task_cancelled_before_its_turn_leaves_nothing(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    async with under_way(store, nothing):
        task = asyncio.create_task(lifecycle.approve(made.id, ALICE, made.nonce))
        await ticks()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert await store.find(made.id) == made
    assert (await lifecycle.approve(made.id, BOB, made.nonce)).status is Status.approved


async def test_those_who_wait_share_a_commit_and_one_that_fails_takes_nobody_along(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission())
    with by_hand(tmp_path) as other:
        (before,) = other.execute("PRAGMA data_version").fetchone()
        async with under_way(store, nothing):
            asked = [
                asyncio.create_task(each)
                for each in (
                    lifecycle.submit(submission(key="one")),
                    lifecycle.approve(made.id, ALICE, "wrong nonce"),
                    store.transact(broken),
                    lifecycle.submit(submission(key="two")),
                    lifecycle.approve(made.id, BOB, made.nonce),
                )
            ]
            await ticks()
            assert not any(each.done() for each in asked)
            assert other.execute("PRAGMA data_version").fetchone() == (before,)
        answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in answers] == [tuple, Changed, Violation, tuple, Proposal]
    assert (await store.find(made.id)).status is Status.approved
    assert [entry.seq for entry in await store.audit.entries()] == list(range(1, 1 + len(await store.audit.entries())))
    assert await store.audit.verify() is None
    assert await store.differences() == []


async def test_what_a_shared_commit_might_take_back_stays_in_memory(lifecycle, store):
    async def files(_tx):
        return sqlite_files()

    async with under_way(store, nothing):
        many = [asyncio.create_task(lifecycle.submit(submission(key=f"key-{number}"))) for number in range(20)]
        look = asyncio.create_task(store.transact(files))
        await ticks()
    await asyncio.gather(*many)
    assert await look == []


def sqlite_files():
    """The temporary ones that SQLite has open."""
    found = []
    for descriptor in Path("/proc/self/fd").iterdir():
        with suppress(OSError):  # it was closed meanwhile
            found.append(str(descriptor.readlink()))
    return [each for each in found if "etilqs" in each]


@asynccontextmanager
async def refused_and_next(store):
    """One that will be refused, and so ends its commit, and one that begins the next; they go on as its events are set."""
    begun, refuse, go_on = (threading.Event() for _ in range(3))

    async def refused(_tx):
        begun.set()
        refuse.wait()
        raise Conflict("no")

    async def lasting(_tx):
        go_on.wait()

    first = asyncio.create_task(store.transact(refused))
    await asyncio.to_thread(begun.wait)
    after = asyncio.create_task(store.transact(lasting))
    await ticks()
    try:
        yield first, refuse, after, go_on
    finally:
        refuse.set()
        go_on.set()


async def test_an_answer_does_not_wait_for_the_next_commit_that_has_begun(store):
    async with refused_and_next(store) as (first, refuse, after, go_on):
        refuse.set()
        async with asyncio.timeout(PATIENCE):
            with pytest.raises(Conflict):
                await first
        assert not after.done()
        go_on.set()
        await after


async def test_whoever_waits_for_the_next_commit_while_the_bot_stops_is_told_so(store):
    async with refused_and_next(store) as (first, refuse, after, go_on):
        closing = asyncio.create_task(store._database.close())
        await ticks()
        go_on.set()
        refuse.set()
        with pytest.raises(Conflict):
            await first
        with pytest.raises(StoreBusy, match="the bot is stopping"):
            await after
        await closing


async def test_where_the_commit_fails_nobody_who_shared_it_is_told_anything_else(lifecycle, store, monkeypatch):
    """A refusal too may rest on what another one wrote, of which nothing is left."""
    monkeypatch.setattr(turns, "LONGEST", PATIENCE)  # they share it on a busy machine, too
    made, _ = await lifecycle.submit(submission())
    waiting = asyncio.create_task(store.changed(made.id, made.version))
    await ticks()

    async def end_the_transaction(tx):
        tx._statements._connection.execute("PRAGMA max_page_count = 1")
        await tx._statements.rows(FILLING)

    async with under_way(store, nothing):
        asked = [
            asyncio.create_task(each)
            for each in (
                lifecycle.approve(made.id, ALICE, made.nonce),
                lifecycle.approve(made.id, BOB, made.nonce),
                store.transact(end_the_transaction),
            )
        ]
        await ticks()
    answers = await asyncio.gather(*asked, return_exceptions=True)
    assert [type(each) for each in answers] == [StoreBusy] * 3
    assert not waiting.done()
    assert await store.find(made.id) == made
    assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved
    await asyncio.wait_for(waiting, 1)
    assert await store.audit.verify() is None


async def test_what_another_process_wrote_meanwhile_is_built_upon(lifecycle, store, url, clock):
    await lifecycle.submit(submission())
    async with open_store(url, KEY, clock) as other:
        await replace(lifecycle, store=other).submit(submission())
        await lifecycle.submit(submission())
        await replace(lifecycle, store=other).submit(submission())
    assert [entry.seq for entry in await store.audit.entries()] == [1, 2, 3, 4]
    assert await store.audit.verify() is None


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
    between, approved = threading.Event(), threading.Event()

    async def twice(statements):
        before = [row["status"] for row in await statements.rows(look)]
        between.set()
        approved.wait()
        return before, [row["status"] for row in await statements.rows(look)]

    looking = asyncio.create_task(store._database.read(twice))
    await asyncio.to_thread(between.wait)
    await lifecycle.approve(made.id, ALICE, made.nonce)
    approved.set()
    assert await looking == (["pending"], ["pending"])


async def test_a_reader_cannot_write(store):
    sneak = Query("sneak", "Writes.", "DELETE FROM forms")
    with pytest.raises(StoreBusy, match="readonly"):
        await store._database.read(lambda statements: statements.rows(sneak))


async def test_a_broken_constraint_is_a_violation_and_loses_the_transaction(store):
    with pytest.raises(Violation, match="FOREIGN KEY"):
        await store.transact(broken)


async def test_a_transaction_whose_statement_failed_commits_nothing_even_if_its_caller_goes_on(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())

    async def careless(statements):
        await statements.rows(Query("touch", "Changes a row.", "UPDATE proposals SET version = 7"))
        with suppress(Violation):
            await statements.rows(Query("insert", "Fails.", "INSERT INTO seats VALUES ('p', NULL, 0, 1, 1, 0, 0)"))

    with pytest.raises(StoreBusy, match="insert failed"):
        await store._database.write(careless)
    assert await store.find(made.id) == made


async def test_a_transaction_that_has_ended_does_nothing_more(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    kept = []

    async def leak(tx):
        kept.append(tx)

    await store.transact(leak)
    with pytest.raises(StoreBusy, match="it was ended"):
        await kept[0].load(made.id)


async def test_every_commit_is_on_disk_before_it_is_told(store):
    async def look(statements):
        (synchronous,) = await statements.rows(Query("s", "How commits are kept.", "PRAGMA synchronous"))
        (mode,) = await statements.rows(Query("j", "How changes are logged.", "PRAGMA journal_mode"))
        return synchronous[0], mode[0]

    assert await store._database.write(look) == (2, "wal")


async def test_two_writers_at_once_take_turns(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    answers = await asyncio.gather(
        *(lifecycle.approve(made.id, who, made.nonce) for who in (ALICE, BOB, ALICE, BOB)), return_exceptions=True
    )
    assert sum(not isinstance(answer, Exception) for answer in answers) == 1
    entries = await store.audit.entries()
    assert [entry.tag for entry in entries].count("proposal:approved") == 1


async def test_without_an_event_there_is_nothing_to_record(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    with pytest.raises(ValueError, match="nothing to record"):
        await store.transact(lambda tx: record(tx, made, [], SYSTEM, clock.now()))


async def test_a_conflict_writes_nothing(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission())
    await lifecycle.approve(made.id, ALICE, made.nonce)
    withdrawn = [Withdrawn(at=clock.now(), reason="x")]
    with pytest.raises(Conflict, match="no longer at version 1"):
        await store.transact(lambda tx: record(tx, made, withdrawn, SYSTEM, clock.now()))
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
