"""Holds: what was said no to is stopped for a while, for this agent and this payload alone, and never a moment longer."""

import asyncio
from dataclasses import replace

import pytest

from approvals.decision import Verdict
from approvals.events import Actor
from approvals.gate import ApprovalTerms, Batch, Escalation, Sampling, StandIn, Tier
from approvals.lifecycle import Submission
from approvals.ports import Conflict
from approvals.proposal import Action, Cause, Status
from approvals.refusals import AlreadyResolved, NotYourRole
from approvals.remembered.rejection import (
    EditRejectedBefore,
    rejection_of,
    stopping,
)
from storage.audit.attest import replayed, without_secret
from tests.approvals.remembering import the_rejection
from tests.approvals.situations import ALICE, BOB, CAROL, after, edited, gate, in_status, pending, refund
from tests.databases import KEY
from tests.making import START, make_ask

HOUR = 3600


def sent(amount=250, *, agent="support-bot", key=None, claim=False, action="refund.create"):
    return Submission(
        action=Action(name=action, payload={"amount": amount}),
        ask=make_ask(agent=agent),
        idempotency_key=key,
        fingerprint="f",
        claim=claim,
        claimant="c" * 64 if claim else None,
    )


@pytest.fixture
def rules(rules):
    rules.changes = {"remember_rejection": HOUR, "excluded": frozenset({"U0OWNER"})}
    return rules


@pytest.fixture
async def first(lifecycle):
    """A refund of 250 that Alice rejected, remembered for an hour."""
    made, _ = await lifecycle.submit(sent())
    return await lifecycle.reject(made.id, ALICE, "Wrong order", made.nonce, remember=True)


async def cause_of(lifecycle, *given, **more):
    return (await lifecycle.submit(sent(*given, **more)))[0].cause


def test_it_names_what_was_proposed_and_what_it_had_become_and_who_was_asked():
    proposal = pending(remember_rejection=HOUR, stand_ins=(StandIn(role="support", by="lead"),), approvals=2)
    from_agent = proposal.digest
    proposal = replace(proposal, reason="No", revisions=(*proposal.revisions, *_edit(proposal)))
    rejection = rejection_of(proposal, "U0BOB", after(5))
    assert (rejection.proposed, rejection.digest) == (from_agent, refund(90).digest)
    assert (rejection.id, rejection.agent, rejection.action, rejection.by) == (
        proposal.id,
        "support-bot",
        "refund.create",
        "U0BOB",
    )
    assert (rejection.gate.asked, rejection.reason) == (frozenset({"lead", "support"}), "No")
    assert (rejection.at, rejection.until, rejection.used) == (after(5), after(5 + HOUR), 0)


def _edit(proposal):
    return (edited(proposal, refund(90))[0].revision,)


def test_whatever_the_policy_would_have_asked_nobody_is_asked_and_nothing_runs():
    asking = gate(
        tier=Tier.auto,
        roles=("legal",),
        approvals=2,
        second_person=True,
        object_within=60,
        remind=(5,),
        escalate=(Escalation(after=9, to="lead", channel="C0LEAD", roles=("support",)),),
        sampling=Sampling(share=1.0, roles=("lead",)),
        remember_approval=ApprovalTerms(may_differ=(), lasts=60, most=1),
        batch=Batch(window=60, most=2),
        quorum_unreachable="Nobody is there.",
    )
    rejection = rejection_of(in_status(Status.rejected), "U0BOB", START)
    found = stopping(asking, rejection)
    assert (found.tier, found.roles, found.channels, found.stand_ins) == (Tier.block, ("support",), (), ())
    assert (found.sampling, found.remember_approval, found.batch, found.quorum_unreachable, found.object_within) == (
        None,
    ) * 5
    assert (found.approvals, found.remind, found.escalate, found.second_person) == (1, (), (), False)
    assert (found.earlier_rejection.proposal, found.earlier_rejection.by, found.earlier_rejection.until) == (
        rejection.id,
        "U0BOB",
        rejection.until,
    )
    (reason,) = found.risk
    assert (reason.rule, reason.reason) == (
        "remembered_rejection",
        "U0BOB rejected exactly this, remembered until 2026-11-21T10:15:00.000Z: No.",
    )


