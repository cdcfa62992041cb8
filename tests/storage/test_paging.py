"""Pages are a partition of their list, whatever people decide while they turn them."""

import asyncio
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from approvals.lifecycle import Lifecycle
from storage import open_store
from tests.databases import KEY, new_database
from tests.laws import examples
from tests.making import START, Clock, Ids, Lots
from tests.storage.town import ALICE, BOB, TablePolicy, submission

slow = settings(
    max_examples=examples(8),
    deadline=None,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.function_scoped_fixture],
)
DEEDS = ("nothing", "approve", "reject", "withdraw", "submit", "claim")
proposals = st.lists(st.tuples(st.integers(60, 3000), st.sampled_from(DEEDS)), min_size=1, max_size=12)
deeds = st.lists(st.tuples(st.integers(0, 11), st.sampled_from(DEEDS)), max_size=8)


async def do(lifecycle, clock, proposal, deed):
    """What happens to one, if it still can."""
    now = await lifecycle.store.find(proposal.id)
    waits = str(now.status) == "pending" and clock.now() < now.expires_at
    match deed:
        case "approve" if waits:
            await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
        case "reject" if waits:
            await lifecycle.reject(proposal.id, BOB, "No.", proposal.nonce)
        case "withdraw" if waits:
            await lifecycle.withdraw(proposal.id, "support-bot", "x")
        case "claim" if str(now.status) == "approved":
            await lifecycle.claim(proposal.id, "support-bot", proposal.digest, None)
        case "submit":
            await lifecycle.submit(submission(expires_in=60))


async def turned(page, size, between):
    """All pages of a list to its end, with something done before each is turned."""
    seen, at, found = [], None, None
    while found is None or at is not None:
        found = await page(at, size)
        seen.append([each.id for each in found.proposals])
        at = found.after
        await between()
    return seen, found


@pytest.mark.parametrize("kind", ["visible", "history", "waiting"])
@slow
@given(made=proposals, happening=deeds, size=st.integers(1, 5))
def test_the_pages_of_a_list_are_a_partition_of_it_whatever_happens_meanwhile(
    kind, made, happening, size, tmp_path_factory
):
    asyncio.run(_partition(kind, made, happening, size, tmp_path_factory.mktemp("paging")))


async def _partition(kind, made, happening, size, folder):
    clock = Clock()
    async with open_store(new_database(folder / "signoff.db"), KEY, clock) as store:
        lifecycle = Lifecycle(store=store, policy=TablePolicy(), clock=clock, ids=Ids(), randomness=Lots())
        there = []
        for seconds, deed in made:
            proposal, _ = await lifecycle.submit(submission(expires_in=seconds))
            there.append(proposal)
            clock.forward(milliseconds=1)
            await do(lifecycle, clock, proposal, deed)
        as_of = clock.forward(50)
        reads, left = store.reads, list(happening)

        async def page(at, limit):
            match kind:
                case "visible":
                    return await reads.visible(ALICE.user, ALICE.roles, as_of=as_of, at=at, limit=limit)
                case "history":
                    return await reads.history(ALICE.user, ALICE.roles, as_of=as_of, at=at, limit=limit)
                case _:
                    return await reads.waiting(ALICE.user, ALICE.roles, now=clock.now(), at=at, limit=limit)

        async def something():
            clock.forward(1)
            if left:
                number, deed = left.pop()
                await do(lifecycle, clock, there[number % len(there)], deed)

        whole = [each.id for each in (await page(None, 100)).proposals]
        pages, last = await turned(page, size, something)
        seen = [each for part in pages for each in part]
        assert len(seen) == len(set(seen)), "nothing is shown twice"
        if kind == "waiting":
            still = [each.id for each in (await page(None, 100)).proposals]
            assert set(still) & set(whole) <= set(seen), "nothing that waits is skipped"
        else:
            assert seen == whole
            back, at = [seen[-len(pages[-1]) :]] if pages[-1] else [], last.before
            while at is not None:
                found = await page(at, size)
                back.append([each.id for each in found.proposals])
                at = found.before
            assert {each for part in back for each in part} == set(whole), "and back again"


async def test_what_is_new_stands_on_the_first_page_alone(lifecycle, store, clock):
    made = [(await lifecycle.submit(submission()))[0].id for _ in range(3)]
    as_of = clock.forward(1)
    asked = {"as_of": as_of, "limit": 2}
    first = await store.reads.visible(ALICE.user, ALICE.roles, **asked)
    clock.forward(1)
    new, _ = await lifecycle.submit(submission(expires_in=60))
    second = await store.reads.visible(ALICE.user, ALICE.roles, at=first.after, **asked)
    assert [each.id for each in (*first.proposals, *second.proposals)] == made
    anew = await store.reads.visible(ALICE.user, ALICE.roles, as_of=clock.now(), limit=2)
    assert anew.proposals[0].id == new.id
    assert START + timedelta(seconds=2) == clock.now()
