import json
from contextlib import suppress

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from slack_sdk.errors import SlackApiError

from sandbox import Sandbox
from sandbox.errors import SlackError
from sandbox.web.arguments import Arguments
from sandbox.web.methods import METHODS


def refused(caught):
    return caught.value.response["error"]


async def call(http, slack, method, *, verb="POST", token=None, **how):
    headers = {"Authorization": f"Bearer {token or slack.bot_token}"} if token != "" else {}
    async with http.request(verb, f"{slack.api_url}{method}", headers=headers, **how) as answer:
        return await answer.json(), answer


@pytest.mark.parametrize("how", ["GET", "query", "form", "json"])
async def test_a_method_takes_its_arguments_in_every_way_the_sdk_sends_them(slack, http, how):
    arguments = {"channel": "C0SUPPORT", "text": "x"}
    ways = {
        "GET": {"verb": "GET", "params": arguments},
        "query": {"params": arguments},
        "form": {"data": arguments},
        "json": {"data": json.dumps(arguments), "headers": {}},
    }
    if how == "json":
        headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json;charset=utf-8"}
        async with http.post(f"{slack.api_url}chat.postMessage", json=arguments, headers=headers) as answer:
            body = await answer.json()
    else:
        body, _ = await call(http, slack, "chat.postMessage", **ways[how])
    assert body["ok"], body
    assert "warning" not in body
    assert [m["text"] for m in slack.messages("C0SUPPORT")] == ["x"]


async def test_json_counts_only_where_slack_takes_it(slack, http):
    told, _ = await call(http, slack, "users.info", json={"user": "U0ALICE"})
    assert told["error"] == "invalid_arguments"
    assert told["response_metadata"]["messages"] == ["[ERROR] missing required field: user"]


async def test_json_without_a_charset_is_taken_with_a_warning(slack, http):
    told, _ = await call(http, slack, "chat.postMessage", json={"channel": "C0SUPPORT", "text": "x"})
    assert (told["ok"], told["warning"]) == (True, "missing_charset")


async def test_what_is_no_json_is_refused(slack, http):
    headers = {"Authorization": f"Bearer {slack.bot_token}", "Content-Type": "application/json"}
    for body, error in (
        (b"{", "invalid_json"),
        (b"\xff", "invalid_json"),
        (b"[" * 100_000, "invalid_json"),
        (b"[]", "json_not_object"),
    ):
        async with http.post(f"{slack.api_url}chat.postMessage", data=body, headers=headers) as answer:
            assert (await answer.json())["error"] == error


async def test_a_token_must_be_given_known_and_of_the_right_kind(slack, http):
    for token, error in (
        ("", "not_authed"),
        ("xoxb-wrong", "invalid_auth"),
        (slack.app_token, "not_allowed_token_type"),
    ):
        told, _ = await call(http, slack, "users.info", token=token, data={"user": "U0ALICE"})
        assert told == {"ok": False, "error": error}


async def test_a_form_may_carry_the_token_and_json_may_not(slack, http):
    told, _ = await call(http, slack, "users.info", token="", data={"user": "U0ALICE", "token": slack.bot_token})
    assert told["ok"]
    body = {"channel": "C0SUPPORT", "text": "x", "token": slack.bot_token}
    told, _ = await call(http, slack, "chat.postMessage", token="", json=body)
    assert told["error"] == "not_authed"
    assert slack.messages("C0SUPPORT") == []


async def test_an_unknown_method_is_named_so(slack, http):
    told, _ = await call(http, slack, "chat.shout")
    assert told["error"] == "unknown_method"


async def test_the_granted_scopes_are_in_the_headers(slack, client):
    answer = await client.auth_test()
    assert (
        answer.headers["x-oauth-scopes"]
        == "channels:read,chat:write,commands,files:write,groups:read,im:write,usergroups:read,users:read"
    )
    assert answer["user_id"] == slack.bot_user
    assert answer["team_id"] == slack.team_id


@pytest.mark.parametrize(
    ("scope", "method", "arguments"),
    [
        ("chat:write", "chat.postMessage", {"channel": "C0SUPPORT", "text": "x"}),
        ("chat:write", "chat.postEphemeral", {"channel": "C0SUPPORT", "user": "U0ALICE", "text": "x"}),
        ("chat:write", "chat.update", {"channel": "C0SUPPORT", "ts": "1", "text": "x"}),
        ("users:read", "users.info", {"user": "U0ALICE"}),
        ("usergroups:read", "usergroups.list", {}),
        ("usergroups:read", "usergroups.users.list", {"usergroup": "S0FINANCE"}),
        ("channels:read", "conversations.info", {"channel": "C0SUPPORT"}),
        ("channels:read", "conversations.members", {"channel": "C0SUPPORT"}),
        ("channels:read", "conversations.list", {}),
        ("channels:history", "conversations.history", {"channel": "C0SUPPORT"}),
        ("im:write", "conversations.open", {"users": "U0ALICE"}),
        ("files:write", "files.getUploadURLExternal", {"filename": "a.png", "length": 3}),
        ("files:write", "files.completeUploadExternal", {"files": "[]"}),
    ],
)
async def test_a_method_without_its_scope_names_the_one_it_needs(slack, client, scope, method, arguments):
    slack.scopes.discard(scope)
    with pytest.raises(SlackApiError) as caught:
        await client.api_call(method, params=arguments)
    assert refused(caught) == "missing_scope"
    assert caught.value.response["needed"] == scope
    assert scope not in caught.value.response["provided"].split(",")


