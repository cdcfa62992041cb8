"""Database protocols: the seam below the store. Whatever differs between databases stays behind it."""

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager

    from storage.engine.queries import Query

Row: TypeAlias = Mapping[str, Any]
Value: TypeAlias = "str | int | float | None"


class Violation(Exception):
    """A constraint or trigger of the schema said no; the transaction is lost."""


class Statements(Protocol):
    """An open transaction."""

    async def rows(self, query: "Query", *values: Value) -> list[Row]:
        """Runs a query to its end. What a write changed comes back through RETURNING. Raises Violation, StoreBusy."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Calls `told` once the commit is durable, even if the task is cancelled meanwhile; never otherwise."""
        ...


class Database(Protocol):
    """Where the rows are."""

    def reading(self) -> "AbstractAsyncContextManager[Statements]":
        """One consistent view. Raises StoreBusy within three seconds."""
        ...

    def writing(self) -> "AbstractAsyncContextManager[Statements]":
        """The only writer until the end: commits, or rolls back on any exception. Raises StoreBusy likewise."""
        ...

    async def close(self) -> None:
        """Ends all connections."""
        ...
