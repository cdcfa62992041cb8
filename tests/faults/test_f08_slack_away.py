"""F8: Slack is away for an hour. What is proposed is kept and nothing is approved; then cards come for what still waits."""

import pytest

from tests.journeys.deep import later
from tests.making import Clock
from tests.town import POLICY, SUPPORT, open_town


@pytest.fixture
async def town(tmp_path):
    policy = POLICY.replace("expires_in: 1h", "expires_in: 2h")
    async with open_town(tmp_path, "http", policy=policy, clock=Clock()) as town, town.serving():
        yield town


async def attempts(town, count):
    """Returns once so many cards were tried in vain."""
    await town.slack.until(
        lambda: len([call for call in town.slack.calls if call.method == "chat.postMessage"]) >= count
    )


async def test_f08_after_an_hour_without_slack_what_still_waits_gets_one_card_and_what_is_over_none(town):
    town.slack.faults.add("chat.postMessage", "500", times=10_000)
    waits = await town.propose(payload={"to": "waits"})
    brief = await town.propose(payload={"to": "brief"}, expires_in=600)
    withdrawn = await town.propose(payload={"to": "withdrawn"})
    await attempts(town, 3)
    await town.call("POST", f"/v1/proposals/{withdrawn['id']}/withdraw", {"reason": "The order was cancelled."})
    await later(town, hours=1)
    answers = [await town.get(proposal["id"]) for proposal in (waits, brief, withdrawn)]
    assert [(answer["status"], answer["cause"]) for answer in answers] == [
        ("pending", None),
        ("rejected", "expired"),
        ("withdrawn", "agent"),
    ]
    town.slack.faults.clear()
    await later(town, minutes=5)
    await town.card(SUPPORT, await town.propose(payload={"to": "last"}))
    card = await town.card(SUPPORT, waits)
    await town.click("U0ALICE", SUPPORT, card, "approve")
    assert (await town.get(waits["id"]))["status"] == "approved"
    assert [len(town.cards(SUPPORT, proposal["id"])) for proposal in (waits, brief, withdrawn)] == [1, 0, 0]
