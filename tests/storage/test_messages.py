"""Where messages stand, of whatever kind: one that counts, its words, and what an older rendering may not do."""

import asyncio

import pytest

from approvals.effects import Effect
from approvals.refusals import NotFound
from storage import Message, MessageKind
from storage.messages.message import CLICKED
from tests.making import START
from tests.storage.town import ALICE, adopt, by_hand, key_of, stand, submission

HERE = "C0SUPPORT"
TAGS = {
    MessageKind.card: "card:posted",
    MessageKind.batch: "card:posted",
    MessageKind.flood: "card:posted",
    MessageKind.sample: "sample:posted",
}
"""The kinds that can be clicked, and the entry of the post of each."""


@pytest.fixture
async def made(lifecycle):
    return (await lifecycle.submit(submission()))[0]


@pytest.fixture(params=list(TAGS))
def key(request, made):
    """A message of each kind that can be clicked."""
    return key_of(made.id, HERE, request.param)


async def posts(store):
    return [entry.tag for entry in await store.audit.entries() if entry.tag in TAGS.values()]


async def test_a_post_is_intended_then_recorded_with_its_entry(store, key):
    intended = await store.messages.intend(key, words="first")
    assert intended == Message(
        key=key, ts=None, version=0, words="first", previous_words="", posting_since=START, state="posting"
    )
    assert await stand(store, key, "1.1", words="first")
    found = await store.messages.at(HERE, "1.1")
    assert found == await store.messages.get(key)
    assert (found.state, found.version, found.posting_since, found.words) == ("posted", 1, None, "first")
    assert (found.shown, found.posted_at) == ("d", START)
    assert await posts(store) == [TAGS[key.kind]]


async def test_the_entry_of_a_card_tells_where_and_what_it_was(store, made):
    await stand(store, key_of(made.id), "1.1")
    line = (await store.reads.trail(made.id))[-1]
    assert line.tag == "card:posted"
    assert line.facts == {"channel": HERE, "ts": "1.1", "digest": "d", "revision": 1, "adopted": False}


async def test_the_entry_of_a_sample_is_not_among_those_of_its_proposal(store, made):
    await stand(store, key_of(made.id, kind=MessageKind.sample), "1.1")
    assert [line.tag for line in await store.reads.trail(made.id)] == ["proposal:submitted"]


async def test_a_notice_cannot_be_clicked_and_its_post_needs_no_entry(store):
    assert await store.messages.notify("policy:a", HERE, "Look.")
    notice = await store.messages.notice("policy:a", HERE)
    assert await store.messages.posted(notice.key, "1.1", version=1, digest="", revision=1)
    assert await store.messages.at(HERE, "1.1") is None
    assert store.damage.rows == {}
    assert (await store.audit.entries()) == []


async def test_a_post_that_may_have_arrived_is_remembered_since_its_first_try(store, key, clock):
    await store.messages.intend(key, words="first")
    clock.forward(60)
    assert (await store.messages.intend(key, words="first")).posting_since == START


async def test_the_second_of_two_posts_is_a_twin(store, key):
    answers = await asyncio.gather(*(stand(store, key, ts) for ts in ("1.1", "2.2", "3.3")))
    assert sorted(answers) == [False, False, True]
    assert len(await posts(store)) == 1


async def test_the_same_message_recorded_twice_is_no_twin(store, key):
    assert await adopt(store, key, "1.1")
    assert await stand(store, key, "1.1")
    assert len(await posts(store)) == 1


async def test_one_that_is_adopted_after_all_was_sent_waits_to_be_sent_again(store, key, clock):
    while delivery := await store.outbox.lease(clock.now(), 60):
        await store.outbox.complete(delivery)
    assert await adopt(store, key, "1.1")
    assert (await store.messages.get(key)).shown is None, "nobody knows which version Slack shows"
    again = await store.outbox.lease(clock.now(), 60)
    assert (again.subject, again.channel) == (key.subject, HERE)


async def test_one_that_cannot_be_rendered_again_is_not_adopted_in_part(store, key):
    unknown = key_of("prp_unknown", HERE, key.kind)
    with pytest.raises(NotFound):
        await adopt(store, unknown, "1.1")
    assert await store.messages.get(unknown) is None
    assert await posts(store) == []


async def test_a_message_that_is_not_recorded_is_none(store, key):
    await stand(store, key, "1.1")
    assert await store.messages.at(HERE, "9.9") is None
    assert await store.messages.at("C0OTHER", "1.1") is None


async def test_the_words_of_the_last_two_renderings_are_kept(store, key):
    await stand(store, key, "1.1", words="first")
    found = await store.messages.intend(key, words="second")
    assert (found.words, found.previous_words, found.state, found.ts) == ("second", "first", "posted", "1.1")
    await store.messages.updated(key, version=2, digest="e")
    found = await store.messages.intend(key, words="third")
    assert (found.words, found.previous_words, found.version) == ("third", "second", 2)


async def test_rendering_the_same_words_again_keeps_the_ones_before(store, key):
    await stand(store, key, "1.1", words="first")
    await store.messages.intend(key, words="second")
    found = await store.messages.intend(key, words="second")
    assert (found.words, found.previous_words) == ("second", "first")


async def test_what_slack_shows_is_not_sure_while_it_is_being_told_something_else(store, key):
    await stand(store, key, "1.1")
    assert (await store.messages.intend(key, words="second")).shown is None
    assert (await store.messages.get(key)).shown is None
    await store.messages.updated(key, version=2, digest="e")
    assert (await store.messages.get(key)).shown == "e"
    await store.messages.lost(key)
    assert (await store.messages.get(key)).shown is None


