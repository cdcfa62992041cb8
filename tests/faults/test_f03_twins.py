"""F3 and F7: Slack has done it, and we do not know. At most one card can act; a twin heals on the first click."""

import pytest

from tests.town import SUPPORT, has_button


async def posted_and_killed(place):
    """A proposal whose card stands in Slack and was never recorded; the bot is down."""
    await place.start()
    posting = await place.hangs("hang_after", "chat.postMessage")
    proposal = await place.propose()
    await posting()
    await place.kill()
    (card,) = place.cards(SUPPORT, proposal["id"])
    assert place.rows("SELECT ts FROM messages") == [(None,)]
    return proposal, card


async def test_f03_an_unrecorded_card_is_adopted_by_the_first_click_and_no_second_one_appears(place):
    proposal, card = await posted_and_killed(place)
    await place.start()
    delivery = await place.click("U0ALICE", SUPPORT, card, "approve")
    assert delivery.acknowledged
    assert await place.status(proposal) == "approved"
    await place.kill()
    place.a_minute_passes()
    await place.start()
    updated = await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    assert not has_button(updated, "approve")
    await place.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
    assert [each["ts"] for each in place.slack.messages(SUPPORT)] == [card["ts"]]
    assert ("card:posted", True) in [(tag, facts.get("adopted")) for tag, _, facts in place.kept(proposal["id"])]


async def test_f03_once_another_card_stands_the_twin_does_nothing_and_closes_on_its_first_click(place):
    proposal, twin = await posted_and_killed(place)
    place.a_minute_passes()
    await place.start()
    await place.slack.until(lambda: len(place.cards(SUPPORT, proposal["id"])) == 2)
    card = place.cards(SUPPORT, proposal["id"])[1]
    await place.settled(SUPPORT)
    assert place.rows("SELECT ts FROM messages WHERE subject = ?", proposal["id"]) == [(card["ts"],)]
    await place.click("U0ALICE", SUPPORT, twin, "approve")
    assert await place.told("U0ALICE")
    assert await place.status(proposal) == "pending"
    await place.slack.until(lambda: not has_button(place.cards(SUPPORT, proposal["id"])[0], "approve"))
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.status(proposal) == "approved"


async def test_f03_a_twin_of_what_was_decided_meanwhile_is_closed_or_told_the_truth_by_a_click(place):
    proposal, card = await posted_and_killed(place)
    await place.start()
    await place.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", {"reason": "Not needed"})
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.told("U0ALICE")
    assert await place.status(proposal) == "withdrawn"
    await place.kill()
    place.a_minute_passes()
    await place.start()
    await place.slack.until(lambda: not has_button(place.cards(SUPPORT, proposal["id"])[0], "approve"))


@pytest.mark.parametrize("kind", ["drop_after", "duplicate"])
async def test_f07_of_two_messages_that_slack_made_of_one_card_only_one_acts(place, kind):
    await place.start()
    place.slack.faults.add("chat.postMessage", kind)
    proposal = await place.propose()
    await place.slack.until(lambda: len(place.cards(SUPPORT, proposal["id"])) == 2)
    await place.settled(SUPPORT)
    ((recorded,),) = place.rows("SELECT ts FROM messages WHERE subject = ?", proposal["id"])
    cards = place.cards(SUPPORT, proposal["id"])
    twin = next(each for each in cards if each["ts"] != recorded)
    await place.click("U0ALICE", SUPPORT, twin, "approve")
    assert await place.told("U0ALICE")
    assert await place.status(proposal) == "pending"
    card = next(each for each in cards if each["ts"] == recorded)
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.status(proposal) == "approved"
    await place.slack.until(lambda: not any(has_button(m, "approve") for m in place.cards(SUPPORT, proposal["id"])))


async def test_f07_an_update_that_slack_did_without_answering_is_done_again_on_the_same_card(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    place.slack.faults.add("chat.update", "drop_after")
    await place.click("U0ALICE", SUPPORT, card, "approve")
    await place.calling("chat.update", 2)
    assert [each["ts"] for each in place.slack.messages(SUPPORT)] == [card["ts"]]
    assert not has_button(await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>"), "approve")


async def test_f03_a_card_never_recorded_of_what_is_over_shows_the_truth_after_its_first_click(place):
    proposal, card = await posted_and_killed(place)
    await place.start()
    await place.call("POST", f"/v1/proposals/{proposal['id']}/withdraw", {"reason": "Not needed"})
    await place.kill_and_start()
    await place.settled(SUPPORT)
    assert has_button(place.cards(SUPPORT, proposal["id"])[0], "approve")
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.told("U0ALICE")
    await place.slack.until(lambda: not has_button(place.cards(SUPPORT, proposal["id"])[0], "approve"))
    assert await place.status(proposal) == "withdrawn"
