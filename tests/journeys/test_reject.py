"""Reject: a reason is asked for, and the agent reads it."""

from tests.town import SUPPORT, has_button


async def test_a_rejection_takes_a_reason_that_the_agent_reads(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "The address is wrong"})
    assert town.slack.modal("U0ALICE") is None
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["cause"], answer["reason"]) == ("rejected", "reviewer", "The address is wrong")
    assert "The address is wrong" in answer["message"]
    updated = await town.card_saying(SUPPORT, card["ts"], "The address is wrong")
    assert not has_button(updated, "approve")


async def test_a_blank_reason_is_asked_for_again_and_rejects_nothing(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "reject")
    await town.modal_saying("U0ALICE", "Reason")
    await town.slack.submit("U0ALICE", {"Reason": "   "})
    assert town.slack.modal("U0ALICE")["errors"]
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_owner_may_always_reject(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0OWEN", SUPPORT, card, "reject")
    await town.modal_saying("U0OWEN", "Reason")
    await town.slack.submit("U0OWEN", {"Reason": "I take it back"})
    assert (await town.get(proposal["id"]))["status"] == "rejected"


async def test_somebody_without_the_role_gets_no_form(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0CAROL", SUPPORT, card, "reject")
    assert "support" in await town.told("U0CAROL")
    assert town.slack.modal("U0CAROL") is None
