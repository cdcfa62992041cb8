"""Stopping an agent, over a real store: at once for what it may begin, whole for what it had open, and kept."""

import asyncio
import json
from dataclasses import replace
from datetime import timedelta

import pytest

from approvals.agent_stop import AgentUnknown, AlreadyStopped, NotStopped, NotYourAgent, OperatorsOnly
from approvals.events import Actor, Rejected, Revoked
from approvals.gate import Tier
from approvals.lifecycle import Lifecycle, Submission
from approvals.moves import end_for_stopped_agent
from approvals.proposal import Action, Cause, RollbackStatus, Status
from approvals.refusals import EverythingStopped, NotFound, Stopped
from approvals.services.agent_stops import Stopping
from storage import open_store
from tests.approvals.situations import ALICE
from tests.approvals.verbs import SeenBefore, damage
from tests.databases import KEY, url_at
from tests.making import START, Ids, Lots, make_ask, make_proposal
from tests.storage.town import notices

OWNER = Actor(kind="reviewer", id="U0OWNER", team="T0TEAM", proof=("owner",))
OPS = Actor(kind="reviewer", id="U0OPS", team="T0TEAM", proof=("ops: member",))
OTHER = Actor(kind="reviewer", id="U0ALICE", team="T0TEAM")
AGENT = "support-bot"


@pytest.fixture
def stopping(lifecycle):
    return Stopping(lifecycle)


def refund(amount=250, agent=AGENT, **more):
    action = Action(name="refund.create", payload={"amount": amount})
    return Submission(action=action, ask=make_ask(agent=agent), fingerprint="f" * 64, **more)


def search(**more):
    return Submission(action=Action(name="search", payload={}), ask=make_ask(), fingerprint="f" * 64, **more)


async def entries(store, noun):
    found = [each for each in await store.audit.entries(0, 10_000) if each.tag.startswith(noun)]
    return [(each.tag, json.loads(each.facts), each.actor_id, json.loads(each.actor_proof)) for each in found]


