"""Connections that say nothing, little, or read nothing; and more of them than there are places."""

import asyncio
import json
import subprocess
import sys
from contextlib import asynccontextmanager

import pytest
from aiohttp import web
from structlog.testing import capture_logs

from bot.api.connections import BACKLOG, MOST, ApiRunner, ConnectionLimits
from tests.patience import PATIENCE

ASK = b"GET %s HTTP/1.1\r\nHost: x\r\n\r\n"
LARGE = 8 * 1024 * 1024
"""Bytes of an answer that no system keeps for a reader who takes none of it."""


class Place:
    """A server with few places, a watch that is moved by hand, and those who came."""

    def __init__(self, runner):
        self.runner, self.table, self.now, self.let_go = runner, runner.table, 0.0, asyncio.Event()
        self.writers = []

    async def enter(self, raw=b""):
        reader, writer = await asyncio.open_connection("127.0.0.1", self.runner.addresses[0][1])
        self.writers.append(writer)
        writer.write(raw)
        return reader, writer

    async def until(self, condition):
        async with asyncio.timeout(PATIENCE):
            while not condition():  # noqa: ASYNC110 what a server notes for itself tells nobody
                await asyncio.sleep(0)

    async def silent(self, number):
        """So many who ask nothing, each of whom the server waits for."""
        come = []
        for _ in range(number):
            come.append(await self.enter())
            await self.until(lambda: len([each for each in self.table.open if each.waits_since() is not None]) >= 1)
            self.now += 0.01
        return come

    async def busy(self):
        """One whose request is under way."""
        before = self.runner.server.requests_count
        come = await self.enter(ASK % b"/held")
        await self.until(lambda: self.runner.server.requests_count > before)
        return come

    def later(self, seconds):
        """Moves the watch, and looks who is late."""
        self.now += seconds
        self.table.close_late()


async def ended(reader):
    """Whether nothing more comes, however it ended."""
    async with asyncio.timeout(PATIENCE):
        try:
            while await reader.read(65_536):
                pass
        except ConnectionError:
            pass
    return True


async def answer(reader):
    """The status line, the headers and the body of one answer."""
    async with asyncio.timeout(PATIENCE):
        head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1")
        status, *lines = head.strip().split("\r\n")
        headers = dict(line.lower().split(": ", 1) for line in lines)
        return status, headers, await reader.readexactly(int(headers["content-length"]))


@asynccontextmanager
async def opened(most=4):
    async def here(_):
        return web.Response(text="here")

    async def held(_):
        await place.let_go.wait()
        return web.Response(text="at last")

    async def large(_):
        return web.Response(body=bytes(LARGE))

    app = web.Application()
    app.add_routes([web.get("/", here), web.get("/held", held), web.get("/large", large)])
    runner = ApiRunner(app, limits=ConnectionLimits(most=most), monotonic=lambda: place.now, shutdown_timeout=0.1)
    place = Place(runner)
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0, backlog=BACKLOG).start()
    try:
        yield place
    finally:
        place.let_go.set()
        for writer in place.writers:
            writer.close()
        await runner.cleanup()


@pytest.mark.parametrize("said", [b"", b"GET / HT", b"GET / HTTP/1.1\r\nHost: x\r\nX-Slow: 1"])
async def test_who_does_not_finish_asking_is_closed(said):
    async with opened() as place:
        reader, writer = await place.enter(said)
        await place.until(lambda: any(each.waits_since() is not None for each in place.table.open))
        place.later(9)
        writer.write(b"a")  # a drop does not begin the time anew
        place.later(0.9)
        assert len(place.table.open) == 1
        place.later(0.2)
        assert await ended(reader)
        assert (place.table.closed, len(place.table.open)) == (1, 0)


async def test_who_has_been_answered_may_be_silent_but_not_ask_half_a_question():
    async with opened() as place:
        reader, writer = await place.enter(ASK % b"/")
        assert (await answer(reader))[0] == "HTTP/1.1 200 OK"
        place.later(60)
        writer.write(b"GET / HT")
        await place.until(lambda: any(each._asking_since is not None for each in place.table.open))
        place.later(9)
        assert len(place.table.open) == 1
        place.later(2)
        assert await ended(reader)


async def test_who_asks_the_next_thing_in_time_is_answered():
    async with opened() as place:
        reader, writer = await place.enter()
        for _ in range(3):
            place.later(9)
            writer.write(ASK % b"/")
            assert (await answer(reader))[0] == "HTTP/1.1 200 OK"


async def test_a_request_under_way_may_take_its_time():
    async with opened() as place:
        reader, _ = await place.busy()
        place.later(3600)
        place.let_go.set()
        assert (await answer(reader))[2] == b"at last"


async def test_who_does_not_read_an_answer_is_closed():
    async with opened() as place:
        reader, _ = await place.enter(ASK % b"/large")
        reader._transport.pause_reading()
        await place.until(lambda: any(each._unread_since is not None for each in place.table.open))
        place.later(29)
        assert len(place.table.open) == 1
        place.later(2)
        assert len(place.table.open) == 0
        reader._transport.resume_reading()
        assert await ended(reader)


async def test_where_every_place_is_at_work_the_next_is_refused_and_that_is_said_once():
    async with opened(most=2) as place:
        with capture_logs() as said:
            first, _ = await place.busy()
            await place.busy()
            refusals = [await answer((await place.enter(ASK % b"/"))[0]) for _ in range(3)]
            place.let_go.set()
            await answer(first)
            place.writers[0].close()
            await place.until(lambda: len(place.table.open) < 2)
        assert [status for status, _, _ in refusals] == ["HTTP/1.1 503 Service Unavailable"] * 3
        assert {headers["retry-after"] for _, headers, _ in refusals} == {"1"}
        assert json.loads(refusals[0][2])["type"] == "urn:signoff:problem:too-many-connections"
        assert [each["event"] for each in said] == [
            "every connection is at work: new ones are refused",
            "there is room for connections again",
        ]
        assert place.table.refused == 3


async def test_who_has_waited_longest_without_asking_makes_room():
    async with opened(most=3) as place:
        (first, _), _, _ = await place.silent(3)
        reader, _ = await place.enter(ASK % b"/")
        assert (await answer(reader))[0] == "HTTP/1.1 200 OK"
        assert await ended(first)
        assert (len(place.table.open), place.table.refused, place.table.closed) == (3, 0, 1)


@pytest.mark.parametrize("said", [ASK % b"/", ASK % b"/nowhere", b"no request\r\n\r\n"])
async def test_no_answer_says_which_versions_we_run(said):
    async with opened() as place:
        _, headers, _ = await answer((await place.enter(said))[0])
        assert headers["server"] == "signoff"


@pytest.mark.parametrize(
    ("limits", "places"), [("ulimit -n 256", 64), ("ulimit -Sn 256; ulimit -Hn 4096", 1984), ("ulimit -n 100", 16)]
)
def test_there_are_fewer_places_than_descriptors(limits, places):
    asked = "from bot.api.connections import raised_limits; print(raised_limits().most)"
    ran = subprocess.run(
        ["sh", "-c", f'{limits}; exec "$0" -c "$1"', sys.executable, asked],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert int(ran.stdout) == places <= MOST
