"""T44: an agent spends more than a budget lets it: by many at once, by what cannot be read, by what it reports, by edits."""

import asyncio

import pytest

from tests.threats.ground import ground
from tests.town import FINANCE, POLICY, SUPPORT, visible_text

DAILY = "budget: {sum: payload.amount, window: 1d, over: 100}"
SPENDING = (
    POLICY.replace('"db.*"]', '"db.*", "pay.*", "cap.*", "fee.*"]')
    + f"""\
  - {{id: payments-run, action: "pay.*", tier: auto}}
  - {{id: payments-a-day, action: "pay.*", tier: approve, role: finance, {DAILY}, reason: Much for a day}}
  - {{id: caps-run, action: "cap.*", tier: auto}}
  - {{id: caps-a-day, action: "cap.*", tier: block, {DAILY}}}
  - {{id: fees, action: "fee.*", tier: approve, role: support}}
  - {{id: fees-a-day, action: "fee.*", tier: approve, role: finance, {DAILY}}}
"""
)


@pytest.fixture
async def town(tmp_path):
    async with ground(tmp_path, policy=SPENDING) as town, town.serving():
        yield town


async def test_t44_of_many_at_once_as_many_run_as_the_budget_lets_and_no_more(town):
    made = await asyncio.gather(*(town.propose("cap.send", {"amount": 9, "n": number}) for number in range(40)))
    ran = [each for each in made if each["status"] == "approved"]
    assert len(ran) == 11
    assert {each["cause"] for each in made if each not in ran} == {"blocked"}
    assert (await town.propose("cap.send", {"amount": 1}))["status"] == "approved"
    assert (await town.propose("cap.send", {"amount": 0.01}))["cause"] == "blocked"


async def test_t44_the_card_says_what_counts_and_what_it_would_be_with_this(town):
    await town.propose("pay.send", {"amount": 80})
    _, card = await town.proposed("pay.send", {"amount": 20.5}, channel=FINANCE)
    assert "80 of 100 in 24 hours; with this 100.5." in visible_text(card)


@pytest.mark.parametrize("amount", [None, "1", -1, -0.0001, True, [], {"amount": 1}], ids=str)
async def test_t44_an_amount_that_cannot_be_read_is_asked_and_so_is_all_that_follows_while_it_may_run(town, amount):
    assert (await town.propose("cap.send", {"amount": amount}))["cause"] == "blocked"
    unread, card = await town.proposed("pay.send", {"amount": amount}, channel=FINANCE)
    assert "It counts as true" in visible_text(card)
    assert unread["status"] == "pending"
    assert (await town.propose("pay.send", {"amount": 1}))["status"] == "pending"


async def test_t44_what_an_agent_says_of_itself_makes_no_room(town):
    for _ in range(5):
        paid = await town.propose("cap.send", {"amount": 20})
        await town.claim(paid)
        await town.report(paid, "failed")
    assert (await town.propose("cap.send", {"amount": 1}))["cause"] == "blocked"


async def test_t44_an_edit_over_the_budget_needs_whom_the_budget_asks(town):
    await town.propose("fee.send", {"amount": 60})
    proposal, card = await town.proposed("fee.send", {"amount": 30}, channel=SUPPORT)
    assert proposal["gate"]["roles"] == ["support"]
    await town.click("U0ALICE", SUPPORT, card, "edit")
    await town.modal_saying("U0ALICE", "amount")
    await town.slack.submit("U0ALICE", {"amount": "90"})
    await town.modal_saying("U0ALICE", "90")
    await town.slack.submit("U0ALICE")
    await town.card(FINANCE, proposal)
    assert await town.status(proposal) == "pending"
    edited = await town.get(proposal["id"])
    assert edited["gate"]["roles"] == ["finance", "support"]
    assert "60 of 100 in 24 hours; with this 150." in [each["value"] for each in edited["gate"]["facts"]]
