"""Settling in the database: its guards, what is void, and cards that are shown anew."""

import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.effects import Effect
from approvals.events import Approved, Claimed, Retracted
from approvals.moves.deadlines import next_due
from approvals.ports import Conflict
from approvals.proposal import Cause, Status
from storage import open_store
from tests.databases import KEY
from tests.making import START
from tests.storage.test_guards import approval, decided, recorded
from tests.storage.town import ALICE, BOB, TablePolicy, by_hand, submission

CLAIMABLE = START + timedelta(seconds=10)
HOUR = timedelta(hours=1)
MILLISECOND = timedelta(milliseconds=1)
WAITS_AGAIN = (
    "UPDATE proposals SET status = 'pending', cause = NULL, resolved_at = NULL, execute_by = NULL, claimable_at = NULL, "
    "due_at = expires_at"
)


@pytest.fixture
def policy():
    return TablePolicy(changes={"undo_window": 10})


@pytest.fixture
async def undoable(lifecycle):
    made, _ = await lifecycle.submit(submission())
    return await lifecycle.approve(made.id, ALICE, made.nonce)


def claim(proposal, at):
    return [Claimed(at=at, digest=proposal.digest, claimant=None, report_by=at + HOUR)]


async def test_the_moment_is_kept(store, undoable):
    found = await store.find(undoable.id)
    assert found == undoable
    assert found.claimable_at == CLAIMABLE
    assert next_due(found) == CLAIMABLE + HOUR


async def test_nothing_is_claimed_before_it_has_settled_even_if_the_move_forgets(store, undoable):
    with pytest.raises(Conflict, match=r"(?i)check"):
        await recorded(store, undoable, claim(undoable, CLAIMABLE - MILLISECOND), CLAIMABLE - MILLISECOND)
    assert await store.find(undoable.id) == undoable
    assert (await recorded(store, undoable, claim(undoable, CLAIMABLE), CLAIMABLE)).status is Status.claimed


@pytest.mark.parametrize(("early", "counts"), [(MILLISECOND, True), (timedelta(0), False)])
async def test_nothing_is_taken_back_once_it_has_settled_even_if_the_move_forgets(store, undoable, early, counts):
    event = Retracted(at=CLAIMABLE - early, by="U0ALICE", nonce="n2")
    if counts:
        assert (await recorded(store, undoable, [event], CLAIMABLE)).status is Status.pending
        return
    with pytest.raises(Conflict, match="taken back once, in time"):
        await recorded(store, undoable, [event], CLAIMABLE)
    assert await store.find(undoable.id) == undoable


async def test_what_nobody_took_back_does_not_wait_again_even_if_the_move_forgets(store, undoable):
    event = Retracted(at=START, by="U0BOB", nonce="n2")
    with pytest.raises(Conflict, match="somebody takes their approval back"):
        await recorded(store, undoable, [event], START)


async def test_an_approval_that_was_taken_back_before_lets_nothing_wait_again(lifecycle, store, undoable):
    waits = await lifecycle.retract(undoable.id, ALICE, undoable.nonce)
    again = await lifecycle.approve(undoable.id, ALICE, waits.nonce)
    with pytest.raises(Conflict, match="somebody takes their approval back"):
        await recorded(store, again, [Retracted(at=START, by="U0BOB", nonce="n3")], START)
    assert (await store.find(again.id)).status is Status.approved


async def test_a_person_approves_again_after_taking_back_and_only_once(lifecycle, store, undoable):
    waits = await lifecycle.retract(undoable.id, ALICE, undoable.nonce)
    assert [each.retracted_at for each in (await store.find(waits.id)).decisions] == [START]
    once = await recorded(store, waits, [decided()], START)
    with pytest.raises(Conflict, match=r"(?i)unique"):
        await recorded(store, once, [decided()], START)


