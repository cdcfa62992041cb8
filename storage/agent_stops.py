"""Agent stops in the database: written within a transaction, read without one."""

from typing import TYPE_CHECKING

from approvals.agent_stop import Stop
from approvals.ports import Conflict
from storage.audit import testimony
from storage.engine.database import Violation, reads
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("stops")
_FREE = "agents that nobody stopped"
"""Under which it is remembered of whom that was asked: with every proposal it would be again."""


async def find_stop(statements: "Statements", agent: str, seal: "Seal") -> Stop | None:
    """How the agent was stopped, if it is: as the entries tell it, so that a row that is gone sets nobody free.

    Raises RowDamaged where there is a row though nobody stopped the agent.
    """
    free: frozenset[str] = statements.memory.get(_FREE, frozenset())
    if agent in free:
        return None
    try:
        found = await attested_stop(statements, agent, seal)
    except RowDamaged:
        if (meant := await testimony.stop_entry(statements, agent, seal)) is None:
            raise
        return meant
    if found is None:
        statements.memory[_FREE] = free | {agent}
    return found


async def attested_stop(statements: "Statements", agent: str, seal: "Seal") -> Stop | None:
    """How the agent is stopped, if it is, as row and entries tell alike. Raises RowDamaged."""
    rows, name = await statements.rows(_SQL["one"], agent), f"stopped_agents {agent}"
    found = testimony.entry_of(name, rows, _stop, seal)
    testimony.agree(name, found, await testimony.stop_entry(statements, agent, seal), seal, agent)
    return found


async def stop(statements: "Statements", made: Stop) -> None:
    """Writes that an agent is stopped. Raises Conflict where it was before."""
    statements.memory.pop(_FREE, None)
    try:
        await statements.rows(_SQL["stop"], made.agent, made.by, made.team, millis(made.at), made.reason)
    except Violation as violation:
        raise Conflict(str(violation)) from violation


async def resume(statements: "Statements", agent: str, seal: "Seal") -> None:
    """Takes that back, also where the row was lost. Raises Conflict where it was not."""
    stopped = await testimony.stop_entry(statements, agent, seal)
    if not await statements.rows(_SQL["resume"], agent) and stopped is None:
        raise Conflict(f"{agent} is not stopped")


class Stops:
    """Reads them."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of(self, statements: "Statements", agent: str) -> Stop | None:
        """How the agent was stopped, if it is."""
        return await find_stop(statements, agent, self._seal)

    @reads
    async def all(self, statements: "Statements") -> list[Stop]:
        """Every stopped agent, the first one first."""
        return [_stop(row) for row in await statements.rows(_SQL["all"])]

    @reads
    async def stranded(self, statements: "Statements", agent: str | None = None) -> list[str]:
        """See Store."""
        return [row["id"] for row in await statements.rows(_SQL["stranded"], agent)]


def _stop(row: "Row") -> Stop:
    return Stop(
        agent=row["agent"], by=row["person"], team=row["team"], at=from_milliseconds(row["at"]), reason=row["reason"]
    )
