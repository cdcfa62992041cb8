"""Stopping everything, over a real store: nothing begins, nothing is approved, and what was approved is asked again."""

import json

import pytest

from approvals.agent_stop import (
    EVERYTHING,
    AgentResumed,
    AgentStopped,
    AlreadyStopped,
    NotStopped,
    OperatorsOnly,
    Stop,
    at_the_machine,
)
from approvals.events import Rejected
from approvals.gate import ApprovalTerms
from approvals.moves import resume, suspend
from approvals.proposal import Cause, Status
from approvals.refusals import Changed, EverythingStopped, Stopped
from approvals.services.agent_stops import Stopping
from tests.approvals.situations import ALICE
from tests.approvals.test_stopping import AGENT, OPS, OTHER, OWNER, entries, refund, search
from tests.making import START, make_proposal
from tests.storage.town import notices

WHY = "all were taken over"


@pytest.fixture
def stopping(lifecycle):
    return Stopping(lifecycle)


async def stop(stopping, actor=OPS):
    made = await stopping.stop(EVERYTHING, actor, WHY)
    await stopping.sweep()
    return made


async def go_on(stopping, agent=EVERYTHING):
    ended = await stopping.resume(agent, OPS)
    await stopping.sweep()
    return ended


async def test_no_agent_proposes_or_claims_and_nothing_runs_by_itself(stopping, lifecycle):
    granted, _ = await lifecycle.submit(search())
    await stopping.stop(EVERYTHING, OPS, WHY)
    for agent in (AGENT, "other-bot"):
        with pytest.raises(Stopped) as refused:
            await lifecycle.submit(refund(agent=agent))
        assert (refused.value.everything, refused.value.reason) == (True, WHY)
    with pytest.raises(Stopped):
        await lifecycle.submit(search(claim=True))
    with pytest.raises(Stopped):
        await lifecycle.claim(granted.id, AGENT, granted.digest, None)


async def test_nobody_approves_or_edits_from_that_moment_whether_or_not_it_is_suspended_yet(
    stopping, lifecycle, store, rules
):
    rules.changes = {"remember_approval": ApprovalTerms(may_differ=(), lasts=3600, most=3)}
    waiting, _ = await lifecycle.submit(refund())
    made = await stopping.stop(EVERYTHING, OPS, WHY)
    for _ in range(2):
        with pytest.raises(EverythingStopped) as refused:
            await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
        assert (refused.value.by, refused.value.at) == ("U0OPS", made.at)
        with pytest.raises(EverythingStopped):
            await lifecycle.approve_and_next(waiting.id, ALICE, waiting.nonce)
        with pytest.raises(EverythingStopped):
            await lifecycle.edit(waiting.id, ALICE, {"amount": 240}, waiting.nonce)
        await stopping.sweep()
    assert (await store.find(waiting.id)).suspension.reason == WHY


async def test_rejecting_works(stopping, lifecycle):
    waiting, _ = await lifecycle.submit(refund())
    await stop(stopping)
    assert (await lifecycle.reject(waiting.id, ALICE, "No.", waiting.nonce)).status is Status.rejected


async def test_deadlines_go_on_and_silence_stays_a_no(stopping, lifecycle, store, clock):
    waiting, _ = await lifecycle.submit(refund())
    await stop(stopping)
    clock.forward(hours=25)
    await lifecycle.sweep()
    found = await store.find(waiting.id)
    assert (found.status, found.cause) == (Status.rejected, Cause.expired)
    await go_on(stopping)
    assert (await store.find(waiting.id)).status is Status.rejected


async def test_what_people_approved_is_asked_again_and_the_old_buttons_and_approvals_are_void(
    stopping, lifecycle, store, clock
):
    waiting, _ = await lifecycle.submit(refund())
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    assert approved.status is Status.approved
    await stop(stopping)
    held = await store.find(waiting.id)
    assert (held.status, held.round, held.suspension.again) == (Status.pending, 2, True)
    assert (held.cause, held.execute_by, held.active_decisions) == (None, None, ())
    await go_on(stopping)
    again = await store.find(waiting.id)
    assert again.suspension is None
    with pytest.raises(Changed):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    agreed = await lifecycle.approve(waiting.id, ALICE, again.nonce)
    assert (await lifecycle.claim(agreed.id, AGENT, agreed.digest, None)).status is Status.claimed
    assert await store.differences() == []


