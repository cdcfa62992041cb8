"""Remembered approvals in the database: counted and ended in rows, on terms that their sealed entries alone tell."""

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from approvals.ports import Conflict
from approvals.refusals import NotFound
from approvals.remembered.approval import (
    ApprovalEnd,
    RememberedApproval,
    RememberedApprovalBegun,
    RememberedApprovalEnded,
    RememberedApprovalExhausted,
    RememberedApprovalUsed,
)
from storage.audit import testimony
from storage.audit.attest import entry_from
from storage.audit.hash_chain import SealKey, with_faults
from storage.engine.database import Violation
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import Misshapen, decode_json, encode_json, shaped
from storage.rows import millis, moment_or_none

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Sequence
    from datetime import datetime

    from approvals.events import Actor, Note
    from storage.audit.hash_chain import Entry
    from storage.audit.log import Ledger, Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("remembered_approvals")


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalPage:
    """Some of the remembered approvals that a person may see, and how many there are."""

    approvals: list[RememberedApproval]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedApprovalRows:
    """See RememberedApprovalBook."""

    statements: "Statements"
    ledger: "Ledger"
    seal: "Seal"
    show: "Callable[[str, int, datetime], Awaitable[None]]"
    """Has the card of a proposal and its thread, up to a sequence number, brought up to date."""

    async def allow(self, approval: RememberedApproval, actor: "Actor") -> None:
        """See RememberedApprovalBook."""
        try:
            await self.statements.rows(
                _SQL["allow"],
                approval.id,
                approval.agent,
                approval.action,
                approval.by,
                millis(approval.at),
                millis(approval.until),
                approval.most,
            )
        except Violation as violation:
            raise Conflict(str(violation)) from violation
        await self._note(approval.id, RememberedApprovalBegun(at=approval.at, approval=approval), actor)

    async def find(self, approval_id: str) -> RememberedApproval:
        """See RememberedApprovalBook. Raises RowDamaged."""
        rows = await self.statements.rows(_SQL["one"], approval_id)
        if not rows:
            await known(self.statements, approval_id, self.seal)
            raise NotFound(approval_id)
        return await told(self.statements, rows[0], self.seal.key)

    async def open(self, agent: str, action: str) -> list[RememberedApproval]:
        """See RememberedApprovalBook."""
        rows = await self.statements.rows(_SQL["open"], agent, action)
        return await _vouched(self.statements, rows, self.seal.key)

    async def behind(self, proposal_id: str) -> list[str]:
        """See RememberedApprovalBook."""
        # Which ones, and whether they are open, is asked of the entries: a row that is hidden, or said to be over,
        # while somebody says no would stand again once it is put back.
        ids = {proposal_id, *await testimony.used(self.statements, proposal_id, self.seal)}
        return [each for each in sorted(ids) if await self._open_in_entries(each) is not None]

    async def use(
        self,
        approval: RememberedApproval,
        proposal_id: str,
        actor: "Actor",
        *,
        until: "datetime",
        most: int,
        now: "datetime",
    ) -> RememberedApproval | None:
        """See RememberedApprovalBook."""
        counted = await self.statements.rows(_SQL["use"], approval.id, millis(now), millis(until), most)
        if not counted:
            return None
        await self.statements.rows(_SQL["used"], proposal_id, approval.id, millis(now))
        after = replace(approval, used=counted[0]["used"])
        used = RememberedApprovalUsed(at=now, proposal=proposal_id, by=approval.by, left=after.left)
        await self._note(approval.id, used, actor)
        if counted[0]["ended"] is not None:
            await self._note(approval.id, RememberedApprovalExhausted(at=now, used=after.used), actor)
        return after

    async def end(self, approval_id: str, why: ApprovalEnd, by: str | None, actor: "Actor", now: "datetime") -> bool:
        """See RememberedApprovalBook."""
        ended = await self.statements.rows(_SQL["end"], approval_id, str(why), by, millis(now))
        for row in ended:
            note = RememberedApprovalEnded(at=now, why=why, by=by, left=row["most"] - row["used"])
            await self._note(approval_id, note, actor)
        if ended or (told_of := await self._open_in_entries(approval_id)) is None:
            return bool(ended)
        # Its row is hidden or says otherwise: the entry alone makes the end last, whatever the row says later.
        await self._note(approval_id, RememberedApprovalEnded(at=now, why=why, by=by, left=told_of.left), actor)
        return True

    async def _open_in_entries(self, approval_id: str) -> RememberedApproval | None:
        """The approval as its entries alone tell it, unless they tell that it is over. Raises RowDamaged."""
        entries = [entry_from(each) for each in await self.statements.rows(_SQL["entries"], approval_id)]
        if not entries or _over(entries):
            return None
        return _told_by(entries, self.seal.key, f"remembered_approvals {approval_id}")

    async def _note(self, approval_id: str, note: "Note", actor: "Actor") -> None:
        entry = await self.ledger.append(note, actor, approval_id, None)
        await self.show(approval_id, entry.seq, note.at)


