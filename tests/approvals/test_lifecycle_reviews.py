"""What people decide, over the real store: counted once each, and one winner of those who act at once."""

import pytest

from approvals.decision import Verdict
from approvals.gate import Tier
from approvals.ports import Examination
from approvals.proposal import Action, Status
from approvals.refusals import (
    AlreadyDecided,
    AlreadyResolved,
    Changed,
    EditBlocked,
    EditFaulty,
    Expired,
    Fault,
    NotYourRole,
    OwnProposal,
)
from tests.approvals.rules import Rules
from tests.approvals.situations import ALICE, BOB, CAROL, OWNER
from tests.approvals.verbs import outcomes, tags


async def test_an_approval_is_kept_with_who_and_how_their_role_is_known(lifecycle, submit, store):
    proposal = await submit()
    made = await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    assert made.status is Status.approved
    assert await store.find(proposal.id) == made
    assert await tags(store) == ["proposal:submitted", "proposal:decided", "proposal:approved"]
    entry = (await store.audit.entries(0, 10))[1]
    assert (entry.actor_kind, entry.actor_id, entry.actor_team) == ("reviewer", ALICE.user, ALICE.team)


async def test_a_refused_approval_writes_nothing(lifecycle, submit, store):
    proposal = await submit()
    for reviewer, nonce, refusal in (
        (OWNER, proposal.nonce, OwnProposal),
        (CAROL, proposal.nonce, NotYourRole),
        (ALICE, "x", Changed),
    ):
        with pytest.raises(refusal):
            await lifecycle.approve(proposal.id, reviewer, nonce)
    assert await store.find(proposal.id) == proposal
    assert await tags(store) == ["proposal:submitted"]


async def test_a_click_a_millisecond_late_is_refused_though_no_sweep_has_run(lifecycle, submit, clock, store):
    early, late = await submit(), await submit()
    clock.at = early.expires_at
    clock.forward(milliseconds=-1)
    assert (await lifecycle.approve(early.id, ALICE, early.nonce)).status is Status.approved
    clock.forward(milliseconds=1)
    for verb in (lifecycle.approve(late.id, ALICE, late.nonce), lifecycle.reject(late.id, ALICE, "No.", late.nonce)):
        with pytest.raises(Expired):
            await verb
    with pytest.raises(Expired):
        await lifecycle.edit(late.id, ALICE, {"amount": 9}, late.nonce)
    assert await store.find(late.id) == late


async def test_one_person_clicking_twice_at_once_counts_once(lifecycle, rules, submit):
    rules.approvals = 2
    proposal = await submit()
    made = await outcomes(*(lifecycle.approve(proposal.id, ALICE, proposal.nonce) for _ in range(4)))
    assert sorted(made, key=str) == sorted([Status.pending, *[AlreadyDecided] * 3], key=str)


async def test_of_two_people_at_once_one_decides_and_the_other_hears_it(lifecycle, submit):
    proposal = await submit()
    made = await outcomes(*(lifecycle.approve(proposal.id, who, proposal.nonce) for who in (ALICE, BOB)))
    assert sorted(made, key=str) == sorted([Status.approved, AlreadyResolved], key=str)


async def test_a_yes_and_a_no_at_once_end_in_no(lifecycle, submit, store):
    proposal = await submit()
    await outcomes(
        lifecycle.approve(proposal.id, ALICE, proposal.nonce), lifecycle.reject(proposal.id, BOB, "No.", proposal.nonce)
    )
    assert (await store.find(proposal.id)).status in (Status.rejected, Status.revoked)


async def test_of_an_edit_and_an_approval_at_once_one_wins(lifecycle, rules, submit, store):
    rules.approvals = 2
    proposal = await submit()
    await outcomes(
        lifecycle.edit(proposal.id, ALICE, {"amount": 9}, proposal.nonce),
        lifecycle.approve(proposal.id, BOB, proposal.nonce),
    )
    now = await store.find(proposal.id)
    assert (now.status, now.revision) == (Status.pending, 2)
    assert {decision.reviewer for decision in now.active_decisions} == {ALICE.user}


async def test_whoever_agreed_may_reject_the_same_revision(lifecycle, rules, submit, store):
    rules.approvals = 2
    proposal = await submit()
    await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    made = await lifecycle.reject(proposal.id, ALICE, "On reflection, no.", proposal.nonce)
    assert made.status is Status.rejected
    assert [decision.verdict for decision in (await store.find(proposal.id)).decisions] == list(Verdict)


async def test_whoever_agreed_may_revoke_their_own_approval(lifecycle, approved, store):
    proposal = await approved()
    made = await lifecycle.revoke(proposal.id, ALICE, "On reflection, no.", proposal.nonce)
    assert (made.status, made.reason) == (Status.revoked, "On reflection, no.")
    assert await store.find(proposal.id) == made


async def test_a_late_reject_revokes_as_long_as_nobody_has_claimed(lifecycle, approved, claimed):
    unclaimed, taken = await approved(), await claimed()
    assert (await lifecycle.reject(unclaimed.id, BOB, "No.", unclaimed.nonce)).status is Status.revoked
    with pytest.raises(AlreadyResolved) as refused:
        await lifecycle.reject(taken.id, BOB, "No.", taken.nonce)
    assert refused.value.status is Status.claimed


