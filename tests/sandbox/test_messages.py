import pytest
from slack_sdk.errors import SlackApiError

SECTION = [{"type": "section", "text": {"type": "mrkdwn", "text": "a & b"}}]


def refused(caught):
    return caught.value.response["error"]


async def test_a_posted_message_is_kept_as_slack_keeps_it(slack, client):
    answer = await client.chat_postMessage(
        channel="C0SUPPORT", text="a & b", blocks=SECTION, metadata={"event_type": "card", "event_payload": {"id": "1"}}
    )
    (kept,) = slack.messages("C0SUPPORT")
    assert answer["channel"] == "C0SUPPORT"
    assert answer["message"] == kept
    assert kept["text"] == "a &amp; b"
    assert kept["blocks"][0]["text"] == {"type": "mrkdwn", "text": "a &amp; b", "verbatim": False}
    assert kept["metadata"] == {"event_type": "card", "event_payload": {"id": "1"}}
    assert (kept["bot_id"], kept["app_id"], kept["team"]) == (slack.bot_id, slack.app_id, slack.team_id)


async def test_two_messages_of_one_moment_have_different_timestamps(slack, client):
    stamps = [(await client.chat_postMessage(channel="C0SUPPORT", text="x"))["ts"] for _ in range(3)]
    assert stamps == sorted(set(stamps))


async def test_a_reply_stands_in_the_thread_and_is_counted_at_its_parent(slack, client):
    parent = await client.chat_postMessage(channel="C0SUPPORT", text="card")
    reply = await client.chat_postMessage(channel="C0SUPPORT", text="history", thread_ts=parent["ts"])
    (shown,) = slack.messages("C0SUPPORT")
    assert shown["reply_count"] == 1
    assert shown["latest_reply"] == reply["ts"]
    assert [m["text"] for m in slack.messages("C0SUPPORT", thread_ts=parent["ts"])] == ["history"]


async def test_a_message_to_a_person_arrives_in_their_direct_message(slack, client):
    answer = await client.chat_postMessage(channel="U0ALICE", text="told")
    assert answer["channel"] == slack.direct("U0ALICE")
    assert [m["text"] for m in slack.messages(slack.direct("U0ALICE"))] == ["told"]


@pytest.mark.parametrize(
    ("flags", "error"),
    [
        ({"is_archived": True}, "is_archived"),
        ({"bot_is_member": False}, "not_in_channel"),
        ({"bot_is_member": False, "is_private": True}, "channel_not_found"),
    ],
)
async def test_a_channel_that_is_closed_to_the_bot_takes_no_message(slack, client, flags, error):
    slack.change_channel("C0SUPPORT", **flags)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SUPPORT", text="x")
    assert refused(caught) == error
    assert slack.messages("C0SUPPORT") == []


@pytest.mark.parametrize(
    ("wrong", "error"),
    [
        ({"channel": "C0NOWHERE", "text": "x"}, "channel_not_found"),
        ({"channel": "C0SUPPORT", "text": "", "blocks": []}, "no_text"),
        ({"channel": "C0SUPPORT", "text": "x", "blocks": "{}"}, "invalid_blocks_format"),
        ({"channel": "C0SUPPORT", "text": "x", "blocks": "[oh"}, "invalid_blocks_format"),
        ({"channel": "C0SUPPORT", "text": "x", "metadata": {"event_type": "card"}}, "invalid_metadata_format"),
        ({"channel": "C0SUPPORT", "text": "x", "thread_ts": "1.000001"}, "thread_not_found"),
    ],
)
async def test_a_post_that_makes_no_sense_is_refused(slack, client, wrong, error):
    with pytest.raises(SlackApiError) as caught:
        await client.api_call("chat.postMessage", json=wrong)
    assert refused(caught) == error
    assert slack.messages("C0SUPPORT") == []


async def test_invalid_blocks_are_told_with_their_pointers(client):
    blocks = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3001}}]
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SUPPORT", text="x", blocks=blocks)
    assert refused(caught) == "invalid_blocks"
    assert caught.value.response["response_metadata"]["messages"] == [
        "[ERROR] failed to match all allowed schemas [json-pointer:/blocks/0/text]",
        "[ERROR] must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ]
    assert caught.value.response["errors"][1] == "must be less than 3001 characters [json-pointer:/blocks/0/text/text]"


async def test_blocks_that_are_too_long_together_are_refused(client):
    blocks = [{"type": "section", "text": {"type": "plain_text", "text": "x" * 2900}}] * 5
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postMessage(channel="C0SUPPORT", text="x", blocks=blocks)
    assert refused(caught) == "msg_blocks_too_long"


async def test_a_posted_text_is_cut_where_an_updated_one_is_refused(slack, client):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="x" * 40_001)
    assert len(slack.messages("C0SUPPORT")[0]["text"]) == 40_000
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0SUPPORT", ts=posted["ts"], text="x" * 4001)
    assert refused(caught) == "msg_too_long"


