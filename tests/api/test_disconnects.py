"""Readers of the stream that hang up at any byte, or do not read at all: nothing is lost, doubled, kept or held up."""

import asyncio
import random
import socket
from contextlib import asynccontextmanager

import pytest

from approvals.lifecycle import Submission
from approvals.proposal import Action, Ask
from bot.api.context import METRICS, Limits
from tests.api.conftest import TOKEN
from tests.listening import heard_from, listening
from tests.patience import PATIENCE

BEARING = {"Authorization": f"Bearer {TOKEN}"}
DISCONNECTS = 1000
SHARE = 0.3
"""Of them, while something happens."""
LARGE = 200_000
"""Characters of one payload, so that a few events fill whatever lies between two sockets."""
MANY = 60


async def submitted(endpoint, size=10):
    """Something that runs at once, of which the agent is told one thing."""
    action = Action(name="search.web", payload={"text": "x" * size})
    made, _ = await endpoint.lifecycle.submit(
        Submission(action=action, ask=Ask(agent="shop", reasoning="One of many."))
    )
    return made


@asynccontextmanager
async def raw(endpoint, place, *, buffer=None):
    """A socket on which the stream was asked for."""
    with socket.socket() as made:
        made.setblocking(False)
        if buffer is not None:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, buffer)
        loop = asyncio.get_running_loop()
        await loop.sock_connect(made, (endpoint.server.host, endpoint.server.port))
        lines = (f"GET /v1/events?after={place} HTTP/1.1", "Host: here", f"Authorization: Bearer {TOKEN}", "", "")
        await loop.sock_sendall(made, "\r\n".join(lines).encode())
        yield made


def blocks(taken):
    """The whole blocks of the stream in an answer that may end anywhere."""
    head, _, rest = taken.partition(b"\r\n\r\n")
    assert not head or head.startswith(b"HTTP/1.1 200"[: len(head)]), head
    body = b""
    while b"\r\n" in rest:
        size, _, rest = rest.partition(b"\r\n")
        body += rest[: int(size, 16)]
        rest = rest[int(size, 16) + 2 :]
    return [heard_from(block + b"\n\n") for block in body.split(b"\n\n")[:-1]]


async def torn(endpoint, place, at, newest, *, rude):
    """What was whole when the reader hung up: after so many bytes, or once it had all up to `newest`, an awaitable."""
    loop, taken = asyncio.get_running_loop(), b""
    async with raw(endpoint, place) as connection:
        reading = None
        while len(taken) < at and not (newest.done() and place_of(taken) == newest.result()):
            reading = reading or asyncio.ensure_future(loop.sock_recv(connection, at - len(taken)))
            await asyncio.wait({reading} if newest.done() else {reading, newest}, return_when=asyncio.FIRST_COMPLETED)
            if reading.done():
                taken, reading = taken + reading.result(), None
        if reading is not None:
            reading.cancel()
            await asyncio.gather(reading, return_exceptions=True)
        if rude:  # a reset in place of an end
            connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\x01\0\0\0\0\0\0\0")
    return [block for block in blocks(taken) if block.id is not None]


def place_of(taken):
    found = [block.id for block in blocks(taken) if block.id is not None]
    return found[-1] if found else None


async def test_over_a_thousand_disconnects_at_any_byte_no_event_is_lost_or_doubled(endpoint):
    chance, store = random.Random(1120), endpoint.lifecycle.store
    heard, place, last, cut_short = [], 0, 0, 0

    async def happening():
        if chance.random() < SHARE:
            await submitted(endpoint)
            return await store.stream.newest("shop")
        return last

    for _ in range(DISCONNECTS):
        newest = asyncio.ensure_future(happening())
        found = await torn(endpoint, place, chance.randrange(1, 3000), newest, rude=chance.random() < 0.5)
        if found:
            assert found[0].id == place
            assert found[0].data is None
            heard += [block.id for block in found[1:]]
            place = found[-1].id
        last = await newest
        cut_short += place != last
    async with listening(endpoint.http, query=f"?after={place}", headers=BEARING) as listener:
        while listener.place != await store.stream.newest("shop"):
            heard.append((await listener.next()).id)
    told = await store.stream.after("shop", 0, 10_000)
    assert heard == [each.seq for each in told]
    assert len(heard) > DISCONNECTS / 4
    assert cut_short > DISCONNECTS / 4, "many hung up before they had all"


async def test_a_reader_that_does_not_read_costs_no_memory_holds_up_nobody_and_misses_nothing(endpoint):
    for _ in range(MANY):
        await submitted(endpoint, LARGE)
    async with raw(endpoint, 0, buffer=4096) as stuck:
        async with listening(endpoint.http, query="?after=0", headers=BEARING) as listener:
            everything = [each.id for each in await listener.take(MANY)]
        sent = endpoint.server.app[METRICS].registry.get_sample_value("signoff_events_sent_total") - MANY
        assert sent < MANY * 3 / 4, "the rest is in the store, not in memory"
        taken = b""
        while taken.count(b"\nevent: ") < 4:
            taken += await asyncio.get_running_loop().sock_recv(stuck, 2**20)
        *_, last = got = [block.id for block in blocks(taken) if block.data is not None]
        async with listening(endpoint.http, query=f"?after={last}", headers=BEARING) as listener:
            got += [each.id for each in await listener.take(MANY - len(got))]
    assert got == everything


async def test_a_reader_that_does_not_read_does_not_hold_up_the_end_of_the_server(endpoint):
    for _ in range(MANY):
        await submitted(endpoint, LARGE)
    async with raw(endpoint, 0, buffer=4096):
        async with listening(endpoint.http, query="?after=0", headers=BEARING) as listener:
            await listener.take(MANY)
        async with asyncio.timeout(PATIENCE):  # requests that do not end by themselves get a minute
            await endpoint.server.runner.cleanup()
    assert endpoint.lifecycle.store.signals.waiting == 0


@pytest.mark.parametrize("limits", [Limits(burst=100, stalled=0.2)])
async def test_a_reader_that_takes_nothing_for_long_is_cut_off(endpoint):
    for _ in range(MANY):
        await submitted(endpoint, LARGE)
    async with raw(endpoint, 0, buffer=4096):
        async with asyncio.timeout(PATIENCE):
            while endpoint.server.app[METRICS].registry.get_sample_value("signoff_event_streams") != 1:
                await endpoint.call("GET", "/healthz")
            while endpoint.server.app[METRICS].registry.get_sample_value("signoff_event_streams") != 0:
                await endpoint.call("GET", "/healthz")
