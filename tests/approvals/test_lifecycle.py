"""The verbs over the real store: what is loaded, decided and recorded is one thing, or nothing is."""

import asyncio
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from approvals.decision import Verdict
from approvals.events import Actor, PolicyLoaded, Posted
from approvals.gate import EscalatedTo, Escalation, Tier
from approvals.lifecycle import REFUSALS_A_MINUTE, Lifecycle, Submission
from approvals.moves.look_ahead import FormVerb
from approvals.moves.questions import AgentReply, QuestionOpen, RevisionBlocked
from approvals.past import About, PastAnswer, PastQuery
from approvals.ports import Examination
from approvals.proposal import Action, Cause, RollbackStatus, Status
from approvals.refusals import (
    ActionNotAllowed,
    AlreadyClaimed,
    AlreadyDecided,
    AlreadyReported,
    AlreadyResolved,
    CallbackRefused,
    CannotExtend,
    Changed,
    DigestMismatch,
    EditBlocked,
    EditFaulty,
    Expired,
    Fault,
    KeyReused,
    NotApproved,
    NotFound,
    NothingToRollBack,
    NotYourPlace,
    NotYourRole,
    ObjectionClosed,
    OwnProposal,
    PendingLimit,
    Refusal,
    SchemaFailed,
)
from tests.approvals.rules import Rules
from tests.approvals.situations import ALICE, BOB, CAROL, CLAIMANT, LEAD, OWNER
from tests.making import START, Clock, Ids, Lots, make_ask

AGENT = "support-bot"


def ask_for(
    name="refund.create",
    agent=AGENT,
    expires_in=None,
    *,
    key=None,
    fingerprint="f",
    claim=False,
    claimant=None,
    **payload,
):
    """A submission; the payload is given by its fields."""
    return Submission(
        action=Action(name=name, payload=payload or {"amount": 250}),
        ask=make_ask(agent=agent, expires_in=expires_in),
        idempotency_key=key,
        fingerprint=fingerprint,
        claim=claim,
        claimant=claimant,
    )


@pytest.fixture
def submit(lifecycle):
    async def submitted(*args, **kwargs):
        proposal, _ = await lifecycle.submit(ask_for(*args, **kwargs))
        return proposal

    return submitted


@pytest.fixture
def approved(lifecycle, submit):
    async def agreed(*args, **kwargs):
        proposal = await submit(*args, **kwargs)
        return await lifecycle.approve(proposal.id, ALICE, proposal.nonce)

    return agreed


@pytest.fixture
def claimed(lifecycle, approved):
    async def taken(*args, **kwargs):
        proposal = await approved(*args, **kwargs)
        return await lifecycle.claim(proposal.id, AGENT, proposal.digest, CLAIMANT)

    return taken


async def tags(store, proposal_id=None):
    """The audit log as tags, of one proposal or of all."""
    entries = await store.audit.entries(0, 1000)
    return [entry.tag for entry in entries if proposal_id in (None, entry.proposal_id)]


async def outcomes(*attempts):
    """What came of attempts made at once: proposals and the types of refusals."""
    made = await asyncio.gather(*attempts, return_exceptions=True)
    assert all(not isinstance(each, BaseException) or isinstance(each, Refusal) for each in made), made
    return [type(each) if isinstance(each, Refusal) else each.status for each in made]


async def test_a_submission_is_kept_as_it_was_given_back(lifecycle, store):
    proposal, new = await lifecycle.submit(ask_for(amount=250.0, note="ü"))
    assert new
    assert await store.find(proposal.id) == proposal
    assert repr(proposal.action.payload["amount"]) == "250.0"
    assert await tags(store) == ["proposal:submitted"]


async def test_what_the_policy_lets_run_is_approved_at_once(submit):
    proposal = await submit("search.orders")
    assert (proposal.status, proposal.cause, proposal.gate.tier) == (Status.approved, Cause.auto, Tier.auto)


async def test_what_the_policy_blocks_is_answered_and_kept(submit, store):
    proposal = await submit("db.drop")
    assert (proposal.status, proposal.cause) == (Status.rejected, Cause.blocked)
    assert await tags(store) == ["proposal:submitted", "proposal:rejected"]


