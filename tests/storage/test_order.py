"""What is equally urgent stands in the person's order of the day, and pages of it skip and repeat nothing."""

from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from approvals.paging import EQUALLY_URGENT, PLAIN, is_order, order_of, urgency
from tests.laws import examples
from tests.storage.town import ALICE, BOB, submission

DAY = date(2026, 11, 30)


async def submitted(lifecycle, clock, pauses):
    found = []
    for pause in pauses:
        clock.forward(milliseconds=pause)
        found.append((await lifecycle.submit(submission()))[0])
    return found


async def pages(store, clock, order, size=2, who=ALICE):
    """The ids, page by page, there and back again."""
    at, there, back = None, [], []
    while True:
        found = await store.reads.waiting(who.user, who.roles, now=clock.now(), at=at, limit=size, order=order)
        there.append([each.id for each in found.proposals])
        if found.after is None:
            break
        at = found.after
    while found.before is not None:
        found = await store.reads.waiting(
            who.user, who.roles, now=clock.now(), at=found.before, limit=size, order=order
        )
        back.insert(0, [each.id for each in found.proposals])
    assert there[:-1] == back
    return [each for page in there for each in page]


async def test_what_is_equally_urgent_is_shuffled_and_what_is_not_stays_in_its_order(store, lifecycle, clock):
    at = round(clock.now().timestamp() * 1000) % EQUALLY_URGENT
    begin = EQUALLY_URGENT - at  # so that the first is at the beginning of five minutes
    made = await submitted(lifecycle, clock, [begin, *[30_000] * 7, EQUALLY_URGENT, *[30_000] * 3])
    early, late = [each.id for each in made[:8]], [each.id for each in made[8:]]
    assert await pages(store, clock, PLAIN) == early + late
    seen = set()
    for person in ("U0ALICE", "U0BOB", "U0CAROL", "U0DAVE"):
        order = order_of(person, DAY)
        listed = await pages(store, clock, order)
        assert sorted(listed[:8]) == sorted(early)
        assert sorted(listed[8:]) == sorted(late)
        assert listed == await pages(store, clock, order, size=3)
        by_hand = sorted(made, key=lambda each: (urgency(round(each.expires_at.timestamp() * 1000), order), each.id))
        assert listed == [each.id for each in by_hand]
        seen.add(tuple(listed))
    assert len(seen) > 1


async def test_what_comes_while_pages_are_turned_moves_nothing_that_was_there(store, lifecycle, clock):
    made = await submitted(lifecycle, clock, [100] * 6)
    order = order_of(BOB.user, DAY)
    before = await pages(store, clock, order, who=BOB)
    await submitted(lifecycle, clock, [100] * 3)
    after = await pages(store, clock, order, who=BOB)
    assert [each for each in after if each in {one.id for one in made}] == before


@given(st.text(max_size=12), st.dates())
@settings(max_examples=examples(200))
def test_an_order_is_the_persons_and_the_days(person, day):
    order = order_of(person, day)
    assert is_order(order)
    assert order == order_of(person, day)
    if day < date.max:
        assert order != order_of(person, day + timedelta(days=1))
    assert order != order_of(f"{person}x", day)


@given(st.lists(st.integers(0, 4 * 10**12), unique=True, max_size=20), st.integers(PLAIN, 300_006))
@settings(max_examples=examples(200))
def test_in_every_order_each_deadline_has_a_place_of_its_own_within_its_five_minutes(due, order):
    placed = {each: urgency(each, order) for each in due}
    assert len(set(placed.values())) == len(due)
    for one in due:
        for other in due:
            if one // EQUALLY_URGENT < other // EQUALLY_URGENT:
                assert placed[one] < placed[other]
    assert sorted(due) == sorted(due, key=lambda each: urgency(each, PLAIN))


@pytest.mark.parametrize("value", [0, 300_007, -1])
def test_no_other_number_is_an_order(value):
    assert not is_order(value)
