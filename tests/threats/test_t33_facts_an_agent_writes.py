"""T33: what an agent did by itself is no fact of the past. The facts themselves: tests/journeys/test_facts."""

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT

NEW = """when: ["payload.amount > 100.0"], first_time: [payload.to], reason: Nobody was ever paid there}"""
PAYING = (
    POLICY.replace('"db.*"]', '"db.*", "pay.*", "look.*", "gift.*"]')
    + f"""\
  - {{id: payments-run, action: "pay.*", tier: auto}}
  - {{id: new-receiver, action: "pay.*", tier: approve, role: finance, {NEW}
  - {{id: looked-at, action: "look.*", tier: watch, role: support}}
  - {{id: new-to-look-at, action: "look.*", tier: approve, role: support, {NEW}
  - {{id: gifts, action: "gift.*", tier: approve, role: support, remember_approval: {{may_differ: [payload.to], for: 1h, max: 9}}}}
  - {{id: new-gift, action: "gift.*", tier: approve, role: finance, {NEW}
"""
)
SMALL, LARGE = {"to": "DE02", "amount": 1.5}, {"to": "DE02", "amount": 5000.5}


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=PAYING) as town, town.serving():
        yield town


@pytest.mark.parametrize(
    ("action", "channel", "reviewer"), [("pay.send", FINANCE, "U0CAROL"), ("look.send", SUPPORT, "U0ALICE")]
)
async def test_t33_a_small_one_that_ran_by_itself_makes_the_next_no_less_new(town, action, channel, reviewer):
    small = await town.propose(action, SMALL)
    assert small["status"] == "approved"
    await town.claim(small)
    await town.report(small)
    large, card = await town.proposed(action, LARGE, channel=channel)
    assert large["status"] == "pending"
    await town.click(reviewer, channel, card, "approve")
    assert await town.status(large) == "approved"
    assert (await town.propose(action, LARGE))["status"] == "approved", "what a person approved is known"


async def test_t33_what_a_standing_approval_let_through_is_as_new_as_before(town):
    _, card = await town.proposed("gift.send", {**SMALL, "to": "DE01"})
    await town.click("U0ALICE", SUPPORT, card, "approve_next")
    small = await town.propose("gift.send", SMALL)
    assert small["cause"] == "remembered_approval"
    await town.claim(small)
    await town.report(small)
    large, _ = await town.proposed("gift.send", LARGE, channel=FINANCE)
    assert large["status"] == "pending"