async def test_what_is_approved_at_once_can_be_claimed_in_the_same_call(submit):
    proposal = await submit("search.orders", claim=True, claimant=CLAIMANT)
    assert (proposal.status, proposal.claimant) == (Status.claimed, CLAIMANT)


async def test_what_waits_is_not_claimed_by_asking_for_it_in_advance(submit):
    assert (await submit(claim=True, claimant=CLAIMANT)).status is Status.pending


async def test_a_retry_gets_the_stored_proposal_and_makes_none(lifecycle, submit, store):
    first = await submit(key="k")
    assert await lifecycle.submit(ask_for(key="k")) == (first, False)
    assert await tags(store) == ["proposal:submitted"]


async def test_a_retry_hears_where_the_proposal_stands_now(lifecycle, submit, clock):
    first = await submit(key="k")
    clock.forward(hours=1)
    again, new = await lifecycle.submit(ask_for(key="k"))
    assert (again.id, again.status, again.cause, new) == (first.id, Status.rejected, Cause.expired, False)


@pytest.mark.parametrize(
    "change", [{"actions": set()}, {"highest": 1}, {"limit": 0}], ids=lambda change: next(iter(change))
)
async def test_a_retry_is_answered_though_the_policy_would_no_longer_take_it(lifecycle, submit, change):
    first = await submit(key="k")
    lifecycle.policy = Rules(**change)
    assert (await lifecycle.submit(ask_for(key="k")))[0].id == first.id


async def test_the_same_key_with_another_body_is_refused(lifecycle, submit):
    await submit(key="k", fingerprint="one")
    with pytest.raises(KeyReused):
        await lifecycle.submit(ask_for(key="k", fingerprint="other"))


async def test_a_key_belongs_to_its_agent(lifecycle, submit):
    first = await submit(key="k")
    other, new = await lifecycle.submit(ask_for(key="k", agent="other-bot"))
    assert new
    assert other.id != first.id


async def test_without_a_key_two_equal_proposals_are_two(submit):
    one, two = await submit(), await submit()
    assert one.id != two.id
    assert one.digest == two.digest


async def test_retries_at_once_make_one_proposal(lifecycle, store):
    made = await asyncio.gather(*(lifecycle.submit(ask_for(key="k")) for _ in range(5)))
    assert len({proposal.id for proposal, _ in made}) == 1
    assert sorted(new for _, new in made) == [False, False, False, False, True]
    assert await tags(store) == ["proposal:submitted"]


async def test_an_action_outside_the_agents_entry_is_refused_and_leaves_nothing(submit, store):
    with pytest.raises(ActionNotAllowed) as refused:
        await submit("mail.send", to="a@example.com")
    assert refused.value.action == "mail.send"
    assert await tags(store) == []


@pytest.mark.parametrize(
    ("url", "named"), [("https://agents.example.com/hooks/1", True), ("https://evil.example/hooks/1", False)]
)
async def test_an_address_that_the_policy_does_not_name_is_refused_and_leaves_nothing(lifecycle, store, url, named):
    asked = replace(ask_for(), ask=make_ask(callback_url=url))
    if named:
        await lifecycle.submit(asked)
    else:
        with pytest.raises(CallbackRefused):
            await lifecycle.submit(asked)
    assert await tags(store) == (["proposal:submitted"] if named else [])


async def test_a_payload_that_fails_its_schema_is_refused_with_its_faults(submit, store):
    with pytest.raises(SchemaFailed) as refused:
        await submit(amount=9999)
    assert [fault.pointer for fault in refused.value.faults] == ["/amount"]
    assert await tags(store) == []


async def test_as_many_may_wait_as_the_policy_says(submit):
    for _ in range(3):
        await submit()
    with pytest.raises(PendingLimit) as refused:
        await submit()
    assert refused.value.limit == 3


async def test_what_does_not_wait_is_not_limited_by_what_does(submit):
    for _ in range(3):
        await submit()
    assert (await submit("search.orders")).status is Status.approved
    assert (await submit("db.drop")).status is Status.rejected


