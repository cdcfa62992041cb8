"""The receiver of callbacks pays what people approved, once, and believes nobody but Signoff."""

import asyncio
import json
import os
import sqlite3
import sys
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web
from standardwebhooks import Webhook
from yarl import URL

from approvals.effects import AgentEvent
from approvals.proposal import Status
from bot.api.present import cloud_event
from tests.examples.pages import EXAMPLES, ROOT, Folder, blocks, needs_curl_and_jq, scripts
from tests.making import make_proposal
from tests.patience import PATIENCE
from tests.receiver import SECRET
from tests.town import AGENT_TOKEN, FINANCE, POLICY, open_town

PAGE = EXAMPLES / "callbacks" / "README.md"
OLD_SECRET = "whsec_" + "b2xk" * 12
_HEAD, _, _REST = POLICY.partition("agents:\n")
_REST = "".join(line for line in _REST[_REST.index("ops:") :].splitlines(True) if "  - {id:" not in line)
"""Without the rules for actions that the page's agent may not propose."""


class Receiver:
    """The page's receiver at work, and what it has printed."""

    def __init__(self, process, address):
        self.process, self.address = process, address
        self.said = []

    async def next_line(self):
        """What it prints next."""
        async with asyncio.timeout(PATIENCE):
            self.said.append((await self.process.stdout.readline()).decode().strip())
        return self.said[-1]

    async def post(self, body, headers):
        """The status that it answers a call with."""
        async with (
            aiohttp.ClientSession() as session,
            session.post(self.address, data=body, headers=headers) as response,
        ):
            return response.status


@asynccontextmanager
async def receiving(folder, *, secrets=SECRET, url="http://127.0.0.1:1"):
    """The page's own command, with this Python."""
    (command,) = [text for text in scripts(PAGE) if "receiver.py" in text]
    environ = {
        "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        "PYTHONPATH": str(ROOT / "client"),
        "PORT": "0",
        "SIGNOFF_URL": url,
        "SIGNOFF_TOKEN": AGENT_TOKEN,
        "CALLBACK_SECRETS": secrets,
    }
    process = await asyncio.create_subprocess_exec(
        "bash", "-c", f"exec {command}", cwd=folder.path, env=environ, stdout=-1, stderr=asyncio.subprocess.DEVNULL
    )
    try:
        receiver = Receiver(process, "")
        receiver.address = (await receiver.next_line()).removeprefix("listening at ")
        yield receiver
    finally:
        process.kill()
        await process.wait()


def heard(folder):
    """The events in the inbox, and whether each is done with."""
    with sqlite3.connect(folder.path / "inbox.db") as rows:
        found = rows.execute("SELECT id, done FROM heard ORDER BY rowid").fetchall()
    rows.close()
    return found


def event(kind="approved", name="ent_" + "1" * 32):
    proposal = make_proposal(status=Status(kind))
    return json.dumps(cloud_event(name, AgentEvent(kind), datetime.now(UTC), proposal)).encode()


def signed(body, secret=SECRET):
    """The headers that Standard Webhooks wants for it, made now."""
    now, name = datetime.now(UTC), json.loads(body)["id"]
    return {
        "webhook-id": name,
        "webhook-timestamp": str(int(now.timestamp())),
        "webhook-signature": Webhook(secret).sign(name, now, body.decode()),
        "content-type": "application/json",
    }


@asynccontextmanager
async def door():
    """What stands in front of a receiver: hands on what comes once it is open, and keeps a copy of what was answered."""
    opened = asyncio.Event()

    class Door:
        to = None
        calls: asyncio.Queue = asyncio.Queue()

        def open(self, receiver):
            self.to = receiver
            opened.set()

    made = Door()

    async def hand_on(request):
        await opened.wait()
        body, headers = await request.read(), dict(request.headers)
        status = await made.to.post(body, headers)
        made.calls.put_nowait((body, headers, status))
        return web.Response(status=status)

    app = web.Application()
    app.router.add_post("/hooks/signoff", hand_on)
    runner = web.AppRunner(app)
    await runner.setup()
    try:
        site = web.TCPSite(runner, "127.0.0.1", 0)
        await site.start()
        made.url = f"http://127.0.0.1:{runner.addresses[0][1]}"
        yield made
    finally:
        opened.set()
        await runner.cleanup()


@asynccontextmanager
async def called(tmp_path):
    """A town with the page's agent, which is called back at the door, and the page's folder."""
    (agents,) = blocks(PAGE, "yaml")
    async with door() as front:
        assert "https://agents.example.com/" in agents
        policy = _HEAD + agents.replace("https://agents.example.com", front.url) + _REST
        variables = {"SHOP_CALLBACK": SECRET, "SIGNOFF_PRIVATE_CALLBACKS": "127.0.0.0/8"}
        async with open_town(tmp_path, policy=policy, variables=variables) as town, town.serving():
            yield town, Folder.of("callbacks", tmp_path, town.bot.url, AGENT_TOKEN), front


