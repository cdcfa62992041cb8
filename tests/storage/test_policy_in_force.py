"""The policy in force: the one that came into force last decides, whichever process has read it."""

import pytest

from approvals.lifecycle import Lifecycle
from approvals.ports import PolicyReplaced
from approvals.proposal import Status
from tests.making import Ids, Lots
from tests.storage.town import ALICE, TablePolicy, submission


@pytest.fixture
def newer(store, clock):
    """The verbs as another process has them, under another policy."""
    ids = Ids()
    ids.proposals = 1_000_000
    policy = TablePolicy(version="policy-2")
    return Lifecycle(store=store, policy=policy, clock=clock, ids=ids, randomness=Lots())


async def test_who_has_another_policy_than_the_one_in_force_lets_nothing_run_and_may_say_no(lifecycle, newer):
    await lifecycle.begin_rejudging()
    made, _ = await lifecycle.submit(submission())
    await newer.begin_rejudging()
    assert await lifecycle.is_replaced()
    for verb in (lifecycle.submit(submission(50)), lifecycle.approve(made.id, ALICE, made.nonce)):
        with pytest.raises(PolicyReplaced):
            await verb
    assert (await lifecycle.reject(made.id, ALICE, "No", made.nonce)).status is Status.rejected
    assert (await newer.submit(submission(50)))[0].status is Status.approved


async def test_one_that_was_replaced_comes_back_only_where_it_is_told_to(lifecycle, newer):
    await lifecycle.begin_rejudging(again=False)
    await newer.begin_rejudging(again=False)
    await lifecycle.begin_rejudging(again=False)
    assert (await lifecycle.is_replaced(), await newer.is_replaced()) == (True, False)
    await lifecycle.begin_rejudging()
    assert (await lifecycle.is_replaced(), await newer.is_replaced()) == (False, True)


async def test_the_same_policy_in_another_process_is_in_force_there_too(lifecycle, newer):
    newer.policy.version = lifecycle.policy.version
    await lifecycle.begin_rejudging()
    await newer.begin_rejudging()
    assert lifecycle.policy_number == newer.policy_number
    assert (await lifecycle.submit(submission(50)))[1]
