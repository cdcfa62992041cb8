"""Report: what came of acting stands on the card."""

import pytest

from tests.town import SUPPORT


async def claimed(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    await town.claim(proposal)
    return proposal, card


@pytest.mark.parametrize("status", ["succeeded", "failed", "unknown"])
async def test_the_outcome_stands_on_the_card_and_in_its_thread(town, status):
    proposal, card = await claimed(town)
    answer = await town.report(proposal, status, detail="the mail server said 250 *ok*")
    assert answer["status"] == status
    await town.card_saying(SUPPORT, card["ts"], "the mail server said 250 *ok*")
    await town.thread_saying(SUPPORT, card["ts"], "the mail server said 250 *ok*")


async def test_the_same_report_again_is_welcome_and_another_is_not(town):
    proposal, _ = await claimed(town)
    await town.report(proposal, "failed", detail="timeout")
    await town.report(proposal, "failed", detail="timeout")
    refusal = await town.report(proposal, "succeeded", expect=409)
    assert refusal["type"] == "urn:signoff:problem:already-reported"


async def test_doubt_may_be_settled_later(town):
    proposal, _ = await claimed(town)
    await town.report(proposal, "unknown", detail="no answer")
    answer = await town.report(proposal, "succeeded", detail="it did arrive")
    assert answer["status"] == "succeeded"
