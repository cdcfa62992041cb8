"""Claims and reports, over the real store: given once, told once, and to the agent alone."""

from typing import get_args

import pytest

from approvals.moves.look_ahead import FormVerb
from approvals.proposal import Cause, Status
from approvals.refusals import (
    AlreadyClaimed,
    AlreadyReported,
    AlreadyResolved,
    DigestMismatch,
    NotApproved,
    NotFound,
)
from tests.approvals.situations import ALICE, BOB, CLAIMANT
from tests.approvals.verbs import AGENT, outcomes, tags


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
        lifecycle.preview_edit("prp_0", ALICE, {}, "n"),
        *(lifecycle.may(verb, "prp_0", ALICE, "n") for verb in get_args(FormVerb)),
        lifecycle.withdraw("prp_0", AGENT, "No."),
        lifecycle.claim("prp_0", AGENT, "sha256:0", None),
        lifecycle.report("prp_0", AGENT, Status.failed, None, None),
    ):
        with pytest.raises(NotFound):
            await verb