async def test_what_expired_no_longer_waits_though_no_sweep_has_run(submit, clock):
    for _ in range(3):
        await submit()
    clock.forward(hours=1)
    assert (await submit()).status is Status.pending


async def test_the_limit_is_each_agents_own(submit):
    for _ in range(3):
        await submit()
    assert (await submit(agent="other-bot")).status is Status.pending


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
    foreseen = await lifecycle.foresee_edit(proposal.id, ALICE, {"amount": 2000}, proposal.nonce)
    assert (foreseen.status, foreseen.gate.roles, foreseen.revision) == (Status.pending, ("finance", "support"), 2)
    assert await store.find(proposal.id) == proposal
    assert await tags(store) == ["proposal:submitted"]


async def test_what_would_be_refused_is_foreseen_as_refused(lifecycle, rules, submit):
    proposal = await submit()
    with pytest.raises(EditFaulty):
        await lifecycle.foresee_edit(proposal.id, ALICE, {"amount": 9999}, proposal.nonce)
    with pytest.raises(OwnProposal):
        await lifecycle.may("edit", proposal.id, OWNER, proposal.nonce)
    assert await lifecycle.may("edit", proposal.id, ALICE, proposal.nonce) is None
    rules.judge = lambda *_, **__: Rules().judge(None, [Action(name="db.drop", payload={})], {})
    with pytest.raises(EditBlocked):
        await lifecycle.foresee_edit(proposal.id, ALICE, {"amount": 9}, proposal.nonce)


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


async def test_the_approved_payload_is_claimed_and_reported_once(lifecycle, approved, store):
    proposal = await approved(amount=250.0)
    taken = await lifecycle.claim(proposal.id, AGENT, proposal.digest, CLAIMANT)
    assert repr(taken.action.payload) == "{'amount': 250.0}"
    done = await lifecycle.report(proposal.id, AGENT, Status.succeeded, "R-9", "read back")
    assert (done.status, done.outcome.detail, done.outcome.verification) == (Status.succeeded, "R-9", "read back")
    assert await store.find(proposal.id) == done
    assert (await tags(store))[-2:] == ["proposal:claimed", "proposal:succeeded"]


async def test_of_many_claims_at_once_one_is_given(lifecycle, approved):
    proposal = await approved()
    made = await outcomes(*(lifecycle.claim(proposal.id, AGENT, proposal.digest, c * 64) for c in "abcde"))
    assert sorted(made, key=str) == sorted([Status.claimed, *[AlreadyClaimed] * 4], key=str)


async def test_the_retry_of_a_claim_gets_the_same_and_writes_nothing(lifecycle, claimed, store):
    proposal = await claimed()
    before = await tags(store)
    assert await lifecycle.claim(proposal.id, AGENT, proposal.digest, CLAIMANT) == proposal
    assert await tags(store) == before


async def test_another_digest_claims_nothing(lifecycle, approved, store):
    proposal = await approved()
    with pytest.raises(DigestMismatch):
        await lifecycle.claim(proposal.id, AGENT, "sha256:" + "0" * 64, CLAIMANT)
    assert (await store.find(proposal.id)).status is Status.approved


async def test_a_claim_and_a_revocation_at_once_have_one_winner(lifecycle, approved, store):
    proposal = await approved()
    made = await outcomes(
        lifecycle.claim(proposal.id, AGENT, proposal.digest, CLAIMANT),
        lifecycle.revoke(proposal.id, BOB, "Wait.", proposal.nonce),
    )
    status = (await store.find(proposal.id)).status
    assert made in ([Status.claimed, AlreadyResolved], [NotApproved, Status.revoked])
    assert status in made


async def test_the_same_report_writes_once_and_another_is_refused(lifecycle, claimed, store):
    proposal = await claimed()
    first = await lifecycle.report(proposal.id, AGENT, Status.unknown, "timeout", None)
    assert await lifecycle.report(proposal.id, AGENT, Status.unknown, "timeout", None) == first
    settled = await lifecycle.report(proposal.id, AGENT, Status.failed, "it did not", None)
    assert settled.status is Status.failed
    with pytest.raises(AlreadyReported):
        await lifecycle.report(proposal.id, AGENT, Status.succeeded, None, None)
    assert (await tags(store))[-2:] == ["proposal:unknown", "proposal:failed"]


