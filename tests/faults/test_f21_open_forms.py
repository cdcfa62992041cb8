"""F21: a modal left open while it is decided elsewhere; submitted twice. Each answered in the modal."""

import json

import pytest

from tests.town import FINANCE, SUPPORT

REFUND = {"amount": 150, "note": "as agreed"}


def shown(place, user):
    return json.dumps(place.slack.modal(user), ensure_ascii=False)


async def test_f21_an_edit_submitted_after_somebody_else_approved_changes_nothing_and_loses_nothing(either):
    proposal = await either.propose("refund.create", REFUND)
    card = await either.card(FINANCE, proposal)
    await either.click("U0CAROL", FINANCE, card, "edit")
    await either.modal_saying("U0CAROL", "amount")
    await either.click("U0DAVE", FINANCE, card, "approve")
    await either.slack.submit("U0CAROL", {"note": "half of it"})
    assert "half of it" in shown(either, "U0CAROL")
    assert "U0DAVE" in shown(either, "U0CAROL")
    answer = await either.get(proposal["id"])
    assert (answer["status"], answer["revision"], answer["payload"]) == ("approved", 1, REFUND)


async def test_f21_a_confirmation_submitted_after_somebody_else_rejected_changes_nothing(either):
    proposal = await either.propose("refund.create", REFUND)
    card = await either.card(FINANCE, proposal)
    await either.click("U0CAROL", FINANCE, card, "edit")
    await either.modal_saying("U0CAROL", "amount")
    await either.slack.submit("U0CAROL", {"amount": "120"})
    await either.modal_saying("U0CAROL", "120")
    await either.click("U0DAVE", FINANCE, card, "reject")
    await either.modal_saying("U0DAVE", "Reason")
    await either.slack.submit("U0DAVE", {"Reason": "No"})
    await either.slack.submit("U0CAROL")
    assert "U0DAVE" in shown(either, "U0CAROL")
    answer = await either.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("rejected", 1)


async def test_f21_a_late_reject_revokes_what_nobody_has_claimed(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    await either.click("U0BOB", SUPPORT, card, "reject")
    await either.modal_saying("U0BOB", "Reason")
    await either.click("U0ALICE", SUPPORT, card, "approve")
    await either.slack.submit("U0BOB", {"Reason": "Wait"})
    assert either.slack.modal("U0BOB") is None
    assert await either.status(proposal) == "revoked"


@pytest.mark.parametrize("verb", ["reject", "confirm"])
async def test_f21_a_form_submitted_twice_counts_once_and_each_submission_is_answered(either, verb):
    proposal = await either.propose("refund.create", REFUND)
    card = await either.card(FINANCE, proposal)
    await either.click("U0CAROL", FINANCE, card, {"reject": "reject", "confirm": "edit"}[verb])
    if verb == "reject":
        await either.modal_saying("U0CAROL", "Reason")
        delivery = await either.slack.submit("U0CAROL", {"Reason": "No"}, deliveries=2)
    else:
        await either.modal_saying("U0CAROL", "amount")
        await either.slack.submit("U0CAROL", {"amount": "120"})
        await either.modal_saying("U0CAROL", "120")
        delivery = await either.slack.submit("U0CAROL", deliveries=2)
    assert [each.acknowledged for each in (delivery, *delivery.repeats)] == [True, True]
    answers = [each.body["response_action"] for each in (delivery, *delivery.repeats)]
    assert sorted(answers) == ["clear", "update"]
    answer = await either.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == {"reject": ("rejected", 1), "confirm": ("approved", 2)}[verb]
    assert either.count(proposal["id"], "proposal:decided") == 1


async def test_f21_a_form_opened_before_a_kill_can_be_submitted_after_it(place):
    await place.start()
    proposal = await place.propose("refund.create", REFUND)
    card = await place.card(FINANCE, proposal)
    await place.click("U0CAROL", FINANCE, card, "edit")
    await place.modal_saying("U0CAROL", "amount")
    await place.kill_and_start()
    await place.slack.submit("U0CAROL", {"amount": "120"})
    await place.modal_saying("U0CAROL", "120")
    await place.kill_and_start()
    await place.slack.submit("U0CAROL")
    answer = await place.get(proposal["id"])
    assert (answer["status"], answer["payload"]["amount"]) == ("approved", 120)
