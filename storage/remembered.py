"""Remembered decisions in the database: counted and ended in rows, on the terms of their sealed entries alone."""

from contextlib import suppress
from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING, TypeAlias

from approvals.decision import Verdict
from approvals.ports import Conflict
from approvals.refusals import NotFound
from approvals.remembered.approval import RememberedApproval, RememberedApprovalBegun
from approvals.remembered.decision import (
    ENDED,
    RememberedApprovalExhausted,
    RememberedApprovalUsed,
    RememberedDecision,
    RememberedEnding,
)
from approvals.remembered.rejection import RememberedRejection, RememberedRejectionBegun
from storage.audit import testimony
from storage.audit.attest import entry_from
from storage.audit.unopposed import is_unopposed
from storage.engine.database import Violation, reads
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import from_milliseconds, millis, moment_or_none

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Collection, Iterable, Mapping
    from datetime import datetime

    from approvals.events import Actor, Note
    from storage.audit.log import Ledger, Seal
    from storage.engine.database import Database, Row, Statements

_SQL = queries("remembered")
_ENTRIES = queries("entries")
_Remembered: TypeAlias = RememberedApproval | RememberedRejection
_BEGUN: "Mapping[Verdict, type[RememberedApprovalBegun | RememberedRejectionBegun]]" = {
    Verdict.approve: RememberedApprovalBegun,
    Verdict.reject: RememberedRejectionBegun,
}
_TAGS = {
    Verdict.approve: encode_json(
        [each.tag for each in (RememberedApprovalBegun, RememberedApprovalUsed, RememberedApprovalExhausted)]
        + [ENDED[Verdict.approve].tag]
    ),
    Verdict.reject: encode_json([RememberedRejectionBegun.tag, ENDED[Verdict.reject].tag]),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedPage:
    """Some of the remembered decisions that a person may see, and how many there are."""

    decisions: list[_Remembered]
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RememberedRows:
    """See RememberedBook."""

    statements: "Statements"
    ledger: "Ledger"
    seal: "Seal"
    show: "Callable[[str, int, datetime], Awaitable[None]]"
    """Has the card of a proposal and its thread, up to a sequence number, brought up to date."""

    async def begin(self, decision: _Remembered, actor: "Actor") -> None:
        """See RememberedBook."""
        try:
            await self.statements.rows(
                _SQL["begin"],
                decision.id,
                str(decision.verdict),
                decision.agent,
                decision.action,
                decision.by,
                millis(decision.at),
                millis(decision.until),
                decision.most if isinstance(decision, RememberedApproval) else None,
            )
        except Violation as violation:
            raise Conflict(str(violation)) from violation
        begun: Note
        if isinstance(decision, RememberedApproval):
            begun = RememberedApprovalBegun(at=decision.at, decision=decision)
        else:
            begun = RememberedRejectionBegun(at=decision.at, decision=decision)
        await self._note(decision, begun, actor)

    async def find(self, verdict: Verdict, proposal_id: str) -> _Remembered:
        """See RememberedBook. Raises RowDamaged."""
        return await find(self.statements, verdict, proposal_id, self.seal)

    async def approvals(self, agent: str, action: str) -> list[RememberedApproval]:
        """See RememberedBook."""
        found = await _sound(self.statements, await self.statements.rows(_SQL["approvals"], agent, action), self.seal)
        return [each for each in found if isinstance(each, RememberedApproval)]

    async def behind(self, proposal_id: str) -> list[RememberedDecision]:
        """See RememberedBook."""
        # Which ones, and whether they are open, is asked of the entries: a row that is hidden, or said to be over,
        # while somebody says no would count again once it is put back.
        ids = {proposal_id, *await testimony.used(self.statements, proposal_id, self.seal)}
        found = [await _from_entries(self.statements, Verdict.approve, each, self.seal) for each in sorted(ids)]
        return [each for each in found if each is not None and each.ended is None]

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
        """See RememberedBook."""
        counted = await self.statements.rows(_SQL["use"], approval.id, millis(now), millis(until), most)
        if not counted:
            return None
        await self.statements.rows(_SQL["used"], proposal_id, approval.id, millis(now))
        after = replace(approval, used=counted[0]["used"])
        used = RememberedApprovalUsed(at=now, proposal=proposal_id, by=approval.by, left=after.left)
        await self._note(approval, used, actor)
        if counted[0]["ended"] is not None:
            await self._note(approval, RememberedApprovalExhausted(at=now, used=after.used), actor)
        return after

    async def rejecting(self, agent: str, digest: str, now: "datetime") -> RememberedRejection | None:
        """See RememberedBook."""
        return await rejecting(self.statements, agent, digest, now, self.seal)

    async def reject(self, agent: str, digest: str, now: "datetime") -> RememberedRejection | None:
        """See RememberedBook."""
        found = await self.rejecting(agent, digest, now)
        if found is not None:
            await self.statements.rows(_SQL["reject"], found.id)
        return found

    async def end(
        self, decision: RememberedDecision, why: RememberedEnding, by: str | None, actor: "Actor", now: "datetime"
    ) -> bool:
        """See RememberedBook."""
        asked = (decision.id, str(decision.verdict), str(why), by, millis(now))
        ended = await self.statements.rows(_SQL["end"], *asked)
        # Where somebody takes an approval back and its row is hidden or says otherwise, the entry alone makes the end
        # last, whatever the row says later.
        if not ended and why is not RememberedEnding.retracted:
            return False
        used = ended[0]["used"] if ended else decision.used
        await self._note(decision, ENDED[decision.verdict](at=now, why=why, by=by, used=used), actor)
        return True

    async def _note(self, decision: RememberedDecision, note: "Note", actor: "Actor") -> None:
        entry = await self.ledger.append(note, actor, decision.id, None)
        await self.show(decision.id, entry.seq, note.at)


class RememberedReads:
    """The remembered decisions, for who looks. What its entries do not vouch for is left out of what is shown."""

    def __init__(self, database: "Database", seal: "Seal") -> None:
        self._database = database
        self._seal = seal

    @reads
    async def of(self, statements: "Statements", proposal_id: str) -> list[_Remembered]:
        """Those that came with a proposal, open or ended, the approval first."""
        return await _sound(statements, await statements.rows(_SQL["of"], proposal_id), self._seal)

    @reads
    async def find(self, statements: "Statements", verdict: Verdict, proposal_id: str) -> _Remembered:
        """The one that came with a proposal, open or ended. Raises NotFound, RowDamaged."""
        return await find(statements, verdict, proposal_id, self._seal)

    @reads
    async def rejecting(
        self, statements: "Statements", agent: str, digest: str, now: "datetime"
    ) -> RememberedRejection | None:
        """See RejectionLookup."""
        return await rejecting(statements, agent, digest, now, self._seal)

    @reads
    async def approvals(self, statements: "Statements") -> list[str]:
        """See Store."""
        return [row["proposal_id"] for row in await statements.rows(_SQL["all_approvals"])]

    @reads
    async def over(self, statements: "Statements", now: "datetime", limit: int) -> list[tuple[Verdict, str]]:
        """See Store."""
        rows = await statements.rows(_SQL["over"], millis(now), limit)
        return [(Verdict(row["verdict"]), row["proposal_id"]) for row in rows]

    @reads
    async def listed(
        self,
        statements: "Statements",
        user: str,
        roles: "Collection[str]",
        *,
        now: "datetime",
        offset: int = 0,
        limit: int,
    ) -> RememberedPage:
        """Those that count now and the person gave, could decide about, owns or is served by; first to end first."""
        asked = (user, encode_json(sorted(roles)), millis(now))
        rows = await statements.rows(_SQL["listed"], *asked, limit, offset)
        counted = rows or await statements.rows(_SQL["listed"], *asked, 1, 0)
        decisions = await _sound(statements, rows, self._seal)
        return RememberedPage(decisions=decisions, total=counted[0]["total"] if counted else 0)


async def rejecting(
    statements: "Statements", agent: str, digest: str, now: "datetime", seal: "Seal"
) -> RememberedRejection | None:
    """What rejects the digest, as entries tell it: a row that is gone, or over before its time, frees nothing."""
    if await is_unopposed(statements, digest):
        return None
    found = []
    for proposal_id in await testimony.rejections(statements, digest, seal):
        decision = await _from_entries(statements, Verdict.reject, proposal_id, seal)
        if (
            isinstance(decision, RememberedRejection)
            and decision.agent == agent
            and decision.ended is None
            and decision.until > now
        ):
            found.append(decision)
    meant = min(found, key=lambda each: (-each.until.timestamp(), each.id), default=None)
    if meant is not None:
        with suppress(RowDamaged):  # which is noticed by that, and frees nothing
            await believed(statements, Verdict.reject, meant.id, seal)
    return meant


async def find(statements: "Statements", verdict: Verdict, proposal_id: str, seal: "Seal") -> _Remembered:
    """The one that came with a proposal, as row and entries tell alike. Raises NotFound, RowDamaged."""
    if (found := await believed(statements, verdict, proposal_id, seal)) is None:
        raise NotFound(proposal_id)
    return found


async def believed(statements: "Statements", verdict: Verdict, proposal_id: str, seal: "Seal") -> _Remembered | None:
    """The same, there or not. Raises RowDamaged."""
    name = f"remembered_decisions {verdict} {proposal_id}"
    rows = await statements.rows(_SQL["one"], proposal_id, str(verdict))
    meant = await _from_entries(statements, verdict, proposal_id, seal)
    if meant is None:
        testimony.agree(name, rows[0] if rows else None, None, seal)
        return None
    found = testimony.entry_of(name, rows, partial(_with_row, meant), seal)
    if found is not None and verdict is Verdict.reject and meant.ended is None:
        meant = replace(meant, used=found.used)  # how many it has rejected no entry tells: that decides nothing
    testimony.agree(name, found, meant, seal)
    return found


async def believed_as_named(statements: "Statements", name: str, seal: "Seal") -> _Remembered | None:
    """The same by the verdict and the proposal's id, with a blank between them. Raises RowDamaged."""
    verdict, _, proposal_id = name.partition(" ")
    return await believed(statements, Verdict(verdict), proposal_id, seal)


def _with_row(meant: _Remembered, row: "Row") -> _Remembered:
    """The terms as the entries tell them, and all else as the row has it."""
    found = replace(
        meant,
        agent=row["agent"],
        action=row["action"],
        by=row["person"],
        at=from_milliseconds(row["at"]),
        until=from_milliseconds(row["until"]),
        used=row["used"],
        ended=None if row["ended"] is None else RememberedEnding(row["ended"]),
        ended_by=row["ended_by"],
        ended_at=moment_or_none(row["ended_at"]),
    )
    return replace(found, most=row["most"]) if isinstance(found, RememberedApproval) else found


async def _sound(statements: "Statements", rows: "Iterable[Row]", seal: "Seal") -> list[_Remembered]:
    found = []
    for row in rows:
        try:
            found.append(await find(statements, Verdict(row["verdict"]), row["proposal_id"], seal))
        except RowDamaged:
            continue  # an approval is not used then, so people are asked; a rejection goes on as its entries tell
    return found


async def _from_entries(
    statements: "Statements", verdict: Verdict, proposal_id: str, seal: "Seal"
) -> _Remembered | None:
    """The remembered decision as its sealed entries alone tell it. Raises RowDamaged."""
    made: _Remembered | None = None
    entries = [entry_from(row) for row in await statements.rows(_ENTRIES["tagged"], proposal_id, _TAGS[verdict])]
    await testimony.require_contents(statements, entries, proposal_id, seal)
    for entry in testimony.ours(entries, seal):
        if entry.tag == _BEGUN[verdict].tag:
            made = testimony.note(_BEGUN[verdict], entry).decision
        elif made is None:
            continue
        elif entry.tag == RememberedApprovalUsed.tag:
            made = replace(made, used=made.used + 1)
        elif entry.tag == RememberedApprovalExhausted.tag:
            exhausted = testimony.note(RememberedApprovalExhausted, entry)
            made = replace(made, ended=RememberedEnding.exhausted, ended_at=exhausted.at)
        else:
            ended = testimony.note(ENDED[verdict], entry)
            made = replace(made, used=ended.used, ended=ended.why, ended_by=ended.by, ended_at=ended.at)
    return made
