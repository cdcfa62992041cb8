"""Withdraw: the agent takes its proposal back, and the card says so."""

from tests.town import SUPPORT, has_button


async def test_a_withdrawn_proposal_can_no_longer_be_decided(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    body = {"reason": "The customer solved it"}
    answer = await town.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", body)
    assert (answer["status"], answer["cause"]) == ("withdrawn", "agent")
    updated = await town.card_saying(SUPPORT, card["ts"], "The customer solved it")
    assert not has_button(updated, "approve")
    again = await town.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", body)
    assert again["status"] == "withdrawn"
