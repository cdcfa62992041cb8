"""Rows held against the life that their entries tell: proposals, revisions, decisions, and what people see of them."""

import json
from collections import defaultdict
from collections.abc import Callable, Sequence
from typing import Any

from fsck.findings import Findings
from fsck.life import FINAL, Life
from fsck.source import Row, Source

STRIDE = 200
"""Proposals read at a time."""

_IDS = "SELECT id FROM proposals WHERE id > $1 ORDER BY id LIMIT $2"
_PROPOSALS = "SELECT * FROM proposals WHERE id > $1 AND id <= $2 ORDER BY id"
_OF = {
    "entries": (
        "SELECT e.seq, e.at, e.tag, e.proposal_id, e.actor_id, e.facts, c.content FROM entries AS e"
        " LEFT JOIN contents AS c ON c.seq = e.seq WHERE e.proposal_id > $1 AND e.proposal_id <= $2"
        " AND e.tag LIKE 'proposal:%' AND e.tag <> 'proposal:refused' ORDER BY e.proposal_id, e.seq"
    ),
    "revisions": (
        "SELECT proposal_id, number, digest FROM revisions WHERE proposal_id > $1 AND proposal_id <= $2 ORDER BY number"
    ),
    "decisions": (
        "SELECT proposal_id, number, reviewer, verdict, round FROM decisions"
        " WHERE proposal_id > $1 AND proposal_id <= $2 ORDER BY number"
    ),
    "effects": "SELECT proposal_id, effect, state FROM effects WHERE proposal_id > $1 AND proposal_id <= $2",
    "outbox": (
        "SELECT subject AS proposal_id, channel, version, sent, dead_letter FROM outbox"
        " WHERE subject > $1 AND subject <= $2 AND kind = 'card'"
    ),
    "messages": (
        "SELECT subject AS proposal_id, channel, kind, ts, version, shown FROM messages"
        " WHERE kind IN ('card', 'batch', 'flood') AND subject > $1 AND subject <= $2"
    ),
    "shared": (
        "SELECT s.proposal_id, s.channel, o.version, o.sent, o.dead_letter FROM ("
        "SELECT m.proposal_id, b.channel, b.lead FROM batch_members AS m JOIN batches AS b ON b.lead = m.lead"
        " WHERE m.proposal_id > $1 AND m.proposal_id <= $2"
        " UNION ALL SELECT proposal_id, channel, lead FROM flood_members WHERE proposal_id > $1 AND proposal_id <= $2"
        ") AS s JOIN outbox AS o ON o.subject = s.lead AND o.channel = s.channel AND o.kind = 'card'"
    ),
}
"""What belongs to the proposals between two ids."""
_UNTOLD = (
    "SELECT e.proposal_id AS id, min(e.seq) AS seq FROM entries AS e WHERE e.proposal_id IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM proposals AS p WHERE p.id = e.proposal_id) GROUP BY e.proposal_id"
)
_KEYS = (
    "SELECT agent, idempotency_key AS name, count(*) AS times, min(id) AS id FROM proposals"
    " WHERE idempotency_key IS NOT NULL GROUP BY agent, idempotency_key HAVING count(*) > 1"
)
_EFFECTS = (
    "SELECT effect, count(*) AS times, min(proposal_id) AS id FROM effects WHERE state = 'open'"
    " GROUP BY effect HAVING count(*) > 1"
)
_TAGS = (
    "approved",
    "retracted",
    "suspended",
    "resumed",
    "rejected",
    "revoked",
    "lapsed",
    "withdrawn",
    "asked",
    "extended",
    "objected",
    "overdue",
)
TOLD = ", ".join(f"'proposal:{tag}'" for tag in _TAGS)
"""The entries that an agent is told of."""
_UNSENT = (
    "SELECT e.seq, e.proposal_id AS id FROM entries AS e JOIN proposals AS p ON p.id = e.proposal_id"  # noqa: S608 tags
    f" WHERE e.tag IN ({TOLD}) AND p.drill IS NULL"
    " AND NOT EXISTS (SELECT 1 FROM stream AS s WHERE s.seq = e.seq AND s.agent = p.agent)"
)
_STRAY = (
    "SELECT s.seq, s.agent FROM stream AS s WHERE NOT EXISTS (SELECT 1 FROM entries AS e"  # noqa: S608 likewise
    " JOIN proposals AS p ON p.id = e.proposal_id AND p.drill IS NULL"
    f" WHERE e.seq = s.seq AND e.tag IN ({TOLD}) AND p.agent = s.agent)"
)


