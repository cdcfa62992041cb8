"""Database protocols: the seam below the store. Whatever differs between databases stays behind it."""

from collections.abc import Callable, Coroutine, Mapping
from dataclasses import dataclass
from functools import wraps
from typing import TYPE_CHECKING, Any, Concatenate, ParamSpec, Protocol, TypeAlias, TypeVar

if TYPE_CHECKING:
    from storage.engine.queries import Query

Row: TypeAlias = Mapping[str, Any]
Value: TypeAlias = "str | int | float | None"
T = TypeVar("T")
P = ParamSpec("P")


class Violation(Exception):
    """A constraint or trigger of the schema said no; the transaction is lost."""


class Statements(Protocol):
    """An open transaction."""

    memory: dict[str, Any]
    """What transactions that write may remember of what only they change; empty once anybody else has written."""

    async def rows(self, query: "Query", *values: Value) -> list[Row]:
        """Runs a query to its end. What a write changed comes back through RETURNING. Raises Violation, StoreBusy.

        What only adds a row may be refused later: when the next thing is asked, by `settle`, or at the end.
        """
        ...

    async def settle(self) -> None:
        """Returns once all that was added is in the transaction. Raises Violation, StoreBusy."""
        ...

    def expected(self) -> list[str]:
        """What those who wait to write will ask about, as they said: whoever asks may ask for all of them at once."""
        ...

    def after_commit(self, callback: Callable[[], None]) -> None:
        """Has it called in the loop once the commit is durable, even if the task is cancelled meanwhile; never else."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class Elsewhere:
    """What commits of other processes changed."""

    proposals: frozenset[str] = frozenset()
    agents: frozenset[str] = frozenset()
    """Who is told of something."""
    deliveries: bool = False
    """Whether something may wait to be sent."""
    missed: bool = False
    """Whether there may have been others that nobody told us of: then everybody has to look."""


class Database(Protocol):
    """Where the rows are.

    What is done within a transaction awaits its statements and nothing else: it may be done on another thread, and
    others wait for it.
    """

    async def read(self, work: Callable[[Statements], Coroutine[Any, Any, T]]) -> T:
        """What `work` gives, in one consistent view. Raises StoreBusy within three seconds."""
        ...

    async def write(self, work: Callable[[Statements], Coroutine[Any, Any, T]], asks: str | None = None) -> T:
        """The same as the only writer: commits, or keeps nothing on any exception. Raises StoreBusy likewise.

        `asks` is what it will ask about: see Statements.expected.
        """
        ...

    async def close(self) -> None:
        """Ends all connections."""
        ...


class _OverDatabase(Protocol):
    _database: Database


S = TypeVar("S", bound=_OverDatabase)


def reads(
    method: Callable[Concatenate[S, Statements, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """A method that is all done in one consistent view of the database."""

    @wraps(method)
    async def reading(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.read(lambda statements: method(self, statements, *args, **kwargs))

    return reading


def writes(
    method: Callable[Concatenate[S, Statements, P], Coroutine[Any, Any, T]],
) -> Callable[Concatenate[S, P], Coroutine[Any, Any, T]]:
    """A method that is all done in one transaction."""

    @wraps(method)
    async def writing(self: S, /, *args: P.args, **kwargs: P.kwargs) -> T:
        return await self._database.write(lambda statements: method(self, statements, *args, **kwargs))

    return writing
