"""Delegations in the database: written within a transaction, read without one."""

from typing import TYPE_CHECKING

from approvals.delegation import Delegation
from approvals.ports import Conflict
from storage.audit import testimony
from storage.engine.database import Violation, reads
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis, moment_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("delegations")


async def delegators(statements: "Statements", delegate: str, now: "datetime", seal: "Seal") -> frozenset[str]:
    """Whose place the person may take at that moment. A delegation that its entries do not tell lends nothing."""
    rows = await statements.rows(_SQL["delegators"], delegate, millis(now))
    found = [each for row in rows if (each := await _sound(statements, row, seal)) is not None]
    return frozenset(each.delegator for each in found if each.in_force(now))


async def find_delegation(statements: "Statements", delegation_id: str, seal: "Seal") -> Delegation | None:
    """One delegation, also where its row is hidden or said to be over though its entries do not. Raises RowDamaged."""
    found = await _row(statements, delegation_id)
    if found is None or found["ended_at"] is not None:
        meant = await testimony.delegation(statements, delegation_id, seal)
        if meant is not None and meant.ended_at is None:
            return meant  # or whoever ends it could not, and it would hold again once its row is put back
    return None if found is None else await delegation_of(statements, found, seal)


async def unended(statements: "Statements", person: str, seal: "Seal") -> list[Delegation]:
    """What the person gave or was given and nobody has put down as ended, oldest first. Raises RowDamaged.

    Also what the entries alone tell of, for it can be ended like the others.
    """
    found = [await delegation_of(statements, row, seal) for row in await statements.rows(_SQL["unended"], person)]
    ids = {each.id for each in found}
    hidden = [each for each in await testimony.unended_of(statements, person, seal) if each.id not in ids]
    return sorted([*found, *hidden], key=lambda each: (each.begun_at, each.id))


async def delegation_of(statements: "Statements", row: "Row", seal: "Seal") -> Delegation:
    """The delegation of a row that its sealed entries tell alike. Raises RowDamaged."""
    name = f"delegations {row['id']}"
    found = testimony.entry_of(name, [row], _delegation, seal)
    assert found is not None, "there is a row"
    testimony.agree(name, found, await testimony.delegation(statements, found.id, seal), seal)
    return found


async def attested_delegation(statements: "Statements", delegation_id: str, seal: "Seal") -> Delegation | None:
    """The delegation, there or not, as row and entries tell alike. Raises RowDamaged."""
    row = await _row(statements, delegation_id)
    found = None if row is None else await delegation_of(statements, row, seal)
    meant = await testimony.delegation(statements, delegation_id, seal)
    testimony.agree(f"delegations {delegation_id}", found, meant, seal)
    return found


async def _row(statements: "Statements", delegation_id: str) -> "Row | None":
    found = await statements.rows(_SQL["one"], delegation_id)
    return found[0] if found else None


async def _sound(statements: "Statements", row: "Row", seal: "Seal") -> Delegation | None:
    try:
        return await delegation_of(statements, row, seal)
    except RowDamaged:
        return None


async def write_delegation(statements: "Statements", delegation: Delegation, seal: "Seal") -> None:
    """Writes one that began, or that it has ended. Raises Conflict where the schema says no, or it had ended.

    Where its row is hidden or says that it is over, the entry that comes with this is what ends it.
    """
    try:
        if delegation.ended_at is None:
            begun_at, until = millis(delegation.begun_at), millis(delegation.until)
            said = (delegation.id, delegation.delegator, delegation.delegate, begun_at, until)
            await statements.rows(_SQL["begin"], *said)
        elif not await statements.rows(_SQL["end"], delegation.id, millis(delegation.ended_at), delegation.ended_by):
            meant = await testimony.delegation(statements, delegation.id, seal)
            if meant is None or meant.ended_at is not None:
                raise Conflict(f"{delegation.id} has ended before")
    except Violation as violation:
        raise Conflict(str(violation)) from violation


class Delegations:
    """Reads them."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def delegators(self, statements: "Statements", delegate: str, now: "datetime") -> frozenset[str]:
        """Whose place the person may take at that moment."""
        return await delegators(statements, delegate, now, self._seal)

    @reads
    async def in_force(self, statements: "Statements", person: str, now: "datetime") -> list[Delegation]:
        """What the person gave or was given that is in force at that moment, oldest first; damaged ones are not."""
        rows = await statements.rows(_SQL["unended"], person)
        found = [each for row in rows if (each := await _sound(statements, row, self._seal)) is not None]
        return [each for each in found if each.in_force(now)]

    @reads
    async def over(self, statements: "Statements", now: "datetime", limit: int) -> list[str]:
        """Ids of those that time has ended and nobody has put down yet."""
        return [row["id"] for row in await statements.rows(_SQL["over"], millis(now), limit)]


def _delegation(row: "Row") -> Delegation:
    return Delegation(
        id=row["id"],
        delegator=row["delegator"],
        delegate=row["delegate"],
        begun_at=from_milliseconds(row["begun_at"]),
        until=from_milliseconds(row["until"]),
        ended_at=moment_or_none(row["ended_at"]),
        ended_by=row["ended_by"],
    )
