"""Purges: what is old and decides nothing goes, and nothing runs or is told a second time for it."""

import asyncio
from dataclasses import replace

import pytest

from approvals.effects import Effect
from approvals.proposal import Status
from approvals.services.erasures import Erasing
from bot import purges
from bot.purges import Purges
from fsck import examine, opened
from storage import Form, Modal, database_file
from storage.erasure import FEW
from storage.messages.modals import USABLE_FOR
from tests.databases import KEY
from tests.storage.town import ALICE, key_of, stand, submission

URL = "https://agents.example.com/hooks/1"


@pytest.fixture
def counted():
    return [0.0]


@pytest.fixture
def erasing(store, clock):
    return Erasing(store, clock)


@pytest.fixture
def purge(store, clock, counted):
    keeper = Purges(store=store, clock=clock, monotonic=lambda: counted[0])

    async def swept():
        counted[0] += purges.EVERY
        return await keeper.sweep()

    return swept


def form(proposal, clock, number=1):
    return Form(
        id=f"frm_{number}",
        proposal_id=proposal.id,
        revision=1,
        nonce=proposal.nonce,
        reviewer="U0ALICE",
        kind="details",
        typed={"note": "something"},
        opened_at=clock.now(),
    )


async def ended(callbacks, clock, verb="complete"):
    """Leases all that is due and ends it; what it was."""
    out = []
    while (found := await callbacks.lease(clock.now(), 60)) is not None:
        out.append(found)
        if verb == "complete":
            await callbacks.complete(found)
        else:
            await callbacks.dead_letter(found, "it answers 500", tell=None)
    return out


async def test_what_was_typed_about_what_is_over_goes_in_time_and_about_what_is_open_stays(
    lifecycle, store, clock, purge
):
    waits, _ = await lifecycle.submit(submission(2500))
    no, _ = await lifecycle.submit(submission(2501))
    opened = {each.id: form(each, clock, number) for number, each in enumerate((waits, no))}
    for each in opened.values():
        await store.forms.open(each)
    await lifecycle.reject(no.id, ALICE, "Never.", no.nonce)
    clock.forward(days=29)
    assert await purge() == 0
    clock.forward(days=2)
    assert await purge() == 1
    assert await store.forms.get(opened[no.id].id) is None
    assert await store.forms.get(opened[waits.id].id) == opened[waits.id]
    assert await store.forms.first_opened(waits.id, 1, "U0ALICE") == opened[waits.id].opened_at
    await lifecycle.sweep()
    assert await purge() == 1, "its deadline was over"


async def test_a_modal_goes_only_once_it_could_not_be_submitted_any_more_and_then_never_is(store, clock, purge):
    modal = Modal(id="mdl_1", view_id="V1", reviewer="U0ALICE", purpose="delegate", opened_at=clock.now())
    used = replace(modal, id="mdl_2")
    for each in (modal, used):
        await store.modals.open(each)
    assert await store.modals.use(used.id, clock.now())
    assert purges.MODALS > USABLE_FOR
    clock.forward(hours=23)
    assert await purge() == 0
    clock.forward(hours=2)
    assert await purge() == 2
    for each in (modal, used):
        assert await store.modals.get(each.id) is None
        assert not await store.modals.use(each.id, clock.now())
        assert not await store.modals.use(each.id, modal.opened_at), "not with a clock that went back either"


async def test_callbacks_go_once_they_were_taken_or_given_up_and_no_agent_is_told_twice(
    lifecycle, store, clock, purge, url
):
    for amount in range(3):
        made, _ = await lifecycle.submit(submission(2500 + amount, callback_url=URL))
        await lifecycle.reject(made.id, ALICE, "Never.", made.nonce)
    first = await store.callbacks.lease(clock.now(), 60)
    await store.callbacks.dead_letter(first, "it answers 500", tell=None)
    await ended(store.callbacks, clock)
    waiting, _ = await lifecycle.submit(submission(2600, callback_url=URL))
    await lifecycle.reject(waiting.id, ALICE, "Never.", waiting.nonce)
    clock.forward(days=31)
    assert await purge() == 2
    left = await store.callbacks.listed(10, everything=True)
    assert [(each.state, each.proposal_id == waiting.id) for each in left] == [("waiting", True), ("delivered", False)]
    assert [each.subject for each in await ended(store.callbacks, clock)] == [waiting.id]
    assert await store.callbacks.retry(None, clock.now()) == []
    assert await asyncio.to_thread(untrue, url, clock.now()) == []
    assert await store.differences() == []


