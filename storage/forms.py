"""The forms that are open in Slack: for whom, for which revision, and what was typed into them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from storage.queries import queries
from storage.rows import millis, moment
from storage.shapes import parsed, text

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import JSON
    from storage.database import Database, Row

_SQL = queries("forms")
Kind: TypeAlias = Literal[
    "edit",
    "confirm",
    "reject",
    "revoke",
    "details",
    "review",
    "object",
    "hand_over",
    "not_fine",
    "batch",
    "batch_reject",
    "burst",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """A modal that we opened for one person and one revision."""

    id: str
    proposal_id: str
    revision: int
    nonce: str
    reviewer: str
    kind: Kind
    typed: "dict[str, JSON]" = field(default_factory=dict)
    page: int = 0
    view_id: str | None = None
    opened_at: "datetime"


class Forms:
    """The opened forms."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    async def open(self, form: Form) -> None:
        """Keeps a form that is about to be shown."""
        async with self._database.writing() as statements:
            await statements.rows(
                _SQL["open"],
                form.id,
                form.proposal_id,
                form.revision,
                form.nonce,
                form.reviewer,
                form.kind,
                text(form.typed),
                form.page,
                form.view_id,
                millis(form.opened_at),
            )

    async def get(self, form_id: str) -> Form | None:
        """The form, if we ever opened it."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["get"], form_id)
            return _form(found[0]) if found else None

    async def save(
        self,
        form_id: str,
        *,
        typed: "dict[str, JSON] | None" = None,
        page: int | None = None,
        view_id: str | None = None,
    ) -> bool:
        """Keeps what changed; what is None stays as it is. False if there is no such form."""
        async with self._database.writing() as statements:
            said = None if typed is None else text(typed)
            return bool(await statements.rows(_SQL["save"], form_id, said, page, view_id))

    async def review_in(self, view_id: str, reviewer: str) -> Form | None:
        """The review that the person was last shown in a view, if any."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["review_in"], view_id, reviewer)
            return _form(found[0]) if found else None

    async def typed_for(self, proposal_id: str, revision: int, reviewer: str, kind: Kind) -> "dict[str, JSON]":
        """What the person last typed into a form of this kind for this revision; empty if nothing."""
        async with self._database.reading() as statements:
            found = await statements.rows(_SQL["typed_for"], proposal_id, reviewer, kind, revision)
            typed: dict[str, JSON] = parsed(found[0]["typed"]) if found else {}
            return typed


def _form(row: "Row") -> Form:
    return Form(
        id=row["id"],
        proposal_id=row["proposal_id"],
        revision=row["revision"],
        nonce=row["nonce"],
        reviewer=row["reviewer"],
        kind=row["kind"],
        typed=parsed(row["typed"]),
        page=row["page"],
        view_id=row["view_id"],
        opened_at=moment(row["opened_at"]),
    )
