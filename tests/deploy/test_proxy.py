"""The proxy of docs/operating.md: nginx with the page's own lines, before a whole bot, with agents and Slack outside."""

import asyncio
import re
import shutil
import socket
import ssl
from contextlib import asynccontextmanager, contextmanager
from io import BytesIO
from types import SimpleNamespace

import aiohttp
import pytest
from cryptography import x509

from bot.api.long_poll import LONGEST
from bot.api.strict_json import MAX_BYTES
from bot.slack.web.http import LARGEST
from tests.certificates import certified
from tests.examples.pages import ROOT, blocks
from tests.listening import listening
from tests.patience import PATIENCE
from tests.town import AGENT_TOKEN, SUPPORT, open_town

(LINES,) = blocks(ROOT / "docs" / "operating.md", "nginx")
HOST = "approvals.example.com"
MAIN = """
daemon off; master_process off; pid {folder}/pid; error_log {folder}/errors warn;
events {{ worker_connections 64; }}
http {{
    access_log {folder}/access;
    client_body_temp_path {folder}/body; proxy_temp_path {folder}/answers; fastcgi_temp_path {folder}/unused;
    uwsgi_temp_path {folder}/unused; scgi_temp_path {folder}/unused;
    {lines}
}}
"""


@contextmanager
def unused_ports(count):
    """So many that nobody has; nginx lets nobody else choose for it."""
    held = [socket.create_server(("127.0.0.1", 0)) for _ in range(count)]
    ports = [each.getsockname()[1] for each in held]
    for each in held:
        each.close()
    yield ports


def replaced(lines, *pairs):
    """The page's lines with what must differ here; each has to be there once."""
    for before, after in pairs:
        assert lines.count(before) == 1, before
        lines = lines.replace(before, after)
    return lines


@asynccontextmanager
async def proxied(town, folder, *changes):
    """nginx before the bot of the town: over TLS for agents, and beside it in the open for Slack's stand-in."""
    nginx = shutil.which("nginx", path="/usr/sbin:/usr/bin:/sbin:/bin:/usr/local/sbin:/usr/local/bin")
    assert nginx, "install nginx (Debian: apt install nginx-light)"
    certified(folder, "cert", x509.DNSName(HOST))
    with unused_ports(2) as (secure, plain):
        lines = replaced(
            LINES,
            ("127.0.0.1:8080", town.bot.url.removeprefix("http://")),
            ("listen 443 ssl;", f"listen 127.0.0.1:{secure} ssl; listen 127.0.0.1:{plain} sndbuf=8k;"),
            (f"/etc/ssl/certs/{HOST}.pem", str(folder / "cert.pem")),
            (f"/etc/ssl/private/{HOST}.key", str(folder / "cert.key")),
            *changes,
        )
        (folder / "nginx.conf").write_text(MAIN.format(folder=folder, lines=lines))
        process = await asyncio.create_subprocess_exec(nginx, "-c", folder / "nginx.conf", "-p", folder)
    try:
        async with asyncio.timeout(PATIENCE):
            while True:
                assert process.returncode is None, (folder / "errors").read_text()
                try:
                    (await asyncio.open_connection("127.0.0.1", secure))[1].close()
                    break
                except OSError:
                    await town.call("GET", "/healthz")
        trust = ssl.create_default_context(cafile=folder / "cert.pem")
        where = f"https://{HOST}:{secure}"
        resolver = _Here()
        async with aiohttp.ClientSession(
            base_url=where,
            headers={"Authorization": f"Bearer {AGENT_TOKEN}"},
            connector=aiohttp.TCPConnector(ssl=trust, resolver=resolver),
            timeout=aiohttp.ClientTimeout(total=PATIENCE),
        ) as agent:
            yield SimpleNamespace(agent=agent, plain=f"http://127.0.0.1:{plain}", folder=folder)
    finally:
        process.terminate()
        await process.wait()


class _Here(aiohttp.abc.AbstractResolver):
    """The page's host is this machine."""

    async def resolve(self, host, port=0, family=socket.AF_INET):
        return [{"hostname": host, "host": "127.0.0.1", "port": port, "family": family, "proto": 0, "flags": 0}]

    async def close(self):
        """There is nothing to be closed."""


@pytest.fixture
async def town(tmp_path):
    (tmp_path / "town").mkdir()
    async with open_town(tmp_path / "town", "http") as town, town.serving():
        yield town


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "proxy").mkdir()
    return tmp_path / "proxy"


