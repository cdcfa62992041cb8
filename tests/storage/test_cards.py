"""Where cards stand: one that counts, its words, and what an older rendering may not do."""

import asyncio

import pytest

from approvals.effects import Effect
from approvals.refusals import NotFound
from storage import CardRow
from tests.making import START
from tests.storage.town import ALICE, by_hand, submission

HERE = "C0SUPPORT"


@pytest.fixture
async def made(lifecycle):
    return (await lifecycle.submit(submission()))[0]


async def post(store, proposal, ts="1.1", *, words="first", version=1, adopted=False):
    return await store.cards.posted(
        proposal.id, HERE, ts, version=version, digest="d", words=words, revision=1, now=START, adopted=adopted
    )


async def card(store, proposal):
    (row,) = await store.cards.of(proposal.id)
    return row


async def test_a_post_is_intended_then_recorded_with_its_entry(store, made, clock):
    intended = await store.cards.intend(made.id, HERE, clock.now(), words="first")
    assert intended == CardRow(
        proposal_id=made.id,
        channel=HERE,
        ts=None,
        version=0,
        words="first",
        previous_words="",
        posting_since=START,
        state="posting",
    )
    assert await post(store, made)
    row = await store.cards.at(HERE, "1.1")
    assert row == await card(store, made)
    assert (row.state, row.version, row.posting_since, row.words) == ("standing", 1, None, "first")
    line = (await store.reads.trail(made.id))[-1]
    assert line.tag == "card:posted"
    assert line.facts == {"channel": HERE, "ts": "1.1", "digest": "d", "revision": 1, "adopted": False}


async def test_a_post_that_may_have_arrived_is_remembered_since_its_first_try(store, made, clock):
    await store.cards.intend(made.id, HERE, clock.now(), words="first")
    again = await store.cards.intend(made.id, HERE, clock.forward(60), words="first")
    assert again.posting_since == START


async def test_the_second_of_two_posts_is_a_twin(store, made):
    answers = await asyncio.gather(*(post(store, made, ts) for ts in ("1.1", "2.2", "3.3")))
    assert sorted(answers) == [False, False, True]
    assert [line.tag for line in await store.reads.trail(made.id)].count("card:posted") == 1


async def test_the_same_message_recorded_twice_is_no_twin(store, made):
    assert await post(store, made, adopted=True)
    assert await post(store, made)
    assert [line.tag for line in await store.reads.trail(made.id)].count("card:posted") == 1


async def test_a_message_that_is_no_card_is_none(store, made):
    await post(store, made)
    assert await store.cards.at(HERE, "9.9") is None
    assert await store.cards.at("C0OTHER", "1.1") is None


async def test_the_words_of_the_last_two_renderings_are_kept(store, made, clock):
    await store.cards.intend(made.id, HERE, clock.now(), words="first")
    await post(store, made)
    row = await store.cards.intend(made.id, HERE, clock.now(), words="second")
    assert (row.words, row.previous_words, row.state, row.ts) == ("second", "first", "standing", "1.1")
    await store.cards.updated(made.id, HERE, version=2, words="second")
    row = await store.cards.intend(made.id, HERE, clock.now(), words="third")
    assert (row.words, row.previous_words, row.version) == ("third", "second", 2)


async def test_rendering_the_same_words_again_keeps_the_ones_before(store, made, clock):
    await post(store, made)
    await store.cards.intend(made.id, HERE, clock.now(), words="second")
    row = await store.cards.intend(made.id, HERE, clock.now(), words="second")
    assert (row.words, row.previous_words) == ("second", "first")


async def wholeness(store, proposal):
    row = await card(store, proposal)
    return row.whole, row.previous_whole


