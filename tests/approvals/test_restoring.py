"""A store put back from a backup: nothing of what it believed lets anything run before people looked again."""

import pytest

from approvals.agent_stop import EVERYTHING, at_the_machine
from approvals.decision import Verdict
from approvals.proposal import Cause, Status
from approvals.refusals import Stopped
from approvals.remembered.decision import RememberedEnding
from approvals.services.agent_stops import Stopping
from approvals.services.restoring import Restoring
from tests.approvals.remembering import OPEN, the_approval
from tests.approvals.situations import ALICE
from tests.approvals.test_stopping import AGENT, OPS, refund, search
from tests.making import START
from tests.storage.town import by_hand, notices

WHO = at_the_machine("root")
WHY = "Restored from a backup"


@pytest.fixture
def stopping(lifecycle):
    return Stopping(lifecycle)


@pytest.fixture
def restoring(stopping):
    return Restoring(stopping)


async def test_what_was_approved_and_not_taken_is_asked_again_before_it_runs(restoring, stopping, lifecycle, store):
    waits, _ = await lifecycle.submit(refund())
    approved = await lifecycle.approve(waits.id, ALICE, waits.nonce)
    granted, _ = await lifecycle.submit(search())
    assert await restoring.distrust(WHO, WHY) == 0
    for each in (approved, granted):
        with pytest.raises(Stopped) as refused:
            await lifecycle.claim(each.id, AGENT, each.digest, None)
        assert refused.value.reason == WHY
    await stopping.resume(EVERYTHING, OPS)
    await stopping.sweep()
    assert (await store.find(approved.id)).status is Status.pending
    assert ((await store.find(granted.id)).status, (await store.find(granted.id)).cause) == (
        Status.revoked,
        Cause.stopped,
    )


async def test_no_remembered_approval_lets_anything_by_any_more(restoring, stopping, lifecycle, store, rules):
    rules.changes = dict(OPEN)
    first, _ = await lifecycle.submit(refund())
    await lifecycle.approve_and_next(first.id, ALICE, first.nonce)
    assert await restoring.distrust(WHO, WHY) == 1
    ended = await the_approval(store, first.id)
    assert (ended.ended, ended.ended_by) == (RememberedEnding.person, "root at the command line")
    await stopping.resume(EVERYTHING, OPS)
    again, _ = await lifecycle.submit(refund())
    assert again.status is Status.pending
    assert await store.differences() == []


async def test_a_remembered_rejection_goes_on(restoring, stopping, lifecycle, store):
    first, _ = await lifecycle.submit(refund())
    await lifecycle.reject(first.id, ALICE, "No.", first.nonce, remember=True)
    await restoring.distrust(WHO, WHY)
    await stopping.resume(EVERYTHING, OPS)
    again, _ = await lifecycle.submit(refund())
    assert again.status is Status.rejected
    assert [each.verdict for each in await store.remembered.of(first.id) if each.ended is None] == [Verdict.reject]


async def test_a_damaged_remembered_approval_hinders_nothing(restoring, lifecycle, store, rules, tmp_path):
    rules.changes = dict(OPEN)
    first, _ = await lifecycle.submit(refund())
    await lifecycle.approve_and_next(first.id, ALICE, first.nonce)
    with by_hand(tmp_path, without=("remembered_terms_stay",)) as hand:
        hand.execute("UPDATE remembered_decisions SET most = 9000")
    assert await restoring.distrust(WHO, WHY) == 0
    assert (await store.stops.of(AGENT)).reason == WHY


async def test_where_everything_was_stopped_before_people_read_why_it_is_now(restoring, stopping, store):
    await stopping.stop(EVERYTHING, OPS, "an exercise")
    await stopping.resume(AGENT, OPS)
    await restoring.distrust(WHO, WHY)
    stop = await store.stops.of(AGENT)
    assert (stop.by, stop.reason) == ("root at the command line", WHY)


async def test_the_channels_that_are_named_are_told(restoring, store):
    await restoring.distrust(WHO, WHY, {"C0OPS": lambda stop: f"{stop.by}: {stop.reason}"})
    assert await notices(store, START) == [("C0OPS", "root at the command line: Restored from a backup")]
