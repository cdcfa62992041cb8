"""Findings: what cannot be true of a store, by the check that found it."""

from collections import Counter
from dataclasses import dataclass, field

KEPT = 100
"""How many findings of one check are kept; the others are counted."""

CHECKS = {
    "file": "the file can be read from its first page to its last",
    "chain": "each entry of the log follows from the one before, and is what its hash was made over",
    "seals": "each entry is sealed with a key of ours",
    "end": "the log goes as far as was noted elsewhere",
    "content": "what was written of each entry is what the entry holds the digest of, or was erased",
    "life": "each proposal lived one life: every step may follow the one before, and it was resolved at most once",
    "time": "nothing was decided, claimed or left waiting after its time",
    "people": "each approval is of somebody who may, once, and there are as many as the gate asks for",
    "claims": "what was reported had been claimed, what was claimed had been approved, to the byte, each once",
    "effects": "of each effect one open proposal has it, and whatever ran of it, did so alone",
    "drills": "nothing of a drill was ever approved or claimed, and its row and its entries say that it is one",
    "state": "every row is what the newest entry leaves",
    "keys": "every idempotency key stands for one proposal",
    "cards": "every card shows what is true, or waits to be brought up to date",
    "events": "every agent is told each event of its proposals once",
}
"""What each check holds, in the order in which they are told."""


class Unreadable(Exception):
    """The database cannot be read at all; the message says why and what to do."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Checkpoint:
    """An entry that was there, noted where whoever writes the database cannot: its number and its hash."""

    seq: int
    hash: str
    source: str
    """Who noted it, as it is told to people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Something that cannot be true."""

    check: str
    subject: str
    """What it is about: an entry's number, a proposal's id, a page."""
    what: str


@dataclass(slots=True)
class Findings:
    """All that were found, the first of each check kept."""

    kept: list[Finding] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def add(self, check: str, subject: object, what: str) -> None:
        """One more."""
        self.counts[check] += 1
        if self.counts[check] <= KEPT:
            self.kept.append(Finding(check=check, subject=str(subject), what=what))