async def test_the_very_same_is_rejected_at_once_and_says_who_rejected_it_why_and_until_when(lifecycle, store, first):
    stopped, new = await lifecycle.submit(sent(claim=True))
    assert new
    assert (stopped.status, stopped.cause, stopped.resolved_by) == (Status.rejected, Cause.blocked, "U0ALICE")
    assert stopped.reason == "U0ALICE rejected exactly this, remembered until 2026-11-20T11:15:00.000Z: Wrong order"
    assert stopped.channels == ()
    assert (stopped.gate.earlier_rejection.proposal, stopped.gate.earlier_rejection.reason) == (first.id, "Wrong order")
    assert await store.find(stopped.id) == stopped
    assert (await the_rejection(store, first.id)).used == 1
    entries = [each for each in await store.audit.entries() if each.proposal_id == stopped.id]
    assert replayed(entries, KEY) == without_secret(stopped)


@pytest.mark.parametrize(
    "would",
    [
        {"tier": Tier.auto, "roles": (), "channels": (), "sampling": Sampling(share=1.0, roles=("support",))},
        {"tier": Tier.watch, "object_within": 60},
        {"remember_approval": ApprovalTerms(may_differ=(), lasts=60, most=5)},
        {"quorum_unreachable": "Nobody is there."},
    ],
    ids=["auto", "watch", "remembered_approval", "quorum_unreachable"],
)
async def test_it_is_stopped_however_it_would_have_gone(lifecycle, store, rules, lots_fall, first, would):
    if "remember_approval" in would:
        rules.changes |= would
        made, _ = await lifecycle.submit(sent(90))
        await lifecycle.approve_and_next(made.id, BOB, made.nonce)
        assert await cause_of(lifecycle, 90) is Cause.remembered_approval
        later, _ = await lifecycle.submit(sent(90))
        await lifecycle.revoke(later.id, BOB, "Stop", later.nonce, remember=True)
        assert await cause_of(lifecycle, 90) is Cause.blocked
    rules.changes |= would
    stopped, _ = await lifecycle.submit(sent())
    assert (stopped.status, stopped.cause) == (Status.rejected, Cause.blocked)
    assert [each.tag for each in await store.audit.entries() if each.tag.startswith("sample:")] == []


@pytest.fixture
def lots_fall(lifecycle):
    lifecycle.randomness.values[:] = [0.0] * 9


@pytest.mark.parametrize(
    ("other", "cause"),
    [({"amount": 251}, None), ({"agent": "other-bot"}, None), ({"action": "refund.other"}, None), ({}, Cause.blocked)],
    ids=["payload", "agent", "action", "the same"],
)
async def test_only_the_same_of_the_same_agent_is_rejected(lifecycle, first, other, cause):
    assert await cause_of(lifecycle, **other) is cause


async def test_a_key_gets_its_stored_answer_and_counts_nothing(lifecycle, store, first):
    once, _ = await lifecycle.submit(sent(key="k"))
    assert await lifecycle.submit(sent(key="k")) == (once, False)
    assert (await the_rejection(store, first.id)).used == 1


async def test_without_the_wish_nothing_is_remembered(lifecycle, store):
    made, _ = await lifecycle.submit(sent())
    await lifecycle.reject(made.id, ALICE, "Wrong order", made.nonce)
    assert await the_rejection(store, made.id) is None
    assert await cause_of(lifecycle) is None


@pytest.mark.parametrize(
    ("verb", "reviewer", "no"),
    [("reject", CAROL, NotYourRole), ("revoke", CAROL, AlreadyResolved), ("revoke", ALICE, AlreadyResolved)],
)
async def test_who_may_not_say_no_has_nothing_remembered(lifecycle, store, verb, reviewer, no):
    made, _ = await lifecycle.submit(sent())
    with pytest.raises(no):
        await getattr(lifecycle, verb)(made.id, reviewer, "No", made.nonce, remember=True)
    assert await the_rejection(store, made.id) is None


async def test_a_no_and_that_it_is_remembered_are_one_write(lifecycle, store, rules):
    rules.changes["remember_rejection"] = 31 * 86_400
    made, _ = await lifecycle.submit(sent())
    with pytest.raises(Conflict):
        await lifecycle.reject(made.id, ALICE, "No", made.nonce, remember=True)
    assert await store.find(made.id) == made
    assert await cause_of(lifecycle) is None


@pytest.mark.parametrize("verb", ["reject", "revoke"])
async def test_what_was_approved_meanwhile_is_revoked_and_remembered(lifecycle, verb):
    made, _ = await lifecycle.submit(sent())
    await lifecycle.approve(made.id, BOB, made.nonce)
    revoked = await getattr(lifecycle, verb)(made.id, ALICE, "Stop", made.nonce, remember=True)
    assert revoked.status is Status.revoked
    assert await cause_of(lifecycle) is Cause.blocked