async def test_what_waits_is_rejected_and_what_nobody_took_is_revoked_with_who_and_why(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    granted, _ = await lifecycle.submit(search())
    await stopping.stop(AGENT, OWNER, "It mails the wrong people.")
    assert await stopping.close(AGENT) == 0
    for before, status in ((waiting, Status.rejected), (granted, Status.revoked)):
        after = await store.find(before.id)
        assert (after.status, after.cause) == (status, Cause.stopped)
        assert (after.resolved_by, after.reason) == ("U0OWNER", "It mails the wrong people.")
    told = await entries(store, "proposal:re")
    assert [(tag, actor) for tag, _, actor, _ in told] == [
        ("proposal:rejected", "U0OWNER"),
        ("proposal:revoked", "U0OWNER"),
    ]


async def test_stopping_and_resuming_are_entries_that_name_who_and_how_that_was_known(stopping, store):
    await stopping.stop(AGENT, OWNER, "It mails the wrong people.")
    await stopping.resume(AGENT, OPS)
    assert await entries(store, "agent:") == [
        (
            "agent:stopped",
            {"agent": AGENT, "by": "U0OWNER", "reason": "It mails the wrong people."},
            "U0OWNER",
            ["owner"],
        ),
        ("agent:resumed", {"agent": AGENT, "by": "U0OPS"}, "U0OPS", ["ops: member"]),
    ]


async def test_a_stopped_agent_proposes_and_claims_nothing_however_it_is_approved(stopping, lifecycle, store):
    granted, _ = await lifecycle.submit(search(idempotency_key="key-1"))
    before = len(await store.audit.entries())
    await stopping.stop(AGENT, OWNER, None)
    for again in (refund(), search(), search(claim=True), search(idempotency_key="key-1")):
        with pytest.raises(Stopped):
            await lifecycle.submit(again)
    with pytest.raises(Stopped):
        await lifecycle.claim(granted.id, AGENT, granted.digest, None)
    assert len(await store.audit.entries()) == before + 1
    await stopping.close()
    with pytest.raises(Stopped):
        await lifecycle.claim(granted.id, AGENT, granted.digest, None)
    with pytest.raises(NotFound):
        await lifecycle.claim(granted.id, "other-bot", granted.digest, None)


async def test_other_agents_go_on(stopping, lifecycle):
    theirs, _ = await lifecycle.submit(refund(agent="other-bot"))
    await stopping.stop(AGENT, OWNER, None)
    assert await stopping.close() == 0
    assert (await lifecycle.get(theirs.id, "other-bot")).status is Status.pending
    await lifecycle.submit(refund(agent="other-bot"))


async def test_what_runs_is_read_reported_and_undone_as_ever(stopping, lifecycle, rules):
    rules.changes = {"object_within": 600}
    claimed, _ = await lifecycle.submit(search(claim=True, claimant="c" * 64))
    await stopping.stop(AGENT, OWNER, None)
    await stopping.close()
    with pytest.raises(Stopped):
        await lifecycle.claim(claimed.id, AGENT, claimed.digest, "c" * 64)
    assert (await lifecycle.get(claimed.id, AGENT)).status is Status.claimed
    reported = await lifecycle.report(claimed.id, AGENT, Status.succeeded, None, None)
    assert reported.status is Status.succeeded


async def test_an_undo_that_was_asked_for_is_reported_all_the_same(stopping, lifecycle, rules):
    rules.changes = {"tier": Tier.watch, "object_within": 600, "roles": ("support",)}
    claimed, _ = await lifecycle.submit(search(claim=True))
    await lifecycle.object(claimed.id, ALICE, "Not this one.", claimed.nonce)
    await stopping.stop(AGENT, OWNER, None)
    await stopping.close()
    assert (
        await lifecycle.rollback(claimed.id, AGENT, RollbackStatus.done, None)
    ).rollback.status is RollbackStatus.done


async def test_what_waits_can_be_withdrawn_until_it_is_closed(stopping, lifecycle):
    waiting, _ = await lifecycle.submit(refund())
    await stopping.stop(AGENT, OWNER, None)
    assert (await lifecycle.withdraw(waiting.id, AGENT, "No longer needed.")).status is Status.withdrawn


async def test_nobody_approves_or_edits_it_before_it_is_closed(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    await stopping.stop(AGENT, OWNER, None)
    with pytest.raises(EverythingStopped):
        await lifecycle.approve(waiting.id, ALICE, waiting.nonce)
    with pytest.raises(EverythingStopped):
        await lifecycle.edit(waiting.id, ALICE, {"amount": 240}, waiting.nonce)
    with pytest.raises(Stopped):
        await lifecycle.claim(waiting.id, AGENT, waiting.digest, None)
    await stopping.close()
    assert (await store.find(waiting.id)).status is Status.rejected


@pytest.mark.parametrize("actor", [OWNER, OPS])
async def test_the_owner_and_the_operators_may_stop_it(stopping, store, actor):
    await stopping.stop(AGENT, actor, None)
    assert (await store.stops.of(AGENT)).by == actor.id


async def test_nobody_else_may_and_nothing_is_kept_of_it(stopping, store):
    with pytest.raises(NotYourAgent):
        await stopping.stop(AGENT, OTHER, None, {"C0OPS": lambda _: "?"})
    with pytest.raises(AgentUnknown):
        await stopping.stop("gone-bot", OPS, None)
    assert await store.stops.all() == []
    assert await store.audit.entries() == []
    assert await store.outbox.next_due() is None


@pytest.mark.parametrize("actor", [OWNER, OTHER])
async def test_the_operators_alone_resume(stopping, lifecycle, actor):
    await stopping.stop(AGENT, OWNER, None)
    with pytest.raises(OperatorsOnly):
        await stopping.resume(AGENT, actor)
    with pytest.raises(Stopped):
        await lifecycle.submit(refund())
    ended = await stopping.resume(AGENT, OPS)
    assert ended.by == "U0OWNER"
    assert (await lifecycle.submit(refund()))[0].status is Status.pending


async def test_stopping_twice_says_who_was_first_and_resuming_what_is_not_stopped_says_so(stopping, clock):
    await stopping.stop(AGENT, OWNER, None)
    clock.forward(minutes=1)
    with pytest.raises(AlreadyStopped) as refused:
        await stopping.stop(AGENT, OPS, None)
    assert (refused.value.by, refused.value.at) == ("U0OWNER", START)
    with pytest.raises(NotStopped):
        await stopping.resume("other-bot", OPS)


async def test_an_agent_that_has_left_the_policy_is_resumed_by_name(stopping, rules, store):
    await stopping.stop(AGENT, OWNER, None)
    rules.agents.discard(AGENT)
    with pytest.raises(AgentUnknown):
        await stopping.stop(AGENT, OPS, None)
    await stopping.resume(AGENT, OPS)
    assert await store.stops.all() == []


async def test_each_channel_is_told_once_within_the_same_transaction(stopping, store, clock):
    await stopping.stop(AGENT, OWNER, None, {"C0OPS": lambda made: f"{made.agent} by {made.by}"})
    assert await notices(store, clock.now()) == [("C0OPS", "support-bot by U0OWNER")]
    await stopping.resume(AGENT, OPS, {"C0OPS": "on again"})
    assert await notices(store, clock.now()) == [("C0OPS", "on again")]


async def test_resuming_closes_first_what_was_left_open(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    await stopping.stop(AGENT, OWNER, None)
    await stopping.resume(AGENT, OPS)
    assert (await store.find(waiting.id)).status is Status.rejected


async def test_it_closes_so_many_at_once_and_says_how_many_are_left(stopping, lifecycle, rules, store):
    rules.limit = 10
    made = [(await lifecycle.submit(refund()))[0].id for _ in range(5)]
    await stopping.stop(AGENT, OWNER, None)
    assert await stopping.close(AGENT, 2) == 3
    assert [(await store.find(each)).status for each in made] == [Status.rejected] * 2 + [Status.pending] * 3
    assert await stopping.sweep() == 3
    assert await stopping.sweep() == 0
    assert {(await store.find(each)).status for each in made} == {Status.rejected}


async def test_another_process_goes_on_where_the_first_was_cut_off(stopping, lifecycle, rules, clock, tmp_path):
    rules.limit = 10
    made = [(await lifecycle.submit(refund()))[0].id for _ in range(3)]
    await stopping.stop(AGENT, OWNER, "Wrong people.")
    await stopping.close(AGENT, 1)
    async with open_store(url_at(tmp_path / "signoff.db"), KEY, clock) as store:
        later = Lifecycle(store=store, policy=rules, clock=clock, ids=Ids(), randomness=Lots())
        assert await Stopping(later).sweep() == 2
        assert {((await store.find(each)).status, (await store.find(each)).reason) for each in made} == {
            (Status.rejected, "Wrong people.")
        }
        with pytest.raises(Stopped):
            await later.submit(refund())


async def test_what_was_resumed_before_its_turn_came_is_left_alone(lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    late = Stopping(replace(lifecycle, store=SeenBefore(store, stranded=[waiting.id])))
    await late.close()
    assert (await store.find(waiting.id)).status is Status.pending


async def test_what_a_stop_could_not_close_is_not_claimed_after_it_was_resumed_and_what_comes_later_is(
    stopping, lifecycle
):
    left, _ = await lifecycle.submit(search())
    lifecycle.damaged.add(left.id)
    await stopping.stop(AGENT, OWNER, "It is mad.")
    await stopping.resume(AGENT, OPS)
    lifecycle.damaged.clear()  # as somebody mended its row
    with pytest.raises(Stopped):
        await lifecycle.claim(left.id, AGENT, left.digest, None)
    later, _ = await lifecycle.submit(search())
    assert (await lifecycle.claim(later.id, AGENT, later.digest, None)).status is Status.claimed


async def test_what_another_process_has_closed_meanwhile_is_left_alone(stopping, lifecycle, store):
    waiting, _ = await lifecycle.submit(refund())
    await stopping.stop(AGENT, OWNER, None)
    await stopping.close()
    closed = await store.find(waiting.id)
    late = Stopping(replace(lifecycle, store=SeenBefore(store, stranded=[waiting.id])))
    await late.close()
    assert await store.find(waiting.id) == closed


async def test_a_damaged_one_is_remembered_and_hinders_no_other(stopping, lifecycle, store, tmp_path):
    one, _ = await lifecycle.submit(search())
    two, _ = await lifecycle.submit(refund())
    await stopping.stop(AGENT, OWNER, None)
    damage(tmp_path, one.id)
    assert await stopping.close(AGENT) == 0
    assert lifecycle.damaged == {one.id}
    assert (await store.find(two.id)).status is Status.rejected
    assert await stopping.sweep() == 0


@pytest.mark.parametrize("late", [False, True])
def test_a_deadline_that_passed_first_is_what_counts(late):
    proposal = make_proposal()
    now = proposal.expires_at - timedelta(0 if late else 1)
    (event,) = end_for_stopped_agent(proposal, "U0OWNER", None, now)
    assert event.cause is (Cause.expired if late else Cause.stopped)


def test_what_is_over_or_runs_is_left_as_it_is():
    running = make_proposal(
        status=Status.claimed,
        cause=Cause.auto,
        resolved_at=START,
        claimed_at=START,
        report_by=START + timedelta(hours=1),
        execute_by=START + timedelta(hours=1),
    )
    assert end_for_stopped_agent(running, "U0OWNER", "Why.", START) == []
    assert (
        end_for_stopped_agent(make_proposal(status=Status.rejected, cause=Cause.reviewer), "U0OWNER", "Why.", START)
        == []
    )


def test_without_a_reason_there_is_one_all_the_same():
    (event,) = end_for_stopped_agent(make_proposal(), "U0OWNER", None, START)
    assert event == Rejected(at=START, cause=Cause.stopped, by="U0OWNER", reason="The agent was stopped.")
    approved = make_proposal(
        status=Status.approved, cause=Cause.reviewer, resolved_at=START, execute_by=START + timedelta(hours=1)
    )
    (event,) = end_for_stopped_agent(approved, "U0OWNER", "Why.", START)
    assert event == Revoked(at=START, cause=Cause.stopped, by="U0OWNER", reason="Why.")


@pytest.mark.parametrize("turn", range(6))
async def test_of_a_race_with_submissions_and_claims_nothing_pending_or_claimable_remains(
    lifecycle, rules, clock, store, tmp_path, turn
):
    """Two stores on one file; whoever is first, what is left is closed, and what was taken was taken before the stop."""
    rules.limit = 100
    granted = [(await lifecycle.submit(search()))[0] for _ in range(4)]
    async with open_store(url_at(tmp_path / "signoff.db"), KEY, clock) as second:
        ids = Ids()
        ids.proposals = 1000
        beside = Stopping(Lifecycle(store=second, policy=rules, clock=clock, ids=ids, randomness=Lots()))

        async def stop_and_close():
            await beside.stop(AGENT, OWNER, None)
            while await beside.close(AGENT, 2):
                pass

        acts = [
            *(lifecycle.claim(each.id, AGENT, each.digest, None) for each in granted),
            *(lifecycle.submit(refund()) for _ in range(4)),
            *(lifecycle.submit(search(claim=True)) for _ in range(4)),
        ]
        acts.insert(turn * 2, stop_and_close())
        results = await asyncio.gather(*acts, return_exceptions=True)
        assert {type(each) for each in results if isinstance(each, BaseException)} <= {Stopped}
        assert await store.stranded() == []
        statuses = {each.status for each in (await store.reads.of_agent(AGENT, now=START, limit=100)).proposals}
        assert statuses <= {Status.claimed, Status.rejected, Status.revoked}
        order = [each.tag for each in await store.audit.entries(0, 1000)]
        after = order[order.index("agent:stopped") :]
        assert "proposal:claimed" not in after
        assert "proposal:submitted" not in after
        assert (await store.reads.counts(clock.now())).stopped_agents == 1