async def test_an_update_replaces_marks_and_keeps_the_blocks_it_does_not_name(slack, client):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="one", blocks=SECTION)
    await client.chat_update(channel="C0SUPPORT", ts=posted["ts"], text="two")
    (kept,) = slack.messages("C0SUPPORT")
    assert kept["text"] == "two"
    assert kept["edited"]["user"] == slack.bot_user
    assert kept["blocks"] == posted["message"]["blocks"]
    await client.chat_update(channel="C0SUPPORT", ts=posted["ts"], text="three", blocks=[])
    assert "blocks" not in slack.messages("C0SUPPORT")[0]


async def test_only_the_bots_own_messages_can_be_changed_or_deleted(slack, client):
    ts = slack.say("U0ALICE", "C0SUPPORT", "mine")
    with pytest.raises(SlackApiError) as changed:
        await client.chat_update(channel="C0SUPPORT", ts=ts, text="yours")
    with pytest.raises(SlackApiError) as deleted:
        await client.chat_delete(channel="C0SUPPORT", ts=ts)
    assert (refused(changed), refused(deleted)) == ("cant_update_message", "cant_delete_message")
    assert [m["text"] for m in slack.messages("C0SUPPORT")] == ["mine"]


async def test_what_is_gone_cannot_be_changed(slack, client):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="x")
    await client.chat_delete(channel="C0SUPPORT", ts=posted["ts"])
    assert slack.messages("C0SUPPORT") == []
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0SUPPORT", ts=posted["ts"], text="y")
    assert refused(caught) == "message_not_found"


async def test_an_ephemeral_message_is_seen_by_one_person_and_kept_by_nobody(slack, client):
    answer = await client.chat_postEphemeral(channel="C0SUPPORT", user="U0ALICE", text="only you")
    (shown,) = slack.ephemerals("U0ALICE")
    assert shown["text"] == "only you"
    assert shown["id"] == answer["message_ts"]
    assert slack.ephemerals("U0BOB") == []
    assert slack.messages("C0SUPPORT") == []
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0SUPPORT", ts=answer["message_ts"], text="y")
    assert refused(caught) == "message_not_found"


async def test_an_ephemeral_message_needs_someone_who_is_there(slack, client):
    slack.add_user("U0EVE", "Eve")
    with pytest.raises(SlackApiError) as outside:
        await client.chat_postEphemeral(channel="C0SUPPORT", user="U0EVE", text="x")
    with pytest.raises(SlackApiError) as unknown:
        await client.chat_postEphemeral(channel="C0SUPPORT", user="U0NOBODY", text="x")
    assert (refused(outside), refused(unknown)) == ("user_not_in_channel", "user_not_found")


async def test_a_permalink_names_channel_message_and_thread(client):
    parent = await client.chat_postMessage(channel="C0SUPPORT", text="card")
    reply = await client.chat_postMessage(channel="C0SUPPORT", text="line", thread_ts=parent["ts"])
    link = (await client.chat_getPermalink(channel="C0SUPPORT", message_ts=reply["ts"]))["permalink"]
    assert link == (
        f"https://sandbox.slack.com/archives/C0SUPPORT/p{reply['ts'].replace('.', '')}"
        f"?thread_ts={parent['ts']}&cid=C0SUPPORT"
    )


async def test_a_deleted_reply_no_longer_counts(slack, client):
    parent = await client.chat_postMessage(channel="C0SUPPORT", text="card")
    reply = await client.chat_postMessage(channel="C0SUPPORT", text="line", thread_ts=parent["ts"])
    await client.chat_delete(channel="C0SUPPORT", ts=reply["ts"])
    assert slack.messages("C0SUPPORT")[0]["reply_count"] == 0
    assert slack.messages("C0SUPPORT", thread_ts=parent["ts"]) == []


async def test_a_reply_to_a_reply_joins_the_same_thread(slack, client):
    parent = await client.chat_postMessage(channel="C0SUPPORT", text="card")
    reply = await client.chat_postMessage(channel="C0SUPPORT", text="one", thread_ts=parent["ts"])
    await client.chat_postMessage(channel="C0SUPPORT", text="two", thread_ts=reply["ts"])
    assert [m["text"] for m in slack.messages("C0SUPPORT", thread_ts=parent["ts"])] == ["one", "two"]


async def test_messages_of_an_archived_channel_stay_as_they_are(slack, client):
    posted = await client.chat_postMessage(channel="C0SUPPORT", text="one")
    slack.change_channel("C0SUPPORT", is_archived=True)
    with pytest.raises(SlackApiError) as caught:
        await client.chat_update(channel="C0SUPPORT", ts=posted["ts"], text="two")
    assert refused(caught) == "is_archived"
    assert slack.messages("C0SUPPORT")[0]["text"] == "one"


async def test_an_ephemeral_message_takes_no_attachments(slack, client):
    with pytest.raises(SlackApiError) as caught:
        await client.chat_postEphemeral(channel="C0SUPPORT", user="U0ALICE", text="x", attachments=[{"fallback": "y"}])
    assert refused(caught) == "invalid_attachments"
    assert slack.ephemerals("U0ALICE") == []
