"""Where files for Slack are sent: to Slack, and nowhere else."""

import aiohttp
import pytest
from aiohttp import web
from aiohttp.test_utils import TestServer

from bot.slack.web.client import SlackFault, slack_client
from bot.slack.web.files import share_picture, takes_files
from sandbox import Sandbox

API = "https://slack.com/api/"


@pytest.mark.parametrize(
    ("url", "takes"),
    [
        ("https://files.slack.com/upload/v1/abc", True),
        ("https://slack.com/upload/v1/abc", True),
        ("http://files.slack.com/upload/v1/abc", False),
        ("https://files.slack.com.example/upload", False),
        ("https://files.slack.com@example.com/upload", False),
        ("https://user:word@files.slack.com/upload", False),
        ("https://example.com/files.slack.com", False),
        ("https://[", False),
        ("", False),
    ],
)
def test_a_file_is_sent_to_slack_alone(url, takes):
    assert takes_files(url, API) is takes


async def test_what_slack_does_not_take_is_said_and_what_it_takes_stands_in_the_channel_whole():
    async with Sandbox() as slack:
        slack.add_channel("C0SUPPORT", "support", members=["U0ALICE"])
        slack.add_user("U0ALICE", "Alice")
        async with slack_client(slack.bot_token, slack.api_url) as client:
            given = {"name": "week.png", "title": "The week", "alt": "Mon: nothing."}
            with pytest.raises(SlackFault, match="invalid_arguments"):
                await share_picture(client, "C0SUPPORT", b"", **given)
            with pytest.raises(SlackFault, match="channel_not_found"):
                await share_picture(client, "C0NONE", b"\x89PNG", **given)
            await share_picture(client, "C0SUPPORT", b"\x89PNG", **{**given, "alt": "x" * 2000})
            await slack.until(lambda: [m for m in slack.messages("C0SUPPORT") if m.get("files")])
            (message,) = slack.messages("C0SUPPORT")
            assert len(message["files"][0]["alt_txt"]) == 1000
            async with aiohttp.ClientSession() as session, session.get(message["files"][0]["url_private"]) as got:
                assert await got.read() == b"\x89PNG"


async def test_where_slacks_address_leads_on_to_another_nothing_is_sent_there():
    reached = []

    async def announced(request):
        return web.json_response({"ok": True, "file_id": "F1", "upload_url": str(request.url.with_path("/upload"))})

    async def moved(request):
        await request.read()
        raise web.HTTPTemporaryRedirect("/elsewhere")

    async def elsewhere(request):
        reached.append(await request.read())
        return web.Response()

    app = web.Application()
    app.add_routes(
        [
            web.route("*", "/api/files.getUploadURLExternal", announced),
            web.post("/upload", moved),
            web.post("/elsewhere", elsewhere),
        ]
    )
    async with TestServer(app) as server, slack_client("xoxb-1", str(server.make_url("/api/"))) as client:
        with pytest.raises(SlackFault, match="answered a file with 307"):
            await share_picture(client, "C0SUPPORT", b"PNG", name="week.png", title="The week", alt="Nothing.")
    assert reached == []
