"""T35: a place is given away by who holds it, and stand-ins fill what is missing, whatever is clicked.

The plain ways: tests/journeys/test_hand_over, test_escalate.
"""

import pytest

from tests.making import Clock
from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT

INTERNS, BOSS = "C0INTERNS", "C0BOSS"
BOTH = {"amount": 1500, "note": "three parcels"}
GIVEN = (
    POLICY.replace(
        "agents:\n",
        "  interns: {channel: C0INTERNS, members: [U0ERIN, U0STRAY]}\n"
        "  boss: {channel: C0BOSS, members: [U0BORIS, U0STRAY]}\n"
        "agents:\n",
        1,
    ).replace('"db.*"]', '"db.*", "slow.*", "two.*"]')
    + """\
  - {id: money, action: "slow.*", tier: approve, role: finance}
  - {id: anything-slow, action: "slow.*", tier: approve, role: support, escalate: {after: 10m, to: boss}}
  - {id: two, action: "two.*", tier: approve, role: support, approvals: 2}
"""
)


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=GIVEN, clock=Clock()) as town:
        town.slack.add_user("U0BORIS", "Boris")
        for channel, name in ((INTERNS, "interns"), (BOSS, "boss")):
            town.slack.add_channel(channel, name, members=["U0ERIN", "U0STRAY", "U0BORIS"], is_private=True)
        async with town.serving():
            yield town


async def hand_over(town, user, channel, card, role):
    await town.click(user, channel, card, "more", selected="Hand over")
    await town.modal_saying(user, "Role")
    await town.slack.submit(user, {"Role": role})


async def test_t35_one_reviewer_gives_away_no_place_of_another_role(town):
    proposal, card = await town.proposed("refund.create", BOTH)
    await hand_over(town, "U0ALICE", SUPPORT, card, "interns")
    theirs = await town.card(INTERNS, proposal)
    await town.click("U0STRAY", INTERNS, theirs, "approve")
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert await town.status(proposal) == "pending", "nobody of finance said anything"
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "approve")
    assert await town.status(proposal) == "approved"
    made = (await town.get(proposal["id"]))["decisions"]
    assert [each["reviewer"] for each in made] == ["U0STRAY", "U0CAROL"], "the place that Bob could fill was taken"


async def test_t35_one_hand_over_is_one_place_of_two(town):
    proposal, card = await town.proposed("two.send")
    await hand_over(town, "U0ALICE", SUPPORT, card, "interns")
    theirs = await town.card(INTERNS, proposal)
    for channel, shown, user in ((INTERNS, theirs, "U0ERIN"), (INTERNS, theirs, "U0STRAY"), (SUPPORT, card, "U0ALICE")):
        await town.click(user, channel, shown, "approve")
    assert await town.status(proposal) == "pending", "Alice's place is one, whoever sits in it"
    await town.click("U0BOB", SUPPORT, card, "approve")
    assert await town.status(proposal) == "approved"


async def test_t35_who_took_a_place_gives_it_to_nobody_else(town):
    proposal, card = await town.proposed("two.send")
    await hand_over(town, "U0ALICE", SUPPORT, card, "interns")
    theirs = await town.card(INTERNS, proposal)
    await town.click("U0ERIN", INTERNS, theirs, "more", selected="Hand over")
    assert "You decide this in somebody else's place" in await town.told("U0ERIN")
    assert town.slack.messages(BOSS) == []
    assert await town.slugs(proposal) == ["not-your-place"]


async def test_t35_a_step_of_one_rule_fills_no_place_that_another_asks_for(town):
    proposal, _ = await town.proposed("slow.pay")
    town.clock.forward(minutes=11)
    await town.bot.lifecycle.sweep()
    theirs = await town.card(BOSS, proposal)
    for user in ("U0BORIS", "U0STRAY"):
        await town.click(user, BOSS, theirs, "approve")
    assert await town.status(proposal) == "pending", "nobody of finance said anything"
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "approve")
    assert await town.status(proposal) == "approved", "one of boss sits for support"
