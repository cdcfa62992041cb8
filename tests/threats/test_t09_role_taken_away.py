"""T9: a role taken away between card and click is gone within 60 seconds; the proof of a role is in the entry."""

import json

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT


def looked_up(town, method):
    return len([each for each in town.slack.calls if each.method == method])


async def test_t09_who_left_the_group_decides_for_no_more_than_sixty_seconds(tmp_path):
    now = [0.0]
    async with ground(tmp_path, monotonic=lambda: now[0]) as town, town.serving():
        first, card = await town.proposed("refund.create", {"amount": 150}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "approve")
        assert await town.status(first) == "approved"
        town.slack.change_group("S0FINANCE", [])
        now[0] = 59.9
        within, card = await town.proposed("refund.create", {"amount": 151}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "approve")
        assert await town.status(within) == "approved"
        assert looked_up(town, "usergroups.users.list") == 1
        now[0] = 60.0
        after, card = await town.proposed("refund.create", {"amount": 152}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "approve")
        assert "you are not among them" in await town.told("U0ERIN")
        assert await town.status(after) == "pending"


async def test_t09_asking_again_does_not_keep_an_old_answer_young(tmp_path):
    now = [0.0]
    async with ground(tmp_path, monotonic=lambda: now[0]) as town, town.serving():
        proposal, card = await town.proposed("refund.create", {"amount": 1500}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "approve")
        town.slack.change_user("U0ERIN", deleted=True)
        for second in (20, 40, 59):
            now[0] = second
            await town.click("U0ERIN", FINANCE, card, "approve", seen=card)
        now[0] = 60
        await town.click("U0ERIN", FINANCE, card, "approve", seen=card)
        assert await town.slugs(proposal) == ["already-decided"] * 3 + ["not-eligible"]


async def test_t09_a_look_up_that_fails_is_not_answered_from_an_older_one(tmp_path):
    now = [0.0]
    async with ground(tmp_path, monotonic=lambda: now[0]) as town, town.serving():
        first, card = await town.proposed("refund.create", {"amount": 150}, channel=FINANCE)
        await town.click("U0ERIN", FINANCE, card, "approve")
        now[0] = 61
        second, card = await town.proposed("refund.create", {"amount": 151}, channel=FINANCE)
        town.slack.faults.add("usergroups.users.list", "500")
        await town.click("U0ERIN", FINANCE, card, "approve")
        assert "could not be looked up" in await town.told("U0ERIN")
        assert (await town.status(first), await town.status(second)) == ("approved", "pending")


async def test_t09_the_entry_holds_how_the_role_was_known(town):
    proposal, card = await town.proposed("refund.create", {"amount": 1500}, channel=FINANCE)
    await town.click("U0ERIN", FINANCE, card, "approve")
    await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, proposal), "approve")
    decided = [each for each in await town.entries(proposal["id"]) if each.tag == "proposal:decided"]
    assert [(each.actor_id, json.loads(each.actor_proof)) for each in decided] == [
        ("U0ERIN", ["finance: group S0FINANCE"]),
        ("U0ALICE", ["support: member"]),
    ]


async def test_t09_who_is_taken_out_of_the_policy_cannot_use_the_card_they_still_see(tmp_path):
    async with ground(tmp_path) as town:
        async with town.serving():
            proposal, card = await town.proposed()
        town.policy = POLICY.replace("members: [U0ALICE, U0BOB, U0OWEN]", "members: [U0BOB, U0OWEN]")
        async with town.serving():
            await town.click("U0ALICE", SUPPORT, card, "approve")
            assert "you are not among them" in await town.told("U0ALICE")
            assert await town.status(proposal) == "pending"