async def test_whether_it_shows_everything_is_kept_with_the_words_of_each_of_the_last_two_renderings(
    store, made, clock
):
    await store.cards.intend(made.id, HERE, clock.now(), words="first", whole=True)
    assert await wholeness(store, made) == (True, None)
    await store.cards.posted(
        made.id, HERE, "1.1", version=1, digest="d", words="first", revision=1, now=START, whole=True
    )
    assert await wholeness(store, made) == (True, None)
    await store.cards.intend(made.id, HERE, clock.now(), words="second", whole=False)
    assert await wholeness(store, made) == (False, True)
    await store.cards.updated(made.id, HERE, version=2, words="second", whole=False)
    assert await wholeness(store, made) == (False, True)
    await store.cards.intend(made.id, HERE, clock.now(), words="second", whole=True)
    assert await wholeness(store, made) == (True, True), "the same words, made anew"
    await store.cards.updated(made.id, HERE, version=3, words="third", whole=False)
    assert await wholeness(store, made) == (False, True)
    await store.cards.updated(made.id, HERE, version=4)
    assert await wholeness(store, made) == (False, True)
    await store.cards.updated(made.id, HERE, version=5, words="fourth")
    assert await wholeness(store, made) == (None, False), "nobody noted it"


async def test_only_we_say_that_a_card_shows_everything(store, made, clock, tmp_path):
    await store.cards.intend(made.id, HERE, clock.now(), words="first", whole=True)
    await store.cards.intend(made.id, HERE, clock.now(), words="second", whole=False)
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE cards SET whole = previous_whole")
    assert await wholeness(store, made) == (None, True), "the seal is one over other words"
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE cards SET whole = '1'")
    assert await wholeness(store, made) == (None, True)


async def test_an_older_rendering_never_overwrites_a_newer_one(store, made):
    await post(store, made)
    assert await store.cards.updated(made.id, HERE, version=3, words="third")
    assert not await store.cards.updated(made.id, HERE, version=2, words="second")
    row = await card(store, made)
    assert (row.version, row.words) == (3, "third")


async def test_a_card_that_is_gone_is_forgotten_and_wanted_anew(store, made, clock):
    await post(store, made)
    await store.outbox.complete(await store.outbox.lease(clock.now(), 60))
    assert await store.outbox.lease(clock.now(), 60) is None
    await asyncio.wait_for(store.outbox.wanted(), 1)
    await store.cards.lost(made.id, HERE)
    await asyncio.wait_for(store.outbox.wanted(), 1)
    assert (await store.outbox.lease(clock.now(), 60)).kind is Effect.card
    row = await card(store, made)
    assert (row.ts, row.state) == (None, "lost")
    assert await post(store, made, "2.2")


async def test_a_closed_card_says_so_and_a_twin_was_never_one(store, made):
    await post(store, made)
    assert not await store.cards.closed(HERE, "2.2")
    assert await store.cards.closed(HERE, "1.1")
    assert (await store.cards.at(HERE, "1.1")).state == "closed"


async def test_all_cards_of_a_proposal_can_be_wanted_again(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission(2500))
    while delivery := await store.outbox.lease(clock.now(), 60):
        await store.outbox.complete(delivery)
    await store.want_card(made.id)
    channels = []
    while delivery := await store.outbox.lease(clock.now(), 60):
        channels.append((delivery.kind, delivery.channel))
        await store.outbox.complete(delivery)
    assert channels == [(Effect.card, "C0FINANCE"), (Effect.card, HERE)]
    with pytest.raises(NotFound):
        await store.want_card("prp_none")


async def test_a_card_does_not_change_the_proposal(lifecycle, store, made):
    await post(store, made)
    assert await store.find(made.id) == made
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await store.audit.verify() is None


async def test_it_is_known_since_when_a_card_stands_but_not_of_one_that_was_only_found(store, made, lifecycle):
    await post(store, made)
    assert (await card(store, made)).posted_at == START
    other, _ = await lifecycle.submit(submission(key="other"))
    await post(store, other, ts="2.1", adopted=True)
    assert (await card(store, other)).posted_at is None
