"""Who asked for direct messages, and that each is told of a proposal at most once."""

from datetime import timedelta

import pytest

from approvals.effects import Effect
from storage import MessageKind, open_store
from storage.messages.direct import DirectMessage
from tests.databases import KEY
from tests.making import START
from tests.storage.town import key_of, stand, submission

BOB, ALICE = "U0BOB", "U0ALICE"
WAITS, WRONG = MessageKind.waits, MessageKind.went_wrong


@pytest.fixture
async def three(lifecycle):
    return [(await lifecycle.submit(submission()))[0].id for _ in range(3)]


async def sent(store, person, ids, kind=WAITS, ts="1.1"):
    claimed = await store.direct.claim(person, ids, kind, START)
    assert await stand(store, key_of(claimed[0], person, kind), ts)
    return claimed


async def close(store, person, ts):
    assert await store.messages.closed(person, ts)


async def test_asking_and_not_asking_any_more_survive_a_restart(store, url, clock):
    await store.direct.ask(BOB, "T0TEAM", START, [])
    await store.direct.ask(BOB, "T0TEAM", START + timedelta(1), [])
    async with open_store(url, KEY, clock) as later:
        assert await later.direct.asked(BOB) == START
        (known,) = await later.direct.people()
        assert (known.person, known.team, known.asks) == (BOB, "T0TEAM", True)
        assert await later.direct.stop_asking(BOB)
        assert not await later.direct.stop_asking(BOB)
        assert await later.direct.people() == []


async def test_of_what_is_known_when_they_ask_they_are_told_nothing(store, three):
    await store.direct.ask(BOB, "T0TEAM", START, three[:2])
    assert await store.direct.known(BOB, three) == set(three[:2])
    assert await store.direct.claim(BOB, three, WAITS, START) == [three[2]]


async def test_two_processes_tell_a_person_once(store, url, clock, three):
    async with open_store(url, KEY, clock) as second:
        assert await store.direct.claim(BOB, three[:2], WAITS, START) == three[:2]
        assert await second.direct.claim(BOB, three, WAITS, START) == [three[2]]
        assert await second.direct.claim(ALICE, three, WAITS, START) == three


async def test_messages_stand_with_what_they_tell_of_until_they_are_closed(store, three):
    await sent(store, BOB, three[:2])
    await sent(store, BOB, three[2:], ts="1.2")
    assert await store.direct.open(BOB) == [
        DirectMessage(lead=three[0], ts="1.1", proposals=tuple(three[:2])),
        DirectMessage(lead=three[2], ts="1.2", proposals=(three[2],)),
    ]
    await close(store, BOB, "1.1")
    assert [each.lead for each in await store.direct.open(BOB)] == [three[2]]
    (left,) = await store.direct.people()
    assert (left.person, left.asks) == (BOB, False), "who asks no more still has one to be brought up to date"


async def test_what_is_surely_not_posted_can_be_told_again_and_what_may_be_cannot(store, three):
    await store.direct.claim(BOB, three[:1], WAITS, START)
    await store.direct.release(BOB, WAITS, three[0])
    assert await store.direct.claim(BOB, three[:1], WAITS, START) == three[:1]
    assert await store.direct.claim(BOB, three[:1], WAITS, START) == [], "it may stand"


async def test_what_went_wrong_is_wanted_once_and_only_by_those_who_ask(store, three):
    await store.direct.ask(BOB, "T0TEAM", START, [])
    for _ in range(2):
        await store.direct.enqueue([ALICE, BOB], three[0], START)
    assert await store.direct.failures_to_tell(ALICE) == []
    assert await store.direct.failures_to_tell(BOB) == [three[0]]
    await store.direct.claim(BOB, three[:1], WRONG, START)
    assert await store.direct.failures_to_tell(BOB) == []
    await store.direct.release(BOB, WRONG, three[0])
    assert await store.direct.failures_to_tell(BOB) == [three[0]]
    await sent(store, BOB, three[:1], WRONG)
    await store.direct.enqueue([BOB], three[0], START)
    assert await store.direct.failures_to_tell(BOB) == []
    assert await store.direct.open(BOB) == [], "it never goes stale"


async def test_messages_are_counted_not_what_they_tell_of(store, three):
    await sent(store, BOB, three[:2])
    await sent(store, BOB, three[:1], WRONG, ts="1.2")
    assert await store.direct.sent_since(BOB, START - timedelta(seconds=1)) == 2
    assert await store.direct.sent_since(BOB, START) == 0
    assert await store.direct.sent_since(ALICE, START - timedelta(seconds=1)) == 0


async def test_what_went_wrong_is_looked_at_as_soon_as_it_is_wanted_and_once(store, three, clock):
    while delivery := await store.outbox.lease(clock.now(), 60):
        await store.outbox.complete(delivery)
    await store.direct.ask(BOB, "T0TEAM", START, [])
    for _ in range(2):
        await store.direct.enqueue([ALICE, BOB], three[0], START)
    found = await store.outbox.lease(clock.now(), 60)
    assert (found.kind, found.subject, found.channel) == (Effect.direct, BOB, BOB)
    await store.outbox.complete(found)
    assert await store.outbox.lease(clock.now(), 60) is None
