"""Fatigue: who decided a lot in a short time types a value of what is grave or lets others go first, and is told why."""

import pytest

from tests.making import Clock
from tests.threats.test_t42_tired import HOST, POLITE, TIRING, WANTED
from tests.town import SUPPORT, open_town, visible_text

BREAK = "look at something else for a while"


@pytest.fixture
async def town(mode, tmp_path):
    async with open_town(tmp_path, mode, policy=TIRING) as town, town.serving():
        yield town


async def decide(town, verb="approve", user="U0ALICE"):
    proposal = await town.propose("email.send", {"to": "mira@example.com"})
    card = await town.card(SUPPORT, proposal)
    await town.click(user, SUPPORT, card, verb)
    if verb == "reject":
        await town.form_saying(user, "Reason")
        await town.slack.submit(user, {"Reason": "No"})
    await town.card_saying(SUPPORT, card["ts"], {"approve": "Approved:", "reject": "Rejected"}[verb])


def told(town, user="U0ALICE"):
    return [visible_text(each) for each in town.slack.ephemerals(user)]


@pytest.mark.both_modes
async def test_after_so_many_decisions_what_is_grave_takes_a_value_and_what_is_not_a_click(town):
    await decide(town)
    await decide(town, "reject")
    proposal = await town.propose("wipe.disk", HOST)
    card = await town.card(SUPPORT, proposal)
    await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
    view = await town.modal_saying("U0ALICE", WANTED)
    assert "that is not doubt in you, it happens to everybody" in visible_text(view)
    await town.slack.submit("U0ALICE", {WANTED: "db1"})
    assert town.slack.modal("U0ALICE") is None
    assert (await town.get(proposal["id"]))["status"] == "approved"
    await decide(town)


async def test_what_the_form_asked_for_it_takes_also_when_the_time_is_over_meanwhile(tmp_path):
    clock = Clock()
    async with open_town(tmp_path, policy=TIRING, clock=clock) as town, town.serving():
        await decide(town)
        await decide(town)
        proposal = await town.propose("wipe.disk", HOST)
        await town.click("U0ALICE", SUPPORT, await town.card(SUPPORT, proposal), "approve", confirm=True)
        await town.form_saying("U0ALICE", WANTED)
        clock.forward(minutes=11)
        await town.slack.submit("U0ALICE", {WANTED: "db2"})
        assert town.slack.modal("U0ALICE")["errors"] == {"word.0": "Type exactly db1"}
        assert (await town.get(proposal["id"]))["status"] == "pending"
        await town.slack.submit("U0ALICE", {WANTED: "db1"})
        assert (await town.get(proposal["id"]))["status"] == "approved"


async def test_a_break_is_suggested_once_to_the_person_alone(town):
    await decide(town)
    assert told(town) == []
    await decide(town)
    assert BREAK in await town.told("U0ALICE")
    await decide(town)
    await decide(town, "reject")
    assert [BREAK in each for each in told(town)] == [True]
    assert told(town, "U0BOB") == []
    assert not any(BREAK in visible_text(each) for each in town.slack.messages(SUPPORT))


async def test_others_are_told_nothing_and_come_first_until_half_of_the_time_is_over(tmp_path):
    clock = Clock()
    policy = POLITE.replace("within: 10m", "within: 1d")
    async with open_town(tmp_path, policy=policy, clock=clock) as town, town.serving():
        await decide(town)
        await decide(town)
        proposal = await town.propose("wipe.disk", HOST)
        card = await town.card(SUPPORT, proposal)
        await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
        said = await town.told("U0ALICE", 2)
        assert "somebody else of the role comes first" in said
        assert "you can always reject it" in said
        clock.forward(minutes=30)
        await town.click("U0ALICE", SUPPORT, card, "approve", confirm=True)
        await town.modal_saying("U0ALICE", WANTED)
        await town.slack.submit("U0ALICE", {WANTED: "db1"})
        assert (await town.get(proposal["id"]))["status"] == "approved"
