"""What agents are told, in the order of the log: all of it, nothing else, and none passed by while others write."""

import asyncio

import pytest

from approvals.effects import BY_TAG
from tests.storage.test_signals import ticks
from tests.storage.town import ALICE, CAROL, CLAIMANT, by_hand, submission


async def everything(store, agent="support-bot"):
    return await store.stream.after(agent, 0, 10_000)


async def busy(lifecycle, clock):
    """Something of every kind of ending, of two agents."""
    revoked, _ = await lifecycle.submit(submission())
    await lifecycle.approve(revoked.id, ALICE, revoked.nonce)
    await lifecycle.revoke(revoked.id, ALICE, "No.", revoked.nonce)
    asked, _ = await lifecycle.submit(submission(agent="other-bot"))
    await lifecycle.ask(asked.id, ALICE, "Why?", asked.nonce)
    withdrawn, _ = await lifecycle.submit(submission(2500))
    await lifecycle.approve(withdrawn.id, CAROL, withdrawn.nonce)
    await lifecycle.withdraw(withdrawn.id, "support-bot", "Over.")
    ran, _ = await lifecycle.submit(submission(5))
    await lifecycle.claim(ran.id, "support-bot", ran.digest, CLAIMANT)
    clock.forward(hours=2)
    await lifecycle.sweep()


async def test_an_agent_is_told_what_the_table_says_of_its_own_and_nothing_else(lifecycle, store, clock):
    await busy(lifecycle, clock)
    entries = await store.audit.entries()
    for agent in ("support-bot", "other-bot"):
        told = await everything(store, agent)
        own = [each for each in entries if each.proposal_id and (await store.find(each.proposal_id)).ask.agent == agent]
        expected = [(each.seq, each.id, BY_TAG[each.tag]) for each in own if each.tag in BY_TAG]
        assert [(each.seq, each.entry, each.agent_event) for each in told] == expected
        assert [each.proposal.id for each in told] == [each.proposal_id for each in own if each.tag in BY_TAG]
        assert {each.proposal.ask.agent for each in told} == {agent}
    kinds = [str(each.agent_event) for each in await everything(store)]
    assert kinds == ["approved", "revoked", "withdrawn", "approved", "overdue"]


async def test_what_is_called_back_tells_the_same_moment_as_the_stream_however_late_the_sweep_came(
    lifecycle, store, clock
):
    await lifecycle.submit(submission(callback_url="https://agents.example/hook"))
    clock.forward(hours=2)
    await lifecycle.sweep()
    (streamed,) = await everything(store)
    called = await store.callbacks.lease(clock.now(), 60)
    assert (called.event, called.at) == (streamed.entry, streamed.at)
    assert await store.differences() == []


async def test_pages_go_on_where_the_last_one_ended(lifecycle, store):
    for _ in range(7):
        await lifecycle.submit(submission(5))
    whole, place, pages = [each.seq for each in await everything(store)], 0, []
    while page := await store.stream.after("support-bot", place, 3):
        pages.append([each.seq for each in page])
        place = page[-1].seq
    assert pages == [whole[:3], whole[3:6], whole[6:]]


async def test_a_place_is_known_if_it_is_one_of_the_agents_own(lifecycle, store):
    assert await store.stream.newest("support-bot") == 0
    assert await store.stream.known("support-bot", 0)
    await lifecycle.submit(submission(5))
    (told,) = await everything(store)
    assert await store.stream.newest("support-bot") == told.seq
    assert await store.stream.newest("other-bot") == 0
    assert await store.stream.known("support-bot", told.seq)
    assert not await store.stream.known("other-bot", told.seq)
    assert not await store.stream.known("support-bot", told.seq - 1)
    assert not await store.stream.known("support-bot", told.seq + 1)


async def test_a_reader_that_follows_many_writers_at_once_passes_nothing_by(lifecycle, store):
    async def writer():
        for _ in range(10):
            made, _ = await lifecycle.submit(submission())
            await lifecycle.approve(made.id, ALICE, made.nonce)

    writing, place, followed = asyncio.gather(*(writer() for _ in range(6))), 0, []
    while len(followed) < 60:
        coming = store.stream.coming("support-bot")
        page = await store.stream.after("support-bot", place, 4)
        followed += [each.seq for each in page]
        place = followed[-1] if followed else 0
        if not page:
            await asyncio.wait_for(coming, 10)
        coming.cancel()
    await writing
    assert followed == [each.seq for each in await everything(store)]
    assert followed == sorted(set(followed))


async def test_what_comes_wakes_those_of_the_agent_and_nobody_else(lifecycle, store):
    own, again, other = (store.stream.coming(agent) for agent in ("support-bot", "support-bot", "other-bot"))
    made, _ = await lifecycle.submit(submission())
    await ticks()
    assert not own.done(), "of a proposal that waits nothing is told"
    await lifecycle.approve(made.id, ALICE, made.nonce)
    assert own.done()
    assert again.done()
    assert not other.done()
    other.cancel()
    await ticks()
    assert store.signals.waiting == 0
    assert store.signals._by_agent == {}


async def test_what_came_between_the_look_and_the_wait_is_not_missed(lifecycle, store):
    coming = store.stream.coming("support-bot")
    assert await everything(store) == []
    await lifecycle.submit(submission(5))
    await asyncio.wait_for(coming, 1)


async def test_a_change_that_is_refused_tells_nobody(lifecycle, store):
    made, _ = await lifecycle.submit(submission())
    coming = store.stream.coming("support-bot")
    with pytest.raises(Exception, match="support"):
        await lifecycle.approve(made.id, CAROL, made.nonce)
    await ticks()
    assert not coming.done()
    assert await everything(store) == []
    coming.cancel()


async def test_what_is_damaged_is_told_without_its_proposal(lifecycle, store, tmp_path):
    made, _ = await lifecycle.submit(submission(5))
    await lifecycle.submit(submission(5))
    with by_hand(tmp_path, without=["revisions_stay"]) as database:
        database.execute("UPDATE revisions SET payload = '{\"amount\":9}' WHERE proposal_id = ?", [made.id])
    first, second = await everything(store)
    assert first.proposal is None
    assert second.proposal is not None
