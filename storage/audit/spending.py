"""Spending: what counts in each budget, read from the log once, and then as far as it went on.

A table of running sums could be changed by a hand, would have to be written with each proposal, and made anew with each
policy; what the log tells is remembered while the process lives, and each question reads only what is new.
"""

from dataclasses import replace
from threading import Lock
from typing import TYPE_CHECKING, Any, NamedTuple

from approvals.budget_sums import UNREAD, AllSums, MayRun
from approvals.events import (
    Claimed,
    Edited,
    Failed,
    Lapsed,
    Rejected,
    Rejudged,
    Revised,
    Revoked,
    RolledBack,
    Submitted,
    Withdrawn,
)
from approvals.proposal import RollbackStatus
from storage.audit.attest import entry_from
from storage.audit.contents import whole_facts
from storage.audit.hash_chain import with_faults
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries
from storage.json_codec import encode_json
from storage.rows import millis

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from approvals.budget import BudgetTerms
    from approvals.past import PastAnswer, PastQuery
    from storage.audit.hash_chain import Entry, SealKey
    from storage.engine.database import Row, Statements
    from storage.engine.errors import Damage

_SQL = queries("budgets")
_ENTRIES = queries("entries")
_CHANGED = (Submitted.tag, Edited.tag, Revised.tag, Rejudged.tag)
_OVER = (Rejected.tag, Withdrawn.tag, Revoked.tag, Lapsed.tag)
_TOLD = frozenset({*_CHANGED, *_OVER, Claimed.tag, Failed.tag, RolledBack.tag})
_TAGS = encode_json(sorted(_TOLD))
_STRIDE = 500
"""So many entries, or proposals, are read at a time."""
_MOST = 1000
"""So many terms are kept; a policy has fewer, and those of one that was replaced are forgotten."""
_OFTEN = 100_000
"""After so many steps that were read, what is too old to count is forgotten."""


class Sealing(NamedTuple):
    """What entries are believed by, and who is told of those that are not."""

    key: "SealKey"
    damage: "Damage"


