import asyncio
import json
from urllib.parse import parse_qs

import pytest
from aiohttp import web
from slack_sdk.signature import SignatureVerifier
from slack_sdk.webhook.async_client import AsyncWebhookClient

CARD = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "value": "n1", "text": {"type": "plain_text", "text": "Go"}},
            {
                "type": "overflow",
                "action_id": "more",
                "options": [{"text": {"type": "plain_text", "text": "Details"}, "value": "details"}],
            },
        ],
    }
]


@pytest.fixture
async def card(client):
    return (await client.chat_postMessage(channel="C0SUPPORT", text="card", blocks=CARD))["ts"]


def sent(app, index=-1):
    return json.loads(parse_qs(app.requests[index][1].decode())["payload"][0])


class FixedClock:
    def __init__(self, clock):
        self.now = clock


async def test_every_delivery_is_signed_as_slack_signs(slack, app, card, clock):
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    await slack.open_home("U0ALICE")
    verifier = SignatureVerifier(slack.signing_secret, FixedClock(clock))
    assert len(app.requests) == 3
    for headers, body in app.requests:
        assert verifier.is_valid_request(body, headers)
        assert not verifier.is_valid_request(body + b" ", headers)


async def test_a_click_carries_the_keys_slack_sends(slack, app, card):
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    told = sent(app)
    assert told.keys() == {
        "type", "user", "api_app_id", "token", "container", "trigger_id", "team", "enterprise",
        "is_enterprise_install", "channel", "message", "state", "response_url", "actions",
    }  # fmt: skip
    assert told["team"] == {"id": slack.team_id, "domain": "sandbox"}
    assert told["user"] == {"id": "U0ALICE", "username": "alice", "name": "alice", "team_id": slack.team_id}
    assert told["container"] == {
        "type": "message", "message_ts": card, "channel_id": "C0SUPPORT", "is_ephemeral": False,
    }  # fmt: skip
    assert told["message"] == slack.messages("C0SUPPORT")[0]
    action = told["actions"][0]
    assert action.pop("action_ts")
    assert action == {
        "type": "button", "action_id": "go", "block_id": "row", "value": "n1",
        "text": {"type": "plain_text", "text": "Go", "emoji": True},
    }  # fmt: skip


async def test_a_menu_sends_what_was_picked(slack, app, card):
    await slack.click("U0ALICE", "C0SUPPORT", card, "more", selected="Details")
    action = sent(app)["actions"][0]
    assert action["type"] == "overflow"
    assert action["selected_option"]["value"] == "details"


async def test_a_button_that_is_not_there_cannot_be_pressed(slack, app, card):
    with pytest.raises(LookupError, match=r"nothing to press called 'gone' here; there is \['go', 'more'\]"):
        await slack.click("U0ALICE", "C0SUPPORT", card, "gone")
    with pytest.raises(LookupError):
        await slack.click("U0ALICE", "C0SUPPORT", card, "go", value="another nonce")
    assert app.requests == []


async def test_a_screen_that_has_not_heard_of_a_change_sends_what_it_shows(slack, app, card, client):
    (seen,) = slack.messages("C0SUPPORT")
    await client.chat_update(channel="C0SUPPORT", ts=card, text="done", blocks=[])
    await slack.click("U0ALICE", "C0SUPPORT", card, "go", seen=seen)
    assert sent(app)["message"] == seen


async def test_an_ephemeral_click_comes_without_the_message(slack, app, client):
    await client.chat_postEphemeral(channel="C0SUPPORT", user="U0ALICE", text="x", blocks=CARD)
    await slack.click_ephemeral("U0ALICE", 0, "go")
    told = sent(app)
    assert told["container"]["is_ephemeral"] is True
    assert "message" not in told


async def test_someone_outside_a_private_channel_cannot_click_in_it(slack, app, client, card):
    slack.add_user("U0EVE", "Eve")
    slack.change_channel("C0SUPPORT", is_private=True)
    with pytest.raises(LookupError):
        await slack.click("U0EVE", "C0SUPPORT", card, "go")