async def test_an_answer_is_held_until_somebody_decides_and_a_click_of_slack_arrives_as_it_was_signed(town, folder):
    async with proxied(town, folder) as proxy:
        town.slack.deliver_to(f"{proxy.plain}/slack/events")
        made = await town.propose(session=proxy.agent)
        card = await town.card(SUPPORT, made)
        path = f"/v1/proposals/{made['id']}"
        waiting = asyncio.create_task(answer(proxy.agent, path, wait=LONGEST))
        delivery = await town.click("U0ALICE", SUPPORT, card, "approve")
        assert delivery.acknowledged
        status, said = await waiting
        assert (status, said["status"]) == (200, "approved")


async def answer(session, path, **params):
    async with session.get(path, params=params) as response:
        return response.status, await response.json(content_type=None)


def seconds_of(name):
    return int(re.search(rf"{name} (\d+)s;", LINES)[1])


async def test_an_answer_is_held_as_long_as_the_longest_that_an_agent_may_ask_for(town, folder):
    assert seconds_of("proxy_read_timeout") > LONGEST + 5
    shorter = ("proxy_read_timeout 75s;", "proxy_read_timeout 3s;")
    async with proxied(town, folder, shorter) as proxy:
        made = await town.propose(session=proxy.agent)
        path = f"/v1/proposals/{made['id']}"
        held, cut = await asyncio.gather(answer_status(proxy.agent, path, 1), answer_status(proxy.agent, path, 20))
    assert (held, cut) == (200, 504), "it is the read timeout that says how long"


async def answer_status(session, path, wait):
    async with session.get(path, params={"wait": wait}) as response:
        return response.status


async def test_an_event_comes_at_once_and_not_with_the_end_of_the_stream(town, folder):
    async with proxied(town, folder) as proxy, listening(proxy.agent) as stream:
        made = await town.propose("search.web", {"q": "x"}, session=proxy.agent)
        assert (await stream.next()).data["subject"] == made["id"]


async def test_whatever_the_bot_takes_and_answers_passes_and_nothing_is_written_to_a_disk_on_the_way(town, folder):
    async with proxied(town, folder) as proxy:
        large = {"to": "mira@example.com", "subject": "x" * (MAX_BYTES - 1000)}
        made = await town.propose(payload=large, session=proxy.agent)
        assert len(await read_late(proxy.plain, f"/v1/proposals/{made['id']}")) > MAX_BYTES
        too_large = {"to": "mira@example.com", "subject": "x" * (MAX_BYTES + 1)}
        said = await town.propose(payload=too_large, session=proxy.agent, expect=413)
        assert said["type"].endswith("too-large"), "the bot's own answer"
        async with proxy.agent.post("/v1/proposals", data=BytesIO(b"x" * (LARGEST + 1))) as response:
            assert (response.status, "nginx" in await response.text()) == (413, True)
    assert "buffered to a temporary file" not in (folder / "errors").read_text(), "neither a body nor an answer"


async def read_late(where, path):
    """An answer that its reader, who has little room, leaves alone until somebody else was answered."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        connection.setblocking(False)
        loop, (host, port) = asyncio.get_running_loop(), where.removeprefix("http://").split(":")
        await loop.sock_connect(connection, (host, int(port)))
        words = f"GET {path} HTTP/1.0\r\nHost: {HOST}\r\nAuthorization: Bearer {AGENT_TOKEN}\r\n\r\n"
        await loop.sock_sendall(connection, words.encode())
        found = await loop.sock_recv(connection, 100)
        async with aiohttp.ClientSession() as other:
            for _ in range(20):
                assert (await answer(other, f"{where}/.well-known/jwks.json"))[0] == 200
        while more := await loop.sock_recv(connection, 65536):
            found += more
        return found


async def test_only_what_is_for_outside_is_reached_from_there(town, folder):
    async with proxied(town, folder) as proxy:
        for path in ("/healthz", "/readyz", "/metrics", "/", "/slack/events/x", "/.well-known/other"):
            async with proxy.agent.get(path) as response:
                assert (path, response.status, response.headers["Server"][:5]) == (path, 404, "nginx")
        assert (await answer(proxy.agent, "/.well-known/jwks.json"))[1]["keys"]


async def test_the_proxys_log_has_the_callers_address_and_no_token(town, folder):
    async with proxied(town, folder) as proxy:
        await town.propose(session=proxy.agent)
        async with proxy.agent.get("/v1/proposals", headers={"X-Forwarded-For": "203.0.113.7"}) as response:
            assert response.status == 200
    log = (folder / "access").read_text()
    assert re.search(r'^127\.0\.0\.1 - .*"POST /v1/proposals HTTP/1\.1" 201 ', log, re.MULTILINE)
    assert AGENT_TOKEN not in log
