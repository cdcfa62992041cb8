"""Edit: a typed form, the difference, and the agent runs what was approved."""

import json

import pytest

from tests.town import FINANCE, SUPPORT

PAYLOAD = {"customer": "01234", "amount": 150, "note": "as agreed", "lines": [1, 2.0, None], "vat": None}


async def test_an_edit_shows_the_difference_and_the_agent_claims_the_edited_payload(town):
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "120"})
    view = await town.modal_saying("U0CAROL", "120")
    assert "150" in json.dumps(view)
    await town.slack.submit("U0CAROL")
    assert town.slack.modal("U0CAROL") is None
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["revision"], answer["edited"]) == ("approved", 2, True)
    claimed = await town.claim(answer)
    assert json.dumps(claimed["payload"]) == json.dumps({**PAYLOAD, "amount": 120})
    await town.card_saying(FINANCE, card["ts"], "120")


async def test_an_edit_without_a_change_approves_the_present_revision(town):
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL")
    await town.slack.submit("U0CAROL")
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["revision"], answer["digest"]) == ("approved", 1, proposal["digest"])


async def test_an_edit_into_a_stricter_gate_asks_the_other_role_too(town):
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "1500"})
    await town.modal_saying("U0CAROL", "1500")
    await town.slack.submit("U0CAROL")
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["gate"]["roles"]) == ("pending", ["finance", "support"])
    support = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, support, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"


async def test_an_edit_into_what_the_policy_blocks_is_refused_in_the_form(town):
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "9500"})
    assert "Nobody refunds that much" in json.dumps(town.slack.modal("U0CAROL")["errors"])
    answer = await town.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("pending", 1)


@pytest.mark.both_modes
async def test_a_fault_shows_on_the_field_and_nothing_typed_is_lost(town):
    proposal = await town.propose("refund.create", PAYLOAD)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "twelve", "note": "half of it"})
    assert town.slack.modal("U0CAROL")["errors"]
    await town.slack.close_modal("U0CAROL")
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "half of it")


async def test_an_edit_voids_what_others_approved_before(town):
    proposal = await town.propose("refund.create", {"amount": 1500, "note": "both"})
    support = await town.card(SUPPORT, proposal)
    finance = await town.card(FINANCE, proposal)
    await town.click("U0ALICE", SUPPORT, support, "approve")
    await town.click("U0CAROL", FINANCE, finance, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "1400"})
    await town.modal_saying("U0CAROL", "1400")
    await town.slack.submit("U0CAROL")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    fresh = await town.card_saying(SUPPORT, support["ts"], "1400")
    await town.click("U0ALICE", SUPPORT, fresh, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"
