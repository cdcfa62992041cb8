"""F11: two approvers at once; approve against reject; expiry against click. One winner, the loser told."""

import asyncio
import json

from tests.town import SUPPORT


async def test_f11_of_two_approvers_at_once_one_decides_and_the_other_is_told(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    clicks = [either.click(user, SUPPORT, card, "approve") for user in ("U0ALICE", "U0BOB")]
    assert [each.acknowledged for each in await asyncio.gather(*clicks)] == [True, True]
    assert either.count(proposal["id"], "proposal:approved") == either.count(proposal["id"], "proposal:decided") == 1
    (winner,) = [each["reviewer"] for each in (await either.get(proposal["id"]))["decisions"]]
    (loser,) = {"U0ALICE", "U0BOB"} - {winner}
    assert winner in await either.told(loser)
    assert either.slack.ephemerals(winner) == []


async def test_f11_approve_and_reject_at_once_end_it_once_and_a_reject_that_comes_second_revokes(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    await either.click("U0BOB", SUPPORT, card, "reject")
    await either.modal_saying("U0BOB", "Reason")
    await asyncio.gather(
        either.click("U0ALICE", SUPPORT, card, "approve"), either.slack.submit("U0BOB", {"Reason": "Not this one"})
    )
    answer = await either.get(proposal["id"])
    assert answer["status"] in ("rejected", "revoked")
    if answer["status"] == "rejected":
        assert "U0BOB" in await either.told("U0ALICE")
    resolved = [tag for tag, _, _ in either.kept(proposal["id"]) if tag in ("proposal:approved", "proposal:rejected")]
    assert resolved == (["proposal:rejected"] if answer["status"] == "rejected" else ["proposal:approved"])
    await either.claim(proposal, expect=409)


async def test_f11_of_a_claim_and_a_revocation_at_once_exactly_one_wins(either):
    proposal = await either.propose()
    card = await either.card(SUPPORT, proposal)
    await either.click("U0BOB", SUPPORT, card, "reject")
    await either.modal_saying("U0BOB", "Reason")
    await either.click("U0ALICE", SUPPORT, card, "approve")

    async def claim():
        path = f"/v1/proposals/{proposal['id']}/claim"
        async with either.agent.post(path, json={"digest": proposal["digest"]}) as answer:
            return answer.status

    status, _ = await asyncio.gather(claim(), either.slack.submit("U0BOB", {"Reason": "Stop it"}))
    found = await either.status(proposal)
    assert (status, found) in ((200, "claimed"), (409, "revoked"))
    if found == "claimed":
        assert "Stop it" in json.dumps(either.slack.modal("U0BOB"))


async def test_f11_a_click_after_the_deadline_loses_with_the_sweep_off_too(place):
    place.sweep = "off"
    await place.start()
    proposal = await place.propose(expires_in=1)
    card = await place.card(SUPPORT, proposal)
    answer = await place.get(proposal["id"], wait=30)
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    assert place.rows("SELECT status FROM proposals") == [("pending",)]
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert "nobody answered" in await place.told("U0ALICE")
    assert place.count(proposal["id"], "proposal:decided") == 0
    await place.claim(proposal, expect=409)


async def test_f12_without_a_scheduler_readiness_is_red_and_nothing_late_goes_through(place):
    place.sweep = "off"
    await place.start()
    status, body = await place.readiness()
    assert status == 503
    assert "scheduler" in json.dumps(body)
    proposal = await place.propose(expires_in=1)
    card = await place.card(SUPPORT, proposal)
    await place.click("U0BOB", SUPPORT, card, "reject")
    await place.modal_saying("U0BOB", "Reason")
    await place.get(proposal["id"], wait=30)
    await place.slack.submit("U0BOB", {"Reason": "Late"})
    await place.click("U0ALICE", SUPPORT, card, "edit")
    assert await place.told("U0ALICE")
    assert place.slack.modal("U0ALICE") is None
    answer = await place.get(proposal["id"])
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    assert place.count(proposal["id"], "proposal:decided") == 0
