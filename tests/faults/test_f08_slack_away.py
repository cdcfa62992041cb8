"""F8: Slack is away for an hour. What is proposed is kept and nothing is approved; then cards come for what still waits."""

from datetime import timedelta

import pytest

from bot.clock import SystemClock
from tests.journeys.deep import later
from tests.making import Clock
from tests.tally import injected
from tests.town import POLICY, SUPPORT, open_town

HOUR, STEP, WAITS = 3600, 300, 1800


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
    """An agent asks every five minutes, for half an hour each time."""
    place, shift = shifting
    place.clock = Clock(SystemClock().now() + timedelta(seconds=HOUR))  # by which what is left is judged
    for method in ("apps.connections.open", "chat.postMessage", "chat.update"):
        place.slack.faults.add(method, "500", times=10_000)
    place.slack.drop_sockets()
    await place.slack.until(lambda: place.slack.socket_count == 0)
    made = []
    for number in range(HOUR // STEP):
        shift(number * STEP)
        made.append(await place.propose("email.wait", {"to": f"{number}@example.com"}, expires_in=WAITS))
        await place.claim(made[-1], expect=409)
    await place.calling("chat.postMessage", len(made))
    shift(HOUR)
    status, said = await place.readiness()
    assert status == 200
    assert "Slack is out of reach" in str(said["degraded"])
    async with place.agent.get("/metrics") as answer:
        told = dict(line.rsplit(" ", 1) for line in (await answer.text()).splitlines() if "signoff_outbox" in line)
    assert float(told['signoff_outbox{state="waiting"}']) > 0
    answers = [await place.get(each["id"]) for each in made]
    over = [each for each, answer in zip(made, answers, strict=True) if answer["status"] != "pending"]
    waits = [each for each in made if each not in over]
    assert {(answer["status"], answer["cause"]) for answer in answers} == {("pending", None), ("rejected", "expired")}
    assert len(over) == (HOUR - WAITS) // STEP + 1
    assert not place.slack.messages(SUPPORT)
    place.slack.faults.clear()
    for each in waits:
        await place.card(SUPPORT, each)
    await place.card(SUPPORT, await place.propose("email.last"))
    assert [len(place.cards(SUPPORT, each["id"])) for each in made] == [0] * len(over) + [1] * len(waits)
    assert not [tag for tag, _, _ in place.kept() if tag == "proposal:approved"]
    note = f"{len(made)} accepted, none approved, {len(over)} over and without a card, {len(waits)} with one on return"
    injected(record_property, "F8 Slack away for an hour", "sqlite", 1, note)
