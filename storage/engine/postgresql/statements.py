"""Transactions on the server: each statement is a question and its answer."""

from typing import TYPE_CHECKING, Any

from storage.engine.open_transaction import OpenTransaction
from storage.engine.postgresql.connection import FAULTS, in_words

if TYPE_CHECKING:
    from asyncpg import Connection

    from storage.engine.database import Row, Value
    from storage.engine.queries import Query


class ServerStatements(OpenTransaction):
    """An open transaction. See Statements."""

    def __init__(self, connection: "Connection", memory: dict[str, Any]) -> None:
        super().__init__(memory)
        self._connection = connection
        self.fault: BaseException | None = None
        """What the first of its statements that failed met."""

    async def rows(self, query: "Query", *values: "Value") -> "list[Row]":
        """See Statements. After a failure nothing more of the transaction is done, even if its caller goes on."""
        self.require_whole()
        try:
            found: list[Any] = await self._connection.fetch(query.postgresql, *values)
        except BaseException as fault:
            self.lose(query.name)
            self.fault = fault
            if isinstance(fault, FAULTS):
                raise in_words(fault) from fault
            raise
        return found
