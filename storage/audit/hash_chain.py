"""Hash chain: each entry is hashed over the one before and sealed with a key kept elsewhere. Pure.

The hash shows where the chain breaks; the seal shows that whoever rebuilt it did not hold the key.
"""

import hashlib
import hmac
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from approvals.digest import canonical_record
from storage.audit.commitment import is_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

SealKey: TypeAlias = "bytes | tuple[bytes, ...]"
"""What seals are made with: one key, or while keys are replaced all of them, the newest first. It alone seals anew."""

GENESIS = "0" * 64
"""What the first entry has in place of the hash before it."""
REPLACED = "its seal was made with a key that had been replaced before"


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
    content: str | None = None
    """What agents and people wrote of it, of which the facts hold the digest: not in the hash, for it can be erased."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Broken:
    """The first entry that does not hold, and what is wrong with it."""

    seq: int
    what: str


def sealed(record: Record, last: Entry | None, key: SealKey, content: str | None = None) -> Entry:
    """The entry that follows `last`, sealed with the newest key. ValueError for text that is no Unicode."""
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
        seal=_seal(total, keys_of(key)[0]),
        content=content,
    )


def fault(entry: Entry, key: SealKey) -> str | None:
    """What is wrong with the entry by itself, whatever stands around it."""
    return _examined(entry, key)[1]


def with_faults(
    entries: "Iterable[Entry]", key: SealKey, last: Entry | None = None
) -> "Iterator[tuple[Entry, str | None]]":
    """Each entry, in order, with what is wrong with it: a key that was replaced seals nothing any more.

    `last` is a verified entry before these.
    """
    newest = len(keys_of(key)) - 1 if last is None else _examined(last, key)[0]
    for entry in entries:
        age, what = _examined(entry, key)
        if what is None and age > newest:
            what = REPLACED
        newest = min(age, newest)
        yield entry, what


def _examined(entry: Entry, key: SealKey) -> tuple[int, str | None]:
    """Which of the keys sealed it, 0 for the newest, and what is wrong with it."""
    try:
        if _hash(entry, entry.seq, entry.id, entry.previous) != entry.hash:
            return 0, "its content is not what its hash was made over"
        if entry.content is not None and not is_of(entry.content, entry.facts):
            return 0, "what stands beside it is not what it holds the digest of"
    except ValueError:
        return 0, "its content is not text"
    age = seal_age(entry, key)
    return (0, "its seal was not made with our key") if age is None else (age, None)


def seal_age(entry: Entry, key: SealKey) -> int | None:
    """Which of the keys sealed the hash that the entry has, 0 for the newest; None for none of them."""
    for age, each in enumerate(keys_of(key)):
        if hmac.compare_digest(_seal(entry.hash, each).encode(), entry.seal.encode(errors="replace")):
            return age
    return None


def first_broken(entries: "Iterable[Entry]", key: SealKey, last: Entry | None = None) -> Broken | None:
    """The first entry that does not follow from the one before, or is not as it was sealed.

    `last` is a verified entry right before these; None if they begin the log. What was cut off the end cannot be
    missed by what is left: compare the head with one noted elsewhere.
    """
    for entry, what in with_faults(entries, key, last):
        seq = last.seq + 1 if last else 1
        if entry.seq != seq:
            return Broken(seq=seq, what=f"it is missing; the next one there is {entry.seq}")
        if entry.previous != (last.hash if last else GENESIS):
            return Broken(seq=seq, what="it does not follow from the entry before")
        if what:
            return Broken(seq=seq, what=what)
        last = entry
    return None


def keys_of(key: SealKey) -> tuple[bytes, ...]:
    """The newest first."""
    return (key,) if isinstance(key, bytes) else key


def _hash(record: Record, seq: int, name: str, previous: str) -> str:
    said: dict[str, str | int | None] = {
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
    return hashlib.sha256(previous.encode() + canonical_record(said)).hexdigest()


def _seal(total: str, key: bytes) -> str:
    return hmac.digest(key, total.encode(errors="replace"), "sha256").hex()
