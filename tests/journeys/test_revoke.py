"""Revoke: an approval is taken back before the claim, and never after."""

import pytest

from tests.town import SUPPORT


async def approved(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    return proposal, await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")


async def test_a_revoked_approval_cannot_be_claimed(town):
    proposal, card = await approved(town)
    await town.click("U0BOB", SUPPORT, card, "more", selected="Revoke")
    await town.modal_saying("U0BOB", "Reason")
    await town.slack.submit("U0BOB", {"Reason": "The customer called again"})
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["reason"]) == ("revoked", "The customer called again")
    refusal = await town.claim(proposal, expect=409)
    assert refusal["type"] == "urn:signoff:problem:not-approved"
    await town.card_saying(SUPPORT, card["ts"], "The customer called again")


async def test_a_reject_form_left_open_revokes_what_was_approved_meanwhile(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0BOB", SUPPORT, card, "reject")
    await town.modal_saying("U0BOB", "Reason")
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
    await town.slack.submit("U0BOB", {"Reason": "No, wait"})
    assert (await town.get(proposal["id"]))["status"] == "revoked"


@pytest.mark.both_modes
async def test_after_the_claim_it_is_too_late_and_the_form_says_so(town):
    proposal, card = await approved(town)
    await town.click("U0BOB", SUPPORT, card, "more", selected="Revoke")
    await town.modal_saying("U0BOB", "Reason")
    await town.claim(proposal)
    await town.slack.submit("U0BOB", {"Reason": "Too late"})
    await town.modal_saying("U0BOB", "Too late")
    assert (await town.get(proposal["id"]))["status"] == "claimed"
