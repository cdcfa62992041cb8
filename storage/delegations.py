"""Who lent whom their place: written within a transaction, read without one."""

from typing import TYPE_CHECKING

from approvals.delegation import Delegation
from approvals.ports import Conflict
from storage.database import Violation
from storage.queries import queries
from storage.rows import millis, moment, moment_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from storage.database import Database, Row, Statements

_SQL = queries("delegations")


async def lenders(statements: "Statements", delegate: str, now: "datetime") -> frozenset[str]:
    """Whose place the person may take at that moment."""
    rows = await statements.rows(_SQL["lenders"], delegate, millis(now))
    return frozenset(row["delegator"] for row in rows)


async def one(statements: "Statements", delegation_id: str) -> Delegation | None:
    """One delegation."""
    found = await statements.rows(_SQL["one"], delegation_id)
    return _delegation(found[0]) if found else None


async def unended(statements: "Statements", person: str) -> list[Delegation]:
    """What the person gave or was given and nobody has put down as ended, oldest first."""
    return [_delegation(row) for row in await statements.rows(_SQL["unended"], person)]


async def keep(statements: "Statements", delegation: Delegation) -> None:
    """Writes one that began, or that it has ended. Raises Conflict where the schema says no."""
    try:
        if delegation.ended_at is None:
            begun_at, until = millis(delegation.begun_at), millis(delegation.until)
            said = (delegation.id, delegation.delegator, delegation.delegate, begun_at, until)
            await statements.rows(_SQL["begin"], *said)
        elif not await statements.rows(_SQL["end"], delegation.id, millis(delegation.ended_at), delegation.ended_by):
            raise Conflict(f"{delegation.id} has ended before")
    except Violation as violation:
        raise Conflict(str(violation)) from violation


class Delegations:
    """Reads them."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def lenders(self, delegate: str, now: "datetime") -> frozenset[str]:
        """Whose place the person may take at that moment."""
        async with self._database.reading() as statements:
            return await lenders(statements, delegate, now)

    async def holding(self, person: str, now: "datetime") -> list[Delegation]:
        """What the person gave or was given and holds at that moment, oldest first."""
        async with self._database.reading() as statements:
            return [each for each in await unended(statements, person) if each.holds(now)]

    async def over(self, now: "datetime", limit: int) -> list[str]:
        """Ids of those that time has ended and nobody has put down yet."""
        async with self._database.reading() as statements:
            return [row["id"] for row in await statements.rows(_SQL["over"], millis(now), limit)]


def _delegation(row: "Row") -> Delegation:
    return Delegation(
        id=row["id"],
        delegator=row["delegator"],
        delegate=row["delegate"],
        begun_at=moment(row["begun_at"]),
        until=moment(row["until"]),
        ended_at=moment_or_none(row["ended_at"]),
        ended_by=row["ended_by"],
    )
