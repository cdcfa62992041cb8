"""Chain of the log: every entry read in order and held against its hash, its seal and the one before it."""

import hashlib
import hmac
import json
from collections.abc import Callable, Iterable, Sequence

from fsck.findings import Checkpoint, Findings
from fsck.source import Broken, Row, Source

STRIDE = 1000
"""Entries read at a time."""
_FIRST = "0" * 64
_HASHED = (
    *("seq", "id", "at", "tag", "proposal_id", "revision"),
    *("actor_kind", "actor_id", "actor_team", "actor_proof", "facts"),
)
_AFTER = f"SELECT {', '.join(_HASHED)}, previous, hash, seal FROM entries WHERE seq > $1 ORDER BY seq LIMIT $2"  # noqa: S608 names of columns
_BEFORE = "SELECT seq FROM entries WHERE seq < $1 ORDER BY seq DESC LIMIT $2"
_END = 2**62


def examine_chain(
    source: Source, keys: Sequence[bytes], noted: Iterable[Checkpoint], findings: Findings, tell: Callable[[int], None]
) -> int:
    """Holds the whole log; the number of its newest entry that can be read.

    `keys` are those that seal, the newest first; without any, seals are not looked at.
    """
    waiting: dict[int, list[Checkpoint]] = {}
    for each in noted:
        waiting.setdefault(each.seq, []).append(each)
    seq, previous, age = 0, _FIRST, len(keys) - 1
    while True:
        try:
            entries = source.rows(_AFTER, seq, STRIDE)
        except Broken:
            seq, previous, age = _as_far_as_it_goes(source, keys, (seq, previous, age), waiting, findings)
            break
        if not entries:
            break
        for entry in entries:
            age = _hold(entry, seq, previous, keys, age, findings)
            seq, previous = entry["seq"], entry["hash"]
            _compare(waiting.pop(seq, ()), previous, findings)
        tell(seq)
    for each in (each for rest in waiting.values() for each in rest):
        findings.add("end", each.seq, f"{each.source} noted the entry {each.seq}, and the log ends at {seq} without it")
    return seq


def _hold(entry: Row, seq: int, previous: str, keys: Sequence[bytes], age: int, findings: Findings) -> int:
    """Adds what is wrong with the entry after `seq`; which of the keys has sealed from here on."""
    number = entry["seq"]
    if number != seq + 1:
        findings.add("chain", seq + 1, f"it is missing, and so is all up to {number - 1}")
    elif entry["previous"] != previous:
        findings.add("chain", number, "it does not follow from the entry before")
    if entry["id"] != "ent_" + hashlib.sha256(f"{entry['previous']}{number}".encode(errors="replace")).hexdigest()[:32]:
        findings.add("chain", number, "its id is not that of its place")
    if _hash_of(entry) != entry["hash"]:
        findings.add("chain", number, "its content is not what its hash was made over")
    if not keys:
        return age
    made = [hmac.digest(key, str(entry["hash"]).encode(errors="replace"), "sha256").hex() for key in keys]
    by = next((place for place, each in enumerate(made) if hmac.compare_digest(each.encode(), _bytes(entry))), None)
    if by is None:
        findings.add("seals", number, "its seal was not made with our key")
        return age
    if by > age:
        findings.add("seals", number, "its seal was made with a key that had been replaced before")
    return min(by, age)


def _bytes(entry: Row) -> bytes:
    return str(entry["seal"]).encode(errors="replace")


def _hash_of(entry: Row) -> str | None:
    """SHA-256 of the hash before, as text, and of the fields as RFC 8785 writes such: sorted, compact, in UTF-8."""
    fields = {name: entry[name] for name in _HASHED}
    said = json.dumps(fields, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    try:
        return hashlib.sha256(str(entry["previous"]).encode() + said.encode()).hexdigest()
    except UnicodeEncodeError:
        return None


def _compare(noted: Iterable[Checkpoint], found: str, findings: Findings) -> None:
    for each in noted:
        if each.hash != found:
            findings.add("end", each.seq, f"{each.source} noted another entry under this number: the log was replaced")


def _as_far_as_it_goes(
    source: Source,
    keys: Sequence[bytes],
    start: tuple[int, str, int],
    waiting: dict[int, list[Checkpoint]],
    findings: Findings,
) -> tuple[int, str, int]:
    """Goes on one by one up to the entry that cannot be read, and says from where on it can be again."""
    seq, previous, age = start
    try:
        while entries := source.rows(_AFTER, seq, 1):
            age = _hold(entries[0], seq, previous, keys, age, findings)
            seq, previous = entries[0]["seq"], entries[0]["hash"]
            _compare(waiting.pop(seq, ()), previous, findings)
    except Broken as broken:
        first, last = _readable_end(source)
        again = f"; those from {first} to {last} can be again" if last > seq + 1 else ""
        findings.add("file", f"entry {seq + 1}", f"entries can be read up to {seq}; then: {broken}{again}")
    return seq, previous, age


def _readable_end(source: Source) -> tuple[int, int]:
    """The first and the last entry of the stretch at the end of the log that can be read."""
    first = last = 0
    try:
        while found := source.rows(_BEFORE, first or _END, 1):
            number = found[0]["seq"]
            source.rows(_AFTER, number - 1, 1)
            first, last = number, last or number
    except Broken:
        """Up to there."""
    return first, last