def examine_rows(source: Source, now: int, findings: Findings, tell: Callable[[int], None]) -> dict[str, int]:
    """Holds every proposal; how many there are, how many wait, and how many cards wait to be sent or were given up.

    What is still before it at `now`, milliseconds since 1970, has to have been asked of somebody.
    """
    totals = {"proposals": 0, "pending": 0, "cards": 0, "cards waiting": 0, "cards given up": 0}
    last = ""
    while ids := [row["id"] for row in source.rows(_IDS, last, STRIDE)]:
        belongs = {name: _by_proposal(source.rows(text, last, ids[-1])) for name, text in _OF.items()}
        for row in source.rows(_PROPOSALS, last, ids[-1]):
            own = {name: found.get(row["id"], []) for name, found in belongs.items()}
            _hold_row(row, own, findings)
            _hold_cards(row, own, now, findings, totals)
            totals["proposals"] += 1
            totals["pending"] += row["status"] == "pending"
        last = ids[-1]
        tell(totals["proposals"])
    for row in source.rows(_UNTOLD):
        findings.add("state", row["id"], f"its row is gone, though entry {row['seq']} tells of it")
    for row in source.rows(_KEYS):
        findings.add("keys", row["id"], f"{row['times']} proposals of {row['agent']} have the key {row['name']!r}")
    for row in source.rows(_EFFECTS):
        findings.add("effects", row["id"], f"{row['times']} open proposals have the effect {row['effect']}")
    for row in source.rows(_UNSENT):
        findings.add("events", row["id"], f"entry {row['seq']} is not in the stream of its agent")
    for row in source.rows(_STRAY):
        findings.add("events", row["seq"], f"{row['agent']} is told an entry that is no event of its proposals")
    return totals


def _by_proposal(rows: Sequence[Row]) -> dict[str, list[Row]]:
    found: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        found[row["proposal_id"]].append(row)
    return found


def _hold_row(row: Row, own: dict[str, list[Row]], findings: Findings) -> None:
    if not own["entries"]:
        findings.add("state", row["id"], "no entry tells that it was ever proposed")
        return
    life = Life(row["id"], findings)
    for entry in own["entries"]:
        life.tell(entry)
    life.end()
    if (row["drill"] is not None) != life.drill:
        findings.add("drills", row["id"], "its row and its entries differ over whether it is a drill")
    for name, meant in life.row().items():
        if row[name] != meant:
            what = f"its row says {name} {row[name]!r}, its newest entry, {life.newest}, leaves {meant!r}"
            findings.add("state", row["id"], what)
    _hold_effects(row, life, own["effects"], findings)
    if [each["digest"] for each in own["revisions"]] != life.digests:
        findings.add("state", row["id"], "its revisions are not those that its entries tell")
    if [(each["reviewer"], each["verdict"], each["round"]) for each in own["decisions"]] != life.decisions:
        findings.add("state", row["id"], "its decisions are not those that its entries tell")


_HOLDS = {
    "pending": {"open", "waiting", "overtaken"},
    "approved": {"open", "waiting", "overtaken"},
    "claimed": {"open"},
    "unknown": {"open"},
    "succeeded": {"succeeded", "tried"},
    "failed": {"tried"},
}
"""How a proposal may stand to the effects that its gate names; in another status it has none."""


def _hold_effects(row: Row, life: Life, holds: Sequence[Row], findings: Findings) -> None:
    """What its gate names it has, from when it was proposed until it is over, and for good where it ran."""
    named = () if life.drill else tuple(life.gate.get("effects") or ())
    states = _HOLDS.get(life.status, set())
    there = {each["effect"]: each["state"] for each in holds}
    for effect in named if states else ():
        if there.get(effect) not in states:
            what = f"it is {life.status}, and stands to its effect {effect} as {there.get(effect, 'nothing')}"
            findings.add("effects", row["id"], what)
    for effect in there.keys() - (set(named) if states else set()):
        findings.add("effects", row["id"], f"it has the effect {effect}, which it does not name")


def _hold_cards(row: Row, own: dict[str, list[Row]], now: int, findings: Findings, totals: dict[str, int]) -> None:
    """Where it is to stand, and whether it says the truth there or waits to."""
    shared = {each["channel"]: each for each in own["shared"]}
    stands = {each["channel"]: each for each in own["messages"] if each["ts"] is not None}
    due = {each["channel"]: each for each in own["outbox"]}
    for channel in _channels(row):
        delivery, message = due.get(channel) or shared.get(channel), stands.get(channel)
        totals["cards"] += message is not None
        if delivery is None:
            findings.add("cards", row["id"], f"nothing was ever to be sent to {channel}, which its gate names")
        elif delivery["dead_letter"]:
            totals["cards given up"] += 1
        elif delivery["version"] > delivery["sent"]:
            totals["cards waiting"] += 1
        elif delivery["version"] < delivery["sent"]:
            findings.add("cards", row["id"], f"more was sent to {channel} than there was to be sent")
        elif what := _untrue(row, message, now, shared=channel in shared):
            findings.add("cards", row["id"], f"{what} in {channel}, and nothing waits to be sent there")


def _untrue(row: Row, message: "Row | None", now: int, *, shared: bool) -> str | None:
    """What is not true of what a channel shows, once all is sent; of a shared card its own versions tell nothing."""
    if message is None:
        asks = row["status"] == "pending" and row["expires_at"] > now and not shared
        return "it waits for people and has no card" if asks else None
    if message["kind"] != "card" or shared:
        return None
    if message["shown"] is None:
        return "nobody knows what its card shows"
    if row["status"] in FINAL and message["version"] != row["version"]:
        return f"its card shows version {message['version']} of {row['version']}"
    return None


def _channels(row: Row) -> list[str]:
    try:
        said: Any = json.loads(row["channels"])
    except ValueError:
        return []
    return [str(each) for each in said] if isinstance(said, list) else []