async def test_what_is_taken_back_stays_taken_back(lifecycle, submit):
    proposal = await submit()
    made = await lifecycle.withdraw(proposal.id, AGENT, "Done otherwise.")
    assert (made.status, made.cause) == (Status.withdrawn, Cause.agent)
    assert await lifecycle.withdraw(proposal.id, AGENT, "Again.") == made
    with pytest.raises(AlreadyResolved):
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)


async def test_an_agent_sees_and_touches_only_its_own(lifecycle, claimed):
    proposal = await claimed()
    assert (await lifecycle.get(proposal.id, AGENT)).id == proposal.id
    for verb in (
        lifecycle.get(proposal.id, "other-bot"),
        lifecycle.withdraw(proposal.id, "other-bot", "Mine now."),
        lifecycle.claim(proposal.id, "other-bot", proposal.digest, CLAIMANT),
        lifecycle.report(proposal.id, "other-bot", Status.succeeded, None, None),
    ):
        with pytest.raises(NotFound):
            await verb


async def test_what_is_not_there_is_not_found_by_any_verb(lifecycle):
    for verb in (
        lifecycle.get("prp_0", AGENT),
        lifecycle.approve("prp_0", ALICE, "n"),
        lifecycle.reject("prp_0", ALICE, "No.", "n"),
        lifecycle.revoke("prp_0", ALICE, "No.", "n"),
        lifecycle.edit("prp_0", ALICE, {}, "n"),
        lifecycle.foresee_edit("prp_0", ALICE, {}, "n"),
        *(lifecycle.may(verb, "prp_0", ALICE, "n") for verb in get_args(FormVerb)),
        lifecycle.withdraw("prp_0", AGENT, "No."),
        lifecycle.claim("prp_0", AGENT, "sha256:0", None),
        lifecycle.report("prp_0", AGENT, Status.failed, None, None),
    ):
        with pytest.raises(NotFound):
            await verb


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


async def test_a_submission_under_way_while_the_policy_changes_does_not_escape_it(lifecycle, rules, store):
    under_way = asyncio.Event()
    rules.judged.append(lambda _gate: under_way.set())
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


def damage(tmp_path, proposal_id):
    """Sets a row to approved past the store, as somebody with the database's password could."""
    with closing(sqlite3.connect(tmp_path / "signoff.db", isolation_level=None)) as connection:
        connection.execute(
            "UPDATE proposals SET status = 'approved', cause = 'reviewer', resolved_at = created_at,"
            " resolved_by = 'U0ALICE', execute_by = created_at + 1000, due_at = created_at + 1000 WHERE id = ?",
            [proposal_id],
        )


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


WATCHED = {"tier": Tier.watch, "roles": ("support",), "channels": ("C0SUPPORT",), "object_within": 1800}
ASKED = PastQuery(about=About.rate, agent=AGENT, action="refund.*", per=60)


@pytest.fixture
def running(rules, submit):
    async def ran(*args):
        rules.changes = WATCHED
        return await submit(*args, claim=True)

    return ran


async def test_what_is_watched_runs_at_once_and_is_undone_when_somebody_objects(lifecycle, running, store):
    made = await running()
    assert (made.status, made.cause, made.channels) == (Status.claimed, Cause.watch, ("C0SUPPORT",))
    assert await lifecycle.may("object", made.id, ALICE, made.nonce) is None
    assert await store.find(made.id) == made
    objected = await lifecycle.object(made.id, ALICE, "Wrong address.", made.nonce)
    assert objected.rollback.status is RollbackStatus.requested
    with pytest.raises(ObjectionClosed):
        await lifecycle.may("object", made.id, BOB, made.nonce)
    undone = await lifecycle.rollback(made.id, AGENT, RollbackStatus.done, "Recalled.")
    assert (
        await lifecycle.rollback(made.id, AGENT, RollbackStatus.done, "Recalled.")
        == undone
        == await store.find(made.id)
    )
    assert (await tags(store, made.id))[-2:] == ["proposal:objected", "proposal:rolled_back"]


