"""The audit log's chain, pure: each entry is hashed over the one before and sealed with a key kept elsewhere.

The hash shows where the chain breaks; the seal shows that whoever rebuilt it did not hold the key.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING

from approvals.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.proposal import JSON

GENESIS = "0" * 64
"""What the first entry has in place of the hash before it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What an entry says, before it is sealed. JSON stays the text it was stored as: every byte counts."""

    at: int
    """Milliseconds since the epoch."""
    tag: str
    proposal_id: str | None
    revision: int | None
    actor_kind: str
    actor_id: str
    actor_team: str | None
    actor_proof: str
    """JSON list: how the actor's roles were known."""
    facts: str
    """JSON object."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry(Record):
    """One link of the chain."""

    seq: int
    id: str
    previous: str
    hash: str
    seal: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first entry that does not hold, and what is wrong with it."""

    seq: int
    what: str


def sealed(record: Record, last: Entry | None, key: bytes) -> Entry:
    """The entry that follows `last`. ValueError for text that is no Unicode."""
    seq = last.seq + 1 if last else 1
    previous = last.hash if last else GENESIS
    name = "ent_" + hashlib.sha256(f"{previous}{seq}".encode()).hexdigest()[:32]
    total = _hash(record, seq, name, previous)
    return Entry(
        at=record.at,
        tag=record.tag,
        proposal_id=record.proposal_id,
        revision=record.revision,
        actor_kind=record.actor_kind,
        actor_id=record.actor_id,
        actor_team=record.actor_team,
        actor_proof=record.actor_proof,
        facts=record.facts,
        seq=seq,
        id=name,
        previous=previous,
        hash=total,
        seal=_seal(total, key),
    )


def fault(entry: Entry, key: bytes) -> str | None:
    """What is wrong with the entry by itself, whatever stands around it."""
    try:
        if _hash(entry, entry.seq, entry.id, entry.previous) != entry.hash:
            return "its content is not what its hash was made over"
    except ValueError:
        return "its content is not text"
    if not hmac.compare_digest(_seal(entry.hash, key).encode(), entry.seal.encode(errors="replace")):
        return "its seal was not made with our key"
    return None


def first_broken(entries: "Iterable[Entry]", key: bytes, last: Entry | None = None) -> Broken | None:
    """The first entry that does not follow from the one before, or is not as it was sealed.

    `last` is a verified entry right before these; None if they begin the log. What was cut off the end cannot be
    missed by what is left: compare the head with one noted elsewhere.
    """
    for entry in entries:
        seq = last.seq + 1 if last else 1
        if entry.seq != seq:
            return Broken(seq=seq, what=f"it is missing; the next one there is {entry.seq}")
        if entry.previous != (last.hash if last else GENESIS):
            return Broken(seq=seq, what="it does not follow from the entry before")
        if what := fault(entry, key):
            return Broken(seq=seq, what=what)
        last = entry
    return None


def _hash(record: Record, seq: int, name: str, previous: str) -> str:
    said: dict[str, JSON] = {
        "seq": seq,
        "id": name,
        "at": record.at,
        "tag": record.tag,
        "proposal_id": record.proposal_id,
        "revision": record.revision,
        "actor_kind": record.actor_kind,
        "actor_id": record.actor_id,
        "actor_team": record.actor_team,
        "actor_proof": record.actor_proof,
        "facts": record.facts,
    }
    return hashlib.sha256(previous.encode() + canonical(said)).hexdigest()


def _seal(total: str, key: bytes) -> str:
    return hmac.new(key, total.encode(errors="replace"), hashlib.sha256).hexdigest()
