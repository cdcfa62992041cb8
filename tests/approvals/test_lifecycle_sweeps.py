"""What time and a new policy do, over the real store: once, as of the moment of writing."""

import asyncio

import pytest

from approvals.events import Actor, Posted
from approvals.gate import Tier
from approvals.lifecycle import REFUSALS_A_MINUTE, Lifecycle
from approvals.proposal import Cause, Status
from approvals.refusals import (
    AgentRefusal,
    Changed,
    Expired,
    NotYourRole,
    OwnProposal,
)
from tests.approvals.rules import Rules
from tests.approvals.situations import ALICE
from tests.approvals.verbs import AGENT, ask_for, damage, tags
from tests.making import START, Clock, Ids, Lots


async def test_whoever_looks_after_the_deadline_sees_it_expired_before_any_sweep(lifecycle, submit, clock, store):
    proposal = await submit()
    clock.forward(hours=1)
    seen = await lifecycle.get(proposal.id, AGENT)
    assert (seen.status, seen.cause, seen.resolved_at) == (Status.rejected, Cause.expired, proposal.expires_at)
    assert (await store.find(proposal.id)).status is Status.pending


async def test_a_sweep_writes_what_time_has_done_and_does_it_once(lifecycle, submit, approved, claimed, clock, store):
    waiting, agreed, taken = await submit(), await approved(), await claimed()
    assert await lifecycle.sweep() == 0
    clock.forward(hours=1)
    assert await lifecycle.sweep() == 3
    assert await lifecycle.sweep() == 0
    assert (await store.find(waiting.id)).cause is Cause.expired
    assert (await store.find(agreed.id)).status is Status.lapsed
    late = await store.find(taken.id)
    assert (late.status, late.overdue) == (Status.claimed, True)
    newest = (await store.audit.entries(0, 1000))[-3:]
    assert {(entry.actor_kind, entry.actor_id) for entry in newest} == {("system", "signoff")}


async def test_what_was_seen_before_the_sweep_is_what_the_sweep_writes(lifecycle, submit, clock, store):
    proposal = await submit()
    clock.forward(hours=2)
    seen = await lifecycle.get(proposal.id, AGENT)
    await lifecycle.sweep()
    assert await store.find(proposal.id) == seen


class Backward(Clock):
    """A clock that reads `at` once and then an hour less."""

    def now(self):
        read, self.at = self.at, START
        return read


async def test_a_sweep_goes_by_the_clock_at_the_moment_of_writing(lifecycle, submit, store, rules):
    proposal = await submit()
    sweeper = Lifecycle(store=store, policy=rules, clock=Backward(proposal.expires_at), ids=Ids(), randomness=Lots())
    assert await sweeper.sweep() == 0
    assert await store.find(proposal.id) == proposal


async def test_a_clock_set_back_revives_nothing(lifecycle, submit, clock):
    proposal = await submit()
    clock.forward(hours=2)
    await lifecycle.sweep()
    clock.forward(hours=-2)
    with pytest.raises(Expired):
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    assert (await lifecycle.get(proposal.id, AGENT)).expires_at == proposal.expires_at


async def test_a_new_policy_judges_again_what_waits(lifecycle, submit, store):
    proposal = await submit()
    lifecycle.policy = Rules(version="v2", large=100)
    assert await lifecycle.rejudge() == 1
    now = await store.find(proposal.id)
    assert (now.gate.roles, now.gate.policy_version, now.round) == (("finance", "support"), "v2", 2)
    with pytest.raises(Changed):
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    entry = (await store.audit.entries(0, 1000))[-1]
    assert (entry.tag, entry.actor_kind, entry.actor_id) == ("proposal:rejudged", "policy", "v2")
    assert await lifecycle.rejudge() == 0


async def test_whoever_agreed_before_the_policy_changed_may_agree_again(lifecycle, rules, submit):
    rules.approvals = 2
    proposal = await submit()
    await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    lifecycle.policy = Rules(version="v2")
    await lifecycle.rejudge()
    now = await lifecycle.get(proposal.id, AGENT)
    assert (await lifecycle.approve(proposal.id, ALICE, now.nonce)).status is Status.approved


async def test_a_new_policy_that_asks_nobody_lets_nothing_run_that_people_were_asked(lifecycle, submit, store):
    proposal = await submit()
    lifecycle.policy = Rules(version="v2", free={"refund"})
    await lifecycle.rejudge()
    now = await store.find(proposal.id)
    assert (now.status, now.gate.tier, now.gate.roles) == (Status.pending, Tier.approve, ("support",))
    assert (await lifecycle.approve(proposal.id, ALICE, now.nonce)).status is Status.approved


async def test_a_new_policy_revokes_what_it_asks_more_for_and_leaves_what_was_claimed(
    lifecycle, approved, claimed, submit, store
):
    agreed, taken, free = await approved(), await claimed(), await submit("search.orders")
    lifecycle.policy = Rules(version="v2", approvals=2, free=set())
    assert await lifecycle.rejudge() == 2
    for proposal in (agreed, free):
        now = await store.find(proposal.id)
        assert (now.status, now.cause) == (Status.revoked, Cause.policy_changed)
    assert (await store.find(taken.id)).status is Status.claimed


async def test_what_an_agent_waits_for_ends_when_it_leaves_the_policy(lifecycle, submit, approved, store):
    waiting, agreed = await submit(), await approved()
    lifecycle.policy = Rules(version="v2", agents={"other-bot"})
    assert await lifecycle.rejudge() == 2
    assert (await store.find(waiting.id)).status is Status.rejected
    assert (await store.find(agreed.id)).status is Status.revoked


