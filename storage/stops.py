"""Agents that were stopped: written within a transaction, read without one."""

from typing import TYPE_CHECKING

from approvals.ports import Conflict
from approvals.stopping import Stop
from storage.database import Violation
from storage.queries import queries
from storage.rows import millis, moment

if TYPE_CHECKING:
    from storage.database import Database, Row, Statements

_SQL = queries("stops")


async def one(statements: "Statements", agent: str) -> Stop | None:
    """How the agent was stopped, if it is."""
    found = await statements.rows(_SQL["one"], agent)
    return _stop(found[0]) if found else None


async def stop(statements: "Statements", made: Stop) -> None:
    """Writes that an agent is stopped. Raises Conflict where it was before."""
    try:
        await statements.rows(_SQL["stop"], made.agent, made.by, made.team, millis(made.at), made.reason)
    except Violation as violation:
        raise Conflict(str(violation)) from violation


async def resume(statements: "Statements", agent: str) -> None:
    """Takes that back. Raises Conflict where it was not."""
    if not await statements.rows(_SQL["resume"], agent):
        raise Conflict(f"{agent} is not stopped")


class Stops:
    """Reads them."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def of(self, agent: str) -> Stop | None:
        """How the agent was stopped, if it is."""
        async with self._database.reading() as statements:
            return await one(statements, agent)

    async def all(self) -> list[Stop]:
        """Every stopped agent, the first one first."""
        async with self._database.reading() as statements:
            return [_stop(row) for row in await statements.rows(_SQL["all"])]

    async def stranded(self, agent: str | None = None) -> list[str]:
        """See Store."""
        async with self._database.reading() as statements:
            return [row["id"] for row in await statements.rows(_SQL["stranded"], agent)]


def _stop(row: "Row") -> Stop:
    return Stop(agent=row["agent"], by=row["person"], team=row["team"], at=moment(row["at"]), reason=row["reason"])
