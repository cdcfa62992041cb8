"""Writer: whole transactions on the server, one process at a time, with one commit for those that wait together.

Who writes first takes its turn: it counts up the one row of `turns`, which nobody else can until the commit. So what
holds with the one writer of SQLite holds with any number of processes, and the log is one chain without gaps.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeVar

import asyncpg

from approvals.ports import StoreBusy
from storage.engine.errors import SchemaReplaced
from storage.engine.postgresql.connection import FAULTS, connected, in_words, is_spoilt
from storage.engine.postgresql.statements import ServerStatements
from storage.engine.turns import PATIENCE, Turns

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from asyncpg import Connection

    from storage.engine.database import Statements
    from storage.engine.postgresql.connection import Link
    from storage.engine.turns import Turn

T = TypeVar("T")

_TURN = """
UPDATE turns SET number = number + 1
RETURNING number, (SELECT max(number) FROM migrations) AS schema, pg_current_xact_id()::text AS transaction
"""
_STATUS = "SELECT pg_xact_status($1::text::xid8) AS status"
_LOOK = 0.05
"""Seconds between two looks at what became of a commit."""


class Writer:
    """The one connection that writes, and those who wait for it."""

    def __init__(self, link: "Link", url: str, schema: int) -> None:
        self._link = link
        self._url = url
        self._schema = schema
        self._turns = Turns(self._commit)
        self._number = -1
        """The turn after which what is remembered holds, if no other one came between."""
        self._memory: dict[str, Any] = {}

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]") -> T:
        """See Database."""
        return await self._turns.write(work)

    async def close(self) -> None:
        """Ends what is under way, and then the connection; whoever still waits hears that the bot is stopping."""
        self._link.refuse()
        await self._turns.settled()
        await self._link.end()

    async def _commit(self, batch: "list[Turn[Any]]") -> None:
        """Does those who wait and commits. What it raises, all of the batch are told."""
        connection = await self._link.connection()
        began = time.monotonic()
        first = self._turns.first()
        if first is None:
            return
        try:
            number, transaction = await self._begin(connection)
            turn = first if first.take() else self._turns.next()
            while turn is not None:
                batch.append(turn)
                if not await self._carry_out(connection, turn, alone=len(batch) == 1):
                    return
                turn = self._turns.joining(batch, began)
            await self._make_durable(connection, transaction)
            self._number = number
        except BaseException as fault:
            await self._undo(connection, fault)
            if not batch:
                if not first.take():
                    return  # it was given up meanwhile, and nobody else has begun
                batch.append(first)
            told = in_words(fault) if isinstance(fault, FAULTS) else fault
            for each in batch:
                each.fail(told)
            raise

    async def _begin(self, connection: "Connection") -> tuple[int, str]:
        """Takes the turn. What is remembered is forgotten where another process had one since."""
        await connection.execute("BEGIN")
        turn = await connection.fetchrow(_TURN)
        if turn["schema"] != self._schema:
            raise SchemaReplaced(
                f"The database is now at schema {turn['schema']}, this program knows {self._schema}. "
                "A newer version has taken over: stop this one."
            )
        if turn["number"] != self._number + 1:
            self._memory = {}
        return turn["number"], turn["transaction"]

    async def _carry_out(self, connection: "Connection", turn: "Turn[Any]", *, alone: bool) -> bool:
        """Whether the transaction goes on; the first that fails ends it, for nothing else is in it yet.

        Raises where the whole transaction is lost.
        """
        remembered = dict(self._memory)
        if not alone:
            await connection.execute("SAVEPOINT turn")
        statements = ServerStatements(connection, self._memory)
        if await _done(turn, statements):
            return True
        self._memory = remembered
        if is_spoilt(statements.fault):
            raise statements.fault or StoreBusy
        await connection.execute("ROLLBACK" if alone else "ROLLBACK TO turn")
        return not alone

    async def _make_durable(self, connection: "Connection", transaction: str) -> None:
        """Commits. Whether a commit whose answer was lost is there is read again, never guessed."""
        try:
            said = await connection.execute("COMMIT")
        except FAULTS as fault:
            if isinstance(fault, asyncpg.PostgresError) and not connection.is_closed():
                raise  # the server says no, and goes on
            self._link.give_up()
            if await self._is_committed(transaction):
                return
            raise
        if said != "COMMIT":
            raise StoreBusy(f"The database did not commit: it says {said}. Nothing was changed; try again in a second.")

    async def _is_committed(self, transaction: str) -> bool:
        """What became of a transaction. Raises StoreBusy where that cannot be known in time."""
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until:
            try:
                connection = await connected(self._url)
                try:
                    status = await connection.fetchval(_STATUS, transaction)
                finally:
                    connection.terminate()
            except (*FAULTS, StoreBusy):
                status = "in progress"
            if status in {"committed", "aborted"}:
                return bool(status == "committed")
            await asyncio.sleep(_LOOK)
        raise StoreBusy(
            "The database was lost while it was to keep this, and has not said whether it did. "
            "Look again before you do anything: the same request with the same key finds what there is."
        )

    async def _undo(self, connection: "Connection", fault: BaseException) -> None:
        self._memory, self._number = {}, -1
        if is_spoilt(fault) or is_spoilt(fault.__cause__) or connection.is_closed():
            self._link.give_up()
            return
        try:
            await connection.execute("ROLLBACK")
        except FAULTS:
            self._link.give_up()


async def _done(turn: "Turn[Any]", statements: ServerStatements) -> bool:
    """Does it; whether it is to be kept."""
    try:
        result = await asyncio.get_running_loop().create_task(turn.work(statements), context=turn.context)
        statements.require_whole()
    except BaseException as fault:  # noqa: BLE001 it is raised where the answer is awaited
        turn.fail(fault)
        return False
    finally:
        statements.end()
    turn.keep(result, statements.committed)
    return True
