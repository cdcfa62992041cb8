"""What is known and usual of the past: counted as it happened, of people's own deciding, and nothing else."""

import pytest

from approvals.gate import ApprovalTerms
from approvals.past import PastAnswer
from approvals.proposal import Status
from storage.audit.facts import FIELDS, LONGEST_FIELD
from storage.past import NEWEST
from tests.storage.past_queries import IBAN, PAYLOAD, held, lately, repeat, usual
from tests.storage.town import ALICE, BOB


async def test_a_value_is_known_once_it_was_approved_and_not_before(known, made, lifecycle):
    proposal = await made()
    assert await known(held(IBAN)) == PastAnswer(count=0)
    await lifecycle.approve(proposal.id, ALICE, proposal.nonce)
    assert await known(held(IBAN)) == PastAnswer(count=1)
    assert await known(held("DE00")) == PastAnswer(count=0)


async def test_a_transaction_knows_the_past_as_the_store_does(store, agreed, clock):
    await agreed()
    assert await store.transact(lambda tx: tx.answers([held(IBAN), lately()], clock.now())) == {
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
async def test_an_approval_that_lapsed_makes_nothing_known_and_overrules_nothing_from_that_moment_on(
    made, agreed, worked, lifecycle, policy, clock, known, swept
):
    refused = await made()
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    policy.changes = {"execute_within": 60}
    given = await agreed()
    clock.forward(59, milliseconds=999)
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).overruled) == (1, True)
    clock.forward(milliseconds=1)
    if swept:
        await lifecycle.sweep()
    assert (await lifecycle.get(given.id, "support-bot")).status is Status.lapsed
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).overruled) == (0, False)
    await worked()
    clock.forward(60)
    assert ((await known(held(IBAN))).count, (await known(repeat(PAYLOAD))).overruled) == (1, True)


async def test_an_approval_in_its_undo_window_overrules_no_no_yet(made, agreed, lifecycle, policy, clock, known):
    refused = await made()
    await lifecycle.reject(refused.id, ALICE, "No.", refused.nonce)
    clock.forward(1)
    policy.changes = {"undo_window": 60}
    await agreed()
    assert not (await known(repeat(PAYLOAD))).overruled
    clock.forward(60)
    assert (await known(repeat(PAYLOAD))).overruled


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


async def test_a_field_whose_path_is_too_long_for_an_index_is_not_kept_and_those_after_it_are(agreed, known):
    fits, longer = "x" * LONGEST_FIELD, "ü" * (LONGEST_FIELD // 2) + "x"
    await agreed(**{fits: 1, longer: 2, "last": 3})
    assert [(await known(held(value, field))).count for value, field in ((1, fits), (2, longer), (3, "last"))] == [
        1,
        0,
        1,
    ]


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
