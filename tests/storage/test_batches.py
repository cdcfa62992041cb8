"""Who shares a card with whom: joining is part of the submission, leaving part of what asks for more."""

from dataclasses import replace

import pytest

from approvals.gate import Batch
from tests.making import make_gate
from tests.storage.town import ALICE, by_hand, submission

HERE = "C0SUPPORT"


@pytest.fixture
def policy(policy):
    policy.changes = {"batch": Batch(window=300, most=3)}
    return policy


async def made(lifecycle, count=1, **fields):
    return [(await lifecycle.submit(submission(**fields)))[0].id for _ in range(count)]


async def sharing(store, proposal_id, channel=HERE):
    found = await store.batches.of(proposal_id, channel)
    return None if found is None else [each.id for each in found.proposals]


async def wanted(store, clock):
    """Whose cards wait to be sent, all of which are sent by this."""
    found = []
    while (delivery := await store.outbox.lease(clock.now(), 60)) is not None:
        found.append(delivery.subject)
        await store.outbox.complete(delivery)
    return found


async def test_one_alone_shares_with_nobody_and_the_next_of_its_kind_joins_it(store, lifecycle):
    (first,) = await made(lifecycle)
    assert await sharing(store, first) is None
    (second,) = await made(lifecycle)
    assert await sharing(store, first) == await sharing(store, second) == [first, second]
    assert await sharing(store, first, "C0FINANCE") is None


async def test_nobody_joins_at_the_end_of_the_window_and_one_does_a_millisecond_before(store, lifecycle, clock):
    first = await made(lifecycle)
    clock.forward(seconds=300, milliseconds=-1)
    second = await made(lifecycle)
    clock.forward(milliseconds=1)
    (third,) = await made(lifecycle)
    assert await sharing(store, first[0]) == first + second
    assert await sharing(store, third) is None


async def test_a_full_batch_takes_nobody_and_the_next_opens_another(store, lifecycle):
    first, second = await made(lifecycle, 3), await made(lifecycle, 2)
    assert [await sharing(store, each[0]) for each in (first, second)] == [first, second]


async def test_the_strictest_of_all_members_says_how_long_and_how_many(store, lifecycle, policy, clock):
    first = await made(lifecycle)
    policy.changes = {"batch": Batch(window=60, most=2)}
    first += await made(lifecycle)
    policy.changes = {"batch": Batch(window=300, most=3)}
    (third,) = await made(lifecycle)
    assert await sharing(store, first[0]) == first
    assert await sharing(store, third) is None
    clock.forward(seconds=60)
    policy.changes = {"batch": Batch(window=60, most=3)}
    (late,) = await made(lifecycle)
    assert await sharing(store, late) is None


async def test_another_agent_and_what_has_no_batch_do_not_join(store, lifecycle, policy):
    (first,) = await made(lifecycle)
    (other,) = await made(lifecycle, agent="other-bot")
    policy.changes = {}
    (unbatched,) = await made(lifecycle)
    assert [await sharing(store, each) for each in (first, other, unbatched)] == [None] * 3


async def test_nobody_joins_those_that_are_all_decided_or_whose_time_ran_out(store, lifecycle, clock):
    decided, expired = await made(lifecycle), await made(lifecycle, agent="other-bot", expires_in=30)
    found = await store.find(decided[0])
    await lifecycle.approve(found.id, ALICE, found.nonce)
    clock.forward(seconds=30)
    after = await made(lifecycle) + await made(lifecycle, agent="other-bot")
    assert [await sharing(store, each) for each in (*decided, *expired, *after)] == [None] * 4


async def test_one_of_which_more_is_asked_leaves_and_both_cards_are_wanted(store, lifecycle, policy, clock):
    members = await made(lifecycle, 3)
    await wanted(store, clock)
    proposal = await store.find(members[1])
    await regated(store, lifecycle, policy, proposal.id)
    assert await sharing(store, members[1]) is None
    assert await sharing(store, members[0]) == [members[0], members[2]]
    assert {members[0], members[1]} <= set(await wanted(store, clock))


async def test_without_its_first_a_batch_ends_and_each_gets_a_card_of_its_own(store, lifecycle, policy, clock):
    members = await made(lifecycle, 3)
    await wanted(store, clock)
    await regated(store, lifecycle, policy, members[0])
    assert [await sharing(store, each) for each in members] == [None] * 3
    assert set(members) == set(await wanted(store, clock))


async def regated(store, lifecycle, policy, proposal_id):
    """One proposal judged anew: two have to agree from now on."""
    policy.changes = {"approvals": 2}
    policy.version = "policy-2"
    whole = store.to_rejudge

    async def one(_version):
        return [proposal_id]

    store.to_rejudge = one
    await lifecycle.rejudge()
    store.to_rejudge = whole
    assert (await store.find(proposal_id)).gate == replace(make_gate(policy_version="policy-2"), approvals=2)


async def test_where_one_is_damaged_the_others_have_cards_of_their_own(store, lifecycle, tmp_path):
    members = await made(lifecycle, 3)
    with by_hand(tmp_path, without=["revisions_stay"]) as connection:
        connection.execute("UPDATE revisions SET payload = '{}' WHERE proposal_id = ?", [members[1]])
    assert await sharing(store, members[0]) is None
    assert await sharing(store, members[2]) is None
