"""What rules ask of the past: counted as it happened, of people's own deciding, and nothing else."""

from dataclasses import replace
from datetime import timedelta

import pytest

from approvals import moves
from approvals.digest import canonical, digest
from approvals.gate import ApprovalTerms
from approvals.lifecycle import SYSTEM, Submission
from approvals.past import About, PastAnswer, PastQuery
from approvals.ports import Conflict
from approvals.proposal import Action, RollbackStatus, Status
from approvals.record import record
from storage.audit.facts import FIELDS
from storage.past import NEWEST, SIMILAR_FOR
from tests.making import START, make_ask
from tests.storage.town import ALICE, BOB, CLAIMANT, LEAD, submission

IBAN = "DE02120300000000202051"
PAYLOAD = {"amount": 250, "order": "1001", "to": {"iban": IBAN}, "note": "late parcel", "tags": ["a"]}


def ask_for(agent="support-bot", action="refund.create", *, claim=False, **changes):
    return Submission(
        action=Action(name=action, payload={**PAYLOAD, **changes}),
        ask=make_ask(agent=agent),
        fingerprint="f",
        claim=claim,
        claimant=CLAIMANT if claim else None,
    )


def held(value, field="to.iban", agent="support-bot", action="refund.create"):
    value = canonical(value).decode()
    return PastQuery(about=About.first_time, agent=agent, action=action, field=field, value=value)


def usual(field="amount", agent="support-bot", action="refund.create"):
    return PastQuery(about=About.unusual, agent=agent, action=action, field=field)


def repeat(payload, agent="support-bot", action="refund.create", *, nearly=True):
    said = canonical(payload).decode() if nearly else None
    return PastQuery(about=About.repeat, agent=agent, action=action, value=digest(action, payload), payload=said)


def lately(pattern="*", per=60, agent="support-bot"):
    return PastQuery(about=About.rate, agent=agent, action=pattern, per=per)


def apart(question, proposal):
    """The same, asked when that proposal is judged again."""
    return replace(question, apart_from=proposal.id)


@pytest.fixture
def known(store, clock):
    async def answered(question):
        (answer,) = (await store.answers([question], clock.now())).values()
        return answer

    return answered


@pytest.fixture
def made(lifecycle):
    async def submitted(*args, **kwargs):
        proposal, _ = await lifecycle.submit(ask_for(*args, **kwargs))
        return proposal

    return submitted


@pytest.fixture
def agreed(lifecycle, made):
    async def approved(*args, **kwargs):
        proposal = await made(*args, **kwargs)
        return await lifecycle.approve(proposal.id, ALICE, proposal.nonce)

    return approved


@pytest.fixture
def worked(lifecycle, agreed):
    async def succeeded(*args, status=Status.succeeded, **kwargs):
        proposal = await agreed(*args, **kwargs)
        agent = proposal.ask.agent
        await lifecycle.claim(proposal.id, agent, proposal.digest, CLAIMANT)
        return await lifecycle.report(proposal.id, agent, status, None, None)

    return succeeded


async def test_a_value_is_known_once_it_was_approved_and_not_before(known, made, lifecycle):
    proposal = await made()
    assert await known(held(IBAN)) == PastAnswer(count=0)
    await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    assert await known(held(IBAN)) == PastAnswer(count=1)
    assert await known(held("DE00")) == PastAnswer(count=0)


async def test_a_transaction_knows_the_past_as_the_store_does(store, agreed, clock):
    await agreed()
    async with store.transaction() as tx:
        assert await tx.answers([held(IBAN), lately()], clock.now()) == {
            held(IBAN): PastAnswer(count=1),
            lately(): PastAnswer(count=1),
        }


@pytest.mark.parametrize(("field", "value"), [
    ("to.iban", IBAN), ("to", {"iban": IBAN}), ("tags", ["a"]), ("amount", 250), ("amount", 250.0), ("note", "late parcel"),
])  # fmt: skip
async def test_a_value_of_any_kind_is_known_at_its_dotted_path(agreed, known, field, value):
    await agreed()
    assert (await known(held(value, field))).count == 1


@pytest.mark.parametrize("question", [
    held(IBAN, agent="other-bot"), held(IBAN, action="refund.other"), held(IBAN, "to.bic"), held("250", "amount"),
    held(True, "amount"), held("a", "tags"), held("a", "tags.0"),
], ids=lambda question: f"{question.agent} {question.action} {question.field}")  # fmt: skip
async def test_a_value_is_known_for_this_agent_and_action_and_field_alone(agreed, known, question):
    await agreed(amount=300)
    await agreed()
    assert (await known(question)).count == 0


