"""A proposal as its sealed entries tell it: what a row has to agree with before anything runs."""

from dataclasses import fields, replace
from typing import TYPE_CHECKING

from approvals.effects import EFFECTS
from approvals.events import hidden, instant
from approvals.states import Impossible, after
from storage.audit import Entry, SealKey, faults
from storage.faults import RowDamaged
from storage.rows import moment
from storage.shapes import Misshapen, parsed, shaped

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.events import Event
    from approvals.proposal import Proposal

EVENTS: "dict[str, type[Event]]" = {event.tag: event for event in EFFECTS}
"""The events that change a proposal, by tag; all else in the log is notes."""


def event_from(entry: Entry) -> "Event":
    """The event that the entry records. Raises Misshapen."""
    said = parsed(entry.facts)
    if not isinstance(said, dict):
        raise Misshapen("facts are not an object")
    return shaped(EVENTS[entry.tag], {**said, "at": instant(moment(entry.at))})


def replayed(entries: "Iterable[Entry]", key: SealKey) -> "Proposal | None":
    """The proposal after its entries, in order; None if none of them made one. Raises RowDamaged."""
    proposal: Proposal | None = None
    for entry, what in faults((each for each in entries if each.tag in EVENTS), key):
        if what:
            raise RowDamaged(f"entries {entry.seq}", what)
        try:
            proposal = after(proposal, event_from(entry))
        except (Impossible, Misshapen) as refused:
            raise RowDamaged(f"entries {entry.seq}", str(refused)) from refused
    return proposal


def told(proposal: "Proposal") -> "Proposal":
    """The proposal as its entries can tell it: they carry the secret of its cards as a digest alone."""
    return replace(proposal, nonce=hidden(proposal.nonce))


def vouched(proposal: "Proposal", entries: "Iterable[Entry]", key: SealKey) -> None:
    """Raises RowDamaged unless the sealed entries make exactly this proposal, its approval included."""
    meant, found = replayed(entries, key), told(proposal)
    if meant == found:
        return
    if meant is None:
        raise RowDamaged(f"proposals {proposal.id}", "no entry tells that it was ever proposed")
    other = [each.name for each in fields(meant) if getattr(meant, each.name) != getattr(found, each.name)]
    raise RowDamaged(
        f"proposals {proposal.id}", f"its row is not what its sealed entries tell: {', '.join(other)} differ"
    )
