"""Expire: silence is a no, on time, without anybody's help."""

import asyncio

from tests.town import SUPPORT, has_button


async def test_silence_rejects_answers_the_waiting_agent_and_closes_the_card(town):
    proposal = await town.propose(expires_in=1)
    waiting = asyncio.create_task(town.get(proposal["id"], wait=30))
    card = await town.card(SUPPORT, proposal)
    answer = await waiting
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    assert "do not" in answer["message"].lower()
    await town.slack.until(lambda: not has_button(town.cards(SUPPORT, proposal["id"])[0], "approve"))
    assert (await town.tags(proposal["id"]))[-1] in ("proposal:rejected", "card:posted")
    await town.click("U0ALICE", SUPPORT, card, "approve", seen=card)
    assert await town.told("U0ALICE")
    assert (await town.get(proposal["id"]))["status"] == "rejected"
