"""kill -9 at any moment, then start: nothing pending is lost, what fell due is rejected, old cards still work."""

import asyncio
import os
import signal

import pytest

from tests.faults.premises import FROM_NOTHING
from tests.town import SUPPORT


async def test_after_a_kill_what_waited_waits_what_fell_due_is_rejected_and_old_cards_still_work(place):
    place.command = FROM_NOTHING
    await place.start()
    waiting, short, granted = [
        await place.propose(f"email.{name}", **more)
        for name, more in (("one", {}), ("two", {"expires_in": 2}), ("three", {}))
    ]
    cards = {}
    for each in (short, waiting, granted):
        cards[each["id"]] = (await place.slack.until(lambda each=each: place.cards(SUPPORT, each["id"])))[0]
    await place.click("U0ALICE", SUPPORT, cards[granted["id"]], "approve")
    await place.kill_and_start()
    answer = await place.get(short["id"], wait=30)
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")
    assert [await place.status(each) for each in (waiting, granted)] == ["pending", "approved"]
    await place.card_saying(SUPPORT, cards[short["id"]]["ts"], "nobody answered in time")
    await place.click("U0ALICE", SUPPORT, cards[waiting["id"]], "approve")
    assert await place.status(waiting) == "approved"
    assert (await place.claim(granted))["payload"] == granted["payload"]
    assert [len(place.cards(SUPPORT, each["id"])) for each in (waiting, short, granted)] == [1, 1, 1]


@pytest.mark.parametrize("kind", ["hang", "hang_after"])
@pytest.mark.parametrize("method", ["chat.update", "chat.postMessage"])
async def test_killed_while_it_tells_of_a_decision_the_decision_stands_and_the_card_catches_up(place, method, kind):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    await place.settled(SUPPORT)
    telling = await place.hangs(kind, method)
    await place.click("U0ALICE", SUPPORT, card, "approve")
    await telling()
    await place.kill_and_start()
    assert await place.status(proposal) == "approved"
    await place.card_saying(SUPPORT, card["ts"], "by <@U0ALICE>")
    await place.thread_saying(SUPPORT, card["ts"], "<@U0ALICE>")
    assert place.count(proposal["id"], "proposal:decided") == 1


async def test_killed_before_it_knew_who_clicked_the_click_does_not_count_and_the_card_still_works(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    looking = await place.hangs("hang", "users.info")
    clicking = asyncio.create_task(place.click("U0ALICE", SUPPORT, card, "approve"))
    await looking()
    await place.kill()
    assert not (await clicking).acknowledged
    await place.start()
    assert await place.status(proposal) == "pending"
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.status(proposal) == "approved"


async def test_killed_while_it_opened_a_form_nothing_is_decided_and_the_form_still_works(place):
    await place.start()
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    opening = await place.hangs("hang_after", "views.open")
    clicking = asyncio.create_task(place.click("U0ALICE", SUPPORT, card, "reject"))
    await opening()
    await place.kill()
    await clicking
    await place.start()
    assert await place.status(proposal) == "pending"
    await place.slack.submit("U0ALICE", {"Reason": "Typed before the kill"})
    answer = await place.get(proposal["id"])
    assert (answer["status"], answer["reason"]) == ("rejected", "Typed before the kill")


async def test_a_peer_that_went_away_while_it_is_written_to_does_not_end_the_bot(place):
    await place.start()
    os.kill(place.bot.child.pid, signal.SIGPIPE)
    assert (await place.readiness())[0] == 200
    assert place.bot.child.returncode is None


async def test_a_bot_whose_log_nobody_reads_any_more_goes_on(place):
    await place.start()
    place.bot.child.stderr._transport.close()
    for times in (2, 3):
        os.kill(place.bot.child.pid, signal.SIGHUP)
        while [tag for tag, _, _ in place.kept()].count("policy:loaded") < times:
            assert (await place.readiness())[0] == 200


async def test_f04_after_a_kill_a_claimed_proposal_is_never_given_again_but_to_its_claimant(place):
    await place.start()
    proposal = await place.propose("search.orders", {"query": "48213"})
    await place.claim(proposal, claimant="a-word-of-this-attempt-0123456789")
    await place.kill_and_start()
    await place.claim(proposal, expect=409)
    again = await place.claim(proposal, claimant="a-word-of-this-attempt-0123456789")
    assert again["status"] == "claimed"
    assert place.count(proposal["id"], "proposal:claimed") == 1
