"""What people rejected, what is nearly the same, and how many came lately."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.actor import reviewer as actor
from approvals.lifecycle import SYSTEM
from approvals.past import PastAnswer
from approvals.ports import Conflict
from approvals.proposal import RollbackStatus
from approvals.record import record
from storage.past import SIMILAR_FOR
from tests.making import START
from tests.storage.past_queries import IBAN, PAYLOAD, held, lately, repeat, usual
from tests.storage.town import ALICE, BOB, LEAD, submission


def apart(question, proposal):
    """The same, asked when that proposal is judged again."""
    return replace(question, apart_from=proposal.id)


async def test_what_a_person_rejected_is_told_with_who_when_and_why(made, lifecycle, known, clock):
    proposal = await made()
    assert await known(repeat(PAYLOAD)) == PastAnswer()
    clock.forward(10)
    await lifecycle.reject(proposal.id, ALICE, "Ask the customer.", proposal.nonce)
    told = PastAnswer(count=1, by="U0ALICE", at=START + timedelta(seconds=10), reason="Ask the customer.", same=True)
    assert await known(repeat(PAYLOAD)) == told
    assert await known(repeat(PAYLOAD, agent="other-bot")) == told
    assert await known(repeat(PAYLOAD, nearly=False)) == told
    assert await known(repeat({**PAYLOAD, "amount": 250.0})) == told
    assert await known(repeat(PAYLOAD, action="refund.other")) == PastAnswer()


async def test_an_approval_that_was_taken_back_and_an_objection_are_noes_too(agreed, made, lifecycle, policy, known):
    one = await agreed(amount=300)
    await lifecycle.revoke(one.id, BOB, "Wait.", one.nonce)
    policy.watched, policy.large = 50, 250
    two = await made(claim=True)
    await lifecycle.object(two.id, ALICE, "Wrong.", two.nonce)
    await lifecycle.rollback(two.id, "support-bot", RollbackStatus.done, None)
    for amount, by, reason in ((300, "U0BOB", "Wait."), (250, "U0ALICE", "Wrong.")):
        answer = await known(repeat({**PAYLOAD, "amount": amount}))
        assert (answer.by, answer.reason, answer.same) == (by, reason, True)


@pytest.mark.parametrize("end", ["expired", "blocked", "withdrawn", "policy", "approved"])
async def test_silence_the_policy_and_the_agent_itself_say_no_persons_no(made, lifecycle, clock, policy, known, end):
    proposal = await made()
    if end == "expired":
        clock.forward(hours=1)
        await lifecycle.sweep()
    elif end == "withdrawn":
        await lifecycle.withdraw(proposal.id, "support-bot", "x")
    elif end == "policy":
        policy.known = frozenset({"other-bot"})
        await lifecycle.rejudge()
    elif end == "approved":
        await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    else:
        policy.changes = {"quorum_unreachable": "Nobody is there."}
        await made()
    assert await known(repeat(PAYLOAD)) == PastAnswer()


async def test_the_latest_no_is_the_one_that_is_told(made, lifecycle, known, clock):
    for reviewer, reason in ((ALICE, "First."), (BOB, "Last.")):
        proposal = await made()
        clock.forward(1)
        await lifecycle.reject(proposal.id, reviewer, reason, proposal.nonce)
    assert (await known(repeat(PAYLOAD))).reason == "Last."


@pytest.mark.parametrize(("changes", "alike"), [
    ({"amount": 251}, True), ({"more": 1}, True), ({"amount": 251, "note": "x"}, False), ({"to": {"iban": "x"}}, True),
    ({"more": 1, "amount": 251}, False),
])  # fmt: skip
async def test_nearly_the_same_is_four_fields_of_five_alike(made, lifecycle, known, changes, alike):
    proposal = await made()
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    answer = await known(repeat({**PAYLOAD, **changes}))
    assert answer == (PastAnswer(count=1, by="U0ALICE", at=START, reason="No.") if alike else PastAnswer())
    assert await known(repeat({**PAYLOAD, **changes}, nearly=False)) == PastAnswer()


async def test_a_field_that_is_null_is_not_one_that_is_left_out(made, lifecycle, known):
    proposal = await made(more=None, extra=1)
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    assert (await known(repeat({**PAYLOAD, "extra": 2}))).by is None
    assert (await known(repeat({**PAYLOAD, "extra": 1}))).by == "U0ALICE"


async def test_a_number_that_is_written_like_a_large_integer_is_compared_like_any_other(made, lifecycle, known):
    proposal = await made(more=1e20, extra=1)
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    assert (await known(repeat({**PAYLOAD, "more": 1e20, "extra": 2}))).by == "U0ALICE"
    assert (await known(repeat({**PAYLOAD, "more": 2e20, "extra": 2}))).by is None


async def test_payloads_of_fewer_than_three_fields_are_never_nearly_the_same(lifecycle, known, policy):
    proposal, _ = await lifecycle.submit(submission(250))
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    assert (await known(repeat({"amount": 250, "order": "1002"}))).by is None
    assert (await known(repeat({}))).by is None


async def test_nearly_the_same_of_another_agent_or_action_or_of_long_ago_is_forgotten(made, lifecycle, known, clock):
    proposal = await made()
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    near = {**PAYLOAD, "amount": 251}
    assert (await known(repeat(near, agent="other-bot"))).by is None
    assert (await known(repeat(near, action="refund.other"))).by is None
    clock.forward(SIMILAR_FOR.total_seconds() - 1)
    assert (await known(repeat(near))).by == "U0ALICE"
    clock.forward(1)
    assert (await known(repeat(near))).by is None
    assert (await known(repeat(PAYLOAD))).same


async def test_what_is_exactly_the_same_is_told_before_what_is_nearly(made, lifecycle, known, clock):
    for amount, reason in ((250, "Exactly."), (251, "Nearly.")):
        proposal = await made(amount=amount)
        await lifecycle.reject(proposal.id, ALICE, reason, proposal.nonce)
        clock.forward(1)
    assert (await known(repeat(PAYLOAD))).reason == "Exactly."


async def test_what_a_person_approved_after_it_was_told_to_be_rejected_is_settled(
    made, agreed, lifecycle, known, clock
):
    proposal = await made()
    await lifecycle.reject(proposal.id, ALICE, "Ask the customer.", proposal.nonce)
    clock.forward(1)
    again = await agreed()
    assert await known(repeat(PAYLOAD)) == PastAnswer(
        count=1, by="U0ALICE", at=START, reason="Ask the customer.", same=True, overruled=True
    )
    assert not (await known(repeat(PAYLOAD, agent="other-bot"))).overruled, (
        "who approved it did not approve it for others"
    )
    assert not (await known(apart(repeat(PAYLOAD), again))).overruled, "a proposal overrules nothing for itself"
    clock.forward(1)
    third = await made()
    await lifecycle.reject(third.id, BOB, "Not twice.", third.nonce)
    answer = await known(repeat(PAYLOAD))
    assert (answer.by, answer.overruled) == ("U0BOB", False), "a later no holds again"


async def test_what_was_asked_before_the_no_settles_nothing_however_late_it_is_approved(made, lifecycle, known, clock):
    unknowing, refused = await made(), await made()
    clock.forward(1)
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    await lifecycle.approve(unknowing.id, BOB, unknowing.nonce)
    assert not (await known(repeat(PAYLOAD))).overruled


@pytest.mark.parametrize("end", ["pending", "revoked", "lapsed", "auto", "objected", "other"])
async def test_only_an_approval_by_a_person_that_stands_overrules_a_no(
    made, agreed, lifecycle, known, clock, policy, end
):
    proposal = await made()
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    clock.forward(1)
    if end in ("auto", "objected"):
        policy.large, policy.watched = 1000, 1000 if end == "auto" else 50
        ran = await made(claim=True)
        if end == "objected":
            await lifecycle.object(ran.id, BOB, "Wrong.", ran.nonce)
    elif end == "pending":
        await made()
    elif end == "other":
        await agreed(amount=251)
    else:
        policy.changes = {"execute_within": 60}
        given = await agreed()
        assert (await known(repeat(PAYLOAD))).overruled
        if end == "revoked":
            await lifecycle.revoke(given.id, BOB, "Wait.", given.nonce)
        clock.forward(60)
        await lifecycle.sweep()
    assert not (await known(repeat(PAYLOAD))).overruled


async def test_an_edit_to_what_was_rejected_is_asked_of_a_person_who_was_told_and_overrules_it(
    made, lifecycle, known, clock
):
    waiting, proposal = await made(amount=300), await made()
    clock.forward(1)
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    clock.forward(1)
    await lifecycle.edit(waiting.id, BOB, PAYLOAD, waiting.nonce)
    assert (await known(repeat(PAYLOAD))).overruled


async def test_how_many_came_lately_is_counted_by_pattern_and_time(made, known, clock):
    for action in ("refund.create", "refund.create", "refund_x.create", "search.web"):
        await made(action=action)
        clock.forward(10)
    counted = {
        pattern: (await known(lately(pattern))).count
        for pattern in ("*", "refund.*", "refund*", "*.create", "refund_*", "refund.create", "r*d.c*e", "refund%", "x*")
    }
    assert counted == {
        "*": 4,
        "refund.*": 2,
        "refund*": 3,
        "*.create": 3,
        "refund_*": 1,
        "refund.create": 2,
        "r*d.c*e": 2,
        "refund%": 0,
        "x*": 0,
    }
    assert (await known(lately(per=40))).count == 3  # what came exactly so long ago is out
    assert (await known(lately(per=41))).count == 4
    assert (await known(lately(agent="other-bot"))).count == 0


async def test_a_change_that_fails_leaves_nothing_known(store, made, known):
    proposal = await made()
    approving = moves.approve(proposal, ALICE, proposal.nonce, START)
    with pytest.raises(Conflict, match="no longer at version 7"):
        await store.transact(lambda tx: record(tx, replace(proposal, version=7), approving, SYSTEM, START))
    assert (await known(held(IBAN))).count == 0
    await store.transact(lambda tx: record(tx, proposal, approving, SYSTEM, START))
    assert (await known(held(IBAN))).count == 1


async def test_who_stands_in_says_a_no_as_anybody(made, lifecycle, known):
    proposal = await made()
    await lifecycle.hand_over(proposal.id, ALICE, "lead", proposal.nonce)
    await lifecycle.reject(proposal.id, LEAD, "Not now.", proposal.nonce)
    assert (await known(repeat(PAYLOAD))).by == "U0LEAD"


async def test_what_is_judged_again_does_not_count_itself_among_what_came_lately(made, known):
    first, second = await made(), await made()
    assert (await known(apart(lately(), first))).count == 1
    assert (await known(apart(lately(), second))).count == 1
    assert (await known(lately())).count == 2


async def test_what_is_judged_again_is_not_made_known_by_its_own_approval(agreed, known, lifecycle):
    proposal = await agreed()
    assert (await known(apart(held(IBAN), proposal))).count == 0
    assert (await known(apart(held("DE00"), proposal))).count == 0
    await agreed()
    assert (await known(apart(held(IBAN), proposal))).count == 1
    await lifecycle.withdraw(proposal.id, "support-bot", "No longer.")
    assert (await known(apart(held(IBAN), proposal))).count == 1, "what was taken back was no longer counted"


@pytest.mark.parametrize("question", [
    held(IBAN, agent="other-bot"), held(IBAN, action="refund.other"), held(IBAN, "to.bic"),
], ids=lambda question: f"{question.agent} {question.action} {question.field}")  # fmt: skip
async def test_only_what_it_added_itself_is_left_out(agreed, made, lifecycle, known, question):
    other = await made(question.agent, question.action, to={"bic": IBAN, "iban": IBAN})
    await lifecycle.approve(other.id, ALICE, other.nonce)
    proposal = await agreed()
    assert await known(apart(question, proposal)) == await known(question) == PastAnswer(count=1)


async def test_its_own_number_and_its_own_no_are_left_out_too(worked, made, lifecycle, known):
    proposal = await worked(amount=110)
    assert (await known(apart(usual(), proposal))).count == 0
    assert (await known(apart(usual(), await worked(amount=120)))).median == 110
    refused = await made(amount=300)
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    for amount in (300, 301):
        asked = repeat({**PAYLOAD, "amount": amount})
        assert (await known(asked)).by == "U0ALICE"
        assert (await known(apart(asked, refused))).by is None


def test_two_questions_of_the_same_are_one_whoever_is_left_out():
    assert replace(lately(), apart_from="prp_1") == lately()
    assert {lately(): 1}[replace(lately(), apart_from="prp_1")] == 1


async def test_a_no_whose_transaction_was_rolled_back_hides_none_that_comes_in_its_place(
    made, lifecycle, store, known, clock
):
    one, two = await made(order="1"), await made(order="2")
    near = repeat({**PAYLOAD, "order": "3"})

    async def reject(tx):
        proposal = await tx.load(one.id)
        events = moves.reject(proposal, ALICE, "No.", proposal.nonce, clock.now())
        await record(tx, proposal, events, actor(ALICE), clock.now())
        assert (await tx.answers([near], clock.now()))[near].by == "U0ALICE"
        raise Conflict("and then it fails")

    with pytest.raises(Conflict):
        await store.transact(reject)
    await lifecycle.reject(two.id, BOB, "Not so.", two.nonce)
    assert (await known(near)).by == "U0BOB"


async def test_a_no_is_found_by_a_clock_that_was_set_back(made, lifecycle, known, clock):
    proposal = await made(order="1")
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    near = repeat({**PAYLOAD, "order": "3"})
    assert (await known(near)).by == "U0ALICE"
    clock.forward(SIMILAR_FOR.total_seconds())
    assert await known(near) == PastAnswer()
    clock.forward(-3600)
    assert (await known(near)).by == "U0ALICE"