async def test_an_approval_that_was_not_enough_yet_is_asked_again_too(stopping, lifecycle, rules, store):
    rules.changes = {"approvals": 2}
    waiting, _ = await lifecycle.submit(refund())
    await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    await stop(stopping)
    await go_on(stopping)
    again = await store.find(waiting.id)
    assert (again.round, again.active_decisions) == (2, ())


async def test_what_nobody_had_approved_keeps_its_round_and_its_buttons(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    await stop(stopping)
    await go_on(stopping)
    assert (await store.find(waiting.id)).round == 1
    assert (await lifecycle.approve(waiting.id, ALICE, waiting.nonce)).status is Status.approved


async def test_what_ran_by_itself_or_has_no_time_left_for_people_is_revoked(stopping, lifecycle, store, rules, clock):
    granted, _ = await lifecycle.submit(search())
    late, _ = await lifecycle.submit(refund())
    clock.at = late.expires_at.replace(microsecond=0) - (late.expires_at - late.created_at) / 100
    await lifecycle.approve(late.id, ALICE, late.nonce)
    fresh, _ = await lifecycle.submit(search())
    clock.at = late.expires_at
    await stop(stopping)
    for each in (late, fresh):
        found = await store.find(each.id)
        assert (found.status, found.cause, found.reason) == (Status.revoked, Cause.stopped, WHY)
    assert (await store.find(granted.id)).status in (Status.revoked, Status.lapsed)


async def test_what_was_approved_before_is_never_claimed_unasked_however_soon_everything_is_resumed(
    stopping, lifecycle, store
):
    waiting, _ = await lifecycle.submit(refund())
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    await stopping.stop(EVERYTHING, OPS, WHY)  # and nothing has looked at what is open
    await stopping.resume(EVERYTHING, OPS)
    assert (await store.find(waiting.id)).status is Status.pending
    with pytest.raises(Exception, match="pending"):
        await lifecycle.claim(waiting.id, AGENT, approved.digest, None)


async def test_one_agent_goes_on_while_everything_else_stays_stopped(stopping, lifecycle, store, rules):
    rules.agents.add("other-bot")
    mine, _ = await lifecycle.submit(refund())
    other, _ = await lifecycle.submit(refund(agent="other-bot"))
    await stop(stopping)
    ended = await go_on(stopping, AGENT)
    assert ended.everything
    assert (await lifecycle.approve(mine.id, ALICE, mine.nonce)).status is Status.approved
    assert (await lifecycle.claim(mine.id, AGENT, mine.digest, None)).status is Status.claimed
    assert (await lifecycle.submit(refund()))[0].status is Status.pending
    with pytest.raises(EverythingStopped):
        await lifecycle.approve(other.id, ALICE, other.nonce)
    with pytest.raises(Stopped):
        await lifecycle.submit(refund(agent="other-bot"))
    assert await store.stops.resumed_meanwhile() == [AGENT]
    await go_on(stopping)
    assert await store.stops.all() == []
    assert (await lifecycle.approve(other.id, ALICE, other.nonce)).status is Status.approved
    assert await store.differences() == []


async def test_stopping_everything_again_takes_back_who_was_resumed_and_else_says_who_was_first(
    stopping, lifecycle, store
):
    await stop(stopping)
    with pytest.raises(AlreadyStopped):
        await stopping.stop(EVERYTHING, OPS, "again")
    await go_on(stopping, AGENT)
    await lifecycle.submit(refund())
    again = await stopping.stop(EVERYTHING, OPS, "again")
    with pytest.raises(Stopped):
        await lifecycle.submit(refund())
    assert await store.stops.everything() == again
    assert await store.stops.resumed_meanwhile() == []


async def test_an_agent_that_is_stopped_for_itself_stays_so_when_everything_is_resumed(stopping, lifecycle, store):
    await stopping.stop(AGENT, OWNER, "it mails the wrong people")
    await stop(stopping)
    await go_on(stopping)
    assert [each.agent for each in await store.stops.all()] == [AGENT]
    with pytest.raises(Stopped):
        await lifecycle.submit(refund())


async def test_resuming_one_agent_ends_its_own_stop_too(stopping, lifecycle, store):
    await stopping.stop(AGENT, OWNER, None)
    await stop(stopping)
    assert (await go_on(stopping, AGENT)).agent == AGENT
    assert (await lifecycle.submit(refund()))[0].status is Status.pending
    assert [each.agent for each in await store.stops.all()] == [EVERYTHING]


@pytest.mark.parametrize("actor", [OWNER, OTHER])
async def test_nobody_but_the_operators_stops_or_resumes_everything(stopping, lifecycle, store, actor):
    with pytest.raises(OperatorsOnly):
        await stopping.stop(EVERYTHING, actor, WHY)
    assert await store.audit.entries() == []
    await stop(stopping)
    with pytest.raises(OperatorsOnly):
        await stopping.resume(EVERYTHING, actor)
    with pytest.raises(Stopped):
        await lifecycle.submit(refund())


async def test_what_is_not_stopped_is_not_resumed(stopping):
    with pytest.raises(NotStopped):
        await stopping.resume(EVERYTHING, OPS)


async def test_who_is_at_the_machine_stops_and_resumes_and_the_log_says_who_it_was(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    granted, _ = await lifecycle.submit(search())
    me = at_the_machine("root")
    made = await stop(stopping, me)
    assert (made.by, made.actor) == ("root at the command line", me)
    assert [each[2] for each in await entries(store, "agent:stopped")] == ["root at the command line"]
    assert (await store.find(granted.id)).resolved_by == "root at the command line"
    await stopping.resume(EVERYTHING, me)
    assert await store.stops.all() == []
    await stopping.stop(AGENT, me, None)
    await stopping.resume(AGENT, me)


async def test_agents_are_told_on_their_stream_and_each_channel_is_told_once(stopping, lifecycle, store, clock):
    waiting, _ = await lifecycle.submit(refund())
    await stopping.stop(EVERYTHING, OPS, WHY, {"C0OPS": lambda made: made.reason or ""})
    await stopping.sweep()
    await go_on(stopping)
    assert ("C0OPS", WHY) in await notices(store, clock.now())
    tags = [each.tag for each in await store.audit.entries(0, 100)]
    assert tags[1:] == ["agent:stopped", "proposal:suspended", "agent:resumed", "proposal:resumed"]
    found = await entries(store, "proposal:suspended")
    assert json.dumps(found).count(waiting.nonce) == 0


async def test_the_sweep_suspends_and_resumes_what_was_left(stopping, lifecycle, store, rules):
    rules.limit = 10
    for number in range(5):
        await lifecycle.submit(refund(200 + number))
    await stopping.stop(EVERYTHING, OPS, WHY)
    assert await stopping.close(most=2) == 3
    assert await stopping.sweep() == 3
    assert await store.stranded() == []
    await stopping.resume(EVERYTHING, OPS)
    assert len(await store.stranded()) == 5
    assert await stopping.sweep() == 5
    assert await stopping.sweep() == 0


def test_what_is_final_or_running_is_neither_suspended_nor_resumed(stopping):
    stop = type("S", (), {"by": "U0OPS", "reason": None, "at": START})
    for status in (Status.rejected, Status.claimed):
        proposal = make_proposal(status=status)
        assert suspend(proposal, stop, "n", START) == []
        assert resume(proposal, START) == []


def test_what_nobody_answered_in_time_is_rejected_though_everything_was_stopped_meanwhile():
    stop = type("S", (), {"by": "U0OPS", "reason": None, "at": START})
    waiting = make_proposal()
    (rejected,) = suspend(waiting, stop, "n", waiting.expires_at)
    assert (type(rejected), rejected.cause) == (Rejected, Cause.expired)
    assert resume(waiting, waiting.expires_at) == [rejected]


async def test_a_claim_that_was_given_goes_on_and_is_reported(stopping, lifecycle):
    running, _ = await lifecycle.submit(search(claim=True))
    await stop(stopping)
    assert (await lifecycle.report(running.id, AGENT, Status.succeeded, None, None)).status is Status.succeeded


async def test_what_nobody_asked_again_is_not_claimed_after_a_stop_that_ended_in_the_same_moment(lifecycle, store):
    """As of what is damaged: closing leaves it, and it was approved before the stop."""
    waiting, _ = await lifecycle.submit(refund())
    approved = await lifecycle.approve(waiting.id, ALICE, waiting.nonce)

    async def stop_and_resume(tx):
        await tx.stop(Stop(agent=EVERYTHING, by="U0OPS", team="T0TEAM", at=START, reason=None))
        await tx.note(None, AgentStopped(at=START, agent=EVERYTHING, by="U0OPS", reason=None), OPS)
        await tx.resume(EVERYTHING)
        await tx.note(None, AgentResumed(at=START, agent=EVERYTHING, by="U0OPS"), OPS)

    await store.transact(stop_and_resume)
    assert (await store.find(waiting.id)).status is Status.approved
    with pytest.raises(Stopped):
        await lifecycle.claim(waiting.id, AGENT, approved.digest, None)
