"""Audit chain verification: whether the entries of a page follow each other, and the last one that was read before."""

import hashlib
from typing import TYPE_CHECKING, Any, Final

import rfc8785

from signoff_client.errors import Invalid, Tampered
from signoff_client.proof import HASHED

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

GENESIS: Final = "0" * 64
"""What the first entry has in place of the hash before it."""


def link_of(entry: "Mapping[str, Any] | None") -> tuple[int, str]:
    """Number and hash of an entry that was read before; None stands for the beginning. Raises Invalid."""
    if entry is None:
        return 0, GENESIS
    seq, total = entry.get("seq"), entry.get("hash")
    if not isinstance(seq, int) or not isinstance(total, str):
        raise Invalid("To go on after an entry, give it as it was read: with its seq and its hash.")
    return seq, total


def chained(page: "Mapping[str, Any]", seq: int, last: str) -> "Iterator[dict[str, Any]]":
    """The entries of a page one by one, each as it is sure to follow from what was before. Raises Tampered."""
    for number, entry in enumerate(page["entries"], start=seq + 1):
        if not isinstance(entry, dict) or entry.get("seq") != number or entry.get("previous") != last:
            raise Tampered(f"The audit log does not go on with entry {number} after the one before it.")
        # Of an entry with something redacted, the hash was made over what is not in it: its place in the chain is all.
        if entry.get("redacted") is not True and _hash(entry) != entry.get("hash"):
            raise Tampered(f"Entry {number} of the audit log is not what its hash was made over.")
        last = str(entry.get("hash"))
        yield entry


def _hash(entry: "Mapping[str, Any]") -> str | None:
    """What its hash has to be; None where it is not made as entries are."""
    try:
        said = rfc8785.dumps({name: entry[name] for name in HASHED})
    except (KeyError, rfc8785.CanonicalizationError, RecursionError, TypeError, UnicodeEncodeError):
        return None
    return hashlib.sha256(str(entry["previous"]).encode() + said).hexdigest()
