"""T26: the log of the real process holds ids and digests; nothing that an agent, a person or a forger wrote."""

import asyncio
import json
import time

import pytest

from sandbox.deliver import encode
from tests.faults.premises import premises
from tests.threats.ground import FORM
from tests.town import FINANCE, SUPPORT

SECRET = "HUNTER2MARKER"


def nothing_of_it(place):
    """Every line of every process so far, without the marker; how many lines there are."""
    said = [line for process in place.started for line in process.said]
    found = [line for line in said if SECRET.lower() in line.lower()]
    assert not found, found
    return len(said)


async def edited(place, user, channel, card, values, closing):
    await place.click(user, channel, card, "edit")
    await place.modal_saying(user, "note")
    await place.slack.submit(user, values)
    await place.modal_saying(user, closing)


@pytest.mark.parametrize("mode", ["socket", "http"])
async def test_t26_a_whole_journey_with_its_refusals_and_troubles_leaves_no_word_of_it_in_the_log(tmp_path, mode):
    async with premises(tmp_path, mode) as place:
        await place.start()
        place.slack.faults.add("chat.postMessage", "ok_false", error="internal_error")
        said = {
            "payload": {"amount": 1500, "note": SECRET, SECRET: SECRET},
            "reasoning": SECRET,
            "summary": SECRET,
            "context": [{"title": SECRET, "text": SECRET, "url": f"https://{SECRET}.example"}],
            "preview": {"kind": "text", "text": SECRET},
            "rollback_plan": SECRET,
            "preconditions": [SECRET],
            "signals": {"seen": SECRET},
            "run_id": SECRET,
            "tool_call_id": SECRET,
            "key": SECRET,
        }
        proposal = await place.propose("refund.create", **said)
        card = await place.card(FINANCE, proposal)
        await place.propose("refund.create", **{**said, "reasoning": f"{SECRET} two"}, expect=422)
        await place.propose("refund.create", SECRET, expect=422)
        await place.propose("refund.create", {"amount": 1}, reasoning=5, expect=422)
        await place.claim({**proposal, "digest": SECRET}, expect=409)
        await place.claim(proposal, claimant=f"{SECRET}-of-an-attempt", expect=409)
        await place.call("GET", f"/v1/proposals/{SECRET}", expect=404)
        place.slack.faults.add("users.info", "500")
        await place.click("U0CAROL", FINANCE, card, "approve")
        await place.told("U0CAROL")
        place.slack.faults.add("views.open", "ok_false", error="invalid_arguments")
        await place.click("U0CAROL", FINANCE, card, "edit")
        await place.calling("views.open")
        await edited(place, "U0CAROL", FINANCE, card, {"note": f"{SECRET} edited"}, "Approve with changes")
        await place.slack.submit("U0CAROL")
        support = await place.card(SUPPORT, proposal)
        support = await place.card_saying(SUPPORT, support["ts"], f"{SECRET} edited")
        payload = await clicked(place, "U0ALICE", SUPPORT, support)
        payload["message"]["blocks"].append({"type": "section", "text": {"type": "mrkdwn", "text": SECRET}})
        payload["actions"].append(SECRET)
        payload["view"] = SECRET
        await place.slack.deliver(payload, "interactive")
        await place.modal_saying("U0ALICE", "Reason")
        await place.slack.close_modal("U0ALICE")  # else the reason typed below could be for this one
        payload["actions"][0] = {"action_id": SECRET, "value": SECRET}
        await place.slack.deliver(payload, "interactive")
        await place.slack.deliver({**payload, "team": {"id": SECRET}}, "interactive")
        await place.slack.command("U0ALICE", SUPPORT, "/approvals", f"show {SECRET}")
        other = await place.propose("email.send", {"to": SECRET})
        mail = await place.card(SUPPORT, other)
        await place.click("U0ALICE", SUPPORT, mail, "reject")
        await place.modal_saying("U0ALICE", "Reason")
        await place.slack.submit("U0ALICE", {"Reason": SECRET})
        await place.thread_saying(SUPPORT, mail["ts"], SECRET)
        third = await place.propose("email.send", {"to": f"{SECRET} again"})
        mail = await place.card(SUPPORT, third)
        await place.click("U0ALICE", SUPPORT, mail, "approve")
        await place.claim(third)
        await place.report(third, "failed", detail=SECRET, verification=SECRET)
        await place.thread_saying(SUPPORT, mail["ts"], SECRET)
        assert await place.bot.end() == 0
        assert nothing_of_it(place) > 2


async def clicked(place, user, channel, card):
    """The payload of a click that did not arrive."""
    address, place.slack.deliverer.address = place.slack.deliverer.address, "http://127.0.0.1:9/nobody"
    await place.click(user, channel, card, "reject")
    place.slack.deliverer.address = address
    return place.slack.last_payload


async def test_t26_what_a_forger_sends_is_not_repeated_in_the_log(tmp_path):
    async with premises(tmp_path, "http") as place:
        await place.start()
        body, _ = encode("interactive", {"type": "block_actions", "user": {"id": SECRET}, "actions": [SECRET]})
        signed = {**place.slack.sign(body, int(time.time())), "Content-Type": FORM}
        for sent, headers in (
            (body, {"Content-Type": FORM}),
            (body, {**signed, "X-Slack-Signature": SECRET}),
            (body, {**signed, "X-Slack-Request-Timestamp": SECRET}),
            (body, {**signed, "Content-Encoding": SECRET}),
            (body + b"\xff", signed),
            (body, signed),
            (
                SECRET.encode(),
                {**place.slack.sign(SECRET.encode(), int(time.time())), "Content-Type": "application/json"},
            ),
        ):
            async with place.agent.post("/slack/events", data=sent, headers=headers) as answer:
                assert answer.status in (200, 401)
                assert SECRET not in await answer.text()
        for line in (
            f"{SECRET} / HTTP/1.1\r\n\r\n",
            f"GET /{SECRET} HTTP/9.{SECRET}\r\n\r\n",
            f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{SECRET}\r\n\r\n",
            f"POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: {SECRET}\r\n\r\n",
            f"POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n{SECRET}\r\n",
        ):
            await spoken(place, line)
        async with place.agent.get("/v1/proposals", headers={"Authorization": f"Bearer {SECRET}"}) as answer:
            assert answer.status == 401
        assert await place.bot.end() == 0
        assert nothing_of_it(place) > 1


async def spoken(place, text):
    """Says something to the port that may be no HTTP, and hangs up."""
    port = int(place.bot.url.rpartition(":")[2])
    reader, writer = await asyncio.open_connection("127.0.0.1", port)
    writer.write(text.encode())
    await writer.drain()
    await asyncio.wait_for(reader.read(2000), 5)
    writer.close()


async def test_t26_no_token_or_secret_is_in_the_log_or_in_the_parked_troubles(tmp_path):
    async with premises(tmp_path, "http") as place:
        await place.start()
        place.slack.faults.add("chat.postMessage", "ok_false", error="not_in_channel", channel=SUPPORT)
        proposal = await place.propose("email.send", {"to": SECRET})
        await place.slack.until(lambda: place.cards("C0OPS", proposal["id"]))
        status, ready = await place.readiness()
        assert (status, ready["status"]) == (200, "degraded")
        assert SECRET not in json.dumps(ready)
        assert SECRET not in json.dumps(place.slack.messages("C0OPS"))
        assert await place.bot.end() == 0
        said = "".join(line for process in place.started for line in process.said)
        for secret in (place.slack.bot_token, place.slack.signing_secret, place.environ()["SHOP_TOKEN"]):
            assert secret not in said
        assert nothing_of_it(place) > 1
