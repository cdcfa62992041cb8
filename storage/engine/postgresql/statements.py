"""Transactions on the server: each statement is a question and its answer."""

from typing import TYPE_CHECKING, Any

from approvals.ports import StoreBusy
from storage.engine.postgresql.connection import FAULTS, in_words

if TYPE_CHECKING:
    from collections.abc import Callable

    from asyncpg import Connection

    from storage.engine.database import Row, Value
    from storage.engine.queries import Query


class ServerStatements:
    """An open transaction. See Statements."""

    def __init__(self, connection: "Connection", memory: dict[str, Any]) -> None:
        self._connection = connection
        self.memory = memory
        self.fault: BaseException | None = None
        """What the first of its statements that failed met."""
        self._after_commit: list[Callable[[], None]] = []
        self._over: str | None = None

    async def rows(self, query: "Query", *values: "Value") -> "list[Row]":
        """See Statements. After a failure nothing more of the transaction is done, even if its caller goes on."""
        self.require_whole()
        try:
            found: list[Any] = await self._connection.fetch(query.postgresql, *values)
        except BaseException as fault:
            self._over = f"its statement {query.name} failed"
            self.fault = fault
            if isinstance(fault, FAULTS):
                raise in_words(fault) from fault
            raise
        return found

    def require_whole(self) -> None:
        """Raises StoreBusy if a statement of the transaction failed, or it has ended."""
        if self._over is not None:
            raise StoreBusy(f"The transaction is over: {self._over}. Nothing was changed.")

    def end(self) -> None:
        """Refuses what comes after the end."""
        self._over = self._over or "it was ended"

    def after_commit(self, callback: "Callable[[], None]") -> None:
        """See Statements."""
        self._after_commit.append(callback)

    def committed(self) -> None:
        """Tells those who asked."""
        for callback in self._after_commit:
            callback()