@pytest.mark.parametrize("verb", ["approve", "approve_and_next"])
async def test_what_a_new_policy_has_still_to_judge_is_judged_before_it_is_approved(lifecycle, submit, store, verb):
    first, other = await submit(), await submit()
    lifecycle.policy = Rules(version="v2", large=100)
    await lifecycle.begin_rejudging()
    with pytest.raises(Changed):
        await getattr(lifecycle, verb)(first.id, ALICE, first.nonce)
    now = await store.find(first.id)
    assert (now.status, now.gate.roles) == (Status.pending, ("finance", "support"))
    assert (await store.find(other.id)).gate.policy_version != "v2"
    assert list(lifecycle.unjudged) == [other.id]
    assert await lifecycle.rejudge_next(10) == 1
    assert (await store.find(other.id)).gate.policy_version == "v2"


async def test_what_a_new_policy_has_still_to_judge_is_judged_before_it_is_claimed(lifecycle, approved, store):
    agreed, other = await approved(), await approved()
    lifecycle.policy = Rules(version="v2", approvals=2)
    await lifecycle.begin_rejudging()
    with pytest.raises(AgentRefusal):
        await lifecycle.claim(agreed.id, AGENT, agreed.digest, None)
    assert (await store.find(agreed.id)).status is Status.revoked
    assert (await store.find(other.id)).status is Status.approved
    assert await lifecycle.rejudge_next(10) == 1
    assert (await store.find(other.id)).status is Status.revoked
    assert await lifecycle.rejudge_one(other.id) == 0


async def test_a_submission_under_way_while_the_policy_changes_does_not_escape_it(lifecycle, rules, store):
    loop, under_way = asyncio.get_running_loop(), asyncio.Event()

    def allows(agent, action):  # asked within the transaction
        loop.call_soon_threadsafe(under_way.set)
        return Rules().allows(agent, action)

    rules.allows = allows
    submitting = asyncio.create_task(lifecycle.submit(ask_for("search.orders")))
    await under_way.wait()
    lifecycle.policy = Rules(version="v2", free=set())
    await lifecycle.rejudge()
    proposal, _ = await submitting
    assert (await store.find(proposal.id)).status is Status.revoked


async def test_refusals_are_evidence_up_to_so_many_a_minute_and_person(lifecycle, submit, store, clock):
    proposal = await submit()
    person, other = (Actor(kind="reviewer", id=who, team="T0TEAM") for who in ("U0MALLORY", "U0ALICE"))
    for _ in range(REFUSALS_A_MINUTE + 5):
        await lifecycle.refused(proposal.id, "approve", NotYourRole(("support",)), person)
    assert (await tags(store)).count("proposal:refused") == REFUSALS_A_MINUTE
    await lifecycle.refused(proposal.id, "approve", OwnProposal(), other)
    clock.forward(minutes=1, milliseconds=1)
    await lifecycle.refused(proposal.id, "approve", OwnProposal(), person)
    assert (await tags(store)).count("proposal:refused") == REFUSALS_A_MINUTE + 2
    assert await store.find(proposal.id) == proposal


async def test_a_refusal_is_kept_with_its_verb_its_slug_and_its_words(lifecycle, submit, store):
    proposal = await submit()
    await lifecycle.refused(proposal.id, "approve", NotYourRole(("support",)), Actor(kind="reviewer", id="U0MALLORY"))
    (line,) = [line for line in await store.reads.trail(proposal.id) if line.tag == "proposal:refused"]
    assert line.facts == {"verb": "approve", "slug": "not-your-role", "detail": "support"}


async def test_a_note_is_kept_and_changes_nothing(lifecycle, submit, store):
    proposal = await submit()
    note = Posted(at=START, channel="C0SUPPORT", ts="1.0", digest="sha256:0", revision=1)
    await lifecycle.note(proposal.id, note, Actor(kind="system", id="sender"))
    assert await tags(store) == ["proposal:submitted", "card:posted"]
    assert await store.find(proposal.id) == proposal


async def test_the_secret_of_a_card_is_nowhere_in_the_log(lifecycle, submit, store):
    proposal = await submit()
    edited = await lifecycle.edit(proposal.id, ALICE, {"amount": 2000}, proposal.nonce)
    log = "".join(str(entry) for entry in await store.audit.entries(0, 1000))
    assert proposal.nonce not in log
    assert edited.nonce not in log


async def test_a_damaged_proposal_stops_neither_time_nor_a_new_policy_for_the_others(
    submit, lifecycle, clock, tmp_path
):
    broken, sound = await submit(expires_in=60), await submit(expires_in=120)
    damage(tmp_path, broken.id)
    lifecycle.policy = Rules(version="v2", agents={"other-bot"})
    assert await lifecycle.rejudge() == 1
    assert (await lifecycle.store.find(sound.id)).cause is Cause.policy_changed
    lifecycle.policy = Rules()
    late = await submit(expires_in=180)
    clock.forward(3600)
    assert await lifecycle.sweep() == 1
    assert (await lifecycle.store.find(late.id)).cause is Cause.expired
    assert lifecycle.damaged == {broken.id}


async def test_what_the_agent_may_no_longer_ask_for_is_revoked_before_it_runs(submit, lifecycle):
    made = await submit()
    await lifecycle.approve(made.id, ALICE, made.nonce)
    lifecycle.policy = Rules(version="v2", actions={"search"})
    await lifecycle.rejudge()
    revoked = await lifecycle.store.find(made.id)
    assert (revoked.status, revoked.cause) == (Status.revoked, Cause.policy_changed)