async def test_what_settled_is_still_undone_and_else_stays_as_it_was(lifecycle, running, store):
    made = await running()
    ran = await lifecycle.report(made.id, AGENT, Status.succeeded, "sent", None)
    await lifecycle.object(made.id, ALICE, "Wrong address.", made.nonce)
    undone = await lifecycle.rollback(made.id, AGENT, RollbackStatus.failed, "It is read.")
    assert replace(undone, rollback=None, version=ran.version) == ran
    assert await store.find(made.id) == undone


async def test_only_the_agent_itself_says_what_came_of_undoing(lifecycle, running):
    made = await running()
    with pytest.raises(NothingToRollBack):
        await lifecycle.rollback(made.id, AGENT, RollbackStatus.done, None)
    with pytest.raises(NotFound):
        await lifecycle.rollback(made.id, "other-bot", RollbackStatus.done, None)


async def test_a_deadline_is_moved_and_then_holds(lifecycle, rules, submit, clock):
    rules.changes = {"max_expires_in": 9000}
    made = await submit()
    moved = await lifecycle.extend(made.id, BOB, made.nonce)
    assert moved.expires_at == START + timedelta(seconds=7200)
    clock.forward(7199)
    assert await lifecycle.sweep() == 0
    clock.forward(1)
    with pytest.raises(Expired):
        await lifecycle.approve(made.id, ALICE, made.nonce)
    assert await lifecycle.sweep() == 1


async def test_a_role_is_called_in_with_the_channel_that_the_policy_gives_it(lifecycle, submit, store):
    made = await submit()
    handed = await lifecycle.hand_over(made.id, BOB, "lead", made.nonce)
    assert (handed.escalated_to, handed.channels) == (
        (EscalatedTo(to="lead", channel="C0LEAD", roles=("support",), by="U0BOB"),),
        ("C0LEAD", "C0SUPPORT"),
    )
    assert await lifecycle.hand_over(made.id, ALICE, "lead", made.nonce) == handed == await store.find(made.id)
    assert (await lifecycle.approve(made.id, LEAD, made.nonce)).status is Status.approved


async def test_whoever_wants_to_hand_it_over_hears_at_once_what_that_would_meet(lifecycle, submit, approved, store):
    made, agreed = await submit(), await approved()
    assert await lifecycle.may("hand_over", made.id, BOB, made.nonce) is None
    for it, reviewer, nonce, refusal in (
        (made, OWNER, made.nonce, OwnProposal),
        (made, CAROL, made.nonce, NotYourRole),
        (made, BOB, "another", Changed),
        (agreed, BOB, agreed.nonce, AlreadyResolved),
    ):
        with pytest.raises(refusal):
            await lifecycle.may("hand_over", it.id, reviewer, nonce)
    assert await store.find(made.id) == made
    await lifecycle.hand_over(made.id, BOB, "lead", made.nonce)
    with pytest.raises(NotYourPlace):  # what was handed over is not passed on
        await lifecycle.may("hand_over", made.id, LEAD, made.nonce)


async def test_a_role_that_the_policy_does_not_have_is_not_called_in(lifecycle, submit):
    made = await submit()
    with pytest.raises(NotFound):
        await lifecycle.hand_over(made.id, BOB, "legal", made.nonce)


async def test_the_ladder_is_climbed_by_the_sweep(lifecycle, rules, submit, clock, store):
    rules.changes = {
        "remind": (600,),
        "escalate": (Escalation(after=1200, to="lead", channel="C0LEAD", roles=("support",)),),
    }
    made = await submit()
    for seconds, tag in ((600, "proposal:reminded"), (600, "proposal:escalated"), (2400, "proposal:rejected")):
        assert await store.next_due() == clock.now() + timedelta(seconds=seconds)
        clock.forward(seconds - 1)
        assert await lifecycle.sweep() == 0
        clock.forward(1)
        assert await lifecycle.sweep() == 1
        assert (await tags(store, made.id))[-1] == tag
    assert await store.next_due() is None