@pytest.mark.parametrize("gone", ["purge", "erase"])
async def test_no_lease_has_the_number_of_one_that_is_gone(lifecycle, store, clock, purge, gone, erasing):
    made, _ = await lifecycle.submit(submission(2500, callback_url=URL))
    await lifecycle.reject(made.id, ALICE, "Never.", made.nonce)
    slow = await store.callbacks.lease(clock.now(), 60)
    clock.forward(seconds=61)
    (again,) = await ended(store.callbacks, clock)
    assert (again.event, again.id) == (slow.event, slow.id + 1)
    if gone == "erase":
        await erasing.erase(made.id, "alex", "asked for")
    else:
        clock.forward(days=31)
        await purge()
    for _ in range(2):
        other, _ = await lifecycle.submit(submission(2501, callback_url=URL))
        await lifecycle.reject(other.id, ALICE, "Never.", other.nonce)
    new = await store.callbacks.lease(clock.now(), 60)
    assert new.id > again.id
    for late in (slow, again):
        await store.callbacks.complete(late)
    assert (await store.callbacks.counts()).waiting == 2, "who was late has told of nothing new"
    left = await store.callbacks.listed(10, everything=True)
    assert gone == "purge" or URL not in {each.url for each in left if each.proposal_id == made.id}


async def test_a_receiver_that_wants_no_more_is_told_no_more_however_long_ago(lifecycle, store, clock, purge):
    made, _ = await lifecycle.submit(submission(2500, callback_url=URL, expires_in=40 * 86_400))
    await lifecycle.ask(made.id, ALICE, "Why?", made.nonce)
    await store.callbacks.stop(await store.callbacks.lease(clock.now(), 60), "it answers 410")
    other, _ = await lifecycle.submit(submission(2501, callback_url=URL))
    await lifecycle.reject(other.id, ALICE, "Never.", other.nonce)
    await ended(store.callbacks, clock)  # the newest lease, which would stay anyhow
    clock.forward(days=31)
    await purge()
    assert [each.state for each in await store.callbacks.listed(10)] == ["stopped"]
    await lifecycle.sweep()
    found = await store.find(made.id)
    if found.status is Status.pending:
        await lifecycle.reject(made.id, ALICE, "Never.", found.nonce)
    assert await store.callbacks.lease(clock.now(), 60) is None


async def given_up(store, clock):
    """Gives up all that is due."""
    while (found := await store.outbox.lease(clock.now(), 60)) is not None:
        await store.outbox.dead_letter(found, "channel_not_found", tell=None)


def untrue(url, now):
    """What a reading that shares nothing with the bot finds of the database."""
    with opened(url, database_file(url)) as source:
        examined = examine(source, keys=(KEY,), now=int(now.timestamp() * 1000))
    return [] if examined.sound else examined.lines()


async def test_what_could_not_be_delivered_of_what_is_over_is_left_alone_and_of_what_waits_is_not(
    lifecycle, store, clock, purge, url
):
    no, _ = await lifecycle.submit(submission(250))
    waits, _ = await lifecycle.submit(submission(251))
    await stand(store, key_of(no.id), "1700000000.000100")
    await given_up(store, clock)
    await lifecycle.reject(no.id, ALICE, "Never.", no.nonce)
    await given_up(store, clock)
    assert {each.proposal_id for each in await store.reads.dead_letters()} == {no.id, waits.id}
    clock.forward(days=29)
    assert await purge() == 0
    clock.forward(days=2)
    assert await purge() > 0
    assert {each.proposal_id for each in await store.reads.dead_letters()} == {waits.id}
    assert await asyncio.to_thread(untrue, url, clock.now()) == []
    assert await store.differences() == []
    await store.outbox.requeue()
    again = []
    while (found := await store.outbox.lease(clock.now(), 60)) is not None:
        again.append((found.kind, found.subject))
        await store.outbox.complete(found)
    assert again == [(Effect.card, waits.id)], "nor are the lines that waited behind its card told so late"


async def test_an_idempotency_key_is_never_forgotten(lifecycle, store, clock, purge):
    asked = submission(10, key="once", claim=True)
    made, _ = await lifecycle.submit(asked)
    await lifecycle.report(made.id, "support-bot", Status.succeeded, None, None)
    for _ in range(3):
        clock.forward(days=4000)
        await purge()
    again, new = await lifecycle.submit(asked)
    assert (again.id, again.status, new) == (made.id, Status.succeeded, False)


async def test_a_turn_takes_a_few_rows_and_the_next_one_comes_at_once_while_there_are_more(
    lifecycle, store, clock, counted
):
    made, _ = await lifecycle.submit(submission(250))
    await lifecycle.reject(made.id, ALICE, "Never.", made.nonce)
    for number in range(FEW + 3):
        await store.forms.open(form(made, clock, number))
    clock.forward(days=31)
    keeper = Purges(store=store, clock=clock, monotonic=lambda: counted[0])
    turns = []
    for _ in range(4):
        turns.append(await keeper.sweep())
        counted[0] += 1.0
    assert turns == [FEW, 3, 0, 0]
