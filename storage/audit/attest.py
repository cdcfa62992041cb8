"""Attestation of proposals: what the sealed entries make of one. Its row must agree before anything runs."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from approvals.effects import FOLLOWS
from approvals.events import Erased, instant, secret_digest
from approvals.states import Impossible, after
from storage.audit.contents import require_contents, whole_facts
from storage.audit.hash_chain import Entry, SealKey, with_faults
from storage.engine.errors import RowDamaged
from storage.json_codec import Misshapen, encode_json, shaped
from storage.rows import from_milliseconds

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from approvals.events import Event
    from approvals.proposal import Proposal
    from storage.engine.database import Row

EVENTS: "dict[str, type[Event]]" = {event.tag: event for event in FOLLOWS}
"""The events that change a proposal, by tag; all else in the log is notes."""


TAGS = encode_json(sorted(EVENTS))
"""The same as one JSON list."""


def entry_from(row: "Row") -> Entry:
    """The entry as stored, unverified."""
    return Entry(**{name: row[name] for name in row.keys()})  # noqa: SIM118 a row iterates over values


def event_from(entry: Entry) -> "Event":
    """The event that the entry records. Raises Misshapen."""
    return shaped(EVENTS[entry.tag], {**whole_facts(entry), "at": instant(from_milliseconds(entry.at))})


def erased_up_to(entries: "Iterable[Entry]") -> int:
    """The sequence number of the entry up to which the contents of a proposal were erased; 0 if they never were."""
    return max((each.seq for each in entries if each.tag == Erased.tag), default=0)


def steps(entries: "Iterable[Entry]", key: SealKey) -> "Iterator[Proposal]":
    """The proposal after each of its entries, in order. Raises RowDamaged."""
    proposal: Proposal | None = None
    told = [each for each in entries if each.tag in EVENTS]
    up_to = erased_up_to(told)
    for entry, what in with_faults(told, key):
        if what:
            raise RowDamaged(f"entries {entry.seq}", what)
        require_contents([entry], up_to)
        try:
            # A content that somebody put back after it was erased tells nothing.
            proposal = after(proposal, event_from(replace(entry, content=None) if entry.seq < up_to else entry))
        except (Impossible, Misshapen) as refused:
            raise RowDamaged(f"entries {entry.seq}", str(refused)) from refused
        yield proposal


def replayed(entries: "Iterable[Entry]", key: SealKey) -> "Proposal | None":
    """The proposal after its entries, in order; None if none of them made one. Raises RowDamaged."""
    proposal: Proposal | None = None
    for each in steps(entries, key):
        proposal = each
    return proposal


def without_secret(proposal: "Proposal") -> "Proposal":
    """The proposal as its entries can tell it: they carry the secret of its cards as a digest alone."""
    return replace(proposal, nonce=secret_digest(proposal.nonce))


def attested(
    proposal: "Proposal",
    entries: "Iterable[Entry]",
    key: SealKey,
    seats: "Collection[str]",
    excluded: "Collection[str]",
) -> None:
    """Raises RowDamaged unless the sealed entries make exactly this proposal, its approval included.

    `seats` and `excluded` are the roles and people by whom lists find it: none that no gate of it ever named.
    """
    meant, found = None, without_secret(proposal)
    roles: set[str] = set()
    people: set[str] = set()
    for meant in steps(entries, key):
        gate = meant.gate
        roles.update(gate.roles, (each.by for each in gate.stand_ins), (each.to for each in meant.escalated_to))
        people |= gate.excluded
    if meant == found:
        if strangers := sorted((set(seats) - roles) | (set(excluded) - people)):
            what = f"no gate ever named {', '.join(strangers)}, by whom it is found"
            raise RowDamaged(f"seats {proposal.id}", what)
        return
    if meant is None:
        raise RowDamaged(f"proposals {proposal.id}", "no entry tells that it was ever proposed")
    other = [each.name for each in fields(meant) if getattr(meant, each.name) != getattr(found, each.name)]
    raise RowDamaged(
        f"proposals {proposal.id}", f"its row is not what its sealed entries tell: {', '.join(other)} differ"
    )