async def test_what_was_taken_back_waits_for_that_person_again(lifecycle, store, undoable):
    async def waiting():
        listed = await store.reads.waiting("U0ALICE", {"support"}, now=START, limit=10)
        return [each.id for each in listed.proposals]

    assert await waiting() == []
    await lifecycle.retract(undoable.id, ALICE, undoable.nonce)
    assert await waiting() == [undoable.id]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE proposals SET claimable_at = NULL",
        "UPDATE proposals SET claimable_at = claimable_at - 1",
        "UPDATE proposals SET claimable_at = claimable_at + 1",
        "UPDATE proposals SET execute_by = claimable_at, due_at = claimable_at",
        (
            "UPDATE proposals SET status = 'claimed', claimed_at = claimable_at - 1, report_by = execute_by, "
            "due_at = execute_by"
        ),
        WAITS_AGAIN,
        "UPDATE decisions SET retracted_at = at",
        "UPDATE decisions SET retracted_at = at + 10000, retracted_from = 3",
        "UPDATE decisions SET retracted_at = at, retracted_from = 2",
        "UPDATE decisions SET retracted_at = at, retracted_from = 3, reviewer = 'U0BOB'",
        "UPDATE decisions SET rushed = 1",
    ],
)
async def test_by_hand_it_is_neither_shortened_nor_undone(store, undoable, tmp_path, statement):
    with by_hand(tmp_path) as connection, pytest.raises(sqlite3.IntegrityError):
        connection.execute(statement)
    assert await store.find(undoable.id) == undoable


async def test_a_void_approval_stays_void(lifecycle, undoable, tmp_path):
    await lifecycle.retract(undoable.id, ALICE, undoable.nonce)
    with by_hand(tmp_path) as connection:
        for statement in ("retracted_at = NULL, retracted_from = NULL", "retracted_at = at + 1"):
            with pytest.raises(sqlite3.IntegrityError, match="never changed"):
                connection.execute(f"UPDATE decisions SET {statement}")


async def test_nothing_is_born_settling(store, undoable):
    other = replace(undoable, id="prp_other", idempotency_key=None)
    events = [each for each in approval(START) if isinstance(each, Approved)]
    settles = [replace(each, claimable_at=CLAIMABLE) for each in events]
    waits = replace(other, status=Status.pending, cause=None, resolved_at=None, resolved_by=None, decisions=())
    with pytest.raises(Conflict):
        await recorded(store, waits, settles, START)


async def test_what_took_effect_before_a_restart_is_there_after_it(url, clock, undoable, store):
    async with open_store(url, KEY, clock) as again:
        found = await again.find(undoable.id)
    assert (found.status, found.cause, found.claimable_at) == (Status.approved, Cause.reviewer, CLAIMABLE)


async def due_cards(store, now):
    """The cards that are due, all of them put out."""
    found = []
    while (delivery := await store.outbox.lease(now, 60)) is not None:
        await store.outbox.complete(delivery)
        if delivery.kind is Effect.card:
            found.append(delivery.subject)
    return found


async def test_its_cards_are_wanted_once_more_when_it_has_settled_without_a_new_version(
    lifecycle, store, clock, undoable
):
    await due_cards(store, clock.now())
    clock.forward(milliseconds=9_999)
    await lifecycle.sweep()
    assert await due_cards(store, clock.now()) == []
    clock.forward(milliseconds=1)
    await lifecycle.sweep()
    assert await due_cards(store, clock.now()) == [undoable.id]
    await lifecycle.sweep()
    assert await due_cards(store, clock.now()) == []
    assert await store.find(undoable.id) == undoable


@pytest.mark.parametrize("verb", ["retract", "revoke"])
async def test_what_no_longer_settles_is_not_shown_anew(lifecycle, store, clock, undoable, verb):
    if verb == "retract":
        await lifecycle.retract(undoable.id, ALICE, undoable.nonce)
    else:
        await lifecycle.revoke(undoable.id, BOB, "Wait.", undoable.nonce)
    await due_cards(store, clock.now())
    clock.forward(10)
    await lifecycle.sweep()
    assert await due_cards(store, clock.now()) == []