async def test_what_waits_is_decided_although_a_reminder_is_late(lifecycle, rules, submit, clock):
    rules.changes = {"remind": (600,)}
    made = await submit()
    clock.forward(1200)
    assert (await lifecycle.approve(made.id, ALICE, made.nonce)).status is Status.approved


async def test_the_policy_judges_by_what_is_known_of_the_past_and_by_the_gate_before(lifecycle, rules, submit):
    rules.asks = {"refund": (ASKED,)}
    made = await submit()
    assert rules.told[-1] == ({ASKED: PastAnswer(count=0)}, None)
    await submit()
    assert rules.told[-1] == ({ASKED: PastAnswer(count=1)}, None)
    await lifecycle.foresee_edit(made.id, ALICE, {"amount": 9}, made.nonce)
    assert rules.told[-1] == ({ASKED: PastAnswer(count=1)}, made.gate), "itself not counted"
    await lifecycle.edit(made.id, ALICE, {"amount": 9}, made.nonce)
    assert rules.told[-1] == ({ASKED: PastAnswer(count=1)}, made.gate)
    waiting = await submit()
    await lifecycle.rejudge()
    assert rules.told[-1] == ({ASKED: PastAnswer(count=2)}, waiting.gate)


async def in_force(lifecycle):
    """Notes, as a reload does, that the policy is in force and what waited was judged under it."""
    version = lifecycle.policy.version
    loaded = PolicyLoaded(at=lifecycle.clock.now(), version=version, digest="sha256:0", by="change", rejudged=0)
    await lifecycle.note(None, loaded, Actor(kind="policy", id=version))


async def test_what_waits_is_judged_once_under_each_policy(lifecycle, rules, submit, clock):
    await in_force(lifecycle)
    waiting = [await submit() for _ in range(2)]
    rules.told.clear()
    assert await lifecycle.rejudge() == 0
    assert rules.told == [], "it was judged under this policy when it came"
    rules.version = "v2"
    assert await lifecycle.rejudge() == 0
    assert len(rules.told) == 2
    await in_force(lifecycle)
    await lifecycle.hand_over(waiting[0].id, BOB, "lead", waiting[0].nonce)
    assert await lifecycle.rejudge() == 0
    assert len(rules.told) == 2, "it asks the same under v2, and that is known now"
    rules.version = "v1"
    await lifecycle.rejudge()
    assert len(rules.told) == 4, "a policy that comes back is a new one"


async def test_what_was_edited_or_changed_by_a_new_policy_was_judged_by_it(lifecycle, rules, submit):
    made = await submit()
    rules.version, rules.approvals = "v2", 2
    assert await lifecycle.rejudge() == 1
    await in_force(lifecycle)
    edited = await lifecycle.edit(made.id, ALICE, {"amount": 9}, (await lifecycle.store.find(made.id)).nonce)
    assert edited.gate.policy_version == "v2"
    rules.told.clear()
    assert await lifecycle.rejudge() == 0
    assert rules.told == []


async def test_judging_again_that_was_broken_off_goes_on_with_the_rest(lifecycle, rules, submit, store):
    waiting = [await submit() for _ in range(3)]
    rules.version, rules.approvals = "v2", 2

    def stop(_gate):
        if len(rules.told) == 5:
            raise RuntimeError("the machine is switched off")

    rules.judged.append(stop)
    with pytest.raises(RuntimeError, match="switched off"):
        await lifecycle.rejudge()
    rules.judged.clear()
    assert await lifecycle.rejudge() == 2
    assert {(await store.find(each.id)).gate.policy_version for each in waiting} == {"v2"}


async def test_what_is_approved_is_judged_again_at_every_start(lifecycle, rules, submit):
    made = await submit()
    await lifecycle.approve(made.id, ALICE, made.nonce)
    rules.told.clear()
    await lifecycle.rejudge()
    assert len(rules.told) == 1


