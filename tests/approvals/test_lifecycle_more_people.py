"""Objections, more time, more roles and questions, over the real store."""

from dataclasses import replace
from datetime import timedelta
from typing import get_args

import pytest

from approvals.events import Actor, PolicyLoaded
from approvals.gate import EscalatedTo, Escalation, Tier
from approvals.moves.look_ahead import FormVerb
from approvals.moves.questions import AgentReply, QuestionOpen, RevisionBlocked
from approvals.past import About, PastAnswer, PastQuery
from approvals.proposal import Cause, RollbackStatus, Status
from approvals.refusals import (
    AlreadyResolved,
    CannotExtend,
    Changed,
    Expired,
    NotApproved,
    NotFound,
    NothingToRollBack,
    NotYourPlace,
    NotYourRole,
    ObjectionClosed,
    OwnProposal,
    SchemaFailed,
)
from tests.approvals.situations import ALICE, BOB, CAROL, LEAD, OWNER
from tests.approvals.verbs import AGENT, outcomes, tags
from tests.making import START

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


async def test_the_sweep_reminds_and_escalates(lifecycle, rules, submit, clock, store):
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
    await lifecycle.preview_edit(made.id, ALICE, {"amount": 9}, made.nonce)
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
