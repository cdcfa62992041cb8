"""T32: nothing an agent says of itself lets anybody approve who could not without it. Over all sets of people:
tests/policy/test_sets_of_people.
"""

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT

OWNERS = "C0OWNERS"
CLAIMING = (
    POLICY.replace(
        "agents:\n",
        "  owners: {channel: C0OWNERS, members: [U0CAROL, U0OWEN], backup: support}\n"
        "  grouped: {channel: C0OWNERS, groups: [S0OWNERS], backup: support}\n"
        "agents:\n",
        1,
    ).replace('"db.*"]', '"db.*", "own.*", "both.*", "group.*", "odd.*"]')
    + """\
  - {id: owned, action: "own.*", tier: approve, role: owners}
  - {id: owned-by-two, action: "both.*", tier: approve, role: owners, approvals: 2}
  - {id: grouped, action: "group.*", tier: approve, role: grouped}
  - {id: unsure, action: "odd.*", when: ["confidence < 0.5"], tier: approve, role: finance}
"""
)


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=CLAIMING) as town:
        town.slack.add_channel(OWNERS, "owners", members=["U0CAROL", "U0OWEN", "U0ALICE"], is_private=True)
        town.slack.add_group("S0OWNERS", "owners", users=["U0OWEN"])
        async with town.serving():
            yield town


async def test_t32_whom_it_says_it_acts_for_brings_no_backup_in(town):
    proposal, card = await town.proposed("own.send", channel=OWNERS)
    await town.click("U0ALICE", OWNERS, card, "approve")
    assert await town.refused(proposal, 1) == ["not-your-role"]
    claimed = await town.propose("own.send", on_behalf_of="U0CAROL")
    assert (claimed["status"], claimed["cause"]) == ("rejected", "quorum_unreachable")
    assert "owners lacks 1" in claimed["message"]
    assert town.slack.messages(SUPPORT) == []


async def test_t32_in_a_gate_of_two_stand_ins_fill_one_place_alone(town):
    proposal, _ = await town.proposed("both.send", channel=OWNERS)
    theirs = await town.card(SUPPORT, proposal)
    for user in ("U0ALICE", "U0BOB"):
        await town.click(user, SUPPORT, theirs, "approve")
    assert await town.status(proposal) == "pending", "Carol could still sit"
    await town.click("U0CAROL", OWNERS, await town.card(OWNERS, proposal), "approve")
    assert await town.status(proposal) == "approved"
    claimed = await town.propose("both.send", {"again": True}, on_behalf_of="U0CAROL")
    assert claimed["cause"] == "quorum_unreachable"


async def test_t32_a_group_of_the_owner_alone_gets_the_backup_and_one_with_others_does_not_by_a_claim(town):
    proposal, card = await town.proposed("group.send")
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert await town.status(proposal) == "approved"


async def test_t32_a_group_that_cannot_be_looked_up_brings_nobody_in(town):
    town.slack.faults.add("usergroups.users.list", "500", times=9)
    proposal, card = await town.proposed("group.send", channel=OWNERS)
    await town.click("U0ALICE", OWNERS, card, "approve")
    assert await town.refused(proposal, 1) == ["unverified"]
    assert await town.status(proposal) == "pending"
    assert town.slack.messages(SUPPORT) == []


async def test_t32_a_rule_that_listens_to_the_agent_takes_no_place_of_the_default(town):
    proposal, _ = await town.proposed("odd.send", confidence=0.1)
    await town.click("U0CAROL", FINANCE, await town.card(FINANCE, proposal), "approve")
    assert await town.status(proposal) == "pending", "without the claim support alone is asked"
    await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, proposal), "approve")
    assert await town.status(proposal) == "approved"