async def test_a_command_is_sent_as_a_form_with_mentions_escaped(slack, app):
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals", "of @bob in #support for @nobody")
    headers, body = app.requests[0]
    told = {key: value[0] for key, value in parse_qs(body.decode()).items()}
    assert headers["Content-Type"] == "application/x-www-form-urlencoded"
    assert told["text"] == "of <@U0BOB|bob> in <#C0SUPPORT|support> for @nobody"
    assert told["command"] == "/approvals"
    assert told["is_enterprise_install"] == "false"
    assert told["trigger_id"] in slack.workspace.triggers


async def test_an_unknown_command_goes_nowhere(slack, app):
    with pytest.raises(LookupError, match="/nonsense is not a valid command"):
        await slack.command("U0ALICE", "C0SUPPORT", "/nonsense")
    assert app.requests == []


async def test_the_answer_to_a_command_is_shown_as_it_says(slack, app):
    app.body = {"response_type": "in_channel", "text": "for all"}
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    app.body = {"text": "for you", "blocks": CARD}
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    assert [m["text"] for m in slack.messages("C0SUPPORT")] == ["for all"]
    assert [m["text"] for m in slack.ephemerals("U0ALICE")] == ["for you"]


async def test_a_command_that_fails_tells_the_person_so(slack, app):
    app.status = 500
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    assert slack.notices("U0ALICE") == ['/approvals failed with the error "app_http_error"']


async def test_who_does_not_answer_in_time_has_not_acknowledged(slack, card):
    released = asyncio.Event()

    async def slow(request):
        await released.wait()
        return web.Response()

    server = web.Application()
    server.add_routes([web.post("/", slow)])
    runner = web.AppRunner(server)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/")
    slack.ack_seconds = 0.05
    answer = await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    released.set()
    await runner.cleanup()
    assert not answer.acknowledged
    assert answer.failure == "operation_timeout"
    assert answer.seconds >= 0.05
    assert slack.notices("U0ALICE") == ["This app did not respond. Try again."]


async def test_by_default_an_app_has_three_seconds(slack):
    assert slack.ack_seconds == 3.0


async def test_one_click_can_be_delivered_several_times(slack, app, card):
    thrice = await slack.click("U0ALICE", "C0SUPPORT", card, "go", deliveries=3)
    assert [answer.acknowledged for answer in (thrice, *thrice.repeats)] == [True, True, True]
    slack.faults.add("interactive", kind="duplicate")
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    assert len(app.requests) == 5
    assert sent(app, 0) == sent(app, 1) == sent(app, 2)
    assert sent(app, 3) == sent(app, 4) != sent(app, 0)


async def test_the_last_payload_can_be_replayed_and_forged(slack, app, card):
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    forged = {**slack.last_payload, "team": {"id": "T0OTHER", "domain": "other"}}
    await slack.deliver(slack.last_payload)
    await slack.deliver(forged)
    assert sent(app, 1) == sent(app, 0)
    assert sent(app, 2)["team"]["id"] == "T0OTHER"


async def test_an_unacknowledged_event_is_sent_again_with_its_number_and_reason(slack, app):
    app.status = 500
    answer = await slack.open_home("U0ALICE")
    assert not answer.acknowledged
    await slack.until(lambda: len(app.requests) == 2)
    first, again = app.requests
    assert again[1] == first[1]
    assert "X-Slack-Retry-Num" not in first[0]
    assert again[0]["X-Slack-Retry-Num"] == "1"
    assert again[0]["X-Slack-Retry-Reason"] == "http_error"


async def test_a_click_is_never_sent_again_by_itself(slack, app, card):
    app.status = 500
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    app.status = 200
    await slack.open_home("U0ALICE")
    assert len(app.requests) == 2


async def test_a_url_is_verified_with_a_challenge(slack, app):
    await slack.deliverer.verify_url("word")
    assert json.loads(app.requests[0][1]) == {
        "token": slack.workspace.verification_token, "challenge": "word", "type": "url_verification",
    }  # fmt: skip


@pytest.fixture
async def response(slack, app, card):
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    return AsyncWebhookClient(sent(app)["response_url"])


