"""Every way in which Slack's Web API fails, folded into the few that matter."""

import pytest
from aiohttp import web

from bot.slack.web.client import Denied, Limited, NeverSent, Unclear, call, slack_client

POST = {"channel": "C0SUPPORT", "text": "hello"}


async def test_a_call_gives_what_slack_answered(slack, client):
    answer = await call(client, "chat_postMessage", **POST)
    assert answer["ts"] == slack.messages("C0SUPPORT")[0]["ts"]


@pytest.mark.parametrize("kind", ["500", "html", "empty", "drop_before", "drop_after"])
async def test_an_answer_that_is_none_leaves_it_unclear_and_the_call_is_made_once(slack, client, kind):
    slack.faults.add("chat.postMessage", kind)
    with pytest.raises(Unclear):
        await call(client, "chat_postMessage", **POST)
    assert len([each for each in slack.calls if each.method == "chat.postMessage"]) == 1
    assert len(slack.messages("C0SUPPORT")) == (1 if kind == "drop_after" else 0)


@pytest.mark.parametrize("kind", ["hang", "hang_after"])
async def test_no_answer_in_time_leaves_it_unclear(slack, client, kind):
    slack.faults.add("chat.postMessage", kind)
    with pytest.raises(Unclear, match=r"0\.2"):
        await call(client, "chat_postMessage", seconds=0.2, **POST)


@pytest.mark.parametrize("error", ["internal_error", "fatal_error", "service_unavailable", "request_timeout"])
async def test_slack_s_own_troubles_leave_it_unclear(slack, client, error):
    slack.faults.add("chat.postMessage", "ok_false", error=error)
    with pytest.raises(Unclear):
        await call(client, "chat_postMessage", **POST)


async def test_a_rate_limit_says_how_long_to_wait_and_the_call_is_not_repeated(slack, client):
    slack.faults.add("chat.postMessage", "429", retry_after=7)
    with pytest.raises(Limited) as limited:
        await call(client, "chat_postMessage", **POST)
    assert limited.value.seconds == 7
    assert len([each for each in slack.calls if each.method == "chat.postMessage"]) == 1


async def test_a_rate_limit_without_the_header_waits_some_seconds(slack, client):
    slack.faults.add("chat.postMessage", "ok_false", error="ratelimited")
    with pytest.raises(Limited) as limited:
        await call(client, "chat_postMessage", **POST)
    assert limited.value.seconds == 5


@pytest.fixture(params=[429, 500, 502, 503, 404])
async def gate(request):
    """What stands before Slack and answers in a page of its own."""

    async def refuse(_request):
        return web.Response(status=request.param, text="<html>Not now</html>", headers={"Retry-After": "3"})

    app = web.Application()
    app.add_routes([web.route("*", "/api/{method}", refuse)])
    runner = web.AppRunner(app, access_log=None)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    yield request.param, f"http://127.0.0.1:{runner.addresses[0][1]}/api/"
    await runner.cleanup()


@pytest.mark.parametrize("method", ["chat_postMessage", "users_info"])
async def test_a_page_instead_of_slack_s_words_is_a_rate_limit_or_leaves_it_unclear(gate, method):
    status, address = gate
    arguments = POST if method == "chat_postMessage" else {"user": "U0ALICE"}
    async with slack_client("xoxb-1", address) as client:
        with pytest.raises(Limited if status == 429 else Unclear) as fault:
            await call(client, method, **arguments)
    assert getattr(fault.value, "seconds", 3) == 3


@pytest.mark.parametrize("error", ["channel_not_found", "invalid_auth", "msg_too_long", "a_word_nobody_knows"])
async def test_a_no_carries_slack_s_word_for_it(slack, client, error):
    slack.faults.add("chat.postMessage", "ok_false", error=error)
    with pytest.raises(Denied) as denied:
        await call(client, "chat_postMessage", **POST)
    assert denied.value.error == error


async def test_a_refused_block_carries_slack_s_reason(slack, client):
    with pytest.raises(Denied, match=r"invalid_blocks .+"):
        await call(client, "chat_postMessage", channel="C0SUPPORT", text="x", blocks=[{"type": "no such block"}])


async def test_without_a_connection_it_was_never_sent():
    async with slack_client("xoxb-1", "http://127.0.0.1:9/api/") as client:
        with pytest.raises(NeverSent):
            await call(client, "chat_postMessage", **POST)


async def test_no_failure_tells_the_token(slack):
    token = "xoxb-a-secret-that-nobody-may-read"
    async with slack_client(token, slack.api_url) as client:
        with pytest.raises(Denied) as denied:
            await call(client, "chat_postMessage", **POST)
    assert denied.value.error == "invalid_auth"
    assert token not in repr(denied.value) + str(denied.value)
