"""Transactions on the server: each statement is a question and its answer, but rows that are added go together."""

from typing import TYPE_CHECKING, Any

from storage.engine.open_transaction import OpenTransaction
from storage.engine.postgresql.connection import FAULTS, in_words
from storage.engine.postgresql.merging import Additions, changes, insert_of

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from asyncpg import Connection

    from storage.engine.database import Row, Value
    from storage.engine.queries import Query


class ServerStatements(OpenTransaction):
    """An open transaction. See Statements."""

    def __init__(
        self, connection: "Connection", memory: dict[str, Any], expected: "Callable[[], list[str]]" = list
    ) -> None:
        super().__init__(memory, expected)
        self._connection = connection
        self.fault: BaseException | None = None
        """What the first of its statements that failed met."""
        self.written: list[tuple[str, Sequence[Value]]] = []
        """What of them changes anything, as it was sent."""
        self.transaction: str | None = None
        """The number of the transaction, if the server has said it."""
        self._additions = Additions()

    async def rows(self, query: "Query", *values: "Value") -> "list[Row]":
        """See Statements. After a failure nothing more of the transaction is done, even if its caller goes on."""
        self.require_whole()
        insert = insert_of(query)
        if insert is None:
            await self.settle()
            return await self._asked(query.name, query.postgresql, values, writes=changes(query))
        if not self._additions.takes(insert, values):
            await self.settle()
        self._additions.add(query.name, insert, values)
        return []

    async def settle(self) -> None:
        """See Statements."""
        if self._additions:
            self.require_whole()
            names, (text, values) = " ".join(self._additions.names), self._additions.statement()
            self._additions = Additions()
            for row in await self._asked(names, text, values, writes=True):
                self.transaction = row["transaction"]

    async def _asked(self, name: str, text: str, values: "Sequence[Value]", *, writes: bool) -> "list[Row]":
        if writes:
            self.written.append((text, values))
        try:
            found: list[Any] = await self._connection.fetch(text, *values)
        except BaseException as fault:
            self.lose(name)
            self.fault = fault
            if isinstance(fault, FAULTS):
                raise in_words(fault) from fault
            raise
        return found
