"""Agent stops in the database: written within a transaction, read without one."""

from typing import TYPE_CHECKING

from approvals.agent_stop import EVERYTHING, Stop
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

    For itself, or with everything, unless the entries tell that it was resumed since. Both are looked up together:
    it is asked with every proposal. Raises RowDamaged where there is a row though nobody stopped the agent.
    """
    free: frozenset[str] = statements.memory.get(_FREE, frozenset())
    if agent in free:
        return None
    rows = {row["agent"]: row for row in await statements.rows(_SQL["one"], agent)}
    told = await testimony.stop_entries(statements, agent, seal)
    found = _believed(agent, rows.get(agent), told.own, seal)
    everything = _believed(EVERYTHING, rows.get(EVERYTHING), told.everything, seal)
    if found is None and not told.resumed_since:
        found = everything
    if found is None:
        statements.memory[_FREE] = free | {agent}
    return found


def _believed(agent: str, row: "Row | None", meant: Stop | None, seal: "Seal") -> Stop | None:
    """The stop as row and entries tell alike, or as the entries tell it. Raises RowDamaged where only a row does."""
    try:
        return _agreed(agent, row, meant, seal)
    except RowDamaged:
        if meant is None:
            raise
        return meant


def _agreed(agent: str, row: "Row | None", meant: Stop | None, seal: "Seal") -> Stop | None:
    name = f"stopped_agents {agent}"
    found = testimony.entry_of(name, [] if row is None else [row], _stop, seal)
    testimony.agree(name, found, meant, seal, None if agent == EVERYTHING else agent)
    return found


async def attested_stop(statements: "Statements", agent: str, seal: "Seal") -> Stop | None:
    """How the agent is stopped, if it is, as row and entries tell alike. Raises RowDamaged."""
    rows = {row["agent"]: row for row in await statements.rows(_SQL["one"], agent)}
    told = await testimony.stop_entries(statements, agent, seal)
    return _agreed(agent, rows.get(agent), told.own, seal)


async def stop(statements: "Statements", made: Stop) -> None:
    """Writes that an agent is stopped. Raises Conflict where it was before."""
    statements.memory.pop(_FREE, None)
    try:
        await statements.rows(_SQL["stop"], made.agent, made.by, made.team, millis(made.at), made.reason)
    except Violation as violation:
        raise Conflict(str(violation)) from violation


async def resume(statements: "Statements", agent: str, seal: "Seal") -> None:
    """Takes that back, also where the row was lost. Raises Conflict where it was not."""
    told = await testimony.stop_entries(statements, agent, seal)
    if not await statements.rows(_SQL["resume"], agent) and told.own is None:
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

    async def everything(self) -> Stop | None:
        """How everything was stopped, if it is."""
        return await self.of(EVERYTHING)

    @reads
    async def resumed_meanwhile(self, statements: "Statements") -> list[str]:
        """The agents that were resumed since everything was stopped, by name."""
        return await testimony.resumed_meanwhile(statements, self._seal)

    @reads
    async def all(self, statements: "Statements") -> list[Stop]:
        """Every stopped agent, the first one first; everything, where it is, is one of them."""
        return [_stop(row) for row in await statements.rows(_SQL["all"])]

    @reads
    async def stranded(self, statements: "Statements", agent: str | None = None) -> list[str]:
        """See Store."""
        asked = None if agent == EVERYTHING else agent
        found = [await statements.rows(_SQL[query], asked) for query in ("stranded", "to_suspend", "to_resume")]
        return [row["id"] for rows in found for row in rows]


def _stop(row: "Row") -> Stop:
    return Stop(
        agent=row["agent"], by=row["person"], team=row["team"], at=from_milliseconds(row["at"]), reason=row["reason"]
    )
