"""Writer: whole transactions on the server, one process at a time, with one commit for those that wait together.

Who writes first takes its turn: it counts up the one row of `turns`, which nobody else can until the commit. So what
holds with the one writer of SQLite holds with any number of processes, and the log is one chain without gaps.
"""

import asyncio
import time
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

import asyncpg

from approvals.ports import StoreBusy
from storage.engine.errors import SchemaReplaced
from storage.engine.postgresql.connection import FAULTS, connected, in_words, is_spoilt
from storage.engine.postgresql.statements import ServerStatements
from storage.engine.turns import PATIENCE, Turns, busy

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine, Sequence

    from asyncpg import Connection

    from storage.engine.database import Statements, Value
    from storage.engine.postgresql.connection import Link
    from storage.engine.turns import Turn

T = TypeVar("T")
_Written: TypeAlias = "list[tuple[str, Sequence[Value]]]"

_TURN = """
UPDATE turns SET number = number + 1 RETURNING number, (SELECT max(number) FROM migrations) AS schema
"""
_NEXT = """
BEGIN;
UPDATE turns SET number = number + 1 WHERE number = {number:d} AND (SELECT max(number) FROM migrations) = {schema:d}
"""
"""The turn behind our own last one, in one round trip: what it says is how many rows there were."""
_TAKEN = "UPDATE 1"
_TRANSACTION = "SELECT pg_current_xact_id()::text"
_STATUS = "SELECT pg_xact_status($1::text::xid8) AS status"
_LOOK = 0.05
"""Seconds between two looks at what became of a commit."""


class _Transaction:
    """What the turns that share a commit have done so far."""

    def __init__(self, connection: "Connection", number: int) -> None:
        self.connection = connection
        self.number = number
        """Of the turn that the process has for all of them."""
        self.id: str | None = None
        """By which the server knows it, if it has said so."""
        self.written: _Written = []

    def keep(self, statements: ServerStatements) -> None:
        """One more of them is done."""
        self.written += statements.written
        self.id = statements.transaction or self.id


class Writer:
    """The one connection that writes, and those who wait for it."""

    def __init__(self, link: "Link", url: str, schema: int) -> None:
        self._link = link
        self._url = url
        self._schema = schema
        self._turns = Turns(self._commit)
        self._number = -1
        """The turn after which what is remembered holds, if no other one came between."""
        self._alone = True
        """Whether nobody else wrote lately: who takes a turn that may be another's waits for it twice."""
        self._memory: dict[str, Any] = {}

    async def write(self, work: "Callable[[Statements], Coroutine[Any, Any, T]]", asks: str | None = None) -> T:
        """See Database."""
        return await self._turns.write(work, asks)

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
            transaction = _Transaction(connection, await self._begin(connection))
            turn = first if first.take() else self._turns.next()
            while turn is not None:
                batch.append(turn)
                if not await self._carry_out(transaction, turn, alone=len(batch) == 1):
                    return
                turn = self._turns.joining(batch, began)
            await self._make_durable(transaction)
            self._number = transaction.number
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

    async def _begin(self, connection: "Connection") -> int:
        """Takes the turn, and gives its number. What is remembered is forgotten where another process had one since."""
        if self._alone:
            text = _NEXT.format(number=self._number, schema=self._schema)
            if await connection.execute(text) == _TAKEN:
                return self._number + 1
        else:
            await connection.execute("BEGIN")
        turn = await connection.fetchrow(_TURN)
        if turn["schema"] != self._schema:
            raise SchemaReplaced(
                f"The database is now at schema {turn['schema']}, this program knows {self._schema}. "
                "A newer version has taken over: stop this one."
            )
        number: int = turn["number"]
        self._alone = number == self._number + 1
        if not self._alone:
            self._memory = {}
        return number

    async def _carry_out(self, transaction: "_Transaction", turn: "Turn[Any]", *, alone: bool) -> bool:
        """Whether the transaction goes on; the first that fails ends it, for nothing else is in it yet.

        Raises where the whole transaction is lost.
        """
        remembered = dict(self._memory)
        statements = ServerStatements(transaction.connection, self._memory, self._turns.expected)
        if await _done(turn, statements):
            transaction.keep(statements)
            return True
        self._memory = remembered
        if is_spoilt(statements.fault):
            raise statements.fault or StoreBusy
        if alone:
            await transaction.connection.execute("ROLLBACK")
        elif statements.fault is not None or statements.written:
            await self._do_again(transaction)
        return not alone

    async def _do_again(self, transaction: "_Transaction") -> None:
        """Leaves out the last turn: what those before it wrote is written once more, by the statements that they sent.

        A savepoint for each would be a round trip for each, and hardly one ever fails after it has begun to write.
        Raises StoreBusy where another process had a turn meanwhile: then they may have read what holds no more.
        """
        await transaction.connection.execute("ROLLBACK")
        if await self._begin(transaction.connection) != transaction.number:
            raise busy("another write failed, and others came between")
        transaction.id = None
        for text, values in transaction.written:
            await transaction.connection.fetch(text, *values)

    async def _make_durable(self, transaction: "_Transaction") -> None:
        """Commits. Whether a commit whose answer was lost is there is read again, never guessed."""
        connection = transaction.connection
        known = transaction.id or await connection.fetchval(_TRANSACTION)
        try:
            said = await connection.execute("COMMIT")
        except FAULTS as fault:
            if isinstance(fault, asyncpg.PostgresError) and not connection.is_closed():
                raise  # the server says no, and goes on
            self._link.give_up()
            if await self._is_committed(known):
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
        await statements.settle()
        statements.require_whole()
    except BaseException as fault:  # noqa: BLE001 it is raised where the answer is awaited
        turn.fail(fault)
        return False
    finally:
        statements.end()
    turn.keep(result, statements.committed)
    return True
