"""Approve: a click on the card, and the agent that waits is answered."""

import asyncio

from tests.town import FINANCE, SUPPORT, has_button


async def test_one_click_approves_answers_the_waiting_agent_and_tells_the_story_on_the_card(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    waiting = asyncio.create_task(town.get(proposal["id"], wait=30))
    delivery = await town.click("U0ALICE", SUPPORT, card, "approve")
    assert delivery.acknowledged
    answer = await waiting
    assert (answer["status"], answer["cause"]) == ("approved", "reviewer")
    assert answer["decisions"][0]["reviewer"] == "U0ALICE"
    updated = await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    assert not has_button(updated, "approve")
    await town.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
    assert town.slack.ephemerals("U0ALICE") == []


async def test_a_gate_of_two_waits_for_two_people_on_either_card(town):
    proposal = await town.propose("refund.create", {"amount": 1500})
    support = await town.card(SUPPORT, proposal)
    finance = await town.card(FINANCE, proposal)
    await town.click("U0ALICE", SUPPORT, support, "approve")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    await town.card_saying(FINANCE, finance["ts"], "<@U0ALICE>")
    await town.click("U0CAROL", FINANCE, finance, "approve")
    answer = await town.get(proposal["id"])
    assert answer["status"] == "approved"
    assert {decision["reviewer"] for decision in answer["decisions"]} == {"U0ALICE", "U0CAROL"}


async def test_a_member_of_the_roles_user_group_may_approve(town):
    proposal = await town.propose("refund.create", {"amount": 150})
    card = await town.card(FINANCE, proposal)
    await town.click("U0ERIN", FINANCE, card, "approve")
    assert (await town.get(proposal["id"]))["status"] == "approved"


async def test_somebody_without_the_role_is_told_so_and_nothing_happens(town):
    proposal = await town.propose("refund.create", {"amount": 150})
    card = await town.card(FINANCE, proposal)
    await town.click("U0ALICE", FINANCE, card, "approve")
    assert "finance" in await town.told("U0ALICE")
    assert (await town.get(proposal["id"]))["status"] == "pending"
    assert "proposal:refused" in await town.tags(proposal["id"])


async def test_the_owner_cannot_approve_their_own_agents_proposal(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0OWEN", SUPPORT, card, "approve")
    assert await town.told("U0OWEN")
    assert (await town.get(proposal["id"]))["status"] == "pending"


async def test_the_person_it_acts_for_cannot_approve_it(town):
    proposal = await town.propose(on_behalf_of="U0BOB")
    card = await town.card(SUPPORT, proposal)
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert await town.told("U0BOB")
    assert (await town.get(proposal["id"]))["status"] == "pending"
