import asyncio

import aiohttp
import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient


def post(client, channel="C0SUPPORT"):
    return client.chat_postMessage(channel=channel, text="x")


@pytest.fixture
def client(slack):
    """A client that retries nothing."""
    return AsyncWebClient(token=slack.bot_token, base_url=slack.api_url, retry_handlers=[], timeout=5)


async def test_a_429_says_how_long_to_wait_and_does_nothing(slack, client):
    slack.faults.add("chat.postMessage", kind="429", retry_after=7)
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.status_code == 429
    assert caught.value.response.headers["Retry-After"] == "7"
    assert caught.value.response["error"] == "ratelimited"
    assert slack.messages("C0SUPPORT") == []


@pytest.mark.parametrize(("kind", "status"), [("500", 500), ("html", 200), ("empty", 200)])
async def test_a_broken_answer_comes_instead_of_the_call(slack, http, kind, status):
    slack.faults.add("chat.postMessage", kind=kind)
    headers = {"Authorization": f"Bearer {slack.bot_token}"}
    form = {"channel": "C0SUPPORT", "text": "x"}
    async with http.post(f"{slack.api_url}chat.postMessage", data=form, headers=headers) as answer:
        body = await answer.text()
    assert answer.status == status
    assert {"500": '"error"', "html": "<html>", "empty": ""}[kind] in body
    assert slack.messages("C0SUPPORT") == []
    assert slack.calls[-1].status == status


async def test_any_error_word_can_be_answered(slack, client):
    slack.faults.add("chat.postMessage", kind="ok_false", error="token_revoked")
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response["error"] == "token_revoked"
    assert slack.messages("C0SUPPORT") == []


@pytest.mark.parametrize(("kind", "posted"), [("drop_before", 0), ("drop_after", 1)])
async def test_a_connection_can_drop_before_or_after_the_message_stands(slack, client, kind, posted):
    slack.faults.add("chat.postMessage", kind=kind)
    with pytest.raises(aiohttp.ClientError):
        await post(client)
    assert len(slack.messages("C0SUPPORT")) == posted
    assert slack.calls[-1].status is None


@pytest.mark.parametrize(("kind", "posted"), [("hang", 0), ("hang_after", 1)])
async def test_a_call_can_hang_before_or_after_the_message_stands(slack, client, kind, posted):
    slack.faults.add("chat.postMessage", kind=kind)
    waiting = asyncio.create_task(post(client))
    await slack.until(lambda: slack.calls)
    assert len(slack.messages("C0SUPPORT")) == posted
    assert not waiting.done()
    slack.faults.release()
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_a_workspace_closes_though_a_call_hangs(slack, client):
    slack.faults.add("chat.postMessage", kind="hang")
    waiting = asyncio.create_task(post(client))
    await slack.until(lambda: slack.calls)
    await slack.__aexit__(None, None, None)
    with pytest.raises(aiohttp.ClientError):
        await waiting


async def test_a_message_can_be_posted_twice_by_slack_itself(slack, client):
    slack.faults.add("chat.postMessage", kind="duplicate")
    answer = await post(client)
    first, second = slack.messages("C0SUPPORT")
    assert first["ts"] != second["ts"] == answer["ts"]


async def test_a_fault_hits_as_often_as_asked_and_only_its_method_and_channel(slack, client):
    slack.add_channel("C0OTHER", "other", members=["U0ALICE"])
    slack.faults.add("chat.postMessage", kind="ok_false", times=2, channel="C0SUPPORT")
    await post(client, "C0OTHER")
    await client.auth_test()
    for _ in range(2):
        with pytest.raises(SlackApiError):
            await post(client)
    await post(client)
    assert slack.faults.pending == 0


@pytest.mark.parametrize(
    "wrong",
    [{"kind": "fire"}, {"kind": "500", "colour": "red"}, {"method": "interactive", "kind": "500"}],
)
async def test_a_fault_there_is_not_cannot_be_added(slack, wrong):
    with pytest.raises(ValueError, match="fault"):
        slack.faults.add(**{"method": "chat.postMessage", **wrong})


async def test_rates_hold_only_when_switched_on(slack, client):
    for _ in range(3):
        await post(client)
    assert len(slack.messages("C0SUPPORT")) == 3


async def test_a_channel_takes_one_message_a_second(slack, client, clock):
    slack.add_channel("C0OTHER", "other", members=["U0ALICE"])
    slack.rate_limits = True
    await post(client)
    with pytest.raises(SlackApiError) as caught:
        await post(client)
    assert caught.value.response.headers["Retry-After"] == "1"
    await post(client, "C0OTHER")
    clock.forward(1)
    await post(client)
    assert len(slack.messages("C0SUPPORT")) == 2


async def test_user_groups_are_read_twenty_times_a_minute(slack, client, clock):
    slack.rate_limits = True
    for _ in range(20):
        await client.usergroups_list()
    with pytest.raises(SlackApiError) as caught:
        await client.usergroups_list()
    assert caught.value.response.headers["Retry-After"] == "60"
    clock.forward(60)
    await client.usergroups_list()
