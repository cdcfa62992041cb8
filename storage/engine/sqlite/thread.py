"""Transactions on SQLite's thread: a coroutine that awaits nothing but its own statements is done in one call.

Each statement is done at once, where it stands. A call to the thread for each would cost more than most statements do.
"""

import sqlite3
from functools import cache
from re import sub
from typing import TYPE_CHECKING, Any, TypeVar

from storage.engine.open_transaction import OpenTransaction
from storage.engine.sqlite.connection import in_words

if TYPE_CHECKING:
    from collections.abc import Callable, Coroutine

    from storage.engine.database import Row, Value
    from storage.engine.queries import Query

T = TypeVar("T")


class ThreadStatements(OpenTransaction):
    """An open transaction on SQLite's thread. See Statements."""

    def __init__(
        self, connection: sqlite3.Connection, memory: dict[str, Any], expected: "Callable[[], list[str]]" = list
    ) -> None:
        super().__init__(memory, expected)
        self._connection = connection
        self.fault: sqlite3.DatabaseError | None = None
        """What the first of its statements that failed met."""

    async def rows(self, query: "Query", *values: "Value") -> "list[Row]":
        """See Statements. After a failure nothing more of the transaction is done, even if its caller goes on."""
        self.require_whole()
        try:
            found: list[Any] = self._connection.execute(_numbered(query.text), values).fetchall()
        except BaseException as fault:
            self.lose(query.name)
            if isinstance(fault, sqlite3.DatabaseError):
                self.fault = fault
                raise in_words(fault) from fault
            raise
        return found


def done_at_once(work: "Coroutine[Any, Any, T]") -> T:
    """What a coroutine gives that awaits nothing which takes its time. Raises RuntimeError where it does."""
    try:
        while (awaited := work.send(None)) is None:
            pass  # it lets others go on, who do so anyway
    except StopIteration as end:
        result: T = end.value
        return result
    finally:
        work.close()
    raise RuntimeError(f"a transaction awaits its own statements and nothing else, but this one awaited {awaited!r}")


@cache
def _numbered(text: str) -> str:
    """The text with `?1` for `$1`: values by number are bound without a look-up of names."""
    return sub(r"\$(\d+)", r"?\1", text)