async def test_each_approval_counts_once_whatever_came_of_it(worked, made, policy, known):
    for status in (Status.succeeded, Status.failed, Status.unknown):
        await worked(status=status)
    assert (await known(held(IBAN))).count == 3


@pytest.mark.parametrize("cause", ["auto", "watch", "remembered_approval"])
async def test_what_ran_without_a_person_makes_no_value_known_whatever_came_of_it(
    made, lifecycle, policy, known, cause
):
    if cause == "remembered_approval":
        terms = ApprovalTerms(may_differ=("payload.to",), lasts=3600, most=9)
        policy.changes = {"remember_approval": terms}
        first = await made(to={"iban": "DE00"})
        await lifecycle.approve_and_next(first.id, ALICE, first.nonce)
    else:
        policy.large, policy.watched = 1000, 1000 if cause == "auto" else 50
    for status in (None, Status.succeeded, Status.failed):
        proposal = await made(claim=status is not None)
        assert proposal.cause == cause
        if status is not None:
            await lifecycle.report(proposal.id, "support-bot", status, None, None)
    assert (await known(held(IBAN))).count == 0
    assert (await known(usual())).count == 0


async def test_an_approval_that_still_settles_makes_nothing_known_yet(agreed, policy, clock, known):
    policy.changes = {"undo_window": 60}
    await agreed()
    assert (await known(held(IBAN))).count == 0
    clock.forward(60)
    assert (await known(held(IBAN))).count == 1


@pytest.mark.parametrize("swept", [False, True])
async def test_an_approval_that_lapsed_makes_nothing_known_and_settles_nothing_from_that_moment_on(
    made, agreed, worked, lifecycle, policy, clock, known, swept
):
    refused = await made()
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    policy.changes = {"execute_within": 60}
    given = await agreed()
    clock.forward(59, milliseconds=999)
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).settled) == (1, True)
    clock.forward(milliseconds=1)
    if swept:
        await lifecycle.sweep()
    assert (await lifecycle.get(given.id, "support-bot")).status is Status.lapsed
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).settled) == (0, False)
    await worked()
    clock.forward(60)
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).settled) == (1, True)


async def test_an_approval_that_still_settles_settles_no_no_yet(made, agreed, lifecycle, policy, clock, known):
    refused = await made()
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    policy.changes = {"undo_window": 60}
    await agreed()
    assert not (await known(repeat(PAYLOAD))).settled
    clock.forward(60)
    assert (await known(repeat(PAYLOAD))).settled


@pytest.mark.parametrize("end", ["revoked", "withdrawn", "lapsed"])
async def test_what_was_taken_back_or_let_go_makes_nothing_known(agreed, lifecycle, policy, clock, known, end):
    await agreed()
    proposal = await agreed()
    assert (await known(held(IBAN))).count == 2
    if end == "revoked":
        await lifecycle.revoke(proposal.id, BOB, "Wait.", proposal.nonce)
    elif end == "withdrawn":
        await lifecycle.withdraw(proposal.id, "support-bot", "No longer.")
    else:
        policy.changes = {"execute_within": 60}
        proposal = await agreed(to={"iban": "DE77"})
        assert (await known(held("DE77"))).count == 1
        clock.forward(60)
        await lifecycle.sweep()
        assert (await known(held("DE77"))).count == 0
        return
    assert (await known(held(IBAN))).count == 1


async def test_of_an_edited_proposal_what_was_approved_is_known_and_not_what_was_asked(lifecycle, made, known):
    proposal = await made()
    await lifecycle.edit(proposal.id, ALICE, {**PAYLOAD, "to": {"iban": "DE99"}}, proposal.nonce)
    assert (await known(held("DE99"))).count == 1
    assert (await known(held(IBAN))).count == 0


@pytest.mark.parametrize("name", ["to.iban", "to\x00", "to\x1fx"])
async def test_a_field_whose_name_could_be_taken_for_another_makes_nothing_known(agreed, known, name):
    await agreed(**{"to": "x", name: IBAN})
    assert (await known(held(IBAN))).count == 0
    assert (await known(held(IBAN, "to"))).count == 0


async def test_of_a_payload_with_very_many_fields_the_outermost_are_known(agreed, known):
    await agreed(to={f"f{number}": number for number in range(2 * FIELDS)}, deep={"iban": IBAN})
    assert (await known(held({"iban": IBAN}, "deep"))).count == 1
    assert (await known(held(0, "to.f0"))).count == 1
    assert (await known(held(2 * FIELDS - 1, f"to.f{2 * FIELDS - 1}"))).count == 0


