"""An approval that is not enough yet, taken back in the database: its guards, and two connections at one moment."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.actor import reviewer as acting
from approvals.decision import tally
from approvals.events import Approved, Retracted
from approvals.ports import Conflict
from approvals.proposal import Cause, Status
from approvals.record import record
from approvals.refusals import Changed, Expired, Refusal, UndoWindowOver
from storage import open_store
from tests.databases import KEY
from tests.holding import ticks, under_way
from tests.making import START, make_reviewer
from tests.patience import PATIENCE
from tests.storage.test_guards import HOUR, MILLISECOND, decided, recorded
from tests.storage.town import ALICE, TablePolicy, by_hand, submission

BOB = make_reviewer(user="U0BOB", roles=frozenset({"support"}))


@pytest.fixture
def policy():
    return TablePolicy(changes={"approvals": 2})


@pytest.fixture
async def half(lifecycle):
    """Alice approved it, and it needs a second."""
    made, _ = await lifecycle.submit(submission())
    return await lifecycle.approve(made.id, ALICE, made.nonce)


@pytest.fixture
async def elsewhere(url, clock, lifecycle):
    """The same verbs over a connection of their own to the same database."""
    async with open_store(url, KEY, clock) as store:
        yield replace(lifecycle, store=store)


def undo(at=START, by="U0ALICE", nonce="n2"):
    return Retracted(at=at, by=by, nonce=nonce)


async def test_what_was_taken_back_is_kept_void_and_the_rows_are_what_the_entries_tell(lifecycle, store, half):
    waits = await lifecycle.retract(half.id, ALICE, half.nonce)
    assert await store.find(half.id) == waits
    assert [each.retracted_at for each in waits.decisions] == [START]
    assert (await store.audit.entries())[-1].tag == "proposal:retracted"
    assert await store.differences() == []


async def test_who_took_it_back_approves_again_and_only_once(lifecycle, store, half):
    waits = await lifecycle.retract(half.id, ALICE, half.nonce)
    once = await lifecycle.approve(half.id, ALICE, waits.nonce)
    assert (once.status, len(once.active_decisions)) == (Status.pending, 1)
    with pytest.raises(Conflict, match=r"(?i)unique"):
        await recorded(store, once, [decided()], START)


@pytest.mark.parametrize(("early", "counts"), [(MILLISECOND, True), (timedelta(0), False)])
async def test_at_the_deadline_nothing_is_taken_back_even_if_the_move_forgets(store, half, early, counts):
    at = half.expires_at - early
    if counts:
        assert (await recorded(store, half, [undo(at)], at)).active_decisions == ()
        return
    with pytest.raises(Conflict, match="taken back once, in time"):
        await recorded(store, half, [undo(at)], at)
    assert await store.find(half.id) == half


async def test_the_same_buttons_do_not_stay_even_if_the_move_forgets(store, half):
    with pytest.raises(Conflict, match="buttons from before do nothing"):
        await recorded(store, half, [undo(nonce=half.nonce)], START)
    assert await store.find(half.id) == half


async def test_nothing_is_approved_with_what_is_taken_back_even_if_the_move_forgets(store, half):
    approved = Approved(at=START, cause=Cause.reviewer, by="U0BOB", execute_by=START + HOUR)
    with pytest.raises(Conflict, match="waits"):
        await recorded(store, half, [undo(), approved], START)
    assert await store.find(half.id) == half


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE decisions SET retracted_at = at",
        "UPDATE decisions SET retracted_at = at, retracted_from = 1",
        "UPDATE decisions SET retracted_at = at, retracted_from = 3",
        "UPDATE decisions SET retracted_at = at + 3600000, retracted_from = 2",
        "UPDATE decisions SET retracted_at = at, retracted_from = 2, reviewer = 'U0BOB'",
        "UPDATE decisions SET retracted_at = at, retracted_from = 2, round = 2",
    ],
)
async def test_by_hand_it_is_taken_back_in_no_other_way(store, half, tmp_path, statement):
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    assert await store.find(half.id) == half


async def test_a_void_approval_stays_void(lifecycle, half, tmp_path):
    await lifecycle.retract(half.id, ALICE, half.nonce)
    with by_hand(tmp_path) as connection:
        for statement in ("retracted_at = NULL, retracted_from = NULL", "retracted_at = at + 1, retracted_from = 3"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(f"UPDATE decisions SET {statement}")


async def test_an_approval_of_an_earlier_round_is_not_taken_back_by_hand(lifecycle, store, half, tmp_path):
    edited = await lifecycle.edit(half.id, BOB, {"amount": 300, "order": "1001"}, half.nonce)
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError, match="never changed"):
        connection.execute(
            "UPDATE decisions SET retracted_at = at, retracted_from = ? WHERE round = 1", (edited.version,)
        )
    assert await store.find(half.id) == edited


async def test_a_second_approval_that_was_weighed_before_it_was_taken_back_is_not_written(lifecycle, store, half):
    weighed = moves.approve(half, BOB, half.nonce, START)
    assert any(isinstance(event, Approved) for event in weighed)
    waits = await lifecycle.retract(half.id, ALICE, half.nonce)
    with pytest.raises(Conflict, match="no longer at version"):
        await recorded(store, half, weighed, START)
    assert await store.find(half.id) == waits


async def test_a_retraction_that_was_weighed_before_the_second_approved_is_not_written(lifecycle, store, half):
    weighed = moves.retract(half, "U0ALICE", half.nonce, "n2", START)
    approved = await lifecycle.approve(half.id, BOB, half.nonce)
    with pytest.raises(Conflict):
        await recorded(store, half, weighed, START)
    assert await store.find(half.id) == approved


async def test_while_it_is_taken_back_on_one_connection_a_second_approval_on_another_waits_and_is_refused(
    store, half, elsewhere
):
    async with asyncio.timeout(PATIENCE):
        retracted = moves.retract(half, "U0ALICE", half.nonce, "n2", START)
        async with under_way(store, lambda tx: record(tx, half, retracted, acting(ALICE), START)) as first:
            second = asyncio.create_task(elsewhere.approve(half.id, BOB, half.nonce))
            await ticks()
            assert not second.done()
        waits = await first
        with pytest.raises(Changed):
            await second
    assert await store.find(half.id) == waits


async def test_while_the_second_approves_on_one_connection_a_retraction_on_another_waits_and_is_too_late(
    store, half, elsewhere
):
    async with asyncio.timeout(PATIENCE):
        approving = moves.approve(half, BOB, half.nonce, START)
        async with under_way(store, lambda tx: record(tx, half, approving, acting(BOB), START)) as first:
            slip = asyncio.create_task(elsewhere.retract(half.id, ALICE, half.nonce))
            await ticks()
            assert not slip.done()
        approved = await first
        with pytest.raises(UndoWindowOver):
            await slip
    assert approved.status is Status.approved
    assert await store.find(half.id) == approved


async def test_whoever_is_first_it_is_never_approved_by_one(url, clock, lifecycle, store):
    async with open_store(url, KEY, clock) as second, open_store(url, KEY, clock) as third:
        people = [replace(lifecycle, store=each) for each in (second, third)]
        for number in range(20):
            made, _ = await lifecycle.submit(submission(300 + number))
            half = await lifecycle.approve(made.id, ALICE, made.nonce)
            tried = [
                people[number % 2].retract(half.id, ALICE, half.nonce),
                people[1 - number % 2].approve(half.id, BOB, half.nonce),
                lifecycle.retract(half.id, ALICE, half.nonce),
            ]
            answers = await asyncio.gather(*(tried[1:] + tried[:1] if number % 3 else tried), return_exceptions=True)
            assert {each for each in answers if isinstance(each, Exception) and not isinstance(each, Refusal)} == set()
            found = await store.find(half.id)
            agreed = {each.reviewer for each in found.active_decisions}
            assert (found.status, agreed) in (
                (Status.approved, {"U0ALICE", "U0BOB"}),
                (Status.pending, set()),
            )
            assert tally(found.active_decisions, found.gate).filled == (found.status is Status.approved)
    assert await store.differences() == []


async def test_at_the_moment_it_expires_the_deadline_decides_with_and_without_a_sweep(lifecycle, store, clock, half):
    clock.forward(3600)
    with pytest.raises(Expired):
        await lifecycle.retract(half.id, ALICE, half.nonce)
    await asyncio.gather(lifecycle.sweep(), lifecycle.retract(half.id, ALICE, half.nonce), return_exceptions=True)
    found = await store.find(half.id)
    assert (found.status, found.cause) == (Status.rejected, Cause.expired)
    assert [each.retracted_at for each in found.decisions] == [None]


async def test_who_took_it_back_has_it_waiting_again(lifecycle, store, half):
    async def waiting():
        listed = await store.reads.waiting("U0ALICE", {"support"}, now=START, limit=10)
        return [each.id for each in listed.proposals]

    assert await waiting() == []
    await lifecycle.retract(half.id, ALICE, half.nonce)
    assert await waiting() == [half.id]
