"""Hand over: a reviewer asks another role to decide too."""

import pytest

from tests.journeys.deep import LEAD, called
from tests.town import FINANCE, SUPPORT, visible_text


async def handed(town, user="U0ALICE", role="lead"):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, "more", selected="Hand over")
    await town.modal_saying(user, "People of the other role may decide as well")
    await town.slack.submit(user, {"Role": role})
    return proposal, card


async def test_another_role_gets_a_card_that_calls_it_and_decides(deep):
    proposal, card = await handed(deep)
    assert deep.slack.modal("U0ALICE") is None
    theirs = await deep.card(LEAD, proposal)
    assert called(theirs) == {"U0ERIN", "U0DAVE"}
    line = await deep.thread_saying(SUPPORT, card["ts"], "<@U0ALICE> handed it over: *lead* may decide too")
    assert called(line) == {"U0ALICE"}
    await deep.click("U0ERIN", LEAD, theirs, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"
    await deep.card_saying(SUPPORT, card["ts"], "by <@U0ERIN>")


async def test_a_role_in_the_same_channel_is_called_in_the_thread_since_an_update_calls_nobody(deep):
    proposal = await deep.propose("refund.create", {"amount": 150})
    card = await deep.card(FINANCE, proposal)
    await deep.click("U0CAROL", FINANCE, card, "more", selected="Hand over")
    await deep.modal_saying("U0CAROL", "Role")
    await deep.slack.submit("U0CAROL", {"Role": "alone"})
    support = await deep.card(SUPPORT, proposal)
    assert called(support) == {"U0ALICE"}
    await deep.click("U0DAVE", FINANCE, card, "more", selected="Hand over", seen=card)
    await deep.modal_saying("U0DAVE", "Role")
    await deep.slack.submit("U0DAVE", {"Role": "support"})
    line = await deep.thread_saying(SUPPORT, support["ts"], "*support* may decide too")
    assert called(line) >= {"U0ALICE", "U0BOB"}


async def test_the_form_offers_the_roles_that_are_not_asked_yet(deep):
    proposal = await deep.propose()
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0ALICE", SUPPORT, card, "more", selected="Hand over")
    view = await deep.modal_saying("U0ALICE", "Role")
    select = next(block["element"] for block in view["blocks"] if block["type"] == "input")
    assert [option["value"] for option in select["options"]] == ["alone", "finance", "lead", "owner", "owners"]


async def test_handing_over_again_to_the_same_role_changes_nothing(deep):
    proposal, card = await handed(deep)
    await deep.card(LEAD, proposal)
    await deep.click("U0BOB", SUPPORT, card, "more", selected="Hand over", seen=card)
    view = await deep.modal_saying("U0BOB", "Role")
    assert '"lead"' not in str(view).replace("'", '"')
    await deep.slack.close_modal("U0BOB")
    assert (await deep.tags(proposal["id"])).count("proposal:escalated") == 1


async def test_a_stranger_gets_no_form_and_the_owner_neither(deep):
    proposal = await deep.propose()
    card = await deep.card(SUPPORT, proposal)
    for user in ("U0CAROL", "U0OWEN"):
        await deep.click(user, SUPPORT, card, "more", selected="Hand over")
        assert await deep.told(user)
        assert deep.slack.modal(user) is None
    assert "hand it over" not in visible_text(card)


@pytest.mark.both_modes
async def test_a_form_left_open_hands_nothing_over_once_it_is_decided(deep):
    proposal = await deep.propose()
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0BOB", SUPPORT, card, "more", selected="Hand over")
    await deep.modal_saying("U0BOB", "Role")
    await deep.click("U0ALICE", SUPPORT, card, "approve")
    await deep.slack.submit("U0BOB", {"Role": "lead"})
    await deep.modal_saying("U0BOB", "approved already by <@U0ALICE>")
    assert deep.slack.messages(LEAD) == []


@pytest.mark.both_modes
async def test_a_role_that_was_not_offered_is_a_fault_on_the_field(deep):
    proposal = await deep.propose()
    card = await deep.card(SUPPORT, proposal)
    await deep.click("U0BOB", SUPPORT, card, "more", selected="Hand over")
    await deep.modal_saying("U0BOB", "Role")
    await deep.slack.submit("U0BOB", {"Role": "lead"})
    payload = deep.slack.last_payload
    forged = payload["view"]["state"]["values"]["role"]["input_role"]["selected_option"]
    forged["value"] = "nobody"
    answer = await deep.slack.deliver(payload)
    assert "no longer in the policy" in str(answer.body)
    assert (await deep.tags(proposal["id"])).count("proposal:escalated") == 1
