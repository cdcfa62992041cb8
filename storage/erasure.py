"""Erasure in the database: what was written of a proposal goes from all rows, in the transaction that says so.

From its own, from beside its entries, and from whatever was kept of it elsewhere: typed forms, words of messages.
What decides nothing, such as a callback that was taken, goes by time, without an entry.
"""

import re
from typing import TYPE_CHECKING, NamedTuple

from approvals.json_text import json_text
from approvals.ports import Conflict
from storage.engine.database import reads, writes
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis, millis_or_none

if TYPE_CHECKING:
    from datetime import datetime

    from approvals.proposal import Proposal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("erasure")
_OF_PROPOSAL = (
    "erase_revisions",
    "erase_questions",
    "erase_sample",
    "erase_forms",
    "erase_callbacks",
    "erase_addresses",
    "erase_words",
    "erase_contents",
)

STRIDE = 500
"""So many rows are looked at in one transaction."""


async def erase(statements: "Statements", before: "Proposal", proposal: "Proposal") -> None:
    """Leaves of the proposal what `without_content` leaves. Raises Conflict if it is no longer as it was loaded."""
    changed = await statements.rows(
        _SQL["erase_proposal"],
        proposal.id,
        before.version,
        str(before.status),
        proposal.version,
        millis_or_none(proposal.erased_at),
        json_text(proposal.ask),
        json_text(proposal.gate),
        proposal.reason,
        None if proposal.outcome is None else json_text(proposal.outcome),
        None if proposal.rollback is None else json_text(proposal.rollback),
        None if proposal.suspension is None else json_text(proposal.suspension),
        None if proposal.drill is None else json_text(proposal.drill),
    )
    if not changed:
        raise Conflict(f"{proposal.id} is no longer at version {before.version}")
    await statements.rows(_SQL["erase_values"], proposal.id, proposal.ask.agent, proposal.action.name)
    for query in _OF_PROPOSAL:
        await statements.rows(_SQL[query], proposal.id)


async def contents_of(statements: "Statements", proposal_id: str) -> int:
    """How many entries about the proposal have a content."""
    return len(await statements.rows(_SQL["contents_of"], proposal_id))


class Place(NamedTuple):
    """Where one has looked to, by when it was over."""

    at: int
    id: str


BEGINNING = Place(-1, "")
FEW = 50
"""So many rows are deleted in one transaction: clicks wait for it."""


class MessageLeft(NamedTuple):
    """A message in Slack that shows still what was erased, as far as we know."""

    kind: str
    subject: str
    channel: str
    given_up: bool
    """Whether Slack would not take the newer one."""


class Erasures:
    """The questions of who looks for what is to be erased, and what goes without an entry: it decides nothing."""

    def __init__(self, database: "Database") -> None:
        self._database = database

    @reads
    async def over(
        self, statements: "Statements", until: "datetime", behind: Place = BEGINNING
    ) -> "tuple[list[str], Place | None]":
        """The ids behind a place of what was over by a moment and is not erased; None once there is no further one."""
        rows = await statements.rows(_SQL["over"], millis(until), behind.at, behind.id, STRIDE)
        last = Place(rows[-1]["resolved_at"], rows[-1]["id"]) if rows else None
        return [row["id"] for row in rows if row["erased_at"] is None], last

    @reads
    async def messages_left(self, statements: "Statements", proposal_id: str) -> list[MessageLeft]:
        """Those that an erased proposal is on and that do not show yet that it is."""
        found = await statements.rows(_SQL["messages_left"], proposal_id)
        return [MessageLeft(row["kind"], row["subject"], row["channel"], bool(row["given_up"])) for row in found]

    @reads
    async def next_action(self, statements: "Statements", behind: str) -> str | None:
        """The next action by name, behind one, of which anything is over and not erased."""
        found = await statements.rows(_SQL["next_action"], behind)
        return str(found[0]["action"]) if found else None

    @reads
    async def over_of(
        self, statements: "Statements", action: str, until: "datetime", behind: Place, limit: int
    ) -> list[Place]:
        """What of an action was decided by a moment and is not erased, behind a place."""
        found = await statements.rows(_SQL["over_of"], action, millis(until), behind.at, behind.id, limit)
        return [Place(row["resolved_at"], row["id"]) for row in found]

    @writes
    async def purge_forms(self, statements: "Statements", until: "datetime") -> int:
        """Deletes some of what was typed into forms that were opened by a moment, about what is over; how many."""
        return len(await statements.rows(_SQL["purge_forms"], millis(until), FEW))

    @writes
    async def purge_modals(self, statements: "Statements", until: "datetime") -> int:
        """Deletes some modals that were opened by a moment; how many."""
        return len(await statements.rows(_SQL["purge_modals"], millis(until), FEW))

    @writes
    async def purge_callbacks(self, statements: "Statements", until: "datetime") -> int:
        """Deletes some callbacks of a moment or before that were taken or given up; how many."""
        return len(await statements.rows(_SQL["purge_callbacks"], millis(until), FEW))

    @writes
    async def leave_deliveries(self, statements: "Statements", until: "datetime") -> int:
        """Leaves alone for good some of what could not be delivered to Slack by a moment, of what is over; how many."""
        return len(await statements.rows(_SQL["leave_deliveries"], millis(until), FEW))

    async def about(self, person: str) -> list[str]:
        """The ids of what a person owned or was served by, and of what names them in anything that was written."""
        ids = dict.fromkeys(row["id"] for row in await self._owned(person))
        alone = re.compile(rf"(?<![\w.+-]){re.escape(encode_json([person])[2:-2])}(?![\w-]|\.\w)", re.IGNORECASE)
        seq = 0
        while rows := await self._naming(person, seq):
            ids |= dict.fromkeys(row["id"] for row in rows if row["id"] and alone.search(row["content"]))
            seq = rows[-1]["seq"]
        return list(ids)

    @reads
    async def _owned(self, statements: "Statements", person: str) -> "list[Row]":
        return await statements.rows(_SQL["owned"], person)

    @reads
    async def _naming(self, statements: "Statements", person: str, seq: int) -> "list[Row]":
        return await statements.rows(_SQL["naming"], encode_json([person])[2:-2], seq, STRIDE)

    async def written_by(self, person: str) -> list[str]:
        """The ids of what a person wrote anything of as a reviewer: a reason, a question, an edit, what was refused."""
        ids: dict[str, None] = {}
        seq = 0
        while rows := await self._of_writer(person, seq):
            ids |= dict.fromkeys(row["id"] for row in rows if row["id"])
            seq = rows[-1]["seq"]
        return list(ids)

    @reads
    async def _of_writer(self, statements: "Statements", person: str, seq: int) -> "list[Row]":
        return await statements.rows(_SQL["written"], person, seq, STRIDE)