class Spending:
    """What counts in the budgets that are asked about."""

    def __init__(self, spare: int = 86_400_000) -> None:
        """A clock that is set back by so many milliseconds finds what it would have found before."""
        self._spare = spare
        self._sums = AllSums()
        self._seq, self._hash = 0, ""
        self._since = self._window = self._read = 0
        self._lock = Lock()

    async def answers(
        self,
        statements: "Statements",
        questions: "Sequence[PastQuery]",
        now: "datetime",
        sealing: "Sealing",
        *,
        writes: bool,
    ) -> "dict[PastQuery, PastAnswer]":
        """The answer to each. Whoever writes is alone; who only reads may see another log, and learns for itself."""
        asked = _Asked(
            terms=frozenset(each.budget for each in questions if each.budget is not None),
            now=millis(now),
            window=1000 * max(each.per or 0 for each in questions),
        )
        if not writes:
            head = await statements.rows(_ENTRIES["head"])
            if not self._knows(asked, head):
                return await Spending(spare=0).answers(statements, questions, now, sealing, writes=True)
        elif not (self._covers(asked) and await self._catch_up(statements, sealing)):
            await self._read_anew(statements, asked, sealing)
        with self._lock:
            if self._read > _OFTEN:
                self._since, self._read = asked.now - self._window - self._spare, 0
                self._sums.forget(self._since)
            return {each: self._sums.answer(each, asked.now) for each in questions}

    async def standing(
        self, statements: "Statements", budget: "PastQuery", now: "datetime", sealing: "Sealing"
    ) -> "dict[str, PastAnswer]":
        """What counts now in each group of a budget, by the group; what may belong to any is in all."""
        await self.answers(statements, [budget], now, sealing, writes=True)
        with self._lock:
            assert budget.budget is not None
            groups = self._sums.groups(budget.budget) or {""}
            asked = {group: replace(budget, value=group) for group in groups}
            return {group: self._sums.answer(each, millis(now)) for group, each in asked.items()}

    def _covers(self, asked: "_Asked") -> bool:
        return asked.terms <= set(self._sums.terms) and self._since <= asked.now - asked.window

    def _knows(self, asked: "_Asked", head: "Sequence[Row]") -> bool:
        """Whether it was read up to the end of the log that a reader sees."""
        with self._lock:
            newest = bool(head) and (head[0]["seq"], head[0]["hash"]) == (self._seq, self._hash)
            return newest and self._covers(asked)

    async def _catch_up(self, statements: "Statements", sealing: "Sealing") -> bool:
        """Reads what is new; False where what was read before was rolled back, and is another one now."""
        while True:
            rows = await statements.rows(_SQL["from"], self._seq, _TAGS, _STRIDE)
            if not rows or rows[0]["hash"] != self._hash:
                return False
            with self._lock:
                self._apply((entry_from(row) for row in rows[1:]), sealing)
                self._seq, self._hash = rows[-1]["seq"], rows[-1]["hash"]
            if len(rows) < _STRIDE:
                return True

    async def _read_anew(self, statements: "Statements", asked: "_Asked", sealing: "Sealing") -> None:
        """Reads all that counts, or may count when somebody asks of before."""
        head = await statements.rows(_ENTRIES["head"])
        with self._lock:
            known = asked.terms | set(self._sums.terms)
            self._sums = AllSums(asked.terms if len(known) > _MOST else known)
            self._window = max(asked.window, self._window)
            self._since, self._read = asked.now - self._window - self._spare, 0
            self._seq, self._hash = 0, ""
        ids = [row["proposal_id"] for row in await statements.rows(_SQL["claimed"], self._since)]
        ids += [row["id"] for row in await statements.rows(_SQL["may_run"])]
        for place in range(0, len(ids), _STRIDE):
            some = encode_json(sorted(ids[place : place + _STRIDE]))
            rows = await statements.rows(_ENTRIES["tagged_of_many"], some, _TAGS)
            with self._lock:
                self._apply(sorted(map(entry_from, rows), key=lambda entry: entry.seq), sealing)
        if head:
            self._seq, self._hash = head[0]["seq"], head[0]["hash"]

    def _apply(self, entries: "Iterable[Entry]", sealing: "Sealing") -> None:
        for entry, fault in with_faults((each for each in entries if each.tag in _TOLD), sealing.key):
            self._read += 1
            proposal_id = entry.proposal_id or ""
            if fault:
                # It may have told of anything: people are asked until that is known.
                sealing.damage.met(RowDamaged(f"entries {entry.seq}", fault), proposal_id)
                self._sums.may_run(proposal_id, UNREAD)
            elif entry.tag in _CHANGED:
                if (one := _changed(self._sums.known(proposal_id), entry)) is not None:
                    self._sums.may_run(proposal_id, one)
            elif entry.tag == Claimed.tag:
                self._sums.claimed(proposal_id, entry.at)
            elif entry.tag in _OVER:
                self._sums.over(proposal_id)
            elif entry.tag == Failed.tag or _rolled_back(entry):
                self._sums.came_to_nothing(proposal_id)


class _Asked(NamedTuple):
    """What has to be known for some questions."""

    terms: "frozenset[BudgetTerms]"
    now: int
    window: int


def _changed(known: MayRun | None, entry: "Entry") -> MayRun | None:
    """The proposal as the entry leaves it; None for a drill, of which nothing runs."""
    facts = whole_facts(entry)
    roles: tuple[str, ...] = tuple(facts["gate"]["roles"])
    if entry.tag == Submitted.tag:
        action: dict[str, Any] = facts["action"]
        return MayRun(facts["ask"]["agent"], action["name"], roles, action.get("payload"))
    if known is None or entry.tag == Rejudged.tag:
        return known and known._replace(roles=roles)
    return known._replace(roles=roles, payload=facts["revision"]["action"].get("payload"))


def _rolled_back(entry: "Entry") -> bool:
    return entry.tag == RolledBack.tag and whole_facts(entry)["rollback"]["status"] == RollbackStatus.done
