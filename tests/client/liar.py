"""Whoever answers in the service's place, byte by byte as a test says, for as long as anybody reads."""

import asyncio
import gzip
from contextlib import asynccontextmanager

HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
PAUSE = 0.05
"""Seconds between two drops."""


async def drops(write, start, drop):
    """A few bytes now and then, without an end."""
    await write(start)
    while True:
        await write(drop)
        await asyncio.sleep(PAUSE)


async def flood(write, start, piece):
    """As many bytes as are taken."""
    await write(start)
    while True:
        await write(piece)


CHUNK = b"10000\r\n" + b" " * 0x10000 + b"\r\n"
BOMB = gzip.compress(b" " * (200 * 1024 * 1024), 9)
LIES = {
    "a status line by drops": lambda write: drops(write, b"", b"H"),
    "headers by drops": lambda write: drops(write, HEAD, b"X-Drop: 1\r\n"),
    "one header by drops": lambda write: drops(write, HEAD + b"X-Drop: ", b"x"),
    "interim answers without end": lambda write: drops(write, b"", b"HTTP/1.1 103 Early Hints\r\n\r\n"),
    "a body by drops": lambda write: drops(write, HEAD + b"Content-Length: 1000000\r\n\r\n{", b" "),
    "chunks by drops": lambda write: drops(write, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", b"1\r\n \r\n"),
    "a body without end": lambda write: flood(write, HEAD + b"\r\n", b" " * 0x10000),
    "chunks without end": lambda write: flood(write, HEAD + b"Transfer-Encoding: chunked\r\n\r\n", CHUNK),
    "headers without end": lambda write: flood(write, HEAD, b"X-Flood: " + b"x" * 1000 + b"\r\n"),
}
"""Each would hold whoever reads to the end for ever."""


def whole(body, *headers, status=b"200 OK"):
    """One answer that does end."""
    head = [b"HTTP/1.1 " + status, b"Content-Type: application/json", b"Content-Length: %d" % len(body), *headers]
    content = b"\r\n".join(head) + b"\r\n\r\n" + body

    async def answer(write):
        await write(content)

    return answer


@asynccontextmanager
async def lying(lie):
    """Its address, and the heads of the requests that came."""
    asked, speaking = [], set()

    async def speak(reader, writer):
        speaking.add(asyncio.current_task())

        async def write(piece):
            writer.write(piece)
            await writer.drain()

        try:
            while True:
                asked.append(await reader.readuntil(b"\r\n\r\n"))
                await lie(write)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            writer.close()

    server = await asyncio.start_server(speak, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", asked
    finally:
        server.close()
        for each in speaking:
            each.cancel()
        await asyncio.gather(*speaking)