async def test_a_private_channel_needs_another_scope_than_a_public_one(slack, client):
    slack.add_channel("G0SECRET", "secret", members=["U0ALICE"], is_private=True)
    slack.scopes.discard("groups:read")
    await client.conversations_info(channel="C0SUPPORT")
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_info(channel="G0SECRET")
    assert caught.value.response["needed"] == "groups:read"


async def test_a_private_channel_without_the_bot_does_not_exist_for_it(slack, client):
    slack.add_channel("G0SECRET", "secret", members=["U0ALICE"], is_private=True, bot_is_member=False)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_info(channel="G0SECRET")
    assert refused(caught) == "channel_not_found"
    listed = await client.conversations_list(types="public_channel,private_channel")
    assert [channel["id"] for channel in listed["channels"]] == ["C0SUPPORT"]


async def test_a_person_is_shown_with_the_flags_that_matter(slack, client):
    slack.add_user("U0GUEST", "Guest", is_ultra_restricted=True, is_restricted=True)
    slack.add_user("U0OTHER", "Other", is_stranger=True, team_id="T0OTHER")
    slack.change_user("U0BOB", deleted=True)
    alice, bob, guest, other = [
        (await client.users_info(user=user))["user"] for user in ("U0ALICE", "U0BOB", "U0GUEST", "U0OTHER")
    ]
    assert (alice["deleted"], alice["is_bot"], alice["is_restricted"], alice.get("is_stranger")) == (
        False,
        False,
        False,
        None,
    )
    assert bob["deleted"]
    assert guest["is_ultra_restricted"]
    assert other["is_stranger"]
    assert other["team_id"] == "T0OTHER"
    with pytest.raises(SlackApiError) as caught:
        await client.users_info(user="U0NOBODY")
    assert refused(caught) == "user_not_found"


async def test_user_groups_are_listed_where_the_plan_has_them(slack, client):
    (group,) = (await client.usergroups_list(include_users=True))["usergroups"]
    assert (group["id"], group["handle"], group["users"]) == ("S0FINANCE", "finance", ["U0BOB"])
    assert "users" not in (await client.usergroups_list())["usergroups"][0]
    slack.change_group("S0FINANCE", users=["U0ALICE"])
    assert (await client.usergroups_users_list(usergroup="S0FINANCE"))["users"] == ["U0ALICE"]
    with pytest.raises(SlackApiError) as caught:
        await client.usergroups_users_list(usergroup="S0NONE")
    assert refused(caught) == "no_such_subteam"
    slack.user_groups_paid = False
    for asking in (client.usergroups_list(), client.usergroups_users_list(usergroup="S0FINANCE")):
        with pytest.raises(SlackApiError) as caught:
            await asking
        assert refused(caught) == "plan_upgrade_required"


async def test_members_come_in_pages(slack, client):
    slack.change_channel("C0SUPPORT", members=[f"U{n}" for n in range(5)])
    found = [page["members"] async for page in await client.conversations_members(channel="C0SUPPORT", limit=2)]
    assert found == [["U0", "U1"], ["U2", "U3"], ["U4", slack.bot_user]]


async def test_a_direct_message_is_opened_with_its_scope(slack, client):
    slack.scopes |= {"im:write", "im:read"}
    channel = (await client.conversations_open(users="U0ALICE"))["channel"]["id"]
    assert channel == slack.direct("U0ALICE")
    shown = (await client.conversations_info(channel=channel))["channel"]
    assert (shown["is_im"], shown["user"]) == (True, "U0ALICE")
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_open(users="U0NOBODY")
    assert refused(caught) == "user_not_found"


async def test_history_is_newest_first_without_replies_and_a_thread_is_oldest_first(slack, client):
    slack.scopes.add("channels:history")
    first = await client.chat_postMessage(channel="C0SUPPORT", text="one")
    await client.chat_postMessage(channel="C0SUPPORT", text="reply", thread_ts=first["ts"])
    second = await client.chat_postMessage(channel="C0SUPPORT", text="two")
    history = await client.conversations_history(channel="C0SUPPORT")
    assert [m["text"] for m in history["messages"]] == ["two", "one"]
    thread = await client.conversations_replies(channel="C0SUPPORT", ts=first["ts"])
    assert [m["text"] for m in thread["messages"]] == ["one", "reply"]
    later = await client.conversations_history(channel="C0SUPPORT", oldest=first["ts"])
    assert [m["ts"] for m in later["messages"]] == [second["ts"]]
    exact = await client.conversations_history(channel="C0SUPPORT", oldest=first["ts"], inclusive=True, limit=1)
    assert exact["has_more"]


