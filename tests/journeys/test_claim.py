"""Claim: the approved payload is given once, to whoever holds the right digest."""

from tests.town import SUPPORT


async def approved(town):
    proposal = await town.propose()
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    return proposal, card


async def test_the_payload_is_given_once_and_the_card_says_that_it_was_taken(town):
    proposal, card = await approved(town)
    claimed = await town.claim(proposal)
    assert (claimed["status"], claimed["payload"]) == ("claimed", proposal["payload"])
    refusal = await town.claim(proposal, expect=409)
    assert refusal["type"] == "urn:signoff:problem:already-claimed"
    await town.card_saying(SUPPORT, card["ts"], "Running")


async def test_only_the_same_claimant_gets_the_same_answer_again(town):
    proposal, _ = await approved(town)
    await town.claim(proposal, claimant="a-random-word-of-one-attempt")
    again = await town.claim(proposal, claimant="a-random-word-of-one-attempt")
    assert again["status"] == "claimed"
    await town.claim(proposal, claimant="another-word-entirely", expect=409)
    await town.claim(proposal, expect=409)


async def test_another_digest_claims_nothing(town):
    proposal, _ = await approved(town)
    refusal = await town.claim({**proposal, "digest": "sha256:" + "0" * 64}, expect=409)
    assert refusal["type"] == "urn:signoff:problem:digest-mismatch"
    assert (await town.claim(proposal))["status"] == "claimed"


async def test_another_agent_sees_nothing(town):
    proposal, _ = await approved(town)
    path = f"/v1/proposals/{proposal['id']}"
    await town.call("GET", path, session=town.other, expect=404)
    await town.call("POST", f"{path}/claim", {"digest": proposal["digest"]}, session=town.other, expect=404)


async def test_what_nobody_approved_cannot_be_claimed(town):
    proposal = await town.propose()
    refusal = await town.claim(proposal, expect=409)
    assert refusal["type"] == "urn:signoff:problem:not-approved"
