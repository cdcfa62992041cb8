"""Audit log in the database: appended inside a transaction, read and verified outside."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from approvals.events import Actor
from approvals.json_text import json_text
from approvals.ports import Line
from storage.audit.attest import entry_from
from storage.audit.commitment import divided
from storage.audit.contents import whole_facts
from storage.audit.facts import PastFacts
from storage.audit.hash_chain import Broken, Entry, Record, SealKey, first_broken, sealed
from storage.audit.key_eras import unnamed_from
from storage.audit.noes import Noes
from storage.audit.spending import Spending
from storage.audit.unopposed import acted
from storage.engine.database import reads
from storage.engine.errors import Damage
from storage.engine.queries import queries
from storage.rows import from_milliseconds, millis, strings

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from approvals.events import Event
    from storage.engine.database import Database, Row, Statements

_SQL = queries("entries")
STRIDE = 1000
"""How many entries are read at a time."""
PAGE_BYTES = 1024 * 1024
"""How much one page holds, about: as it is stored."""
_HEAD = "head of the log"
"""Under which the newest entry is remembered: only who writes changes it."""
NEWEST = 2**63 - 1
"""Above every sequence number."""


@dataclass(frozen=True, slots=True)
class Seal:
    """What entries are sealed with, who is told of the newest after each commit, and of rows they do not vouch for."""

    key: SealKey
    noted: "Callable[[Entry], None]"
    damage: Damage = field(default_factory=Damage)
    facts: PastFacts = field(default_factory=PastFacts)
    noes: Noes = field(default_factory=Noes)
    spending: Spending = field(default_factory=Spending)


class Ledger:
    """Adds entries to the log, within one transaction."""

    def __init__(self, statements: "Statements", seal: Seal) -> None:
        self._statements = statements
        self._seal = seal
        self._last: Entry | None = None
        statements.after_commit(self._committed)

    async def append(self, event: "Event", actor: "Actor", proposal_id: str | None, revision: int | None) -> Entry:
        """Seals the event and adds it, and what somebody wrote of it beside it."""
        acted(self._statements, actor)
        facts, content = divided(event)
        record = Record(
            at=millis(event.at),
            tag=event.tag,
            proposal_id=proposal_id,
            revision=revision,
            actor_kind=actor.kind,
            actor_id=actor.id,
            actor_team=actor.team,
            actor_proof=json_text(actor.proof),
            facts=facts,
        )
        entry = sealed(record, await self._head(), self._seal.key, content)
        await self._statements.rows(
            _SQL["append"],
            entry.seq,
            entry.id,
            entry.at,
            entry.tag,
            entry.proposal_id,
            entry.revision,
            entry.actor_kind,
            entry.actor_id,
            entry.actor_team,
            entry.actor_proof,
            entry.facts,
            entry.previous,
            entry.hash,
            entry.seal,
        )
        if content is not None:
            await self._statements.rows(_SQL["keep_content"], entry.seq, content)
        self._last = self._statements.memory[_HEAD] = entry
        return entry

    async def _head(self) -> Entry | None:
        """The newest entry there is."""
        if _HEAD not in self._statements.memory:
            found = await self._statements.rows(_SQL["head"])
            self._statements.memory[_HEAD] = entry_from(found[0]) if found else None
        head: Entry | None = self._statements.memory[_HEAD]
        return head

    def _committed(self) -> None:
        if self._last is not None:
            self._seal.noted(self._last)


@dataclass(frozen=True, slots=True, kw_only=True)
class LogPage:
    """Entries in order, and where the log ended at the moment at which they were read."""

    entries: list[Entry]
    head: int
    """The sequence number of the newest entry; 0 for none."""


class Audit:
    """Reads the log."""

    def __init__(self, database: "Database", key: SealKey) -> None:
        self._database = database
        self._key = key

    @reads
    async def entries(self, statements: "Statements", after_seq: int = 0, limit: int = STRIDE) -> list[Entry]:
        """The entries after a sequence number, in order."""
        return [entry_from(row) for row in await statements.rows(_SQL["after"], after_seq, limit)]

    @reads
    async def page(self, statements: "Statements", after_seq: int, limit: int) -> LogPage:
        """The entries after a sequence number, fewer than `limit` where they are large."""
        head = await statements.rows(_SQL["head"])
        sizes = list(within(PAGE_BYTES, await statements.rows(_SQL["sizes"], after_seq, limit)))
        found = await statements.rows(_SQL["after"], after_seq, len(sizes))
        return LogPage(entries=[entry_from(row) for row in found], head=head[0]["seq"] if head else 0)

    @reads
    async def tagged(self, statements: "Statements", proposal_id: str, tags: str) -> list[Entry]:
        """The entries of a proposal that have one of some tags, a JSON list of them, in order."""
        return [entry_from(row) for row in await statements.rows(_SQL["tagged"], proposal_id, tags)]

    async def entry(self, seq: int) -> Entry | None:
        """One entry."""
        found = await self.entries(seq - 1, 1)
        return found[0] if found and found[0].seq == seq else None

    @reads
    async def head(self, statements: "Statements") -> Entry | None:
        """The newest entry."""
        found = await statements.rows(_SQL["head"])
        return entry_from(found[0]) if found else None

    async def unnamed_from(self) -> Entry | None:
        """The entry with which the time of a key begins that sealed some of the log and is not named; None for none.

        As many looks as it takes to halve the log, for each key that is named.
        """
        return await unnamed_from(self.entry, await self.head(), self._key)

    async def verify(self) -> Broken | None:
        """The first entry that does not hold. A tail that was cut off cannot show: compare `head` with one noted."""
        last: Entry | None = None
        while True:
            entries = await self.entries(last.seq if last else 0)
            if not entries:
                return None
            if broken := first_broken(entries, self._key, last):
                return broken
            last = entries[-1]


def within(most: int, rows: "Sequence[Row]") -> "Iterator[Row]":
    """The first rows, of at most so many bytes together; one at least, for a page without any leads nowhere."""
    total = 0
    for number, row in enumerate(rows):
        total += row["bytes"] or 0  # nothing where its revisions are gone, which is damage that it is read for
        if number and total > most:
            return
        yield row


def line_from(entry: Entry) -> Line:
    """The entry as a line of history."""
    return Line(tag=entry.tag, facts=whole_facts(entry), actor=actor_from(entry), at=from_milliseconds(entry.at))


def actor_from(entry: Entry) -> Actor:
    """Who caused it."""
    return Actor(
        kind=entry.actor_kind,  # type: ignore[arg-type]  # the CHECK on the column allows no other
        id=entry.actor_id,
        team=entry.actor_team,
        proof=strings(entry.actor_proof),
    )