async def test_what_is_usual_is_the_median_of_what_people_approved_and_what_succeeded(worked, known):
    assert await known(usual()) == PastAnswer(count=0, median=None)
    for amount in (110, 140, 120.5):
        await worked(amount=amount)
    assert await known(usual()) == PastAnswer(count=3, median=120.5)
    await worked(amount=130)
    assert await known(usual()) == PastAnswer(count=4, median=125.25)
    assert (await known(usual(agent="other-bot"))).count == 0
    assert (await known(usual(action="refund.other"))).count == 0


async def test_what_no_person_approved_or_what_did_not_succeed_is_not_usual(
    worked, agreed, made, lifecycle, policy, known
):
    await worked(status=Status.failed)
    await worked(status=Status.unknown)
    await agreed()
    policy.large = 1000
    policy.watched = 50
    for _ in range(2):
        proposal = await made(claim=True)
        await lifecycle.report(proposal.id, "support-bot", Status.succeeded, None, None)
        policy.watched = 1000
    assert (await known(usual())).count == 0


async def test_a_doubt_that_is_settled_counts_as_what_it_turned_out_to_be(worked, lifecycle, known):
    proposal = await worked(status=Status.unknown)
    await lifecycle.report(proposal.id, "support-bot", Status.succeeded, None, None)
    assert await known(usual()) == PastAnswer(count=1, median=250)


@pytest.mark.parametrize("value", [True, "250", None, [250]])
async def test_what_is_no_number_is_not_counted_among_numbers(worked, known, value):
    await worked(size=value)
    assert (await known(usual("size"))).count == 0
    assert (await known(usual("amount"))).count == 1


async def test_numbers_inside_are_known_by_their_path(worked, known):
    await worked(to={"share": 0.25})
    assert await known(usual("to.share")) == PastAnswer(count=1, median=0.25)


async def test_only_the_newest_are_usual(worked, known, clock):
    for number in range(NEWEST + 1):
        await worked(amount=900 if number < NEWEST / 2 else 200)
        clock.forward(1)
    assert await known(usual()) == PastAnswer(count=NEWEST, median=200)


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
        count=1, by="U0ALICE", at=START, reason="Ask the customer.", same=True, settled=True
    )
    assert not (await known(repeat(PAYLOAD, agent="other-bot"))).settled, (
        "who approved it did not approve it for others"
    )
    assert not (await known(apart(repeat(PAYLOAD), again))).settled, "a proposal settles nothing for itself"
    clock.forward(1)
    third = await made()
    await lifecycle.reject(third.id, BOB, "Not twice.", third.nonce)
    answer = await known(repeat(PAYLOAD))
    assert (answer.by, answer.settled) == ("U0BOB", False), "a later no holds again"


async def test_what_was_asked_before_the_no_settles_nothing_however_late_it_is_approved(made, lifecycle, known, clock):
    unknowing, refused = await made(), await made()
    clock.forward(1)
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    await lifecycle.approve(unknowing.id, BOB, unknowing.nonce)
    assert not (await known(repeat(PAYLOAD))).settled


@pytest.mark.parametrize("end", ["pending", "revoked", "lapsed", "auto", "objected", "other"])
async def test_only_an_approval_by_a_person_that_stands_settles_a_no(
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
        assert (await known(repeat(PAYLOAD))).settled
        if end == "revoked":
            await lifecycle.revoke(given.id, BOB, "Wait.", given.nonce)
        clock.forward(60)
        await lifecycle.sweep()
    assert not (await known(repeat(PAYLOAD))).settled


async def test_an_edit_to_what_was_rejected_is_asked_of_a_person_who_was_told_and_settles_it(
    made, lifecycle, known, clock
):
    waiting, proposal = await made(amount=300), await made()
    clock.forward(1)
    await lifecycle.reject(proposal.id, ALICE, "No.", proposal.nonce)
    clock.forward(1)
    await lifecycle.edit(waiting.id, BOB, PAYLOAD, waiting.nonce)
    assert (await known(repeat(PAYLOAD))).settled


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
        async with store.transaction() as tx:
            await record(tx, replace(proposal, version=7), approving, SYSTEM, START)
    assert (await known(held(IBAN))).count == 0
    async with store.transaction() as tx:
        await record(tx, proposal, approving, SYSTEM, START)
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