async def wholeness(store, key):
    found = await store.messages.get(key)
    return found.whole, found.previous_whole


async def test_whether_it_shows_everything_is_kept_with_the_words_of_each_of_the_last_two_renderings(store, key):
    await store.messages.intend(key, words="first", whole=True)
    assert await wholeness(store, key) == (True, None)
    await stand(store, key, "1.1", words="first", whole=True)
    assert await wholeness(store, key) == (True, None)
    await store.messages.intend(key, words="second", whole=False)
    assert await wholeness(store, key) == (False, True)
    await store.messages.updated(key, version=2, digest="e")
    assert await wholeness(store, key) == (False, True)
    await store.messages.intend(key, words="second", whole=True)
    assert await wholeness(store, key) == (True, True), "the same words, made anew"
    await store.messages.intend(key, words="third")
    assert await wholeness(store, key) == (None, True), "nobody noted it"


async def test_only_we_say_that_a_message_shows_everything(store, key, tmp_path):
    await store.messages.intend(key, words="first", whole=True)
    await store.messages.intend(key, words="second", whole=False)
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE messages SET whole = previous_whole")
    assert await wholeness(store, key) == (None, True), "the seal is one over other words"
    with by_hand(tmp_path) as connection:
        connection.execute("UPDATE messages SET whole = '1'")
    assert await wholeness(store, key) == (None, True)


@pytest.mark.parametrize("field", ["subject", "channel", "kind"])
async def test_what_one_message_shows_says_nothing_of_another(store, made, tmp_path, field):
    other = {"subject": "prp_other", "channel": "C0OTHER", "kind": MessageKind.sample}[field]
    await store.messages.intend(key_of(made.id), words="first", whole=True)
    with by_hand(tmp_path) as connection:
        connection.execute(f"UPDATE messages SET {field} = ?", (other,))
    moved = key_of(**{"proposal_id": made.id} | {"proposal_id" if field == "subject" else field: other})
    assert await wholeness(store, moved) == (None, None)


async def test_an_older_rendering_is_not_recorded_over_a_newer_one_and_leaves_open_what_is_shown(store, key):
    await stand(store, key, "1.1")
    assert await store.messages.updated(key, version=3, digest="third")
    assert not await store.messages.updated(key, version=2, digest="second")
    found = await store.messages.get(key)
    assert (found.version, found.shown) == (3, None)


async def test_a_message_that_is_gone_is_forgotten_and_another_may_stand(store, key):
    await stand(store, key, "1.1")
    await store.messages.lost(key)
    found = await store.messages.get(key)
    assert (found.ts, found.state) == (None, "lost")
    assert await stand(store, key, "2.2")


async def test_a_closed_message_says_so_and_a_twin_was_never_one(store, key):
    await stand(store, key, "1.1")
    assert not await store.messages.closed(HERE, "2.2")
    assert await store.messages.closed(HERE, "1.1")
    assert (await store.messages.at(HERE, "1.1")).state == "closed"


async def test_a_batch_takes_the_place_of_its_first_ones_own_card_and_gives_it_back(store, made):
    own, shared = key_of(made.id), key_of(made.id, kind=MessageKind.batch)
    await stand(store, own, "1.1", words="own")
    assert await store.messages.get(shared) == await store.messages.get(own)
    taken = await store.messages.intend(shared, words="shared")
    assert (taken.key, taken.ts, taken.words, taken.previous_words) == (shared, "1.1", "shared", "own")
    assert await store.messages.at(HERE, "1.1") == taken
    given_back = await store.messages.intend(own, words="own again")
    assert (given_back.key, given_back.ts, given_back.previous_words) == (own, "1.1", "shared")
    assert await store.messages.get(key_of(made.id, kind=MessageKind.flood)) is None


async def test_a_message_is_wanted_again_in_its_channel_by_its_kind(lifecycle, store, clock):
    made, _ = await lifecycle.submit(submission(2500))
    while delivery := await store.outbox.lease(clock.now(), 60):
        await store.outbox.complete(delivery)
    for kind, effect in ((MessageKind.card, Effect.card), (MessageKind.sample, Effect.sample)):
        await asyncio.wait_for(store.outbox.until_enqueued(), 1)
        await store.messages.enqueue(key_of(made.id, HERE, kind))
        await asyncio.wait_for(store.outbox.until_enqueued(), 1)
        delivery = await store.outbox.lease(clock.now(), 60)
        assert (delivery.kind, delivery.channel) == (effect, HERE)
        await store.outbox.complete(delivery)
        assert await store.outbox.lease(clock.now(), 60) is None
    with pytest.raises(NotFound):
        await store.messages.enqueue(key_of("prp_none"))


async def test_a_message_does_not_change_the_proposal(lifecycle, store, made, key):
    await stand(store, key, "1.1")
    assert await store.find(made.id) == made
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await store.audit.verify() is None


async def test_it_is_known_since_when_a_message_stands_but_not_of_one_that_was_only_found(store, made, lifecycle, key):
    await stand(store, key, "1.1")
    assert (await store.messages.get(key)).posted_at == START
    other, _ = await lifecycle.submit(submission(key="other"))
    found = key_of(other.id, HERE, key.kind)
    await adopt(store, found, "2.1")
    assert (await store.messages.get(found)).posted_at is None


def test_whatever_can_be_clicked_is_tried_here():
    assert set(TAGS) == CLICKED
