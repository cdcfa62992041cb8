import asyncio
import time
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from slack_bolt.adapter.aiohttp import to_aiohttp_response, to_bolt_request
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

CARD = [
    {"type": "section", "text": {"type": "mrkdwn", "text": "Refund *120*?"}},
    {
        "type": "actions",
        "elements": [
            {
                "type": "button",
                "action_id": "approve",
                "value": "n1",
                "text": {"type": "plain_text", "text": "Approve"},
            },
            {"type": "button", "action_id": "reject", "text": {"type": "plain_text", "text": "Reject"}},
        ],
    },
]
REASON = {
    "type": "modal",
    "callback_id": "reason",
    "title": {"type": "plain_text", "text": "Reject"},
    "submit": {"type": "plain_text", "text": "Reject"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text", "multiline": True},
        }
    ],
}
HOME = {
    "type": "home",
    "blocks": [{"type": "section", "text": {"type": "plain_text", "text": "Nothing waits for you."}}],
}


def bolt_app(slack, heard):
    app = AsyncApp(client=_client(slack), signing_secret=slack.signing_secret)

    @app.action("approve")
    async def approve(ack, body, client):
        heard.append(body)
        await ack()
        await client.chat_update(channel=body["channel"]["id"], ts=body["message"]["ts"], text="approved")

    @app.action("reject")
    async def reject(ack, body, client):
        await ack()
        await client.views_open(trigger_id=body["trigger_id"], view=REASON)

    @app.view("reason")
    async def reason(ack, body, view):
        said = view["state"]["values"]["why"]["text"]["value"]
        if len(said) < 3:
            await ack(response_action="errors", errors={"why": "Say more."})
        else:
            heard.append(said)
            await ack()

    @app.command("/approvals")
    async def approvals(ack, command):
        heard.append(command["text"])
        await ack("Two wait for you.")

    @app.event("app_home_opened")
    async def home(event, client):
        await client.views_publish(user_id=event["user"], view=HOME)

    return app


def _client(slack):
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url)


@asynccontextmanager
async def over_sockets(slack, app):
    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.until(lambda: slack.socket_count == 1)
    try:
        yield
    finally:
        await handler.close_async()


@asynccontextmanager
async def over_http(slack, app):
    async def events(request):
        return await to_aiohttp_response(await app.async_dispatch(await to_bolt_request(request)))

    server = web.Application()
    server.add_routes([web.post("/slack/events", events)])
    runner = web.AppRunner(server)
    await runner.setup()
    site = web.TCPSite(runner, "127.0.0.1", 0)
    await site.start()
    slack.deliver_to(f"http://127.0.0.1:{runner.addresses[0][1]}/slack/events")
    try:
        yield
    finally:
        await runner.cleanup()


@pytest.fixture(params=[over_sockets, over_http], ids=["sockets", "http"])
async def heard(request, slack, clock):
    slack.workspace.clock = time.time  # bolt checks signatures by the real clock
    heard = []
    async with request.param(slack, bolt_app(slack, heard)):
        yield heard


async def test_a_click_reaches_the_app_and_the_app_changes_the_message(slack, client, heard):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="Refund?", blocks=CARD)
    clicked = await slack.click("U0ALICE", "C0SUPPORT", posted["ts"], "approve")
    assert clicked.acknowledged
    assert clicked.status == 200
    await slack.until(lambda: slack.messages("C0SUPPORT")[0]["text"] == "approved")
    (body,) = heard
    assert body["actions"][0]["value"] == "n1"
    assert body["user"]["id"] == "U0ALICE"
    assert body["message"]["blocks"] == slack.messages("C0SUPPORT")[0]["blocks"]
    assert slack.messages("C0SUPPORT")[0]["edited"]["user"] == slack.bot_user


async def test_a_modal_opens_from_a_click_shows_faults_and_closes_when_they_are_gone(slack, client, heard):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="Refund?", blocks=CARD)
    await slack.click("U0BOB", "C0SUPPORT", posted["ts"], "reject")
    await slack.until(lambda: slack.modal("U0BOB"))
    refused = await slack.submit("U0BOB", {"Reason": "no"})
    assert refused.errors == {"why": "Say more."}
    assert slack.modal("U0BOB")["errors"] == {"why": "Say more."}
    accepted = await slack.submit("U0BOB", {"Reason": "not\r\nours"})
    assert accepted.errors is None
    assert slack.modal("U0BOB") is None
    assert heard == ["not\nours"]


async def test_a_command_is_answered_only_to_the_person_who_typed_it(slack, heard):
    done = await slack.command("U0ALICE", "C0SUPPORT", "/approvals", "role support")
    assert done.acknowledged
    assert heard == ["role support"]
    assert [m["text"] for m in slack.ephemerals("U0ALICE")] == ["Two wait for you."]
    assert slack.ephemerals("U0BOB") == []


async def test_opening_the_home_tab_lets_the_app_publish_it(slack, heard):
    opened = await slack.open_home("U0ALICE")
    assert opened.acknowledged
    home = await slack.until(lambda: slack.home("U0ALICE"))
    assert home["blocks"][0]["text"] == {"type": "plain_text", "text": "Nothing waits for you.", "emoji": True}


async def test_where_an_element_asks_first_only_what_is_confirmed_is_sent(slack, client, heard):
    sure = {key: {"type": "plain_text", "text": key} for key in ("title", "text", "confirm", "deny")}
    row = [{**each, "confirm": sure} for each in CARD[-1]["elements"] if each["type"] == "button"][:1]
    asking = [{"type": "actions", "elements": row}]
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="Refund?", blocks=asking)
    action_id = row[0]["action_id"]
    refrained = await slack.click("U0ALICE", "C0SUPPORT", posted["ts"], action_id, confirm=False)
    assert (refrained.payload, slack.last_payload) == ({}, None)
    sent = await slack.click("U0ALICE", "C0SUPPORT", posted["ts"], action_id, confirm=True)
    assert sent.payload["actions"][0]["action_id"] == action_id
    plainly = await client.chat_postMessage(channel="C0SUPPORT", text="Refund?", blocks=CARD)
    with pytest.raises(LookupError, match="does not ask"):
        await slack.click("U0ALICE", "C0SUPPORT", plainly["ts"], action_id, confirm=True)


async def test_a_click_nobody_acknowledges_is_shown_to_the_person_as_a_failure(slack, client):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="Refund?", blocks=CARD)
    lost = await slack.click("U0ALICE", "C0SUPPORT", posted["ts"], "approve")
    assert not lost.acknowledged
    assert lost.failure == "dispatch_failed"
    assert slack.notices("U0ALICE") == ["This app did not respond. Try again."]


async def test_until_gives_up_after_its_timeout(slack):
    with pytest.raises(asyncio.TimeoutError):
        await slack.until(lambda: False, timeout=0.01)
