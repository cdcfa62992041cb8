"""Object: what ran without waiting is looked over, and taken back while there is time."""

import pytest

from tests.journeys.deep import later
from tests.town import SUPPORT, has_button, visible_text

NOTE = {"text": "The customer prefers mornings"}


async def watched(town, **more):
    proposal = await town.propose("note.add", NOTE, **more)
    return proposal, await town.card(SUPPORT, proposal)


async def objected(town, user, card, reason="Wrong customer"):
    await town.click(user, SUPPORT, card, "object")
    await town.modal_saying(user, "Reason")
    await town.slack.submit(user, {"Reason": reason})


async def test_what_is_watched_is_approved_at_once_and_its_card_calls_nobody_and_offers_object(deep):
    proposal, card = await watched(deep)
    assert (proposal["status"], proposal["cause"]) == ("approved", "watch")
    said = visible_text(card)
    assert "Runs without waiting: note.add" in said
    assert "Whoever is in *support* can object until 30 minutes after the agent takes it." in said
    assert "Notes are looked over" in said
    assert "<@" not in said + card["text"]
    assert has_button(card, "object")
    assert not has_button(card, "approve")


async def test_an_objection_before_the_claim_revokes_and_the_agent_reads_why(deep):
    proposal, card = await watched(deep)
    await objected(deep, "U0ALICE", card)
    assert deep.slack.modal("U0ALICE") is None
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["reason"]) == ("revoked", "Wrong customer")
    await deep.claim(proposal, expect=409)
    updated = await deep.card_saying(SUPPORT, card["ts"], "<@U0ALICE> objected before the agent took it")
    assert "Wrong customer" in visible_text(updated)
    assert not has_button(updated, "object")


async def test_the_owner_may_object_and_somebody_without_the_role_may_not(deep):
    proposal, card = await watched(deep)
    await deep.click("U0CAROL", SUPPORT, card, "object")
    assert "support" in await deep.told("U0CAROL")
    assert deep.slack.modal("U0CAROL") is None
    await objected(deep, "U0OWEN", card)
    assert (await deep.get(proposal["id"]))["status"] == "revoked"


async def test_until_it_is_claimed_one_can_object_however_late(deep):
    proposal, card = await watched(deep)
    await later(deep, minutes=45)
    await objected(deep, "U0ALICE", card)
    assert (await deep.get(proposal["id"]))["status"] == "revoked"


async def test_when_the_time_after_the_claim_is_over_an_objection_is_refused_and_what_was_typed_is_shown_back(deep):
    proposal, card = await watched(deep)
    await deep.claim(proposal)
    card = await deep.card_saying(SUPPORT, card["ts"], "Running")
    await deep.click("U0ALICE", SUPPORT, card, "object")
    await deep.form_saying("U0ALICE", "Reason")
    await later(deep, minutes=30)
    await deep.slack.submit("U0ALICE", {"Reason": "I thought it over"})
    view = await deep.modal_saying("U0ALICE", "There is nothing left to object to")
    assert "I thought it over" in visible_text(view)
    assert (await deep.get(proposal["id"]))["rollback"] is None
    await deep.click("U0BOB", SUPPORT, card, "object")
    assert "nothing left to object to" in await deep.told("U0BOB")
    await deep.report(proposal)
    assert not has_button(await deep.card_saying(SUPPORT, card["ts"], "Succeeded"), "object")


@pytest.mark.both_modes
async def test_a_list_opens_what_ran_and_the_objection_there_counts(deep):
    proposal, _ = await watched(deep, summary="A note on mornings")
    await deep.slack.command("U0BOB", SUPPORT, "/approvals", "")
    assert "A note on mornings" not in str(deep.slack.ephemerals("U0BOB")[-1]), "nothing waits for anybody"
    await deep.slack.command("U0BOB", SUPPORT, "/approvals", "all")
    await deep.slack.click_ephemeral("U0BOB", -1, "open_review")
    await deep.modal_saying("U0BOB", "can object until")
    await deep.slack.click_modal("U0BOB", "object")
    await deep.modal_saying("U0BOB", "Reason")
    await deep.slack.submit("U0BOB", {"Reason": "Not this one"})
    assert (await deep.get(proposal["id"]))["status"] == "revoked"


async def refused_at_first(town):
    """What ran at once while Slack took no card."""
    town.slack.faults.add("chat.postMessage", "500")
    proposal = await town.propose("note.add", NOTE, claim=True)
    await town.slack.until(lambda: [each for each in town.slack.calls if each.method == "chat.postMessage"])
    await town.bot.courier.drain()
    return proposal


async def test_a_card_that_slack_refused_until_nobody_could_object_any_more_is_not_posted(deep):
    proposal = await refused_at_first(deep)
    await later(deep, minutes=30)
    await deep.bot.courier.drain()
    assert deep.slack.messages(SUPPORT) == []
    assert (await deep.get(proposal["id"]))["status"] == "claimed"


async def test_what_was_claimed_before_its_card_could_be_posted_is_still_shown_while_people_can_object(deep):
    proposal = await refused_at_first(deep)
    await later(deep, minutes=29)
    await deep.bot.courier.drain()
    card = await deep.card(SUPPORT, proposal)
    assert has_button(card, "object")
    assert "Running: note.add" in visible_text(card)
