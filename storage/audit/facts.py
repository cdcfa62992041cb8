"""Past facts: what a single proposal says about the past, by its sealed entries."""

import hashlib
from collections import OrderedDict, deque
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.digest import canonical
from approvals.paths import path_text
from approvals.proposal import Cause, Status
from storage.audit.attest import TAGS, entry_from, replayed
from storage.engine.errors import RowDamaged
from storage.engine.queries import queries

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from storage.audit.hash_chain import SealKey
    from storage.engine.database import Statements

_ENTRIES = queries("entries")
KEPT = 5000
"""Of so many proposals what they let us know is kept in memory."""
FIELDS = 200
"""So many fields of one payload are kept, the outermost first. One that is not kept counts as never approved."""
LONGEST_FIELD = 500
"""Bytes of the path of a field that is kept: longer ones fit into no index of PostgreSQL."""
EQUAL_SHARE = 0.8
FEWEST_FIELDS = 3
_APPROVED = {Status.approved, Status.claimed, Status.succeeded, Status.failed, Status.unknown}
"""In which status an approval by people counts: until it is taken back, or lapses."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PastFact:
    """What one proposal lets us know of the past, as its sealed entries tell it."""

    agent: str
    action: str
    digest: str
    agreed: bool
    claimable_at: "datetime | None"
    lapses_at: "datetime | None"
    """When the approval lapses, while nobody has claimed it: at that moment, whether or not a sweep has put it down."""
    revised_at: "datetime"
    worked: bool
    no: "tuple[str, datetime, str | None] | None"
    over: bool
    """Whether it was rejected or revoked: then no entry can follow that changes what it lets us know."""
    values: "Mapping[str, str]"
    """The digest of each field's value, by its path."""
    numbers: "Mapping[str, int | float]"
    outer: "Mapping[str, str]"
    """The digest of each field of the outermost object."""

    def agreed_at(self, now: "datetime") -> bool:
        """Whether people approved it and that counts by now: not in its undo window, nor once it lapsed."""
        claimable = self.claimable_at is None or self.claimable_at <= now
        return self.agreed and claimable and (self.lapses_at is None or now < self.lapses_at)


class PastFacts:
    """What is known of each proposal; kept in memory as long as its newest entry is the same, or it is over."""

    def __init__(self) -> None:
        self._known: OrderedDict[str, tuple[str, PastFact]] = OrderedDict()

    async def of(self, statements: "Statements", proposal_id: str, key: "SealKey") -> PastFact:
        """Raises RowDamaged where the entries are not ours."""
        kept = self._known.get(proposal_id)
        if kept is not None and kept[1].over:
            return kept[1]
        newest = await statements.rows(_ENTRIES["newest_tagged"], proposal_id, TAGS)
        head = newest[0]["hash"] if newest else ""
        if kept is None or kept[0] != head:
            rows = await statements.rows(_ENTRIES["tagged"], proposal_id, TAGS)
            meant = replayed([entry_from(row) for row in rows], key)
            if meant is None:
                raise RowDamaged(f"entries of {proposal_id}", "no entry tells that it was ever proposed")
            kept = (head, _fact(meant))
            self._known[proposal_id] = kept
            if len(self._known) > KEPT:
                self._known.popitem(last=False)
        return kept[1]


def _fact(proposal: "Proposal") -> PastFact:
    payload = proposal.action.payload
    return PastFact(
        agent=proposal.ask.agent,
        action=proposal.action.name,
        digest=proposal.digest,
        agreed=agreed_on(proposal),
        claimable_at=proposal.claimable_at,
        lapses_at=proposal.execute_by if proposal.status is Status.approved else None,
        revised_at=proposal.revisions[-1].at,
        worked=_worked(proposal),
        no=_no(proposal),
        over=proposal.status in (Status.rejected, Status.revoked),
        values=values_of(payload),
        numbers={
            field: value
            for field, value in _fields(payload)
            if isinstance(value, (int, float)) and not isinstance(value, bool)
        },
        outer=outer_digests(payload),
    )


def agreed_on(proposal: "Proposal | None") -> bool:
    """Whether people approved it, and nobody took that back, objected, or let it lapse.

    What ran by itself, watched or by a remembered approval is the agent's own doing: it makes nothing known.
    """
    return (
        proposal is not None
        and proposal.status in _APPROVED
        and proposal.cause is Cause.reviewer
        and proposal.rollback is None
    )


def _worked(proposal: "Proposal | None") -> bool:
    return proposal is not None and proposal.status is Status.succeeded and proposal.cause is Cause.reviewer


def _no(proposal: "Proposal | None") -> "tuple[str, datetime, str | None] | None":
    """The no of a person: a rejection, a revocation, an objection. Silence and the policy's no are none."""
    if proposal is None:
        return None
    if proposal.rollback is not None:
        return proposal.rollback.requested_by, proposal.rollback.requested_at, proposal.rollback.reason
    ended = proposal.status in (Status.rejected, Status.revoked) and proposal.cause is Cause.reviewer
    if not ended or proposal.resolved_by is None or proposal.resolved_at is None:
        return None
    return proposal.resolved_by, proposal.resolved_at, proposal.reason


def values_of(payload: "Mapping[str, JSON]") -> dict[str, str]:
    """The digest of the value of every field that is kept, by its path."""
    return {field: sha256(canonical(value)) for field, value in _fields(payload)}


def _fields(payload: "Mapping[str, JSON]") -> "Iterator[tuple[str, JSON]]":
    """The path of every field, with its value; the outermost first."""
    waiting: deque[tuple[str, Mapping[str, JSON]]] = deque([("", payload)])
    left = FIELDS
    while waiting:
        inside, members = waiting.popleft()
        for name, value in members.items():
            if not left:
                return
            left -= 1
            path = inside + path_text([name])
            if len(path.encode()) > LONGEST_FIELD:
                continue
            yield path, value
            if isinstance(value, dict):
                waiting.append((f"{path}.", value))


def outer_digests(payload: "Mapping[str, JSON]") -> dict[str, str]:
    """The digest of each field of the outermost object."""
    return {name: sha256(canonical(value)) for name, value in payload.items()}


def nearly_equal(one: "Mapping[str, str]", other: "Mapping[str, str]") -> bool:
    """Whether two such are nearly the same."""
    names = {*one, *other}
    equal = sum(name in one and one[name] == other.get(name) for name in names)
    return len(names) >= FEWEST_FIELDS and equal >= EQUAL_SHARE * len(names)


def sha256(content: bytes) -> str:
    """In hex."""
    return hashlib.sha256(content).hexdigest()
