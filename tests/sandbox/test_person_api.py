import asyncio
import json

import pytest

CARD = [
    {
        "type": "actions",
        "block_id": "row",
        "elements": [
            {"type": "button", "action_id": "go", "value": "n1", "text": {"type": "plain_text", "text": "Go"}},
            {
                "type": "static_select",
                "action_id": "pick",
                "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
            },
        ],
    }
]
FORM = {
    "type": "modal",
    "title": {"type": "plain_text", "text": "Form"},
    "submit": {"type": "plain_text", "text": "Send"},
    "blocks": [
        {
            "type": "input",
            "block_id": "why",
            "label": {"type": "plain_text", "text": "Reason"},
            "element": {"type": "plain_text_input", "action_id": "text"},
        }
    ],
}


@pytest.fixture
def act(slack, http):
    async def post(name, **body):
        async with http.post(f"{slack.url}/_person/{name}", json=body) as answer:
            return await answer.json(), answer.status

    return post


@pytest.fixture
def state(slack, http):
    async def get(user="U0ALICE"):
        async with http.get(f"{slack.url}/_person/state", params={"user": user}) as answer:
            return await answer.json()

    return get


async def test_the_state_is_what_one_person_sees(slack, client, state):
    slack.add_channel("G0SECRET", "secret", members=["U0BOB"], is_private=True)
    card = await client.chat_postMessage(channel="C0SUPPORT", text="card", blocks=CARD)
    await client.chat_postMessage(channel="C0SUPPORT", text="line", thread_ts=card["ts"])
    await client.chat_postEphemeral(channel="C0SUPPORT", user="U0BOB", text="only bob")
    seen = await state()
    assert seen["me"] == {"id": "U0ALICE", "name": "Alice", "title": ""}
    assert [channel["id"] for channel in seen["channels"]] == ["C0SUPPORT"]
    (message,) = seen["channels"][0]["messages"]
    assert (message["text"], message["reply_count"]) == ("card", 1)
    assert [reply["text"] for reply in message["replies"]] == ["line"]
    assert seen["channels"][0]["unread"] == 2
    assert seen["ephemerals"] == []
    assert [shown["text"] for shown in (await state("U0BOB"))["ephemerals"]] == ["only bob"]
    assert seen["version"] == slack.workspace.changes.version


async def test_a_person_who_is_not_there_is_told_who_is(state):
    seen = await state("U0NOBODY")
    assert (seen["ok"], seen["users"]) == (False, ["U0ALICE", "U0BOB"])


async def test_clicking_in_the_page_is_a_click(slack, client, app, act):
    card = await client.chat_postMessage(channel="C0SUPPORT", text="card", blocks=CARD)
    where = {"user": "U0ALICE", "where": "message", "channel": "C0SUPPORT", "ts": card["ts"], "block_id": "row"}
    assert await act("click", **where, action_id="go") == ({"ok": True}, 200)
    assert slack.last_payload["actions"][0]["value"] == "n1"
    assert await act("click", **where, action_id="pick", selected_option={"value": "1"}) == ({"ok": True}, 200)
    assert slack.last_payload["state"]["values"]["row"]["pick"]["selected_option"]["value"] == "1"
    app.status = 500
    assert await act("click", **where, action_id="go") == ({"ok": False, "error": "app_http_error"}, 200)


async def test_clicking_in_an_ephemeral_message_a_modal_and_the_home_tab(slack, client, app, act):
    shown = await client.chat_postEphemeral(channel="C0SUPPORT", user="U0ALICE", text="x", blocks=CARD)
    view = {**FORM, "blocks": [*FORM["blocks"], *CARD]}
    await client.views_open(trigger_id=slack.workspace.new_trigger("U0ALICE"), view=view)
    await client.views_publish(user_id="U0ALICE", view={"type": "home", "blocks": CARD})
    press = {"user": "U0ALICE", "block_id": "row", "action_id": "go"}
    kinds = []
    for where in ({"where": "ephemeral", "id": shown["message_ts"]}, {"where": "modal"}, {"where": "home"}):
        assert await act("click", **press, **where) == ({"ok": True}, 200)
        kinds.append(slack.last_payload.get("view", {}).get("type"))
    assert kinds == [None, "modal", "home"]