async def asked(town, folder, front):
    """The page's second script; the card of what it asked for."""
    ended = await folder.run(scripts(PAGE)[-1], HOOK=f"{front.url}/hooks/signoff")
    assert (ended.out, ended.err) == ("pending\n", "")
    await town.slack.until(lambda: town.slack.messages(FINANCE))
    return town.slack.messages(FINANCE)[0]


@needs_curl_and_jq
async def test_what_people_approve_is_paid_once_however_often_it_is_told(tmp_path):
    async with called(tmp_path) as (town, folder, front):
        card = await asked(town, folder, front)
        async with receiving(folder, url=town.bot.url) as receiver:
            front.open(receiver)
            await town.click("U0CAROL", FINANCE, card, "approve")
            assert await receiver.next_line() == "paid 250 for A-3001"
            await town.card_saying(FINANCE, card["ts"], "*Succeeded*, the agent reports")
            body, headers, _ = await front.calls.get()
            assert b"signoff.proposal.approved" in body
            assert [await receiver.post(body, headers) for _ in range(3)] == [204, 204, 204]
            assert [name for name, _ in heard(folder)] == [headers["webhook-id"]]
        entries = await town.entries()
        assert [entry.tag for entry in entries].count("proposal:claimed") == 1


@needs_curl_and_jq
async def test_what_was_heard_before_the_receiver_died_is_paid_by_the_next(tmp_path):
    async with called(tmp_path) as (town, folder, front):
        card = await asked(town, folder, front)
        async with receiving(folder) as receiver:  # Signoff is out of its reach: it can note, and not claim
            front.open(receiver)
            await town.click("U0CAROL", FINANCE, card, "approve")
            assert (await front.calls.get())[2] == 204
        assert [done for _, done in heard(folder)] == [0]
        async with receiving(folder, url=town.bot.url) as receiver:
            assert await receiver.next_line() == "paid 250 for A-3001"
            await town.card_saying(FINANCE, card["ts"], "*Succeeded*, the agent reports")


@needs_curl_and_jq
async def test_a_no_is_heard_and_nothing_is_paid(tmp_path):
    async with called(tmp_path) as (town, folder, front):
        card = await asked(town, folder, front)
        async with receiving(folder, url=town.bot.url) as receiver:
            front.open(receiver)
            await town.click("U0CAROL", FINANCE, card, "reject")
            await town.modal_saying("U0CAROL", "Reason")
            await town.slack.submit("U0CAROL", {"Reason": "It arrived"})
            assert (await front.calls.get())[2] == 204
            assert [done for _, done in heard(folder)] == [1]
        assert receiver.said[1:] == []


def altered(headers, **changes):
    return {**headers, **{name.replace("_", "-"): value for name, value in changes.items()}}


async def announced(receiver, length):
    """The status for a body of so many bytes, of which none is sent."""
    url = URL(receiver.address)
    reader, writer = await asyncio.open_connection(url.host, url.port)
    writer.write(f"POST {url.path} HTTP/1.1\r\nHost: here\r\nContent-Length: {length}\r\n\r\n".encode())
    async with asyncio.timeout(PATIENCE):
        status = int((await reader.readline()).split()[1])
    writer.close()
    await writer.wait_closed()
    return status


async def test_nobody_else_is_believed(tmp_path):
    folder = Folder.of("callbacks", tmp_path)
    body = event("rejected")
    headers = signed(body)
    forged = [
        (body, {"content-type": "application/json"}),
        (body.replace(b"rejected", b"approved"), headers),
        (body, signed(body, OLD_SECRET)),
        (body, altered(headers, webhook_id="ent_" + "2" * 32)),
        (body, altered(headers, webhook_timestamp=str(int(headers["webhook-timestamp"]) - 1))),
        (body, altered(headers, webhook_signature=headers["webhook-signature"][:-4] + "AAA=")),
        (b"", headers),
    ]
    async with receiving(folder) as receiver:
        assert [await receiver.post(*each) for each in forged] == [400] * len(forged)
        assert await announced(receiver, 1_000_001) == 413
        assert heard(folder) == []
        assert await receiver.post(body, headers) == 204
        assert heard(folder) == [("ent_" + "1" * 32, 1)]


@pytest.mark.parametrize("secret", [SECRET, OLD_SECRET])
async def test_both_secrets_hold_while_one_replaces_the_other(tmp_path, secret):
    body = event("rejected")
    async with receiving(Folder.of("callbacks", tmp_path), secrets=f"{SECRET} {OLD_SECRET}") as receiver:
        assert await receiver.post(body, signed(body, secret)) == 204
