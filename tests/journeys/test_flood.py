"""Flood: what an agent proposes faster than cards can be posted is summed up on one card, and opened from there."""

import asyncio

import pytest

from tests.journeys.deep import called, later
from tests.town import SUPPORT, has_button, open_town, visible_text


async def flood(town, count=30, own=10, action="email.send"):
    """So many at once, while Slack takes nothing; those beyond the first ten are the more urgent ones."""
    town.slack.faults.add("chat.postMessage", "429", channel=SUPPORT, retry_after=3)
    mails = [{"to": f"{number}@example.com"} for number in range(count)]  # no two are the same
    first = [await town.propose(action, mail, expires_in=1800) for mail in mails[:own]]
    return first, [await town.propose(action, mail, expires_in=900) for mail in mails[own:]]


async def summary(town, saying):
    """The summary, once it says so."""

    def found():
        return [
            m for m in town.slack.messages(SUPPORT) if "many requests" in visible_text(m) and saying in visible_text(m)
        ]

    await town.slack.until(found)
    (card,) = found()
    return card


async def opened(town, user, card, proposal_id):
    """The review of one, from the list behind the flood."""
    await town.click(user, SUPPORT, card, "flood_review")
    await town.modal_saying(user, "Nothing is decided on this list")
    await town.slack.click_modal(user, "open_review", value=proposal_id)
    return await town.modal_saying(user, "unchecked")


async def test_thirty_at_once_are_ten_cards_and_one_flood_and_another_agent_does_not_wait_behind_them(town):
    own, more = await flood(town)
    other = await town.propose(session=town.other)
    card = await summary(town, "20 requests of")
    assert "20 \u00d7 email.send" in visible_text(card)
    assert ", else rejected" in visible_text(card)
    assert called(card) == {"U0ALICE", "U0BOB", "U0OWEN"}
    await town.slack.until(lambda: len(town.slack.messages(SUPPORT)) == 12)
    assert [len(town.cards(SUPPORT, each["id"])) for each in (*own, other)] == [1] * 11
    assert {each["id"] for each in more if town.cards(SUPPORT, each["id"])} == {more[0]["id"]}, "the flood's lead"


async def test_one_is_opened_and_approved_from_the_flood_and_its_agent_and_the_count_know(town):
    _, more = await flood(town, 30)
    waits = asyncio.create_task(town.get(more[3]["id"], wait=30))
    card = await summary(town, "20 requests of")
    review = await opened(town, "U0ALICE", card, more[3]["id"])
    assert not has_button(review, "edit")
    await town.slack.click_modal("U0ALICE", "approve")
    assert (await waits)["status"] == "approved"
    card = await summary(town, "19 requests of")
    assert not town.slack.messages(SUPPORT, thread_ts=card["ts"])
    assert (await town.claim(more[3]))["payload"] == more[3]["payload"]


@pytest.mark.both_modes
async def test_the_list_is_turned_page_by_page(town):
    _, more = await flood(town, 20)
    card = await summary(town, "10 requests of")
    await town.click("U0ALICE", SUPPORT, card, "flood_review")
    first = await town.modal_saying("U0ALICE", "Page 1 of 2")
    await town.slack.click_modal("U0ALICE", "flood_next")
    second = await town.modal_saying("U0ALICE", "Page 2 of 2")
    on = [[each["id"] for each in more if each["id"] in str(view)] for view in (first, second)]
    assert [len(each) for each in on] == [8, 2]
    assert set(on[0]) | set(on[1]) == {each["id"] for each in more}
    await town.slack.click_modal("U0ALICE", "flood_back")
    await town.modal_saying("U0ALICE", "Page 1 of 2")


async def test_the_last_that_is_decided_closes_the_summary(town):
    _, more = await flood(town, 12)
    card = await summary(town, "2 requests of")
    for each, left in zip(more, ("1 request of", "waits here any more"), strict=True):
        await opened(town, "U0BOB", card, each["id"])
        await town.slack.click_modal("U0BOB", "reject")
        await town.modal_saying("U0BOB", "Reason")
        await town.slack.submit("U0BOB", {"Reason": "Not now"})
        while town.slack.modal("U0BOB"):
            await town.slack.close_modal("U0BOB")
        assert (await town.get(each["id"]))["reason"] == "Not now"
        card = await summary(town, left)
    assert not has_button(card, "flood_review")


async def test_who_is_asked_only_by_what_joined_later_is_called_below_the_flood_and_once(town):
    _, more = await flood(town, 13)
    card = await summary(town, "3 requests of")
    await town.slack.until(lambda: len(town.slack.messages(SUPPORT)) > 1)  # so all of the first is noted
    on = await town.bot.store.floods.of(more[0]["id"], SUPPORT, town.clock.now())
    assert on.called == ("U0ALICE", "U0BOB", "U0OWEN")
    await town.bot.store.floods.calls(on, ["U0BOB"])
    for each, left in ((more[0], "2 requests of"), (more[1], "1 request of")):
        await opened(town, "U0ALICE", card, each["id"])
        await town.slack.click_modal("U0ALICE", "approve")
        await summary(town, left)
        while town.slack.modal("U0ALICE"):
            await town.slack.close_modal("U0ALICE")
    await town.slack.until(lambda: town.slack.messages(SUPPORT, thread_ts=card["ts"]))
    assert [line["text"] for line in town.slack.messages(SUPPORT, thread_ts=card["ts"])] == [
        ":bell: Please decide: <@U0ALICE> <@U0OWEN>"
    ]


async def test_reminders_of_what_is_on_a_flood_are_one_below_it(deep):
    await flood(deep, 13, action="slow.send")
    card = await summary(deep, "3 requests of")
    await later(deep, minutes=10)
    line = await deep.thread_saying(SUPPORT, card["ts"], "3 requests still wait here")
    assert line["text"].endswith(": <@U0ALICE> <@U0BOB>"), "and never the owner"
    assert [each["ts"] for each in deep.slack.messages(SUPPORT, thread_ts=card["ts"])] == [line["ts"]]


async def test_a_stranger_sees_nothing_of_it_and_another_message_is_no_summary(town):
    own, more = await flood(town, 12)
    card = await summary(town, "2 requests of")
    await town.click("U0STRAY", SUPPORT, card, "flood_review")
    view = await town.modal_saying("U0STRAY", "yours to see")
    assert more[0]["id"] not in str(view)
    await town.slack.until(lambda: town.cards(SUPPORT, own[0]["id"]))
    await town.click("U0ALICE", SUPPORT, card, "flood_review")
    await town.modal_saying("U0ALICE", "Nothing is decided on this list")
    forged = town.slack.last_payload
    forged["container"]["message_ts"] = town.cards(SUPPORT, own[0]["id"])[0]["ts"]
    forged["message"]["ts"] = forged["container"]["message_ts"]
    before = len(town.slack.modals("U0ALICE"))
    await town.slack.deliver(forged)
    await town.told("U0ALICE")
    assert len(town.slack.modals("U0ALICE")) == before


async def test_after_a_restart_the_flood_opens_and_the_next_of_the_flood_joins_it(tmp_path):
    async with open_town(tmp_path) as town:
        async with town.serving():
            await flood(town, 12)
        async with town.serving():
            card = await summary(town, "2 requests of")
            await town.click("U0ALICE", SUPPORT, card, "flood_review")
            await town.modal_saying("U0ALICE", "Nothing is decided on this list")