async def test_submitting_in_the_page_takes_over_its_state_and_shows_faults(slack, client, app, act, state):
    await client.views_open(trigger_id=slack.workspace.new_trigger("U0ALICE"), view=FORM)
    app.body = {"response_action": "errors", "errors": {"why": "Say more."}}
    typed = {"why": {"text": {"type": "plain_text_input", "value": "no"}}}
    assert await act("submit", user="U0ALICE", state=typed) == ({"ok": False, "errors": {"why": "Say more."}}, 200)
    (modal,) = (await state())["modals"]
    assert modal["errors"] == {"why": "Say more."}
    assert modal["state"]["values"] == typed
    app.body = ""
    assert await act("submit", user="U0ALICE", state=typed) == ({"ok": True}, 200)
    assert (await state())["modals"] == []


async def test_closing_commands_home_and_words(slack, client, app, act, state):
    await client.views_open(trigger_id=slack.workspace.new_trigger("U0ALICE"), view=FORM)
    assert await act("close", user="U0ALICE") == ({"ok": True}, 200)
    assert slack.modal("U0ALICE") is None
    app.body = "Two wait."
    assert await act("command", user="U0ALICE", channel="C0SUPPORT", text="/approvals mine") == ({"ok": True}, 200)
    assert slack.last_payload["text"] == "mine"
    assert [shown["text"] for shown in (await state())["ephemerals"]] == ["Two wait."]
    assert await act("home", user="U0ALICE") == ({"ok": True}, 200)
    assert slack.last_payload["event"]["type"] == "app_home_opened"
    assert await act("say", user="U0ALICE", channel="C0SUPPORT", text="1 < 2") == ({"ok": True}, 200)
    assert [m["text"] for m in slack.messages("C0SUPPORT")] == ["1 &lt; 2"]


async def test_reading_a_channel_leaves_nothing_unread(client, act, state):
    await client.chat_postMessage(channel="C0SUPPORT", text="x")
    assert await act("read", user="U0ALICE", channel="C0SUPPORT") == ({"ok": True}, 200)
    assert (await state())["channels"][0]["unread"] == 0
    assert (await state("U0BOB"))["channels"][0]["unread"] == 1


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("click", {"user": "U0NOBODY", "action_id": "go"}),
        ("click", {"user": "U0ALICE", "where": "moon", "action_id": "go"}),
        ("click", {"user": "U0ALICE"}),
        ("submit", {"user": "U0ALICE"}),
        ("close", {"user": "U0ALICE"}),
        ("command", {"user": "U0ALICE", "channel": "C0SUPPORT", "text": "/nonsense"}),
        ("say", {"user": "U0ALICE", "channel": "C0NOWHERE", "text": "x"}),
    ],
)
async def test_what_nobody_could_do_is_refused_with_a_sentence(act, name, body):
    told, status = await act(name, **body)
    assert status == 400
    assert told["ok"] is False
    assert told["error"]


async def test_each_change_is_streamed(slack, http):
    async with http.get(f"{slack.url}/_person/changes") as stream:
        first = json.loads((await stream.content.readuntil(b"\n\n"))[6:])
        slack.say("U0ALICE", "C0SUPPORT", "hello")
        second = json.loads((await asyncio.wait_for(stream.content.readuntil(b"\n\n"), 2))[6:])
    assert first["version"] < second["version"] == slack.workspace.changes.version


async def test_the_page_is_served_and_nothing_beside_it(slack, http):
    async with http.get(slack.url) as page:
        assert page.status == 200
        assert page.content_type == "text/html"
    for beside in ("/driver.py", "/..%2fdriver.py", "/nothing.js"):
        async with http.get(f"{slack.url}{beside}") as page:
            assert page.status == 404


async def test_another_site_in_the_same_browser_can_do_nothing(slack, http):
    body = json.dumps({"user": "U0ALICE", "channel": "C0SUPPORT", "text": "forged"})
    foreign = {"Host": "evil.example", "Content-Type": "application/json"}
    for headers, status in ((foreign, 403), ({"Content-Type": "text/plain"}, 415)):
        async with http.post(f"{slack.url}/_person/say", data=body, headers=headers) as answer:
            assert answer.status == status
    async with http.get(f"{slack.url}/_person/state?user=U0ALICE", headers={"Host": "evil.example"}) as answer:
        assert answer.status == 403
    assert slack.messages("C0SUPPORT") == []