class RememberedApprovalReads:
    """The remembered approvals, for who looks. What its entries do not vouch for is left out, as it is never used."""

    def __init__(self, database: "Database", key: SealKey) -> None:
        self._database = database
        self._key = key

    async def of(self, proposal_id: str) -> RememberedApproval | None:
        """The one that came with a proposal, open or ended."""
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["one"], proposal_id)
            found = await _vouched(statements, rows, self._key)
            return found[0] if found else None

    async def listed(
        self, user: str, roles: "Collection[str]", *, now: "datetime", offset: int = 0, limit: int
    ) -> RememberedApprovalPage:
        """The usable ones that the person allowed, could decide about, owns or is served by; the first to end first."""
        asked = (user, encode_json(sorted(roles)), millis(now))
        async with self._database.reading() as statements:
            rows = await statements.rows(_SQL["listed"], *asked, limit, offset)
            counted = rows or await statements.rows(_SQL["listed"], *asked, 1, 0)
            ones = [row for each in rows for row in await statements.rows(_SQL["one"], each["proposal_id"])]
            approvals = await _vouched(statements, ones, self._key)
            return RememberedApprovalPage(approvals=approvals, total=counted[0]["total"] if counted else 0)


async def _vouched(statements: "Statements", rows: "Iterable[Row]", key: SealKey) -> list[RememberedApproval]:
    found = []
    for row in rows:
        try:
            found.append(await told(statements, row, key))
        except RowDamaged:
            continue  # nothing is approved by it, so people are asked
    return found


async def told(statements: "Statements", row: "Row", key: SealKey) -> RememberedApproval:
    """The approval as its sealed entries tell it. Raises RowDamaged where the row says otherwise."""
    entries = [entry_from(each) for each in await statements.rows(_SQL["entries"], row["proposal_id"])]
    name = f"remembered_approvals {row['proposal_id']}"
    approval = _told_by(entries, key, name)
    try:
        seen = replace(
            approval,
            ended=None if row["ended"] is None else ApprovalEnd(row["ended"]),
            ended_by=row["ended_by"],
            ended_at=moment_or_none(row["ended_at"]),
        )
    except ValueError as refused:
        raise RowDamaged(name, f"its row cannot be read: {refused}") from refused
    if _columns(seen) != tuple(row[each] for each in _COLUMNS) or _over(entries) != (row["ended"] is not None):
        raise RowDamaged(name, "its row is not what its sealed entries tell")
    return seen


async def known(statements: "Statements", approval_id: str, seal: "Seal") -> RememberedApproval | None:
    """The remembered approval, there or not, as row and entries tell alike. Raises RowDamaged."""
    rows = await statements.rows(_SQL["one"], approval_id)
    if rows:
        return await told(statements, rows[0], seal.key)
    if await statements.rows(_SQL["entries"], approval_id):
        raise RowDamaged(f"remembered_approvals {approval_id}", "its row is gone, though its entries tell of it")
    return None


def _told_by(entries: "Sequence[Entry]", key: SealKey, name: str) -> RememberedApproval:
    """The approval as it was given, and how often it was used. Raises RowDamaged."""
    if any(what for _, what in with_faults(entries, key)):
        raise RowDamaged(name, "one of its entries was not sealed by us")
    try:
        (given,) = [
            decode_json(entry.facts)["approval"] for entry in entries if entry.tag == RememberedApprovalBegun.tag
        ]
        approval = shaped(RememberedApproval, given)
    except (Misshapen, LookupError, TypeError, ValueError) as refused:
        raise RowDamaged(name, f"its entries do not tell it: {refused}") from refused
    return replace(approval, used=sum(entry.tag == RememberedApprovalUsed.tag for entry in entries))


_COLUMNS = ("proposal_id", "agent", "action", "person", "at", "until", "most", "used")


def _columns(approval: RememberedApproval) -> tuple[str | int, ...]:
    return (
        approval.id,
        approval.agent,
        approval.action,
        approval.by,
        millis(approval.at),
        millis(approval.until),
        approval.most,
        approval.used,
    )


def _over(entries: "Iterable[Entry]") -> bool:
    return any(entry.tag in (RememberedApprovalEnded.tag, RememberedApprovalExhausted.tag) for entry in entries)
