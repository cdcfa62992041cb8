"""Second person: whoever changes a payment is not enough; somebody else has to agree to what they made."""

from tests.town import FINANCE, visible_text

PAYMENT = {"to": "DE02 1203", "amount": 40}


async def edited(town):
    proposal = await town.propose("pay.send", PAYMENT)
    card = await town.card(FINANCE, proposal)
    await town.click("U0CAROL", FINANCE, card, "edit")
    await town.modal_saying("U0CAROL", "amount")
    await town.slack.submit("U0CAROL", {"amount": "45"})
    view = await town.modal_saying("U0CAROL", "Approve with changes")
    await town.slack.submit("U0CAROL")
    return proposal, card, view


async def test_the_card_says_so_before_and_one_approval_without_a_change_is_enough(deep):
    proposal = await deep.propose("pay.send", PAYMENT)
    card = await deep.card(FINANCE, proposal)
    assert "*Second person:*" in visible_text(card)
    await deep.click("U0CAROL", FINANCE, card, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"


async def test_an_edit_waits_for_somebody_else_and_the_form_says_so_first(deep):
    proposal, card, view = await edited(deep)
    assert "Then it waits for somebody else who did not change it." in visible_text(view).replace("\n", "")
    assert (await deep.get(proposal["id"]))["status"] == "pending"
    updated = await deep.card_saying(FINANCE, card["ts"], "Still needed: somebody who did not change it.")
    await deep.click("U0CAROL", FINANCE, updated, "approve")
    assert "approved this already" in await deep.told("U0CAROL")
    await deep.click("U0DAVE", FINANCE, updated, "approve")
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"]) == ("approved", 45)