async def test_an_edit_is_judged_again_over_all_revisions(lifecycle, submit, store):
    proposal = await submit()
    raised = await lifecycle.edit(proposal.id, ALICE, {"amount": 2000}, proposal.nonce)
    assert raised.gate.roles == ("finance", "support")
    assert raised.status is Status.pending
    lowered = await lifecycle.edit(proposal.id, ALICE, {"amount": 10}, raised.nonce)
    assert lowered.gate.roles == ("finance", "support")
    done = await lifecycle.approve(proposal.id, CAROL, lowered.nonce)
    assert (done.status, done.action.payload, done.channels) == (
        Status.approved,
        {"amount": 10},
        ("C0FINANCE", "C0SUPPORT"),
    )
    assert await store.find(proposal.id) == done


async def test_people_who_were_asked_stay_asked_when_a_rule_now_lets_it_run(lifecycle, rules, submit):
    rules.approvals = 2
    proposal = await submit()
    rules.free.add("refund")
    assert (await lifecycle.edit(proposal.id, ALICE, {"amount": 9}, proposal.nonce)).gate.tier is Tier.approve


async def test_an_edit_that_fails_a_schema_changes_nothing(lifecycle, submit, store):
    proposal = await submit()
    with pytest.raises(EditFaulty):
        await lifecycle.edit(proposal.id, ALICE, {"amount": 9999}, proposal.nonce)
    assert await store.find(proposal.id) == proposal


async def test_what_an_edit_would_make_is_foreseen_without_making_it(lifecycle, submit, store):
    proposal = await submit()
    foreseen = await lifecycle.preview_edit(proposal.id, ALICE, {"amount": 2000}, proposal.nonce)
    assert (foreseen.status, foreseen.gate.roles, foreseen.revision) == (Status.pending, ("finance", "support"), 2)
    assert await store.find(proposal.id) == proposal
    assert await tags(store) == ["proposal:submitted"]


async def test_what_would_be_refused_is_foreseen_as_refused(lifecycle, rules, submit):
    proposal = await submit()
    with pytest.raises(EditFaulty):
        await lifecycle.preview_edit(proposal.id, ALICE, {"amount": 9999}, proposal.nonce)
    with pytest.raises(OwnProposal):
        await lifecycle.may("edit", proposal.id, OWNER, proposal.nonce)
    assert await lifecycle.may("edit", proposal.id, ALICE, proposal.nonce) is None
    rules.judge = lambda *_, **__: Rules().judge(None, [Action(name="db.drop", payload={})], {})
    with pytest.raises(EditBlocked):
        await lifecycle.preview_edit(proposal.id, ALICE, {"amount": 9}, proposal.nonce)


async def test_whoever_types_a_payload_hears_what_the_schemas_say_and_nothing_is_changed(
    lifecycle, rules, submit, approved, store
):
    proposal, agreed = await submit(), await approved()
    too_much = (Fault("/amount", f"must be at most {rules.highest}"),)
    assert await lifecycle.edit_faults(proposal.id, ALICE, {"amount": 9999}, proposal.nonce) == too_much
    assert await lifecycle.edit_faults(proposal.id, ALICE, {"amount": 9}, proposal.nonce) == ()
    assert await store.find(proposal.id) == proposal
    for it, reviewer, nonce, refusal in (
        (proposal, OWNER, proposal.nonce, OwnProposal),
        (proposal, CAROL, proposal.nonce, NotYourRole),
        (proposal, ALICE, "another", Changed),
        (agreed, ALICE, agreed.nonce, AlreadyResolved),
    ):
        with pytest.raises(refusal):
            await lifecycle.edit_faults(it.id, reviewer, {"amount": 9999}, nonce)


async def test_what_a_person_types_is_examined_where_people_are_served_and_for_nobody_who_may_not_edit(
    lifecycle, rules, submit
):
    asked = []

    class Here:
        async def run(self, function, *args, who=None):
            asked.append(who)
            return function(*args)

    proposal, fault = await submit(), Fault("/amount", "is odd")
    lifecycle.examiner.people = Here()
    rules.faults = lambda _ask, action: Examination(
        key=(action.digest,), function=lambda amount: (fault,) if amount % 2 else (), args=(action.payload["amount"],)
    )
    with pytest.raises(OwnProposal):
        await lifecycle.edit_faults(proposal.id, OWNER, {"amount": 7}, proposal.nonce)
    assert asked == []
    assert await lifecycle.edit_faults(proposal.id, ALICE, {"amount": 7}, proposal.nonce) == (fault,)
    assert await lifecycle.edit_faults(proposal.id, BOB, {"amount": 8}, proposal.nonce) == ()
    assert asked == ["U0ALICE", "U0BOB"]


async def test_whoever_opens_the_form_for_a_no_hears_at_once_what_the_no_would_meet(
    lifecycle, submit, approved, claimed, store
):
    waiting, agreed, taken = await submit(), await approved(), await claimed()
    for proposal in (waiting, agreed):
        assert await lifecycle.may("reject", proposal.id, OWNER, proposal.nonce) is None
        with pytest.raises(NotYourRole):
            await lifecycle.may("reject", proposal.id, CAROL, proposal.nonce)
        assert await store.find(proposal.id) == proposal
    with pytest.raises(AlreadyResolved):
        await lifecycle.may("reject", taken.id, BOB, taken.nonce)
