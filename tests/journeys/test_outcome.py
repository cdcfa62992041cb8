"""Outcome: what came of it stands on the card and below it, and what went wrong calls those who approved it, once."""

import asyncio

import pytest

from tests.journeys.deep import DEEP, called, later
from tests.journeys.test_flood import flood, opened, summary
from tests.making import Clock
from tests.patience import PATIENCE
from tests.town import FINANCE, OPS, SUPPORT, open_town, visible_text


@pytest.fixture
async def asleep(mode, tmp_path):
    """The deep town before its bot is started."""
    async with open_town(tmp_path, mode, policy=DEEP, clock=Clock()) as town:
        yield town


LOOK = "Please look, since you let it run"


async def claimed(town, action="email.send", payload=None, *, by=(("U0ALICE", SUPPORT),), **more):
    proposal = await town.propose(action, payload, **more)
    cards = {}
    for user, channel in by:
        cards[channel] = await town.card(channel, proposal)
        await town.click(user, channel, cards[channel], "approve")
    assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
    await town.claim(proposal)
    return proposal, cards


def calls(town, channel, text=LOOK):
    """Messages in the channel and below its cards that call for a look."""
    threads = [m["ts"] for m in town.slack.messages(channel)]
    below = [m for ts in threads for m in town.slack.messages(channel, thread_ts=ts)]
    return [m for m in [*town.slack.messages(channel), *below] if text in visible_text(m)]


async def test_card_and_thread_tell_every_step_with_detail_and_verification(deep):
    proposal, cards = await claimed(deep)
    card = cards[SUPPORT]
    await deep.thread_saying(SUPPORT, card["ts"], "The agent took it to run it")
    await deep.report(proposal, detail="250 *queued*", verification="read it in the *outbox*")
    for found in (
        await deep.card_saying(SUPPORT, card["ts"], "read it in the *outbox*"),
        await deep.thread_saying(SUPPORT, card["ts"], "read it in the *outbox*"),
    ):
        assert "*Succeeded*, the agent reports" in visible_text(found)
        assert "250 *queued*" in visible_text(found)
    assert calls(deep, SUPPORT) == []


@pytest.mark.parametrize("status", ["failed", "unknown"])
async def test_what_failed_calls_exactly_those_who_approved_it_below_the_card_of_their_role(deep, status):
    proposal, cards = await claimed(
        deep, "refund.create", {"amount": 2000}, by=(("U0ALICE", SUPPORT), ("U0DAVE", FINANCE))
    )
    for channel, card in cards.items():
        await deep.thread_saying(channel, card["ts"], "The agent took it to run it")
    await deep.report(proposal, status, detail="card declined")
    for user, channel in (("U0ALICE", SUPPORT), ("U0DAVE", FINANCE)):
        line = await deep.thread_saying(channel, cards[channel]["ts"], LOOK)
        assert "card declined" in visible_text(line)
        assert called(line) == {user}
        assert visible_text(line).count(f"<@{user}>") == 1
        assert line["text"].count(f"<@{user}>") == 1


async def test_what_is_overdue_calls_once_also_after_a_restart_and_a_late_report_calls_nobody(asleep):
    async with asleep.serving():
        proposal, cards = await claimed(asleep)
        ts = cards[SUPPORT]["ts"]
        await asleep.thread_saying(SUPPORT, ts, "The agent took it to run it")
        await later(asleep, hours=1)
        line = await asleep.thread_saying(SUPPORT, ts, "*Overdue:*")
        assert called(line) == {"U0ALICE"}
    asleep.clock.forward(hours=1)
    async with asleep.serving():
        await asleep.report(proposal)
        await asleep.thread_saying(SUPPORT, ts, "*Succeeded*")
    assert len(calls(asleep, SUPPORT)) == 1
    assert calls(asleep, OPS, "*Overdue:*") == []


async def test_a_post_that_slack_refuses_for_now_is_sent_again_and_calls_once(town):
    proposal, cards = await claimed(town)
    await town.thread_saying(SUPPORT, cards[SUPPORT]["ts"], "The agent took it to run it")
    town.slack.faults.add("chat.postMessage", "429", channel=SUPPORT, retry_after=1, times=1)
    await town.report(proposal, "failed")
    await town.thread_saying(SUPPORT, cards[SUPPORT]["ts"], LOOK)
    assert town.slack.faults.pending == 0
    assert len(calls(town, SUPPORT)) == 1


async def test_an_undo_that_failed_calls_whoever_asked_for_it_where_nobody_had_approved(deep):
    proposal = await deep.propose("note.add", {"text": "Mornings"})
    card = await deep.card(SUPPORT, proposal)
    await deep.claim(proposal)
    card = await deep.card_saying(SUPPORT, card["ts"], "Running")
    await deep.click("U0BOB", SUPPORT, card, "object")
    await deep.modal_saying("U0BOB", "Reason")
    await deep.slack.submit("U0BOB", {"Reason": "Wrong customer"})
    await deep.thread_saying(SUPPORT, card["ts"], "*objects:*")
    await deep.call("POST", f"/v1/proposals/{proposal['id']}/rollback", {"status": "failed", "detail": "no such note"})
    line = await deep.thread_saying(SUPPORT, card["ts"], "*Rollback failed*")
    assert "no such note" in visible_text(line)
    assert called(line) == {"U0BOB"}


async def test_what_ran_by_itself_and_is_overdue_is_told_to_the_operators_once_and_a_failure_to_nobody(asleep):
    async with asleep.serving():
        failing = await asleep.propose("search.web", {}, claim=True)
        await asleep.report(failing, "failed")
        proposal = await asleep.propose("search.web", {}, claim=True)
        await later(asleep, hours=1)
        await asleep.slack.until(lambda: calls(asleep, OPS, "*Overdue:*"))
        async with asyncio.timeout(PATIENCE):
            while await asleep.bot.store.outbox.next_due():  # it is noted that this one is out
                await asleep.call("GET", "/healthz")
    (notice,) = calls(asleep, OPS, "*Overdue:*")
    assert proposal["id"] in notice["text"]
    assert "search.web" in notice["text"]
    async with asleep.serving():
        second = await asleep.propose("search.web", {}, claim=True)
        await later(asleep, hours=1)
        await asleep.slack.until(lambda: len(calls(asleep, OPS, "*Overdue:*")) > 1)
    assert [
        each["id"] in text["text"]
        for each, text in zip((proposal, second), calls(asleep, OPS, "*Overdue:*"), strict=True)
    ] == [True, True]
    assert calls(asleep, SUPPORT) == []


async def test_below_a_flood_what_went_wrong_is_told_by_name_and_nothing_else(town):
    _, more = await flood(town)
    card = await summary(town, "20 requests of")
    for proposal in more[3:5]:
        await opened(town, "U0ALICE", card, proposal["id"])
        await town.slack.click_modal("U0ALICE", "approve")
        assert (await town.get(proposal["id"], wait=5))["status"] == "approved"
        await town.slack.close_modal("U0ALICE")
        await town.slack.close_modal("U0ALICE")
        await town.claim(proposal)
    await town.report(more[4])
    await town.report(more[3], "failed", detail="no such address")
    await town.slack.until(lambda: calls(town, SUPPORT))
    (line,) = calls(town, SUPPORT)
    assert line["thread_ts"] == card["ts"]
    assert more[3]["id"] in visible_text(line)
    assert "no such address" in visible_text(line)
    assert called(line) == {"U0ALICE"}
    assert len(town.slack.messages(SUPPORT, thread_ts=card["ts"])) == len([line])
