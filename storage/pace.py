"""Pace of a person: what they decided lately, by the entries, so that a row that a hand changed makes nobody rested."""

from typing import TYPE_CHECKING

from approvals.decision import Verdict
from approvals.fatigue import RecentDecision
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from storage.engine.database import Statements

_SQL = queries("entries")
_YES = (1, "true")
"""As the databases have it: what SQLite extracts is a number, what PostgreSQL does a text."""


async def recent_decisions(
    statements: "Statements", person: str, since: "datetime", most: int
) -> "list[RecentDecision]":
    """See Transaction."""
    rows = await statements.rows(_SQL["recent_decisions"], person, millis(since), most)
    return [
        RecentDecision(
            at=from_milliseconds(row["at"]), rushed=row["verdict"] == Verdict.approve and row["rushed"] in _YES
        )
        for row in rows
    ]
