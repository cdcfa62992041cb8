import asyncio
import json

import aiohttp
import pytest
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

CARD = [
    {
        "type": "actions",
        "elements": [{"type": "button", "action_id": "go", "text": {"type": "plain_text", "text": "Go"}}],
    }
]


@pytest.fixture
async def card(client):
    return (await client.chat_postMessage(channel="C0SUPPORT", text="card", blocks=CARD))["ts"]


@pytest.fixture
async def connect(slack, http):
    """Opens a bare socket and gives it with its hello."""
    opened = []

    async def one():
        answer = await AsyncWebClient(base_url=slack.api_url).apps_connections_open(app_token=slack.app_token)
        socket = await http.ws_connect(answer["url"])
        opened.append(socket)
        return socket, await socket.receive_json()

    yield one
    for socket in opened:
        await socket.close()


async def test_a_new_socket_hears_how_many_there_are(slack, connect):
    _, first = await connect()
    _, second = await connect()
    assert (first["type"], first["num_connections"], second["num_connections"]) == ("hello", 1, 2)
    assert first["connection_info"] == {"app_id": slack.app_id}
    assert slack.socket_count == 2


async def test_an_address_opens_one_socket_and_no_second(slack, client, http):
    answer = await client.apps_connections_open(app_token=slack.app_token)
    async with http.ws_connect(answer["url"]) as socket:
        await socket.receive_json()
        with pytest.raises(aiohttp.WSServerHandshakeError):
            await http.ws_connect(answer["url"])


async def test_the_eleventh_socket_is_sent_away(slack, connect):
    for _ in range(10):
        await connect()
    _, said = await connect()
    assert said == {"type": "disconnect", "reason": "too_many_websockets"}
    assert slack.socket_count == 10


async def test_a_payload_goes_to_one_socket_only(slack, connect, card):
    sockets = [(await connect())[0] for _ in range(3)]
    clicking = asyncio.create_task(slack.click("U0ALICE", "C0SUPPORT", card, "go"))
    hearing = [asyncio.create_task(socket.receive()) for socket in sockets]
    done, silent = await asyncio.wait(hearing, return_when=asyncio.FIRST_COMPLETED)
    (heard,) = done
    envelope = json.loads(heard.result().data)
    assert envelope.keys() == {"envelope_id", "type", "accepts_response_payload", "payload"}
    assert envelope["type"] == "interactive"
    await sockets[hearing.index(heard)].send_json({"envelope_id": envelope["envelope_id"]})
    assert (await clicking).acknowledged
    assert all(not waiting.done() for waiting in silent)
    for waiting in silent:
        waiting.cancel()


async def test_any_of_the_sockets_may_get_a_payload(slack, connect):
    heard = set()

    async def answering(name, socket):
        async for message in socket:
            heard.add(name)
            await socket.send_json({"envelope_id": message.json()["envelope_id"]})

    listening = [asyncio.create_task(answering(n, (await connect())[0])) for n in range(2)]
    for _ in range(30):
        assert (await slack.command("U0ALICE", "C0SUPPORT", "/approvals")).acknowledged
    for task in listening:
        task.cancel()
    assert heard == {0, 1}


async def test_each_kind_of_payload_says_what_it_is(slack, connect):
    socket, _ = await connect()

    async def acknowledge():
        envelope = await socket.receive_json()
        await socket.send_json({"envelope_id": envelope["envelope_id"]})
        return envelope

    command, envelope = await asyncio.gather(slack.command("U0ALICE", "C0SUPPORT", "/approvals"), acknowledge())
    assert command.acknowledged
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("slash_commands", True)
    opened, envelope = await asyncio.gather(slack.open_home("U0ALICE"), acknowledge())
    assert opened.acknowledged
    assert (envelope["type"], envelope["accepts_response_payload"]) == ("events_api", False)
    assert envelope["retry_attempt"] == 0
    assert envelope["payload"]["event"]["type"] == "app_home_opened"


async def test_an_acknowledgement_of_something_else_does_not_count(slack, connect, card):
    socket, _ = await connect()
    slack.ack_seconds = 0.2
    clicking = asyncio.create_task(slack.click("U0ALICE", "C0SUPPORT", card, "go"))
    await socket.receive_json()
    await socket.send_str("no json")
    await socket.send_json({"envelope_id": "another"})
    assert (await clicking).failure == "operation_timeout"


async def test_a_socket_cut_in_mid_click_loses_the_click_and_the_person_sees_it(slack, connect, card):
    socket, _ = await connect()
    clicking = asyncio.create_task(slack.click("U0ALICE", "C0SUPPORT", card, "go"))
    await socket.receive_json()
    slack.drop_sockets()
    lost = await clicking
    assert not lost.acknowledged
    assert lost.failure == "dispatch_failed"
    assert slack.notices("U0ALICE") == ["This app did not respond. Try again."]
    again, _ = await connect()
    with pytest.raises(TimeoutError):
        await asyncio.wait_for(again.receive(), 0.05)


async def test_bolt_comes_back_after_its_socket_is_cut(slack, client, card):
    app = AsyncApp(client=client)
    heard = asyncio.Event()

    @app.action("go")
    async def go(ack):
        heard.set()
        await ack()

    handler = AsyncSocketModeHandler(app, slack.app_token, ping_interval=0.05)
    await handler.connect_async()
    await slack.until(lambda: slack.socket_count == 1)
    slack.drop_sockets()
    await slack.until(lambda: slack.socket_count == 0)
    await slack.until(lambda: slack.socket_count == 1)
    assert (await slack.click("U0ALICE", "C0SUPPORT", card, "go")).acknowledged
    assert heard.is_set()
    await handler.close_async()


async def test_bolt_moves_to_a_new_socket_when_asked(slack, client, card):
    app = AsyncApp(client=client)

    @app.action("go")
    async def go(ack):
        await ack()

    handler = AsyncSocketModeHandler(app, slack.app_token)
    await handler.connect_async()
    await slack.until(lambda: slack.socket_count == 1)
    before = list(slack.sockets.open)
    await slack.refresh_sockets()
    await slack.until(lambda: slack.socket_count == 1 and slack.sockets.open != before)
    assert (await slack.click("U0ALICE", "C0SUPPORT", card, "go")).acknowledged
    await handler.close_async()


async def test_only_the_app_token_opens_sockets(slack, client):
    answer = await client.api_call("apps.connections.open", headers={"Authorization": f"Bearer {slack.app_token}"})
    assert answer["url"].startswith("ws://127.0.0.1:")
    slack.app_scopes.clear()
    for token, error in ((slack.bot_token, "not_allowed_token_type"), (slack.app_token, "missing_scope")):
        with pytest.raises(Exception, match=error):
            await client.apps_connections_open(app_token=token)