async def test_after_an_edit_both_payloads_are_rejected(lifecycle, rules):
    rules.approvals = 2
    made, _ = await lifecycle.submit(sent())
    now = await lifecycle.edit(made.id, BOB, {"amount": 90}, made.nonce)
    await lifecycle.reject(made.id, ALICE, "Neither", now.nonce, remember=True)
    assert [await cause_of(lifecycle, amount) for amount in (250, 90, 91)] == [Cause.blocked, Cause.blocked, None]


async def test_an_edit_into_what_was_rejected_is_refused_and_foreseen_to_be(lifecycle, store, clock, first):
    other, _ = await lifecycle.submit(sent(90))
    for edit in (lifecycle.preview_edit, lifecycle.edit):
        with pytest.raises(EditRejectedBefore) as refused:
            await edit(other.id, BOB, {"amount": 250}, other.nonce)
        assert refused.value.at == (await the_rejection(store, first.id)).until
        with pytest.raises(NotYourRole):
            await edit(other.id, CAROL, {"amount": 250}, other.nonce)
    assert await store.find(other.id) == other
    assert (await the_rejection(store, first.id)).used == 0
    clock.forward(HOUR - 1)
    with pytest.raises(EditRejectedBefore):
        await lifecycle.preview_edit(other.id, BOB, {"amount": 250}, other.nonce)


async def test_what_waited_already_is_left_to_people_even_if_the_same_is_rejected_now(lifecycle):
    first, _ = await lifecycle.submit(sent())
    twin, _ = await lifecycle.submit(sent())
    await lifecycle.reject(first.id, ALICE, "Twice", first.nonce, remember=True)
    approved = await lifecycle.edit(twin.id, BOB, {"amount": 250}, twin.nonce)
    assert approved.status is Status.approved


async def test_of_two_the_one_that_ends_last_is_named_and_counts(lifecycle, store, rules, clock):
    first, _ = await lifecycle.submit(sent())
    twin, _ = await lifecycle.submit(sent())
    await lifecycle.reject(first.id, ALICE, "First", first.nonce, remember=True)
    clock.forward(60)
    await lifecycle.reject(twin.id, BOB, "Second", twin.nonce, remember=True)
    stopped, _ = await lifecycle.submit(sent())
    assert (stopped.gate.earlier_rejection.by, stopped.gate.earlier_rejection.reason) == ("U0BOB", "Second")
    assert [(await the_rejection(store, each.id)).used for each in (first, twin)] == [0, 1]
    await lifecycle.end_remembered(Verdict.reject, twin.id, ALICE)
    assert (await lifecycle.submit(sent()))[0].gate.earlier_rejection.by == "U0ALICE"


async def test_many_submissions_at_once_are_all_stopped_and_counted(lifecycle, store, first):
    made = await asyncio.gather(*(lifecycle.submit(sent()) for _ in range(6)))
    assert {proposal.cause for proposal, _ in made} == {Cause.blocked}
    assert (await the_rejection(store, first.id)).used == 6


async def test_a_submission_beside_the_rejection_is_wholly_before_or_wholly_after_it(lifecycle, store):
    made, _ = await lifecycle.submit(sent())
    _, *others = await asyncio.gather(
        lifecycle.reject(made.id, ALICE, "No", made.nonce, remember=True), *(lifecycle.submit(sent()) for _ in range(4))
    )
    entries = {(each.tag, each.proposal_id): each.seq for each in await store.audit.entries()}
    begun = entries["remembered_rejection:begun", made.id]
    for proposal, _ in others:
        before = entries["proposal:submitted", proposal.id] < begun
        assert proposal.cause is (None if before else Cause.blocked)


async def test_those_who_were_asked_see_what_it_stopped(lifecycle, store, clock, first):
    stopped, _ = await lifecycle.submit(sent())
    for user, roles in (("U0BOB", ["support"]), ("U0OWNER", [])):
        found = await store.reads.history(user, roles, as_of=clock.now(), limit=8)
        assert stopped.id in [each.id for each in found.proposals]
    found = await store.reads.history("U0CAROL", ["finance"], as_of=clock.now(), limit=8)
    assert stopped.id not in [each.id for each in found.proposals]


async def test_the_database_remembers_only_what_was_said_no_to(lifecycle, store):
    made, _ = await lifecycle.submit(sent())
    rejection, alice = rejection_of(made, "U0ALICE", START), Actor(kind="reviewer", id="U0ALICE")
    with pytest.raises(Conflict, match="only what was rejected or revoked is remembered as that"):
        await store.transact(lambda tx: tx.remembered.begin(rejection, alice))