async def test_the_bot_joins_public_channels_only(slack, client):
    slack.scopes.add("channels:join")
    slack.change_channel("C0SUPPORT", bot_is_member=False)
    await client.conversations_join(channel="C0SUPPORT")
    await client.chat_postMessage(channel="C0SUPPORT", text="here")
    slack.add_channel("G0SECRET", "secret", members=[], is_private=True)
    with pytest.raises(SlackApiError) as caught:
        await client.conversations_join(channel="G0SECRET")
    assert refused(caught) == "method_not_supported_for_channel_type"


async def test_every_call_is_logged_with_its_arguments_and_answer(slack, client):
    await client.chat_postMessage(channel="C0SUPPORT", text="x", unfurl_links=False)
    (call,) = slack.calls
    assert (call.method, call.status) == ("chat.postMessage", 200)
    assert call.args["unfurl_links"] is False
    assert call.answer["ts"] == slack.messages("C0SUPPORT")[0]["ts"]
    assert call.at == slack.workspace.clock()


async def test_what_a_call_answered_does_not_change_with_what_people_do(slack, client):
    pick = {
        "type": "static_select",
        "action_id": "pick",
        "options": [{"text": {"type": "plain_text", "text": "One"}, "value": "1"}],
    }
    row = {"type": "actions", "block_id": "row", "elements": [pick]}
    view = {"type": "modal", "title": {"type": "plain_text", "text": "Form"}, "blocks": [row]}
    await client.views_open(trigger_id=slack.workspace.new_trigger("U0ALICE"), view=view)
    await slack.fill("U0ALICE", {"row": "1"})
    assert slack.modal("U0ALICE")["state"]["values"]["row"]["pick"]["selected_option"] is not None
    assert slack.calls[0].answer["view"]["state"]["values"]["row"]["pick"]["selected_option"] is None


def test_the_methods_are_those_promised():
    assert set(METHODS) == {
        "apps.connections.open", "auth.test", "blocks.validate", "bots.info", "chat.delete", "chat.getPermalink",
        "chat.postEphemeral", "chat.postMessage", "chat.update", "conversations.history", "conversations.info",
        "conversations.join", "files.completeUploadExternal", "files.getUploadURLExternal", "conversations.list", "conversations.members", "conversations.open",
        "conversations.replies", "usergroups.list", "usergroups.users.list", "users.info", "views.open",
        "views.publish", "views.push", "views.update",
    }  # fmt: skip


async def test_an_app_token_is_known_as_the_apps_own(slack, client):
    answer = await client.api_call("auth.test", headers={"Authorization": f"Bearer {slack.app_token}"})
    assert answer["app_id"] == slack.app_id
    assert "user_id" not in answer


async def test_a_public_channel_takes_messages_from_outside_with_the_scope_for_it(slack, client):
    slack.change_channel("C0SUPPORT", bot_is_member=False)
    slack.scopes.add("chat:write.public")
    await client.chat_postMessage(channel="C0SUPPORT", text="x")
    assert len(slack.messages("C0SUPPORT")) == 1


async def test_history_leaves_metadata_out_unless_asked(slack, client):
    slack.scopes.add("channels:history")
    metadata = {"event_type": "card", "event_payload": {"id": "1"}}
    await client.chat_postMessage(channel="C0SUPPORT", text="x", metadata=metadata)
    assert "metadata" not in (await client.conversations_history(channel="C0SUPPORT"))["messages"][0]
    asked = await client.conversations_history(channel="C0SUPPORT", include_all_metadata=True)
    assert asked["messages"][0]["metadata"] == metadata


VALUES = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.text(max_size=8)
    | st.sampled_from(["C0SUPPORT", "U0ALICE", "1.000001", "{", "[]", "\u00b2"]),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(st.sampled_from(["type", "text", "blocks"]), inner),
    max_leaves=4,
)
NAMES = ["channel", "user", "users", "ts", "text", "blocks", "view", "trigger_id", "view_id", "hash", "cursor",
         "limit", "oldest", "thread_ts", "metadata", "usergroup", "user_id", "message_ts", "message", "types"]  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(name=st.sampled_from(sorted(METHODS)), arguments=st.dictionaries(st.sampled_from(NAMES), VALUES))
def test_whatever_a_method_is_called_with_it_answers_or_refuses(name, arguments):
    slack = Sandbox()
    slack.add_user("U0ALICE", "Alice")
    slack.add_channel("C0SUPPORT", "support", members=["U0ALICE"])
    slack.scopes |= {"im:write", "im:read", "channels:history", "channels:join"}
    with suppress(SlackError):
        assert isinstance(METHODS[name].act(slack.workspace, Arguments(arguments)), dict)
