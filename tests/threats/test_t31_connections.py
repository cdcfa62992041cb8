"""T31: nobody who has shown no token keeps the service from anybody else, by silence, by half of something, or by many."""

import asyncio
import os
import sys
import time
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from bot.slack.web.http import LARGEST, TOGETHER
from tests.faults.premises import premises
from tests.patience import PATIENCE
from tests.town import SUPPORT

POOR = (
    "sh", "-c", 'ulimit -n 256; exec "$0" "$@"',
    sys.executable, "-m", "bot", "serve", "--env-file", os.devnull,
)  # fmt: skip
"""The bot with as few descriptors as some systems give."""
FORGED = f"X-Slack-Request-Timestamp: {{}}\r\nX-Slack-Signature: v0={'0' * 64}"
"""What Slack's headers look like; anybody can send that."""


@asynccontextmanager
async def crowd(place, number, *says):
    """So many connections, each of which says this much and then nothing; those that the bot ends are ended."""
    to = urlsplit(place.bot.url)
    come = []

    async def enter():
        try:
            reader, writer = await asyncio.open_connection(to.hostname, to.port)
            come.append((reader, writer))
            for said in says:
                writer.write(said)
                await writer.drain()
        except ConnectionError:
            pass  # turned away while it spoke

    for begin in range(0, number, 50):
        await asyncio.gather(*(enter() for _ in range(min(50, number - begin))))
    try:
        yield come
    finally:
        for _, writer in come:
            writer.transport.abort()


async def lives(place):
    """The agent is answered, and a click decides."""
    proposal = await place.propose()
    card = await place.card(SUPPORT, proposal)
    assert (await place.click("U0ALICE", SUPPORT, card, "approve")).acknowledged
    assert await place.status(proposal) == "approved"


@pytest.mark.parametrize("says", [b"", b"POST /slack/ev", b"POST /v1/proposals HTTP/1.1\r\nHost: x\r\nX-Slow: "])
async def test_t31_six_hundred_that_say_nothing_or_half_of_it_are_in_nobodys_way(tmp_path, says):
    async with premises(tmp_path, "http", command=POOR) as place:
        await place.start()
        async with crowd(place, 600, says):
            await lives(place)
        await place.bot.end()
        assert len(place.bot.said) < 60, "not a line for each of them"
        assert not [line for line in place.bot.said if "accept" in line]


def memory(place):
    """Bytes of the bot that are in memory now."""
    pages = int(Path(f"/proc/{place.bot.child.pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


@pytest.mark.skipif(not Path("/proc/self/statm").exists(), reason="tells how much memory a process has on Linux alone")
async def test_t31_half_sent_bodies_that_look_like_slacks_hold_a_bounded_memory_and_are_let_go(tmp_path):
    async with premises(tmp_path, "http") as place:
        await place.start()
        await lives(place)
        before = memory(place)
        head = f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{FORGED.format(int(time.time()))}\r\n"
        said = f"{head}Content-Length: {LARGEST}\r\n\r\n".encode()
        async with crowd(place, 150, said, bytes(LARGEST - 1000)) as come:
            assert memory(place) - before < 3 * TOGETHER
            async with asyncio.timeout(PATIENCE):
                statuses = {(await reader.readline()).decode().strip() for reader, _ in come}
        assert statuses <= {"HTTP/1.1 401 Unauthorized", "HTTP/1.1 503 Service Unavailable", ""}
        await lives(place)


async def said_to(place, raw):
    """The status of the answer to something that is not finished."""
    to = urlsplit(place.bot.url)
    reader, writer = await asyncio.open_connection(to.hostname, to.port)
    try:
        async with asyncio.timeout(PATIENCE):
            writer.write(raw)
            return (await reader.readline()).decode().strip().partition(" ")[2]
    finally:
        writer.close()


LOOKS_RIGHT = f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{FORGED}\r\n"


@pytest.mark.parametrize(
    "head",
    [
        "POST /slack/events HTTP/1.1\r\nHost: x\r\nContent-Length: 1000\r\n\r\n",
        "POST /slack/events HTTP/1.1\r\nHost: x\r\nX-Slack-Signature: v0=00\r\nContent-Length: 1000\r\n\r\n",
        "POST /slack/events HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n",
        f"POST /slack/events HTTP/1.1\r\nHost: x\r\n{FORGED.format(1)}\r\nContent-Length: 1000\r\n\r\n",
        f"{LOOKS_RIGHT}Content-Length: {LARGEST + 1}\r\n\r\n",
        f"{LOOKS_RIGHT}Transfer-Encoding: chunked\r\n\r\nzz\r\nno chunk\r\n",
        f"{LOOKS_RIGHT}Transfer-Encoding: chunked\r\n\r\n5\r\ntoo much for five\r\n",
        f"{LOOKS_RIGHT}Content-Length: 1000\r\n\r\nhalf of it",
    ],
    ids=["unsigned", "signed short", "unsigned chunks", "old", "too large", "no chunk", "long chunk", "half"],
)
async def test_t31_what_cannot_be_slacks_is_a_401_before_its_body_is_there(town, head):
    assert await said_to(town, head.replace("{}", str(int(time.time()))).encode()) == "401 Unauthorized"
