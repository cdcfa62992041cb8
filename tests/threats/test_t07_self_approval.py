"""T7: nobody approves or edits their own, whoever they are besides; they may always reject and revoke."""

import asyncio

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT

BOTH = POLICY.replace("members: [U0CAROL, U0DAVE]", "members: [U0ALICE, U0CAROL, U0OWEN]")
"""Alice and Owen are in both roles."""


@pytest.fixture
async def small(tmp_path):
    async with ground(tmp_path, policy=BOTH) as town, town.serving():
        yield town


@pytest.mark.parametrize(("user", "more"), [("U0OWEN", {}), ("U0BOB", {"on_behalf_of": "U0BOB"})])
async def test_t07_owner_and_beneficiary_neither_approve_nor_edit_but_may_reject(either, user, more):
    proposal, card = await either.proposed(**more)
    for count, action in enumerate(("approve", "edit"), 1):
        await either.click(user, SUPPORT, card, action)
        assert "somebody else has to approve or edit this" in await either.told(user, count)
    assert await either.slugs(proposal) == ["own-proposal", "own-proposal"]
    assert await either.count(proposal, "proposal:decided") == 0
    await either.click(user, SUPPORT, card, "reject")
    await either.modal_saying(user, "Reason")
    await either.slack.submit(user, {"Reason": "Not now."})
    assert await either.status(proposal) == "rejected"


async def test_t07_an_owner_outside_the_role_may_revoke_what_others_approved(town):
    proposal, card = await town.proposed("refund.create", {"amount": 150}, channel=FINANCE)
    await town.click("U0CAROL", FINANCE, card, "approve")
    card = await town.card_saying(FINANCE, card["ts"], "by <@U0CAROL>")
    await town.click("U0OWEN", FINANCE, card, "more", selected="Revoke")
    await town.modal_saying("U0OWEN", "Reason")
    await town.slack.submit("U0OWEN", {"Reason": "My agent is confused."})
    assert await town.status(proposal) == "revoked"


async def test_t07_an_owner_in_both_roles_of_a_gate_fills_no_place_through_the_form_of_an_edit_either(small):
    proposal, card = await small.proposed("refund.create", {"amount": 1500, "note": "n"}, channel=FINANCE)
    payload = await small.made("U0ALICE", FINANCE, card, "edit")
    payload["user"] |= {"id": "U0OWEN", "username": "owen", "name": "owen"}
    await small.slack.deliver(payload, "interactive")
    assert await small.told("U0OWEN")
    assert (await small.get(proposal["id"]))["revision"] == 1


async def test_t07_the_exclusion_holds_where_the_decision_is_made_not_where_the_form_was_opened(tmp_path):
    policy = POLICY.replace("    owner: U0OWEN", "    owner: U0ERIN", 1)
    async with ground(tmp_path, policy=policy) as town:
        async with town.serving():
            proposal, card = await town.proposed()
            await town.click("U0ALICE", SUPPORT, card, "edit")
            await town.modal_saying("U0ALICE", "subject")
            await town.slack.submit("U0ALICE", {"subject": "Mine now"})
            await town.modal_saying("U0ALICE", "Mine now")
        town.policy = POLICY.replace("    owner: U0OWEN", "    owner: U0ALICE", 1)
        async with town.serving():
            answer = await town.slack.submit("U0ALICE")
            assert answer.acknowledged
            answer = await town.get(proposal["id"])
            assert (answer["status"], answer["revision"], answer["decisions"]) == ("pending", 1, [])
            fresh = await town.card_saying(SUPPORT, card["ts"], "Approval needed")
            await town.click("U0ALICE", SUPPORT, fresh, "approve")
            assert await town.status(proposal) == "pending"


async def test_t07_one_person_in_both_roles_fills_one_place_by_clicks_by_edits_and_both_at_once(small):
    proposal, finance = await small.proposed("refund.create", {"amount": 1500, "note": "n"}, channel=FINANCE)
    support = await small.card(SUPPORT, proposal)
    await asyncio.gather(
        small.click("U0ALICE", FINANCE, finance, "approve"), small.click("U0ALICE", SUPPORT, support, "approve")
    )
    assert await small.status(proposal) == "pending"
    await small.click("U0ALICE", FINANCE, finance, "edit", seen=finance)
    await small.modal_saying("U0ALICE", "amount")
    await small.slack.submit("U0ALICE", {"amount": "1400"})
    await small.modal_saying("U0ALICE", "1400")
    await small.slack.submit("U0ALICE")
    fresh = await small.card_saying(SUPPORT, support["ts"], "1400")
    await small.click("U0ALICE", SUPPORT, fresh, "approve")
    answer = await small.get(proposal["id"])
    assert (answer["status"], answer["revision"]) == ("pending", 2)
    assert [each["reviewer"] for each in answer["decisions"]] == ["U0ALICE", "U0ALICE"], "one for each revision"
    await small.click("U0BOB", SUPPORT, fresh, "approve")
    assert await small.status(proposal) == "approved"


async def test_t07_the_operators_have_no_exception(tmp_path):
    policy = POLICY.replace("ops: {channel: C0OPS, members: [U0OWEN]}", "ops: {channel: C0OPS, members: [U0ERIN]}")
    async with ground(tmp_path, policy=policy) as town, town.serving():
        proposal, card = await town.proposed()
        await town.click("U0ERIN", SUPPORT, card, "approve")
        assert "you are not among them" in await town.told("U0ERIN")
        assert await town.status(proposal) == "pending"
