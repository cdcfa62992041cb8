"""F8: Slack is away for an hour. What is proposed is kept and nothing is approved; then cards come for what still waits."""

import pytest

from tests.journeys.deep import later
from tests.making import Clock
from tests.tally import injected
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


async def test_f08_a_process_without_slack_for_an_hour_approves_nothing_says_so_and_catches_up(
    shifting, record_property
):
    place, shift = shifting
    for method in ("chat.postMessage", "chat.update"):
        place.slack.faults.add(method, "500", times=10_000)
    waits = await place.propose("email.waits")
    brief = await place.propose("email.brief", expires_in=600)
    await place.calling("chat.postMessage")
    shift(3500)
    answers = [await place.get(each["id"]) for each in (waits, brief)]
    assert [(each["status"], each["cause"]) for each in answers] == [("pending", None), ("rejected", "expired")]
    await place.claim(waits, expect=409)
    place.slack.faults.clear()
    await place.card(SUPPORT, waits)
    await place.card(SUPPORT, await place.propose("email.last"))
    assert [len(place.cards(SUPPORT, each["id"])) for each in (waits, brief)] == [1, 0]
    injected(record_property, "F8 Slack away for an hour", "sqlite", 1)
