"""Undo: somebody objects to what was taken already, and the agent reports what came of the rollback."""

import pytest

from tests.town import SUPPORT, has_button, visible_text

NOTE = {"text": "The customer prefers mornings"}


async def objected(town):
    proposal = await town.propose("note.add", NOTE, rollback_plan="Delete the note again")
    card = await town.card(SUPPORT, proposal)
    await town.claim(proposal)
    card = await town.card_saying(SUPPORT, card["ts"], "Running")
    await town.click("U0BOB", SUPPORT, card, "object")
    view = await town.modal_saying("U0BOB", "Reason")
    assert "Delete the note again" in visible_text(view)
    await town.slack.submit("U0BOB", {"Reason": "Wrong customer"})
    return proposal, card


async def reported(town, proposal, status, **more):
    return await town.call("POST", f"/v1/proposals/{proposal['id']}/rollback", {"status": status, **more})


async def test_an_objection_after_the_claim_asks_the_agent_to_undo_it(deep):
    proposal, card = await objected(deep)
    answer = await deep.get(proposal["id"])
    assert (answer["status"], answer["rollback"]["status"]) == ("claimed", "requested")
    assert (answer["rollback"]["requested_by"], answer["rollback"]["reason"]) == ("U0BOB", "Wrong customer")
    updated = await deep.card_saying(SUPPORT, card["ts"], "Rollback wanted: note.add")
    assert "Wrong customer" in visible_text(updated)
    assert not has_button(updated, "object")
    line = await deep.thread_saying(SUPPORT, card["ts"], "<@U0BOB> *objects:*")
    assert "Wrong customer" in visible_text(line)


@pytest.mark.parametrize(
    ("status", "header"), [("done", "Rolled back: note.add"), ("failed", "Rollback failed: note.add")]
)
async def test_what_came_of_undoing_stands_on_the_card_and_in_its_thread(deep, status, header):
    proposal, card = await objected(deep)
    await deep.report(proposal)
    answer = await reported(deep, proposal, status, detail="the *note* is what it is")
    assert (answer["status"], answer["rollback"]["status"]) == ("succeeded", status)
    updated = await deep.card_saying(SUPPORT, card["ts"], header)
    assert "the *note* is what it is" in visible_text(updated)
    assert "<@U0BOB> objected after the agent took it" in visible_text(updated)
    await deep.thread_saying(SUPPORT, card["ts"], "the *note* is what it is")


async def test_only_the_first_objection_counts(deep):
    proposal, card = await objected(deep)
    await deep.click("U0ALICE", SUPPORT, card, "object", seen=card)
    assert "nothing left to object to" in await deep.told("U0ALICE")
    assert (await deep.tags(proposal["id"])).count("proposal:objected") == 1
