"""Deadlines that nobody saw to: what still waits although the bot was up, and swept, long after its time."""

from fsck.findings import Findings
from fsck.source import Source

SWEEP = 60_000
"""Milliseconds that a sweep may be late in. It comes twice a second; with thousands due it takes longer."""

_HEAD = "SELECT at FROM entries ORDER BY seq DESC LIMIT 1"
_START = (
    "SELECT at FROM entries WHERE tag = 'policy:loaded' AND facts LIKE '%\"by\":\"start\"%' ORDER BY seq DESC LIMIT 1"
)
_PENDING = (
    "SELECT id, expires_at FROM proposals WHERE status = 'pending' AND expires_at < $1 ORDER BY expires_at LIMIT 1000"
)


def examine_waiting(source: Source, now: int | None, findings: Findings) -> None:
    """Adds what waits although its deadline is long past.

    `now` is given where a bot runs. Without, one can have swept only from its last start until the newest entry.
    """
    head = source.rows(_HEAD)
    if now is None and not head:
        return
    until = now if now is not None else int(head[0]["at"])
    started = source.rows(_START)
    since = int(started[0]["at"]) if started else 0
    if until - since <= SWEEP:
        return
    for row in source.rows(_PENDING, until - SWEEP):
        late = (until - row["expires_at"]) / 1000
        findings.add("time", row["id"], f"it still waits, {late:,.0f} s after its deadline")
