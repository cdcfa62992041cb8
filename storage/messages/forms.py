"""Open forms: for whom, for which revision, and what was typed into them."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, TypeAlias

from approvals.decision import FirstSeen
from storage.audit.row_seals import require_own_seal, seal_of
from storage.engine.database import reads, writes
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import decode_json, encode_json
from storage.rows import from_milliseconds, millis, moment_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.digest import JSON
    from storage.audit.log import Seal
    from storage.engine.database import Database, Row, Statements, Value

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
    "ask",
    "not_fine",
    "batch",
    "batch_reject",
    "flood",
    "type",
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
    first_seen: FirstSeen | None = None
    """What the person had before them when they opened it, or has now, and since when; None where that is unknown."""


class Forms:
    """The opened forms."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @writes
    async def open(self, statements: "Statements", form: Form) -> None:
        """Keeps a form that is about to be shown."""
        first_seen_at, seen_words, seen_text = _seen_values(form.first_seen)
        row: dict[str, Value] = {
            "id": form.id,
            "proposal_id": form.proposal_id,
            "revision": form.revision,
            "nonce": form.nonce,
            "reviewer": form.reviewer,
            "kind": form.kind,
            "typed": encode_json(form.typed),
            "page": form.page,
            "view_id": form.view_id,
            "opened_at": millis(form.opened_at),
            "first_seen_at": first_seen_at,
            "seen_words": seen_words,
            "seen_text": seen_text,
        }
        await statements.rows(_SQL["open"], *row.values(), seal_of("forms", row, self._seal))

    @reads
    async def get(self, statements: "Statements", form_id: str) -> Form | None:
        """The form, if we ever opened it: what we did not write just so is none."""
        found = self._ours(await statements.rows(_SQL["get"], form_id))
        return _form(found[0]) if found else None

    @writes
    async def save(
        self,
        statements: "Statements",
        form_id: str,
        *,
        typed: "dict[str, JSON] | None" = None,
        page: int | None = None,
        view_id: str | None = None,
        first_seen: FirstSeen | None = None,
    ) -> bool:
        """Keeps what changed; what is None stays as it is. False if there is no such form."""
        found = self._ours(await statements.rows(_SQL["get"], form_id))
        if not found:
            return False
        changed: dict[str, Value] = {
            "page": page,
            "view_id": view_id,
            "typed": None if typed is None else encode_json(typed),
        }
        changed["first_seen_at"], changed["seen_words"], changed["seen_text"] = _seen_values(first_seen)
        row = {name: found[0][name] for name in found[0].keys()}  # noqa: SIM118 a row iterates over values
        row |= {name: value for name, value in changed.items() if value is not None}
        kept = (row["typed"], row["page"], row["view_id"], row["first_seen_at"], row["seen_words"], row["seen_text"])
        return bool(await statements.rows(_SQL["save"], form_id, *kept, seal_of("forms", row, self._seal)))

    @reads
    async def typed_before(
        self, statements: "Statements", proposal_id: str, revision: int, reviewer: str, kind: Kind
    ) -> "tuple[int, dict[str, JSON]] | None":
        """The last revision before this one for which the person typed something, and what; None if there is none."""
        found = self._ours(await statements.rows(_SQL["typed_before"], proposal_id, reviewer, kind, revision))
        return (found[0]["revision"], decode_json(found[0]["typed"])) if found else None

    @reads
    async def review_in(self, statements: "Statements", view_id: str, reviewer: str) -> Form | None:
        """The review that the person was last shown in a view, if any."""
        found = self._ours(await statements.rows(_SQL["review_in"], view_id, reviewer))
        return _form(found[0]) if found else None

    @reads
    async def typed_for(
        self, statements: "Statements", proposal_id: str, revision: int, reviewer: str, kind: Kind
    ) -> "dict[str, JSON]":
        """What the person last typed into a form of this kind for this revision; empty if nothing."""
        found = self._ours(await statements.rows(_SQL["typed_for"], proposal_id, reviewer, kind, revision))
        typed: dict[str, JSON] = decode_json(found[0]["typed"]) if found else {}
        return typed

    @reads
    async def first_opened(
        self, statements: "Statements", proposal_id: str, revision: int, reviewer: str
    ) -> "datetime | None":
        """When the person first opened `Details` or a review of this revision; None if never."""
        (found,) = await statements.rows(_SQL["first_opened"], proposal_id, reviewer, revision)
        return moment_or_none(found["opened_at"])

    def _ours(self, rows: "list[Row]") -> "list[Row]":
        """The row, if there is one and it is ours."""
        try:
            for row in rows:
                require_own_seal("forms", row, self._seal)
        except RowDamaged:
            return []
        return rows


def _seen_values(first_seen: FirstSeen | None) -> "tuple[Value, Value, Value]":
    if first_seen is None:
        return None, None, None
    return millis(first_seen.at), first_seen.words, first_seen.text


def _form(row: "Row") -> Form:
    first_seen_at = moment_or_none(row["first_seen_at"])
    return Form(
        id=row["id"],
        proposal_id=row["proposal_id"],
        revision=row["revision"],
        nonce=row["nonce"],
        reviewer=row["reviewer"],
        kind=row["kind"],
        typed=decode_json(row["typed"]),
        page=row["page"],
        view_id=row["view_id"],
        opened_at=from_milliseconds(row["opened_at"]),
        first_seen=None
        if first_seen_at is None
        else FirstSeen(at=first_seen_at, words=row["seen_words"], text=row["seen_text"]),
    )
