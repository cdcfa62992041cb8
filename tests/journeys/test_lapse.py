"""Lapse: an approval that nobody claims in time is worth nothing."""

from tests.town import POLICY, SUPPORT, open_town


async def test_an_approval_that_nobody_claims_lapses_and_the_card_says_so(tmp_path):
    policy = POLICY.replace("execute_within: 1h", "execute_within: 1s")
    async with open_town(tmp_path, policy=policy) as town, town.serving():
        proposal = await town.propose()
        card = await town.card(SUPPORT, proposal)
        await town.click("U0ALICE", SUPPORT, card, "approve")
        await town.card_saying(SUPPORT, card["ts"], "apsed")
        refusal = await town.claim(proposal, expect=409)
        assert refusal["type"] == "urn:signoff:problem:not-approved"
