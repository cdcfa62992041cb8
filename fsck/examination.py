"""Examination of a store: every check, over one view of it, and what came of them."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from fsck.chain import examine_chain
from fsck.findings import CHECKS, KEPT, Checkpoint, Finding, Findings
from fsck.rows import examine_rows
from fsck.source import Broken, Source
from fsck.waiting import examine_waiting

_TABLES = ("proposals", "revisions", "decisions", "outbox", "messages", "callbacks")
"""Of which it is told how many rows of a broken file can still be read."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Examined:
    """What came of it."""

    findings: tuple[Finding, ...]
    counts: dict[str, int]
    """By check, those beyond the kept ones too."""
    totals: dict[str, int]
    """What there was to look at."""
    unlooked: dict[str, str]
    """Checks that nothing can be said of, with the reason: none of them is passed."""
    readable: dict[str, str]
    """Of a broken file: how far each table can be read."""

    @property
    def sound(self) -> bool:
        """Whether nothing was found."""
        return not self.counts

    def lines(self) -> list[str]:
        """For people."""
        totals = ", ".join(f"{number:,} {what}" for what, number in self.totals.items())
        said = [f"Looked at {totals}."] if totals else []
        for check, holds in CHECKS.items():
            if self.counts.get(check):
                said.append(f"NOT TRUE  {check}: {holds}. {self.counts[check]:,} found:")
                said += [f"          - {each.subject}: {each.what}" for each in self.findings if each.check == check]
                if self.counts[check] > KEPT:
                    said.append(f"          - and {self.counts[check] - KEPT:,} more")
            elif check in self.unlooked:
                said.append(f"unknown   {check}: {self.unlooked[check]}")
            else:
                said.append(f"holds     {check}: {holds}")
        said += [f"          {table}: {how}" for table, how in self.readable.items()]
        if not self.sound:
            said.append(
                "Stop the bot, keep a copy of the database as it is, and restore the newest backup that signoff fsck "
                "finds nothing in; signoff audit verify names each row that a hand changed."
            )
        return said

    def as_json(self) -> dict[str, Any]:
        """For programs."""
        return {
            "sound": self.sound,
            "totals": self.totals,
            "checks": [
                {
                    "check": check,
                    "holds": None if check in self.unlooked else not self.counts.get(check),
                    "means": holds,
                    "why_unknown": self.unlooked.get(check),
                    "found": self.counts.get(check, 0),
                    "findings": [
                        {"subject": each.subject, "what": each.what} for each in self.findings if each.check == check
                    ],
                }
                for check, holds in CHECKS.items()
            ],
            "readable": self.readable,
        }


def examine(
    source: Source,
    *,
    keys: Sequence[bytes] = (),
    noted: Iterable[Checkpoint] = (),
    now: int,
    running: bool = False,
    tell: Callable[[str], None] = lambda _: None,
) -> Examined:
    """Every check. `now` is in milliseconds since 1970; `running` says that a bot is up and sweeps.

    `tell` is told how far it has come, often. Raises Unreadable where there is nothing to read.
    """
    findings, noted = Findings(), tuple(noted)
    totals: dict[str, int] = {}
    unlooked: dict[str, str] = {}
    if not keys:
        unlooked["seals"] = "there is no key to hold the seals against"
    if not noted:
        unlooked["end"] = "nobody noted how far the log had come, so a cut at its end cannot show"
    tell("reading every page of the file")
    faults = source.faults()
    if faults is None:
        unlooked["file"] = "its pages are the server's to look after"
    for fault in faults or ():
        findings.add("file", "page", fault)
    totals["entries"] = examine_chain(source, keys, noted, findings, lambda seq: tell(f"{seq:,} entries of the log"))
    try:
        totals |= examine_rows(source, now, findings, lambda count: tell(f"{count:,} proposals"))
        examine_waiting(source, now if running else None, findings)
    except Broken as broken:
        findings.add("file", "rows", f"the rows could not all be looked at: {broken}")
        rest = "the rows could not all be read"
        those = ("content", "life", "time", "people", "claims", "effects", "drills", "state", "keys", "cards", "events")
        unlooked |= dict.fromkeys(those, rest)
    readable = _readable(source) if faults is not None and findings.counts["file"] else {}
    return Examined(
        findings=tuple(findings.kept),
        counts=dict(+findings.counts),
        totals=totals,
        unlooked=unlooked,
        readable=readable,
    )


def _readable(source: Source) -> dict[str, str]:
    """How many rows of each table can be read from its beginning."""
    return {table: _rows_of(source, table) for table in _TABLES}


def _rows_of(source: Source, table: str) -> str:
    # The rows themselves are gone through, not an index that has some of their columns too.
    text = f"SELECT count(*) AS count FROM (SELECT * FROM {table} NOT INDEXED LIMIT $1)"  # noqa: S608 names of tables
    low, high = 0, 1
    try:
        while source.rows(text, high)[0]["count"] == high:
            low, high = high, high * 2
        return f"all {source.rows(text, high)[0]['count']:,} rows can be read"
    except Broken:
        while low + 1 < high:
            middle = (low + high) // 2
            try:
                source.rows(text, middle)
                low = middle
            except Broken:
                high = middle
        return f"the first {low:,} rows can be read"
