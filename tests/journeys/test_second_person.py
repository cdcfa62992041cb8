"""Second person: whoever changes a payment is not enough; somebody else has to agree to what they made."""

from tests.journeys.deep import LEAD
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


async def test_details_say_so_before_and_one_approval_without_a_change_is_enough(deep):
    proposal = await deep.propose("pay.send", PAYMENT)
    card = await deep.card(FINANCE, proposal)
    await deep.click("U0CAROL", FINANCE, card, "more", selected="Details")
    await deep.modal_saying("U0CAROL", "*Second person:*")
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


LAST = "Everybody else who may approve this has changed it already, and whoever changes it is not enough"


async def changed(town, user, card, amount):
    """Changes the amount in the two steps of the form."""
    await town.click(user, LEAD, card, "edit")
    await town.modal_saying(user, "amount")
    await town.slack.submit(user, {"amount": amount})
    await town.modal_saying(user, "Then it waits for")
    await town.slack.submit(user)
    return await town.card_saying(LEAD, card["ts"], "Still needed: somebody who did not change it.")


async def test_the_last_who_could_agree_may_not_change_it_too_and_is_told_before_typing_anything(deep):
    proposal = await deep.propose("fee.take", {"amount": 40})
    card = await changed(deep, "U0ERIN", await deep.card(LEAD, proposal), "45")
    await deep.click("U0DAVE", LEAD, card, "edit")
    assert LAST in await deep.told("U0DAVE")
    assert deep.slack.modal("U0DAVE") is None
    await deep.click("U0DAVE", LEAD, card, "approve")
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"]) == ("approved", 45)


async def test_two_who_change_it_at_once_cannot_leave_nobody_to_agree(deep):
    proposal = await deep.propose("fee.take", {"amount": 40})
    card = await deep.card(LEAD, proposal)
    await deep.click("U0DAVE", LEAD, card, "edit")
    await deep.modal_saying("U0DAVE", "amount")
    await deep.slack.submit("U0DAVE", {"amount": "50"})
    await deep.modal_saying("U0DAVE", "Then it waits for")
    await changed(deep, "U0ERIN", card, "45")
    await deep.slack.submit("U0DAVE")
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"]) == ("pending", 45)


async def test_whoever_changed_it_may_change_it_again_while_another_has_not(deep):
    proposal = await deep.propose("fee.take", {"amount": 40})
    card = await changed(deep, "U0ERIN", await deep.card(LEAD, proposal), "45")
    card = await changed(deep, "U0ERIN", card, "46")
    await deep.click("U0DAVE", LEAD, card, "approve")
    assert (await deep.get(proposal["id"]))["payload"]["amount"] == 46


async def test_once_it_was_handed_to_others_the_last_may_change_it_too(deep):
    proposal = await deep.propose("fee.take", {"amount": 40})
    card = await changed(deep, "U0ERIN", await deep.card(LEAD, proposal), "45")
    await deep.click("U0DAVE", LEAD, card, "more", selected="Hand over")
    await deep.modal_saying("U0DAVE", "Role")
    await deep.slack.submit("U0DAVE", {"Role": "finance"})
    card = await deep.card_saying(LEAD, card["ts"], "*finance* may decide too")
    await changed(deep, "U0DAVE", card, "50")
