"""A wire between the store and a server, that the tests cut where it hurts."""

import asyncio
from contextlib import asynccontextmanager
from urllib.parse import parse_qs, urlsplit


class Wire:
    """A TCP port on loopback before the server's socket."""

    def __init__(self, socket, name):
        self._socket = socket
        self._name = name
        self._streams = set()
        self.cut_at = None
        """What, once it is asked, is the last: `("before", text)` keeps it from the server, `("after", text)` its answer."""
        self.hold_at = None
        """What, once it is asked, is kept back with all that follows, until its `release`."""
        self.held = asyncio.Event()
        self._release = asyncio.Event()
        self.down = False
        self.cuts = 0

    @property
    def url(self):
        return f"postgresql://postgres@127.0.0.1:{self._port}/{self._name}?sslmode=disable"

    @asynccontextmanager
    async def standing(self):
        server = await asyncio.start_server(self._connect, "127.0.0.1", 0)
        self._port = server.sockets[0].getsockname()[1]
        async with server:
            try:
                yield self
            finally:
                self.cut()

    def cut(self):
        """Breaks all connections."""
        for writer in self._streams:
            writer.transport.abort()

    def release(self):
        """Hands on what was kept back."""
        self._release.set()

    async def _connect(self, reader, writer):
        if self.down:
            writer.transport.abort()
            return
        there, back = await asyncio.open_unix_connection(self._socket)
        self._streams |= {writer, back}
        muted = asyncio.Event()
        try:
            await asyncio.gather(self._ask(reader, back, writer, muted), self._answer(there, writer, back, muted))
        except ConnectionError:
            pass
        finally:
            self._streams -= {writer, back}
            for each in (writer, back):
                each.transport.abort()

    async def _ask(self, reader, back, writer, muted):
        while asked := await reader.read(65536):
            if self.hold_at is not None and self.hold_at in asked:
                self.hold_at = None
                self.held.set()
                asked += await self._kept_back(reader)
            when, text = self.cut_at or (None, None)
            if text is not None and text in asked:
                self.cut_at, self.cuts = None, self.cuts + 1
                if when == "before":
                    writer.transport.abort()
                    back.transport.abort()
                    return
                muted.set()
            back.write(asked)
        back.close()

    async def _kept_back(self, reader):
        """What comes while nothing is handed on; whoever asked may be gone meanwhile, and then nobody waits."""
        kept, released = b"", asyncio.create_task(self._release.wait())
        while not released.done():
            more = asyncio.create_task(reader.read(65536))
            await asyncio.wait({more, released}, return_when=asyncio.FIRST_COMPLETED)
            if not more.done():
                more.cancel()
                await asyncio.gather(more, return_exceptions=True)
            elif not (came := more.result()):
                released.cancel()
                raise ConnectionError
            else:
                kept += came
        return kept

    async def _answer(self, there, writer, back, muted):
        while answer := await there.read(65536):
            if muted.is_set():
                writer.transport.abort()
                back.transport.abort()
                return
            writer.write(answer)
        writer.close()


def wire_to(url):
    """A wire to the database at a URL of a server's socket."""
    parts = urlsplit(url)
    (folder,) = parse_qs(parts.query)["host"]
    return Wire(f"{folder}/.s.PGSQL.5432", parts.path[1:])
