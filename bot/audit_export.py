"""Export of the audit log: its entries in order, as they are stored, but for what the policy redacts.

One for `GET /v1/audit` and for `signoff audit export`. An entry that says something redacted is marked: its hash was
made over what is not in it any more, so that its place in the chain alone can be verified.
"""

import json
import re
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

from approvals.content import joined
from approvals.json_text import json_text
from approvals.ports import WorkLimit
from policy.file.durations import seconds_of
from policy.file.scalars import WrongShape

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Sequence

    from approvals.proposal import Proposal
    from storage import Entry, SqlStore

Veil: TypeAlias = Callable[["Proposal", dict[str, Any], tuple[str, ...]], Awaitable[dict[str, Any]]]
"""What an entry of the proposal tells, without what it or the entry's gate redacts. Raises WorkLimit, WorkRefused."""
AT_ONCE = 500
"""So many entries are read at once, and fewer where they are large."""
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SPAN = re.compile(r"\d+ ?[a-z]+", re.ASCII)
_LONGEST = 36_500 * 86_400
UNKNOWN = "withheld: its proposal is not as it was written, so nobody can say what of this the policy redacts"
TOO_MUCH = "withheld: it took too long to look for all that the policy redacts"


@dataclass(frozen=True, slots=True, kw_only=True)
class Period:
    """From a moment on and up to another, which is not in it any more; None: without an end on that side."""

    since: datetime | None = None
    until: datetime | None = None

    def holds(self, at: int) -> bool:
        """Whether a moment, in milliseconds since the epoch, is in it."""
        began = self.since is None or at >= _millis(self.since)
        return began and (self.until is None or at < _millis(self.until))

    def millis(self, now: datetime) -> tuple[int, int]:
        """Its first moment, and the first that is not in it: at the latest the next after now."""
        since, until = 0 if self.since is None else _millis(self.since), _millis(now) + 1
        return since, until if self.until is None else min(until, _millis(self.until))


@dataclass(frozen=True, slots=True, kw_only=True)
class Exported:
    """An entry as it may leave."""

    entry: "Entry"
    facts: str
    """JSON, as it is stored unless something of it is redacted."""
    content: str | None
    """The same of what agents and people wrote; None for nothing, and once it was erased."""
    redacted: bool

    def whole(self) -> dict[str, Any]:
        """Facts and content together, as far as they may leave."""
        facts = {name: value for name, value in json.loads(self.facts).items() if name != "content"}
        if self.content is None:
            return facts
        return joined(facts, {name: value for name, value in json.loads(self.content).items() if name != "salt"})

    def as_stored(self) -> dict[str, Any]:
        """Every column. JSON stays the text that the hash was made over."""
        entry = self.entry
        return {
            "seq": entry.seq,
            "id": entry.id,
            "at": entry.at,
            "tag": entry.tag,
            "proposal_id": entry.proposal_id,
            "revision": entry.revision,
            "actor_kind": entry.actor_kind,
            "actor_id": entry.actor_id,
            "actor_team": entry.actor_team,
            "actor_proof": entry.actor_proof,
            "facts": self.facts,
            "previous": entry.previous,
            "hash": entry.hash,
            "seal": entry.seal,
            "redacted": self.redacted,
            "content": self.content,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class ExportPage:
    """Those of one reading that are in the period."""

    found: list[Exported]
    read: "Sequence[Entry]"
    """All that were read for it, for who verifies the chain on the way."""
    head: int
    """The newest entry there was when the export began."""


async def export_pages(store: "SqlStore", veil: Veil, period: Period, *, after: int = 0) -> "AsyncIterator[ExportPage]":
    """All that the log holds of a period at this moment, a page at a time. Raises StoreBusy, WorkRefused.

    It goes by the numbers of the entries up to the newest at its beginning, never by time, which a clock may set back:
    so none is doubled or left out, whatever is added meanwhile.
    """
    head: int | None = None
    while True:
        page = await store.audit.page(after, AT_ONCE)
        head = page.head if head is None else head
        read = [entry for entry in page.entries if entry.seq <= head]
        if not read:
            return
        found = await exported(store, [entry for entry in read if period.holds(entry.at)], veil)
        yield ExportPage(found=found, read=read, head=head)
        after = read[-1].seq


async def exported(store: "SqlStore", entries: "Sequence[Entry]", veil: Veil) -> list[Exported]:
    """The entries as they may leave. Raises StoreBusy, WorkRefused."""
    about = {entry.seq: _subject(entry) for entry in entries}
    ids = sorted({subject for subject in about.values() if subject is not None})
    known = {each.id: each for each in await store.present(ids)}
    return [await _exported(entry, about[entry.seq], known, veil) for entry in entries]


async def _exported(entry: "Entry", subject: str | None, known: "Mapping[str, Proposal]", veil: Veil) -> Exported:
    stored = Exported(entry=entry, facts=entry.facts, content=entry.content, redacted=False)
    if subject is None:
        return stored
    proposal = known.get(subject)
    if proposal is None:
        return Exported(entry=entry, facts=json_text({"withheld": UNKNOWN}), content=None, redacted=True)
    facts: dict[str, Any] | None = None
    own: tuple[str, ...] = ()
    if '"redact":["' in entry.facts:  # that of its gate then, which another policy may have replaced since
        facts = json.loads(entry.facts)
        own = tuple((facts.get("gate") or {}).get("redact", ()))
    if not (proposal.gate.redact or own):
        return stored
    facts = json.loads(entry.facts) if facts is None else facts
    content = None if entry.content is None else json.loads(entry.content)
    try:
        veiled = await veil(proposal, {"facts": facts, "content": content}, own)
    except WorkLimit:
        return Exported(entry=entry, facts=json_text({"withheld": TOO_MUCH}), content=None, redacted=True)
    if veiled == {"facts": facts, "content": content}:
        return stored
    told = entry.facts if veiled["facts"] == facts else json_text(veiled["facts"])
    if content is not None:
        veiled["content"].pop("salt", None)  # with it, what is redacted could be tried against the digest
    left = None if content is None else json_text(veiled["content"])
    return Exported(entry=entry, facts=told, content=left, redacted=True)


def _subject(entry: "Entry") -> str | None:
    """The proposal that the entry is about; those of samples name it among their facts."""
    if entry.proposal_id is not None or not entry.tag.startswith("sample:"):
        return entry.proposal_id
    named = json.loads(entry.facts).get("proposal")
    return named if isinstance(named, str) else None


def moment_named(said: str, now: datetime) -> datetime:
    """The moment that somebody names: `2026-11-01`, `2026-11-01T08:00Z`, or `30d` ago. UTC unless it says otherwise.

    Raises ValueError with a sentence.
    """
    try:
        if _SPAN.fullmatch(said):
            return now - timedelta(seconds=min(seconds_of(said), _LONGEST))
        at = datetime.fromisoformat(said)
        return (at.replace(tzinfo=UTC) if at.tzinfo is None else at).astimezone(UTC)
    except (ValueError, OverflowError, WrongShape):
        raise ValueError(
            "name a day (2026-11-01, which begins at midnight UTC), a moment (2026-11-01T08:00:00Z), or how long ago "
            "it was (30d, 12h)"
        ) from None


def moment_of(at: int) -> datetime:
    """Of milliseconds since the epoch."""
    return _EPOCH + timedelta(milliseconds=at)


def _millis(at: datetime) -> int:
    """Rounded up: of an entry, which has whole milliseconds, it is before or after the moment all the same."""
    return -((_EPOCH - at) // timedelta(milliseconds=1))
