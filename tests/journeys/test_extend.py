"""Extend: a reviewer asks for more time, as far as the policy goes."""

from datetime import timedelta

from approvals.events import instant
from tests.journeys.deep import later
from tests.making import START
from tests.town import SUPPORT, has_button, visible_text


def menu(card):
    return [
        option["text"]["text"]
        for block in card["blocks"]
        for element in (*block.get("elements", ()), block.get("accessory", {}))
        for option in element.get("options", ())
    ]


async def test_more_time_moves_the_deadline_as_far_as_the_policy_goes_and_then_is_gone_from_the_menu(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    assert menu(card) == ["Details", "More time", "Hand over"]
    await deep.click("U0ALICE", SUPPORT, card, "more", selected="More time")
    answer = await deep.get(proposal["id"])
    assert answer["expires_at"] == instant(START + timedelta(minutes=90))
    line = await deep.thread_saying(SUPPORT, card["ts"], "<@U0ALICE> asked for more time")
    assert "2026-11-20 11:45 UTC" in visible_text(line)
    updated = await deep.card_saying(SUPPORT, card["ts"], "until <!date^1795175100^")
    assert menu(updated) == ["Details", "Hand over"]
    await deep.click("U0BOB", SUPPORT, card, "more", selected="More time", seen=card)
    assert "no later deadline" in await deep.told("U0BOB")
    await later(deep, minutes=61)
    await deep.click("U0BOB", SUPPORT, updated, "approve")
    assert (await deep.get(proposal["id"]))["status"] == "approved"


async def test_more_time_is_time_in_which_people_are_there_and_the_card_and_the_agent_see_the_same_moments(deep):
    proposal = await deep.propose("day.send", {"to": "mira@example.com"})  # at 11:15 on a Friday in Berlin
    assert proposal["expires_at"] == "2026-11-23T08:15:00.000Z"
    assert proposal["gate"]["remind_at"] == ["2026-11-20T10:45:00.000Z", "2026-11-23T08:05:00.000Z"]
    card = await deep.card(SUPPORT, proposal)
    assert "2026-11-23 08:15 UTC" in visible_text(card)
    await deep.click("U0ALICE", SUPPORT, card, "more", selected="Details")
    seen = visible_text(await deep.modal_saying("U0ALICE", "Reminder"))
    for moment in ("2026-11-20 10:45 UTC", "2026-11-23 08:05 UTC", "2026-11-23 08:15 UTC"):
        assert moment in seen
    await deep.slack.close_modal("U0ALICE")
    await deep.click("U0ALICE", SUPPORT, card, "ask")
    assert "With more time it waits until" in (form := visible_text(await deep.modal_saying("U0ALICE", "Question")))
    assert "2026-11-23 09:15 UTC" in form
    await deep.click("U0ALICE", SUPPORT, card, "more", selected="More time")
    assert (await deep.get(proposal["id"]))["expires_at"] == "2026-11-23T09:15:00.000Z"
    updated = await deep.card_saying(SUPPORT, card["ts"], "2026-11-23 09:15 UTC")
    assert "More time" not in menu(updated)
    await later(deep, days=2)
    assert (await deep.get(proposal["id"]))["status"] == "pending"
    await later(deep, hours=23)
    assert (await deep.get(proposal["id"]))["cause"] == "expired"


async def test_an_agent_that_asks_for_longer_gets_what_the_policy_gives(deep):
    for wish, ends in ((7200, "23T08:15"), (None, "23T08:15"), (3000, "23T08:05"), (1800, "20T10:45")):
        said = {} if wish is None else {"expires_in": wish}
        proposal = await deep.propose("day.send", {"to": "mira@example.com", "wish": wish}, **said)
        assert proposal["expires_at"] == f"2026-11-{ends}:00.000Z"


async def test_the_owner_and_strangers_get_no_more_time(deep):
    proposal = await deep.propose("slow.send", {"to": "mira@example.com"})
    card = await deep.card(SUPPORT, proposal)
    for user, said in (("U0OWEN", "somebody else has to"), ("U0CAROL", "people in *support*")):
        await deep.click(user, SUPPORT, card, "more", selected="More time")
        assert said in await deep.told(user)
    assert (await deep.get(proposal["id"]))["expires_at"] == proposal["expires_at"]
    refused = [each for each in await deep.entries(proposal["id"]) if each.tag == "proposal:refused"]
    assert all('"extend"' in each.facts for each in refused)
    assert len(refused) == 2


async def test_where_the_policy_names_no_limit_there_is_no_more_time(deep):
    card = await deep.card(SUPPORT, await deep.propose())
    assert menu(card) == ["Details", "Hand over"]


async def test_from_a_list_more_time_says_until_when(deep):
    await deep.propose("slow.send", {"to": "mira@example.com"})
    await deep.slack.command("U0ALICE", SUPPORT, "/approvals", "")
    await deep.slack.click_ephemeral("U0ALICE", -1, "open_review")
    assert has_button(await deep.modal_saying("U0ALICE", "unchecked"), "more")
    await deep.slack.click_modal("U0ALICE", "more", selected="More time")
    await deep.modal_saying("U0ALICE", "There is time until")
