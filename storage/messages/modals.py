"""Modals about no proposal: which view Slack opened, for whom and what, and whether it was used."""

from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from storage.audit.row_seals import require_own_seal, seal_of
from storage.engine.database import reads, writes
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import decode_json, encode_json
from storage.rows import from_milliseconds, millis

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.digest import JSON
    from storage.audit.log import Seal
    from storage.engine.database import Database, Statements, Value

_SQL = queries("modals")
USABLE_FOR = timedelta(hours=1)
"""So long what it carries can be submitted. That it was used is under no seal, when it was opened is."""
Purpose: TypeAlias = Literal[
    "list",
    "next",
    "delegate",
    "delegation_end",
    "agent_stop",
    "agent_resume",
    "everything_stop",
    "everything_resume",
    "enrol",
    "factor_reset",
    "remembered_end",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Modal:
    """A modal that stands, or stood, before one person."""

    id: str
    """What it carries; nobody else can guess it."""
    view_id: str
    """Slack's own id of the view in which it was shown."""
    reviewer: str
    purpose: Purpose
    subject: "dict[str, JSON]" = field(default_factory=dict)
    """What its submission is about: kept here, so that nothing of it is believed of a request."""
    opened_at: "datetime"


class Modals:
    """The modals that were opened."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @writes
    async def open(self, statements: "Statements", modal: Modal) -> None:
        """Keeps one that Slack has opened."""
        row: dict[str, Value] = {
            "id": modal.id,
            "view_id": modal.view_id,
            "reviewer": modal.reviewer,
            "purpose": modal.purpose,
            "subject": encode_json(modal.subject),
            "opened_at": millis(modal.opened_at),
        }
        await statements.rows(_SQL["open"], *row.values(), seal_of("modals", row, self._seal))

    @reads
    async def get(self, statements: "Statements", modal_id: str) -> Modal | None:
        """The modal, if Slack ever opened it: what we did not write just so is none."""
        found = await statements.rows(_SQL["get"], modal_id)
        if not found:
            return None
        (row,) = found
        try:
            require_own_seal("modals", row, self._seal)
        except RowDamaged:
            return None
        return Modal(
            id=row["id"],
            view_id=row["view_id"],
            reviewer=row["reviewer"],
            purpose=row["purpose"],
            subject=decode_json(row["subject"]),
            opened_at=from_milliseconds(row["opened_at"]),
        )

    @writes
    async def use(self, statements: "Statements", modal_id: str, now: "datetime") -> bool:
        """Uses it up; False if it was used before, never opened, or opened longer ago than USABLE_FOR."""
        return bool(await statements.rows(_SQL["use"], modal_id, millis(now), millis(now - USABLE_FOR)))