async def test_a_response_url_answers_the_person_or_the_channel(slack, response):
    assert (await response.send(text="for you")).body == "ok"
    await response.send(text="for all", response_type="in_channel")
    assert [m["text"] for m in slack.ephemerals("U0ALICE")] == ["for you"]
    assert [m["text"] for m in slack.messages("C0SUPPORT")] == ["card", "for all"]


async def test_a_response_url_replaces_and_deletes_the_message_it_came_with(slack, response):
    await response.send(text="done", replace_original=True)
    (kept,) = slack.messages("C0SUPPORT")
    assert kept["text"] == "done"
    assert "blocks" not in kept
    await response.send(delete_original=True)
    assert slack.messages("C0SUPPORT") == []


async def test_a_response_url_is_good_five_times(slack, response):
    for _ in range(5):
        assert (await response.send(text="x")).status_code == 200
    sixth = await response.send(text="x")
    assert sixth.status_code == 404
    assert json.loads(sixth.body)["error"] == "used_url"
    assert len(slack.ephemerals("U0ALICE")) == 5


async def test_a_response_url_is_good_for_thirty_minutes(slack, response, clock):
    clock.forward(30 * 60)
    assert (await response.send(text="x")).status_code == 200
    clock.forward(1)
    late = await response.send(text="x")
    assert json.loads(late.body)["error"] == "expired_url"
    assert len(slack.ephemerals("U0ALICE")) == 1


async def test_a_response_url_takes_no_invalid_blocks(slack, response):
    wrong = await response.send(text="x", blocks=[{"type": "marquee"}])
    assert wrong.status_code == 400
    assert json.loads(wrong.body)["error"] == "invalid_blocks"
    assert slack.ephemerals("U0ALICE") == []


async def test_a_response_url_replaces_and_deletes_an_ephemeral_message_too(slack, app, client):
    await client.chat_postEphemeral(channel="C0SUPPORT", user="U0ALICE", text="page 1", blocks=CARD)
    await slack.click_ephemeral("U0ALICE", 0, "go")
    response = AsyncWebhookClient(sent(app)["response_url"])
    await response.send(text="page 2", replace_original=True)
    assert [m["text"] for m in slack.ephemerals("U0ALICE")] == ["page 2"]
    await response.send(delete_original=True)
    assert slack.ephemerals("U0ALICE") == []
    gone = await response.send(text="page 3", replace_original=True)
    assert json.loads(gone.body)["error"] == "message_not_found"


async def test_a_response_url_of_a_command_answers_where_it_was_typed(slack, app):
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    address = parse_qs(app.requests[-1][1].decode())["response_url"][0]
    await AsyncWebhookClient(address).send(text="later")
    (shown,) = slack.ephemerals("U0ALICE")
    assert (shown["text"], shown["channel"]) == ("later", "C0SUPPORT")


@pytest.mark.parametrize(("body", "error"), [({"text": ""}, "no_text"), (["x"], "invalid_payload")])
async def test_a_response_that_says_nothing_is_refused(slack, app, card, http, body, error):
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    async with http.post(sent(app)["response_url"], json=body) as answer:
        assert answer.status == 400
        assert (await answer.json())["error"] == error


async def test_a_commands_answer_with_invalid_blocks_is_the_apps_fault(slack, app):
    app.body = {"text": "x", "blocks": [{"type": "marquee"}]}
    await slack.command("U0ALICE", "C0SUPPORT", "/approvals")
    assert slack.ephemerals("U0ALICE") == []
    assert slack.notices("U0ALICE") == ['/approvals failed with the error "invalid_blocks"']


async def test_a_click_in_a_thread_names_the_thread(slack, app, client, card):
    reply = await client.chat_postMessage(channel="C0SUPPORT", text="x", blocks=CARD, thread_ts=card)
    await slack.click("U0ALICE", "C0SUPPORT", reply["ts"], "go")
    assert sent(app)["container"]["thread_ts"] == card


async def test_a_private_channel_stays_unnamed_in_payloads(slack, app, card):
    slack.change_channel("C0SUPPORT", is_private=True)
    await slack.click("U0ALICE", "C0SUPPORT", card, "go")
    assert sent(app)["channel"] == {"id": "C0SUPPORT", "name": "privategroup"}
