"""T17: the approved payload is given once, to whoever names its digest, while it is good. The plain way: journeys/test_claim.

A row changed behind the bot's back: test_t25_by_hand.
"""

import asyncio
from datetime import timedelta

import pytest

from signoff_client import Tampered, verify_permit
from tests.making import Clock
from tests.threats.ground import ground
from tests.town import SUPPORT


async def approved(town, **more):
    proposal, card = await town.proposed(**more)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    return proposal


async def tried(town, proposal, **body) -> int:
    path = f"/v1/proposals/{proposal['id']}/claim"
    async with town.agent.post(path, json={"digest": proposal["digest"], **body}) as response:
        return response.status


async def test_t17_of_ten_claims_at_once_one_is_given(town):
    proposal = await approved(town)
    statuses = await asyncio.gather(*(tried(town, proposal) for _ in range(10)))
    assert sorted(statuses) == [200] + [409] * 9
    assert await town.count(proposal, "proposal:claimed") == 1


async def test_t17_of_claimants_at_once_one_gets_it_and_gets_it_again(town):
    proposal = await approved(town)
    words = [f"claimant-{number}-of-eight" for number in range(8)]
    statuses = await asyncio.gather(*(tried(town, proposal, claimant=word) for word in words))
    assert sorted(statuses) == [200] + [409] * 7
    again = await asyncio.gather(*(tried(town, proposal, claimant=word) for word in words))
    assert again == statuses


async def test_t17_no_other_digest_claims_it_whatever_it_is_the_digest_of(town):
    other = await approved(town, payload={"to": "other@example.com"})
    proposal = await approved(town, payload={"to": "mira@example.com"})
    for digest in (
        other["digest"],
        "sha256:" + "0" * 64,
        proposal["digest"].upper(),
        proposal["digest"] + "0",
        "",
        "*",
    ):
        assert await tried(town, proposal, digest=digest) in (409, 422), digest
    assert await tried(town, proposal, digest=None) == 422
    assert await town.count(proposal, "proposal:claimed") == 0
    assert await tried(town, proposal) == 200


async def test_t17_after_an_edit_the_digest_the_agent_proposed_claims_nothing(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"subject": "Goodbye"})
    await town.modal_saying("U0ALICE", "Goodbye")
    await town.slack.submit("U0ALICE")
    assert await tried(town, proposal) == 409
    answer = await town.get(proposal["id"])
    assert (await town.claim(answer))["payload"] == {"to": "mira@example.com", "subject": "Goodbye"}


async def test_t17_an_approval_is_worth_nothing_from_execute_by_on_even_if_nothing_sweeps(tmp_path):
    clock = Clock()
    async with ground(tmp_path, clock=clock, sweep="off") as town, town.serving():
        first, second = [await approved(town, payload={"n": number}) for number in (1, 2)]
        clock.at += timedelta(seconds=3600) - timedelta(milliseconds=1)
        assert await tried(town, first) == 200
        clock.forward(milliseconds=1)
        assert await tried(town, second) == 409
        assert await town.status(second) == "lapsed"
        clock.forward(-60)
        assert await town.status(second) in ("approved", "lapsed")


async def test_t17_what_was_revoked_cannot_be_claimed_and_what_was_claimed_cannot_be_revoked(town):
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "approve")
    card = await town.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    await town.click("U0BOB", SUPPORT, card, "more", selected="Revoke")
    await town.modal_saying("U0BOB", "Reason")
    claim, _ = await asyncio.gather(tried(town, proposal), town.slack.submit("U0BOB", {"Reason": "Stop."}))
    assert (claim, await town.status(proposal)) in ((200, "claimed"), (409, "revoked"))
    assert (await town.tags(proposal["id"])).count("proposal:revoked") == (claim == 409)


async def published(town):
    return {"jwks": await town.call("GET", "/.well-known/jwks.json"), "issuer": town.bot.url, "action": "email.send"}


async def test_t17_a_permit_lets_the_approved_payload_run_and_no_byte_more_or_less(town):
    trusted = await published(town)
    proposal = await approved(town, payload={"to": "mira@example.com", "subject": "Hello"})
    claimed = await town.claim(proposal)
    assert verify_permit(claimed["permit"], payload=claimed["payload"], agent="shop", **trusted).id == proposal["id"]
    for other in (
        {"to": "mirb@example.com", "subject": "Hello"},
        {"to": "mira@example.com", "subject": "Hello", "bcc": "thief@example.com"},
        {"to": "mira@example.com"},
        {"to": "mira@example.com", "subject": "hello"},
        {},
    ):
        with pytest.raises(Tampered):
            verify_permit(claimed["permit"], payload=other, **trusted)
    with pytest.raises(Tampered):
        verify_permit(claimed["permit"], payload=claimed["payload"], **{**trusted, "action": "email.delete"})


async def test_t17_after_an_edit_the_permit_is_for_what_the_reviewer_made(town):
    trusted = await published(town)
    proposal, card = await town.proposed()
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "subject")
    await town.slack.submit("U0ALICE", {"subject": "Goodbye"})
    await town.modal_saying("U0ALICE", "Goodbye")
    await town.slack.submit("U0ALICE")
    claimed = await town.claim(await town.get(proposal["id"]))
    assert verify_permit(claimed["permit"], payload=claimed["payload"], **trusted).digest == claimed["digest"]
    with pytest.raises(Tampered, match="this payload has"):
        verify_permit(claimed["permit"], payload=proposal["payload"], **trusted)


async def test_t17_of_claimants_at_once_one_is_given_a_permit_and_always_the_same(town):
    proposal = await approved(town)
    words = [f"claimant-{number}-of-eight" for number in range(8)]
    path = f"/v1/proposals/{proposal['id']}/claim"

    async def permit_of(word):
        async with town.agent.post(path, json={"digest": proposal["digest"], "claimant": word}) as response:
            return (await response.json()).get("permit")

    first = await asyncio.gather(*map(permit_of, words))
    again = await asyncio.gather(*map(permit_of, words))
    assert again == first
    assert len([permit for permit in first if permit is not None]) == 1
    assert (await town.get(proposal["id"]))["permit"] is None


async def test_t17_a_permit_lasts_as_long_as_the_policy_gives_to_report_and_no_moment_longer(tmp_path):
    clock = Clock()
    async with ground(tmp_path, clock=clock) as town, town.serving():
        trusted = await published(town)
        claimed = await town.claim(await approved(town))
        asked = {"payload": claimed["payload"], **trusted}
        ends = clock.now() + timedelta(seconds=3600)
        assert verify_permit(claimed["permit"], now=ends - timedelta(milliseconds=1), **asked).expires_at == ends
        with pytest.raises(Tampered, match="expired"):
            verify_permit(claimed["permit"], now=ends, **asked)
