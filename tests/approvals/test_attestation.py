"""How a verdict was given, over the real store: without the word nothing is recorded; when it was seen is kept."""

from datetime import timedelta

import pytest

from approvals.decision import Attestation, FirstSeen
from approvals.gate import Confirmation
from approvals.lifecycle import Submission
from approvals.proposal import Action, Status
from approvals.refusals import NotTyped, OwnProposal
from tests.approvals.situations import ALICE, BOB, OWNER
from tests.making import START, make_ask

TYPED = Attestation(typed=("250",))


@pytest.fixture
async def proposal(lifecycle, rules):
    rules.changes = {"confirmation": Confirmation(typed=("amount",))}
    action = Action(name="refund.create", payload={"amount": 250})
    return (await lifecycle.submit(Submission(action=action, ask=make_ask())))[0]


async def test_what_has_to_be_typed_is_kept_with_the_gate(proposal, store):
    assert (await store.find(proposal.id)).gate.confirmation == Confirmation(typed=("amount",))


async def test_every_approving_verb_wants_the_word_and_records_nothing_without_it(lifecycle, proposal, store):
    before = await store.find(proposal.id)
    for verb in (
        lifecycle.approve(proposal.id, ALICE, proposal.nonce),
        lifecycle.approve(proposal.id, ALICE, proposal.nonce, proposal.digest, Attestation(typed=("25",))),
        lifecycle.approve_and_next(proposal.id, ALICE, proposal.nonce),
        lifecycle.edit(proposal.id, ALICE, {"amount": 120}, proposal.nonce),
        lifecycle.edit(proposal.id, ALICE, {"amount": 120}, proposal.nonce, TYPED),
        lifecycle.edit(proposal.id, ALICE, {"amount": 250}, proposal.nonce),
    ):
        with pytest.raises(NotTyped):
            await verb
    assert await store.find(proposal.id) == before
    assert (await lifecycle.approve(proposal.id, ALICE, proposal.nonce, attestation=TYPED)).status is Status.approved


async def test_looking_ahead_wants_no_word_but_all_else(lifecycle, proposal, store):
    before = await store.find(proposal.id)
    assert await lifecycle.may("approve", proposal.id, ALICE, proposal.nonce) is None
    with pytest.raises(OwnProposal):
        await lifecycle.may("approve", proposal.id, OWNER, proposal.nonce)
    foreseen = await lifecycle.preview_edit(proposal.id, ALICE, {"amount": 120}, proposal.nonce)
    assert foreseen.status is Status.approved
    assert await store.find(proposal.id) == before


async def test_an_edit_is_recorded_with_the_word_of_what_it_makes(lifecycle, proposal):
    made = await lifecycle.edit(proposal.id, ALICE, {"amount": 120}, proposal.nonce, Attestation(typed=(" 120.0",)))
    assert (made.status, made.revision) == (Status.approved, 2)


async def test_since_when_it_was_seen_and_whether_that_was_rushed_is_kept(lifecycle, proposal, store, clock):
    seen = FirstSeen(at=START, words=30)
    clock.forward(seconds=1)
    await lifecycle.approve(
        proposal.id, ALICE, proposal.nonce, attestation=Attestation(typed=("250",), first_seen=seen)
    )
    (kept,) = (await store.find(proposal.id)).decisions
    assert (kept.rushed, kept.first_seen_at, kept.at - kept.first_seen_at) == (True, START, timedelta(seconds=1))


async def test_a_no_is_kept_likewise(lifecycle, proposal, store):
    await lifecycle.reject(
        proposal.id, BOB, "No.", proposal.nonce, attestation=Attestation(first_seen=FirstSeen(at=START, words=30))
    )
    (kept,) = (await store.find(proposal.id)).decisions
    assert (kept.rushed, kept.first_seen_at) == (True, START)
