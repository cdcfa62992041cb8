"""PostgreSQL behind the seam: one writer over all processes, a few readers, each commit on disk before anyone hears."""

import asyncio
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engine.errors import SchemaReplaced
from storage.engine.postgresql.connection import FAULTS, Link, in_words, is_spoilt, worded
from storage.engine.postgresql.statements import ServerStatements
from storage.engine.postgresql.writer import Writer
from storage.engine.turns import PATIENCE, busy, to_the_end

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.engine.database import Statements

T = TypeVar("T")

READERS = 3
_VIEW = """
BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY;
SELECT FROM migrations WHERE number > {schema:d}
"""
"""One consistent view, in one round trip. What a newer program wrote, an older one would take for damage."""
_KNOWN = "SELECT 0"


class PostgresqlDatabase:
    """See Database. Each answer to a reader is awaited for `patience` seconds."""

    def __init__(self, url: str, schema: int, patience: float = PATIENCE) -> None:
        self._view = _VIEW.format(schema=schema)
        self._writing = Link(url, writes=True)
        self._writer = Writer(self._writing, url, schema)
        self._free: asyncio.LifoQueue[Link] = asyncio.LifoQueue()
        self._readers = [Link(url, writes=False, patience=patience) for _ in range(READERS)]
        for reader in self._readers:
            self._free.put_nowait(reader)

    @property
    def writing(self) -> int | None:
        """The server's number of the connection that writes."""
        return self._writing.number

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", asks: str | None = None) -> T:
        """See Database."""
        return await self._writer.write(work, asks)

    async def read(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
        """See Database."""
        try:
            async with asyncio.timeout(PATIENCE / 2):
                link = await self._free.get()
        except TimeoutError:
            raise busy("all connections for reading are taken") from None
        try:
            return await to_the_end(_in_one_view(link, self._view, work))
        finally:
            self._free.put_nowait(link)

    async def close(self) -> None:
        """See Database."""
        await to_the_end(self._writer.close())
        for link in self._readers:
            await to_the_end(link.end())


async def _in_one_view(link: Link, view: str, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
    connection = await link.connection()
    statements = ServerStatements(connection, {})
    try:
        with worded():
            _require_known(await connection.execute(view))
            return await work(statements)
    except Exception as fault:
        if is_spoilt(fault) or is_spoilt(fault.__cause__):
            link.give_up()
        raise
    finally:
        statements.end()
        if not connection.is_closed():
            try:
                await connection.execute("ROLLBACK")
            except FAULTS as fault:
                link.give_up()
                if isinstance(fault, TimeoutError):
                    raise in_words(fault) from fault


def _require_known(said: str) -> None:
    if said != _KNOWN:
        raise SchemaReplaced("The database is at a newer schema than this program knows: stop this one.")