async def test_a_question_and_its_reply_are_kept_with_their_entries(lifecycle, submit, store):
    made = await submit()
    await lifecycle.may("ask", made.id, BOB, made.nonce)
    asked = await lifecycle.ask(made.id, BOB, "Which invoice?", made.nonce)
    assert await store.find(made.id) == asked
    assert await lifecycle.ask(made.id, BOB, "Which invoice?", made.nonce) == asked
    with pytest.raises(QuestionOpen):
        await lifecycle.may("ask", made.id, ALICE, made.nonce)
    replied = await lifecycle.reply(made.id, AGENT, AgentReply(text="4711."))
    assert await store.find(made.id) == replied
    assert await lifecycle.reply(made.id, AGENT, AgentReply(text="4711.")) == replied
    with pytest.raises(NotFound):
        await lifecycle.reply(made.id, "other-bot", AgentReply(text="4711."))
    assert await tags(store) == ["proposal:submitted", "proposal:asked", "proposal:replied"]


async def test_more_time_comes_with_the_question_or_neither_does(lifecycle, rules, submit, store):
    rules.changes = {"max_expires_in": 7200}
    made = await submit()
    longer = await lifecycle.ask(made.id, BOB, "Why?", made.nonce, more_time=True)
    assert longer.expires_at == made.expires_at + timedelta(hours=1)
    await lifecycle.reply(made.id, AGENT, AgentReply(text="So."))
    with pytest.raises(CannotExtend):
        await lifecycle.ask(made.id, BOB, "And why?", made.nonce, more_time=True)
    assert len((await store.find(made.id)).questions) == 1


async def test_a_payload_in_a_reply_is_judged_with_all_that_came_before(lifecycle, submit, rules):
    made = await submit(amount=2000)
    assert made.gate.roles == ("finance", "support")
    await lifecycle.ask(made.id, BOB, "Why so much?", made.nonce)
    rules.told.clear()
    less = await lifecycle.reply(made.id, AGENT, AgentReply(text="Less.", payload={"amount": 20}))
    assert (less.gate.roles, less.action.payload) == (("finance", "support"), {"amount": 20})
    assert rules.told == [({}, made.gate)]
    await lifecycle.ask(made.id, BOB, "Sure?", less.nonce)
    with pytest.raises(SchemaFailed):
        await lifecycle.reply(made.id, AGENT, AgentReply(text="More.", payload={"amount": 6000}))
    rules.changes = {"tier": Tier.block}
    with pytest.raises(RevisionBlocked):
        await lifecycle.reply(made.id, AGENT, AgentReply(text="More.", payload={"amount": 30}))


async def test_a_reply_and_an_approval_at_once_leave_no_approval_of_what_nobody_saw(lifecycle, submit, store):
    made = await submit()
    await lifecycle.ask(made.id, BOB, "Why?", made.nonce)
    came = await outcomes(
        lifecycle.reply(made.id, AGENT, AgentReply(text="So.", payload={"amount": 1})),
        lifecycle.approve(made.id, ALICE, made.nonce),
    )
    found = await store.find(made.id)
    assert came in ([Status.pending, Changed], [NotApproved, Status.approved])
    assert found.status is (Status.pending if came[1] is Changed else Status.approved)
    assert all(each.revision == 1 for each in found.decisions)


@pytest.mark.parametrize("verb", get_args(FormVerb))
async def test_whoever_opens_a_form_hears_at_once_what_its_verb_would_meet_and_nothing_changes(
    lifecycle, submit, store, verb
):
    waiting = await submit()
    refusal = ObjectionClosed if verb == "object" else None
    if refusal is None:
        await lifecycle.may(verb, waiting.id, ALICE, waiting.nonce)
    else:
        with pytest.raises(refusal):
            await lifecycle.may(verb, waiting.id, ALICE, waiting.nonce)
    with pytest.raises(NotYourRole):
        await lifecycle.may(verb, waiting.id, CAROL, waiting.nonce)
    with pytest.raises(Changed):
        await lifecycle.may(verb, waiting.id, ALICE, "of another round")
    assert await store.find(waiting.id) == waiting
