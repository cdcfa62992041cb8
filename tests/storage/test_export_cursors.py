"""Export cursors: one process is at it, what it passes it passes once, and a lease that ran out moves nothing."""

from datetime import timedelta

import pytest

from tests.making import START
from tests.storage.town import submission

MINUTE = timedelta(minutes=1)


async def leased(store, at=START, name="logs"):
    return await store.exports.lease(name, at, at + MINUTE)


async def test_it_begins_with_what_comes_from_then_on_and_goes_on_where_it_was(lifecycle, store):
    await lifecycle.submit(submission())
    head = (await store.audit.head()).seq
    assert await store.exports.of("logs") is None
    await store.exports.begin("logs")
    assert await store.exports.of("logs") == head > 0
    await lifecycle.submit(submission())
    await store.exports.begin("logs")
    assert await store.exports.of("logs") == head
    await store.exports.begin("traces")
    assert await store.exports.of("traces") == (await store.audit.head()).seq


async def test_one_is_at_it_until_it_gives_it_back_and_the_next_goes_on_from_there(store):
    await store.exports.begin("logs")
    await store.exports.begin("traces")
    lease = await leased(store)
    assert await leased(store, START + MINUTE / 2) is None
    assert (await leased(store, name="traces")).seq == 0
    assert await store.exports.move(lease, 7)
    assert (await leased(store)).seq == 7


async def test_a_lease_that_ran_out_is_anothers_and_moves_nothing_any_more(store):
    await store.exports.begin("logs")
    late = await leased(store)
    other = await leased(store, START + MINUTE)
    assert not await store.exports.move(late, 9)
    assert await store.exports.of("logs") == 0
    assert await store.exports.move(other, 4)
    assert not await store.exports.move(late, 9)
    assert await store.exports.of("logs") == 4


@pytest.mark.parametrize(("back", "free"), [(timedelta(seconds=30), False), (timedelta(hours=2), True)])
async def test_a_clock_that_went_back_far_holds_nobody_up(store, back, free):
    await store.exports.begin("logs")
    await leased(store)
    assert (await leased(store, START - back) is not None) is free


async def test_nothing_is_leased_of_what_has_not_begun(store):
    assert await leased(store, name="nothing") is None
