"""F6: 500, HTML body, empty body, `ok: false` of each kind. Retried, or a dead letter with an alert; still expires."""

import os
import signal

import pytest

from tests.town import OPS, SUPPORT, visible_text

REFUSALS = (
    "channel_not_found",
    "is_archived",
    "not_in_channel",
    "msg_too_long",
    "msg_blocks_too_long",
    "invalid_blocks",
    "restricted_action",
    "missing_scope",
    "account_inactive",
    "token_revoked",
    "a_word_nobody_knows",
)


@pytest.mark.parametrize("kind", ["500", "html", "empty", "drop_before"])
async def test_f06_what_is_no_answer_is_tried_again_until_the_card_stands(place, kind):
    await place.start()
    place.slack.faults.add("chat.postMessage", kind)
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.status(proposal) == "approved"
    assert len(place.cards(SUPPORT, proposal["id"])) == 1


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "ratelimited"])
async def test_f06_slack_s_own_troubles_are_tried_again_until_the_card_stands(place, error):
    await place.start()
    place.slack.faults.add("chat.postMessage", "ok_false", error=error)
    await place.slack.until(lambda: place.slack.socket_count)
    proposal = await place.propose()
    await place.slack.until(lambda: place.cards(SUPPORT, proposal["id"]))
    assert place.slack.messages(OPS) == []


async def test_f06_what_slack_refuses_is_told_to_the_operators_and_shows_in_readiness(place):
    await place.start()
    for error in REFUSALS:
        place.slack.faults.add("chat.postMessage", "ok_false", error=error, channel=SUPPORT)
        proposal = await place.propose()
        alerts = await place.slack.until(lambda proposal=proposal: place.cards(OPS, proposal["id"]))
        assert error in visible_text(alerts[0])
        assert place.cards(SUPPORT, proposal["id"]) == []
        assert await place.status(proposal) == "pending"
    status, body = await place.readiness()
    assert status == 200
    assert f"{len(REFUSALS)} deliveries" in str(body["degraded"])


async def test_f06_what_could_not_be_shown_expires_all_the_same(place):
    await place.start()
    place.slack.faults.add("chat.postMessage", "ok_false", error="channel_not_found", channel=SUPPORT)
    proposal = await place.propose(expires_in=1)
    answer = await place.get(proposal["id"], wait=30)
    assert (answer["status"], answer["cause"]) == ("rejected", "expired")


async def test_f06_what_was_given_up_is_posted_after_a_repair_and_a_restart(place):
    await place.start()
    place.slack.faults.add("chat.postMessage", "ok_false", error="not_in_channel", channel=SUPPORT)
    proposal = await place.propose()
    await place.slack.until(lambda: place.cards(OPS, proposal["id"]))
    assert place.cards(SUPPORT, proposal["id"]) == []
    assert await place.bot.end() == 0
    await place.start()
    await place.card(SUPPORT, proposal)
    status, body = await place.readiness()
    assert (status, body.get("degraded") or []) == (200, [])


async def test_f06_what_was_given_up_is_posted_after_a_repair_and_a_reload(place):
    await place.start()
    place.slack.faults.add("chat.postMessage", "ok_false", error="not_in_channel", channel=SUPPORT)
    proposal = await place.propose()
    await place.slack.until(lambda: place.cards(OPS, proposal["id"]))
    os.kill(place.bot.child.pid, signal.SIGHUP)
    await place.card(SUPPORT, proposal)


async def test_f06_a_card_that_was_deleted_in_slack_is_posted_anew_while_it_can_be_decided(place):
    await place.start()
    proposal = await place.propose("refund.create", {"amount": 1500})
    card = await place.card(SUPPORT, proposal)
    finance = await place.card("C0FINANCE", proposal)
    place.slack.faults.add("chat.update", "ok_false", error="message_not_found", channel=SUPPORT)
    await place.click("U0CAROL", "C0FINANCE", finance, "approve")
    await place.slack.until(lambda: len(place.cards(SUPPORT, proposal["id"])) == 2)
    fresh = place.cards(SUPPORT, proposal["id"])[1]
    await place.settled(SUPPORT)
    await place.click("U0ALICE", SUPPORT, card, "approve")
    assert await place.told("U0ALICE")
    assert await place.status(proposal) == "pending"
    await place.click("U0ALICE", SUPPORT, fresh, "approve")
    assert await place.status(proposal) == "approved"
