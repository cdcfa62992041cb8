"""Drills in the database: how many there were among how much, which wait, and whether something urgent does."""

from typing import TYPE_CHECKING

from approvals.plants import DrillCounts
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime

    from storage.engine.database import Statements

_SQL = queries("drills")


async def counts(
    statements: "Statements", roles: "Collection[str]", since: "datetime", most: int
) -> "dict[str, DrillCounts]":
    """Of each role what it was asked since a moment, counted up to `most`, and the drills among it."""
    found = {}
    for role in sorted(roles):
        (asked,) = await statements.rows(_SQL["asked"], role, millis(since), most)
        (planted,) = await statements.rows(_SQL["planted"], role, millis(since))
        found[role] = DrillCounts(asked=asked["count"], planted=planted["count"])
    return found


async def waiting(statements: "Statements") -> list[str]:
    """The ids of those that wait."""
    return [row["id"] for row in await statements.rows(_SQL["waiting"])]


async def is_urgent(statements: "Statements", roles: "Collection[str]", now: "datetime", soon: "datetime") -> bool:
    """Whether something of the roles is due by `soon`, was called attention to before, or went wrong."""
    wanted = encode_json(sorted(roles))
    return bool(await statements.rows(_SQL["urgent"], wanted, millis(soon), millis(now)))
