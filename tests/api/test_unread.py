"""Lists come in pages of so many bytes, and an agent that reads nothing gets no more to leave unread."""

import asyncio
import json
import socket

import pytest

from bot.api.context import UNREAD, Limits
from bot.api.unread import SMALL
from storage.audit.log import PAGE_BYTES
from tests.api.conftest import OTHER_TOKEN, TOKEN
from tests.patience import PATIENCE

LONG = 240 * 1024


@pytest.fixture
def limits():
    return Limits(burst=100, unread=1)


async def proposals(endpoint, count, action="search.web"):
    """So many proposals of almost as many bytes as a body may have, oldest first."""
    return [
        (await endpoint.propose(action, payload={"query": chr(97 + number) * LONG}))["id"] for number in range(count)
    ]


async def test_a_page_has_so_many_bytes_and_its_cursor_leads_to_all_the_rest(endpoint):
    made = await proposals(endpoint, 9)
    seen, cursor, pages = [], "", 0
    while cursor is not None:
        page = await endpoint.call("GET", f"/v1/proposals?limit=100{cursor and f'&cursor={cursor}'}")
        assert len(json.dumps(page["proposals"])) < PAGE_BYTES + 9 * 4000
        assert page["proposals"]
        seen += [each["id"] for each in page["proposals"]]
        cursor, pages = page["next_cursor"], pages + 1
    assert seen == made[::-1]
    assert pages == 3


async def stuck(endpoint, count=1, path="/v1/proposals?limit=100"):
    """Connections of the agent shop that ask and never read, once an answer to each stands unread."""
    connections = []
    for _ in range(count):
        small = socket.socket()
        small.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        small.setblocking(False)
        await asyncio.get_running_loop().sock_connect(small, (endpoint.server.host, endpoint.server.port))
        _, writer = await asyncio.open_connection(sock=small, limit=4096)
        writer.transport.pause_reading()
        asked = f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {TOKEN}\r\n\r\n".encode()
        writer.write(asked)
        connections.append((writer, asked))
    return connections


async def until(endpoint, condition, doing=lambda: None):
    """Once it is true; each look is a round trip, so the server runs meanwhile."""
    async with asyncio.timeout(PATIENCE):
        while not condition():
            doing()
            await endpoint.call("GET", "/healthz")


async def test_an_agent_that_leaves_answers_unread_gets_no_more_of_them_and_all_else_goes_on(endpoint):
    await proposals(endpoint, 5)
    unread = endpoint.server.app[UNREAD]
    ((writer, asked),) = await stuck(endpoint)
    await until(endpoint, lambda: unread["shop"] > SMALL, lambda: writer.write(asked))  # the kernel takes some first
    assert unread["shop"] < 2 * PAGE_BYTES

    one = await endpoint.propose("refund.create")
    for path in ("/v1/proposals", f"/v1/proposals/{one['id']}", f"/v1/proposals/{one['id']}/receipt"):
        refused = await endpoint.call("GET", path, expect=429)
        assert refused["detail"] == (
            "1 bytes of answers to you have not been read yet. Read them, or close their connections, then ask again."
        )
    assert (await endpoint.call("GET", "/v1/proposals", token=OTHER_TOKEN))["proposals"] == []
    await endpoint.do(one, "withdraw", {"reason": "not needed"})

    writer.transport.abort()
    await until(endpoint, lambda: not unread)
    assert (await endpoint.show(one))["status"] == "withdrawn"
