"""A long past: hundreds of thousands of proposals that are over, written into a real store in well under a minute.

Each is a copy of one that our own verbs took through its life, with an id, a moment and an order of its own, in rows
and in sealed entries alike, so that it is believed as any other. The copies are plain SQL: the verbs would take hours.
"""

import hashlib
import hmac
import json
import random
import re
import sqlite3
import tempfile
from contextlib import closing
from datetime import datetime
from functools import lru_cache
from pathlib import Path

from approvals.digest import canonical
from storage.audit.facts import sha256
from storage.audit.hash_chain import GENESIS
from storage.rows import from_milliseconds, millis
from tests.databases import KEY, new_store
from tests.lives import ORDER, TS, Lives
from tests.making import Clock

LIVES = {
    "auto": 58,
    "auto_failed": 4,
    "auto_sampled": 2,
    "approved": 12,
    "approved_by_two": 3,
    "edited": 4,
    "rejected": 6,
    "expired": 4,
    "revoked": 2,
    "withdrawn": 2,
    "lapsed": 1,
    "objected": 2,
}
"""How many of a hundred live so."""
OF = {
    "proposals": "id",
    "revisions": "proposal_id",
    "decisions": "proposal_id",
    "seats": "proposal_id",
    "exclusions": "proposal_id",
    "samples": "proposal_id",
    "approved_values": "proposal_id",
    "outbox": "subject",
    "messages": "subject",
}
"""Where a table names the proposal."""
MADE = {("outbox", "id"), ("outbox", "lease"), ("outbox", "ready_at")}
"""Columns that SQLite fills, or a lease, which only one delivery may have."""
COUNTED = """
DELETE FROM tallies;
INSERT INTO tallies SELECT status, overdue, count(*) FROM proposals GROUP BY status, overdue;
DELETE FROM figures;
INSERT INTO figures SELECT person, days, day, agent, action, roles, rules, reviewer, kind, step, count(*), sum(waited) FROM figured
GROUP BY person, days, day, agent, action, roles, rules, reviewer, kind, step;
"""
"""Counts what triggers would have counted one by one."""
ENTRY = (
    "at",
    "tag",
    "proposal_id",
    "revision",
    "actor_kind",
    "actor_id",
    "actor_team",
    "actor_proof",
    "facts",
)
DAY = 86_400_000
STRIDE = 2000
_INSTANT = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")
_HELD = re.compile(r'^\{"content":"sha256:[0-9a-f]{64}"')
_MOMENT = 10**12
"""An integer above it counts milliseconds."""


async def write_past(path, count, *, until, days=365, key=KEY, agent="support-bot", owner="U0OWNER"):
    """Adds so many to the store at `path`, which nobody has open, spread evenly over the days before a moment."""
    with tempfile.TemporaryDirectory(prefix="signoff-past-") as folder:
        clock = Clock()
        async with new_store(Path(folder), clock) as store:
            lives = Lives(store, clock, agent, owner)
            made = {life: await lives.lived(life) for life in LIVES}
        with closing(sqlite3.connect(f"{folder}/signoff.db")) as database:
            patterns = {life: Pattern(database, proposal_id) for life, proposal_id in made.items()}
    with closing(sqlite3.connect(path, isolation_level=None)) as database:
        _write(database, patterns, count, millis(until), days * DAY, key)


class Pattern:
    """The rows and entries of one proposal, cut at all that a copy has of its own."""

    def __init__(self, database, proposal_id):
        database.row_factory = sqlite3.Row
        self._id = proposal_id
        self.revisions = {
            row["digest"]: canonical({"action": row["action"], "payload": json.loads(row["payload"])}).decode()
            for row in database.execute("SELECT * FROM revisions WHERE proposal_id = ?", (proposal_id,))
        }
        known = (proposal_id, *self.revisions, sha256(canonical(ORDER)), ORDER)
        texts = "|".join([*map(re.escape, known), rf"{TS}\.\d{{6}}", _INSTANT.pattern])
        self._cut = re.compile(f"({texts})")
        self.rows = []
        for table, column in OF.items():
            for row in database.execute(f"SELECT * FROM {table} WHERE {column} = ?", (proposal_id,)):
                names = tuple(name for name in row.keys() if (table, name) not in MADE)  # noqa: SIM118 a row iterates over values
                self.rows.append((table, names, [self._pieces(row[name]) for name in names]))
        told = {row["seq"] for row in database.execute("SELECT seq FROM stream")}
        self.entries = [
            (
                *(self._pieces(row[name]) for name in ENTRY),
                self._pieces(row["content"]),
                row["actor_id"] if row["seq"] in told else None,
            )
            for row in database.execute(
                "SELECT e.*, c.content FROM entries AS e LEFT JOIN contents AS c ON c.seq = e.seq "
                "WHERE e.proposal_id = ?1 OR json_extract(e.facts, '$.proposal') = ?1 ORDER BY e.seq",
                (proposal_id,),
            )
        ]
        (self.agent, self.created_at) = database.execute(
            "SELECT agent, created_at FROM proposals WHERE id = ?", (proposal_id,)
        ).fetchone()

    def _pieces(self, value):
        """A value as it is; or a list of texts and of what makes one for a copy."""
        if isinstance(value, int) and value > _MOMENT:
            return [lambda copy, at=value: at + copy.later]
        if not isinstance(value, str) or not self._cut.search(value):
            return value
        return [self._piece(each) for each in self._cut.split(value) if each]

    def _piece(self, text):
        if text == self._id:
            return lambda copy: copy.id
        if text == ORDER:
            return lambda copy: copy.order
        if text == sha256(canonical(ORDER)):
            return lambda copy: sha256(canonical(copy.order))
        if text in self.revisions:
            return lambda copy: copy.digests[text]
        if _INSTANT.fullmatch(text):
            at = _milliseconds(text)
            return lambda copy: _instant(at + copy.later)
        if text.startswith(TS):
            return lambda copy: f"{TS}{copy.number:06d}.{text[-6:]}"
        return text


class Copy:
    """One more proposal that lived like the pattern."""

    def __init__(self, pattern, number, at):
        self.number, self.later = number, at - pattern.created_at
        self.id = f"prp_{at:012x}7000{0x8000000000000000 + number:016x}"
        self.order = f"order-{number}"
        self.digests = {
            digest: "sha256:" + hashlib.sha256(said.replace(ORDER, self.order).encode()).hexdigest()
            for digest, said in pattern.revisions.items()
        }

    def filled(self, value):
        """What stands there for this one."""
        if type(value) is not list:
            return value
        if len(value) == 1:
            return value[0] if isinstance(value[0], str) else value[0](self)
        return "".join([each if isinstance(each, str) else each(self) for each in value])


def _write(database, patterns, count, until, span, key):
    database.execute("PRAGMA synchronous = OFF")
    database.execute("PRAGMA cache_size = -200000")
    indexes = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL"
    ).fetchall()
    lives = [life for life, times in LIVES.items() for _ in range(times)]
    random.Random(count).shuffle(lives)
    log = _Log(database, key)
    kept = database.execute(
        "SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND (name LIKE '%figured%' OR name LIKE '%tallied%')"
    ).fetchall()
    database.execute("BEGIN")
    for kind, made in (("INDEX", indexes), ("TRIGGER", kept)):
        for name, _ in made:
            database.execute(f"DROP {kind} {name}")
    for first in range(0, count, STRIDE):
        rows = {}
        for number in range(first, min(first + STRIDE, count)):
            pattern = patterns[lives[number % len(lives)]]
            copy = Copy(pattern, number, until - span + span * number // count)
            for table, names, values in pattern.rows:
                rows.setdefault((table, names), []).append([copy.filled(each) for each in values])
            log.add(copy, pattern)
        for (table, names), values in rows.items():
            database.executemany(_insert(table, names), values)
        log.flush()
    for _, sql in [*indexes, *kept]:
        database.execute(sql)
    for sql in COUNTED.split(";"):
        database.execute(sql)
    database.execute("COMMIT")
    database.execute("PRAGMA wal_checkpoint(TRUNCATE)")


class _Log:
    """The end of the audit log, which goes on with what is sealed as our own code seals it."""

    def __init__(self, database, key):
        self._database, self._key = database, key
        head = database.execute("SELECT seq, hash FROM entries ORDER BY seq DESC LIMIT 1").fetchone()
        self._seq, self._hash = head or (0, GENESIS)
        self._entries, self._contents, self._told = [], [], []

    def add(self, copy, pattern):
        for *values, told in pattern.entries:
            at, tag, proposal_id, revision, kind, actor, team, proof, facts, content = [
                copy.filled(each) for each in values
            ]
            seq, previous = self._seq + 1, self._hash
            if content is not None:
                facts = _HELD.sub(
                    f'{{"content":"sha256:{hashlib.sha256(content.encode()).hexdigest()}"', facts, count=1
                )
                self._contents.append((seq, content))
            name = "ent_" + hashlib.sha256(f"{previous}{seq}".encode()).hexdigest()[:32]
            said = (
                f'{{"actor_id":{_text(actor)},"actor_kind":{_text(kind)},"actor_proof":{_text(proof)},'
                f'"actor_team":{_text(team)},"at":{at},"facts":{_text(facts)},"id":"{name}",'
                f'"proposal_id":{_text(proposal_id)},"revision":{_text(revision)},"seq":{seq},"tag":"{tag}"}}'
            )
            total = hashlib.sha256((previous + said).encode()).hexdigest()
            seal = hmac.digest(self._key, total.encode(), "sha256").hex()
            self._entries.append(
                (seq, name, at, tag, proposal_id, revision, kind, actor, team, proof, facts, previous, total, seal)
            )
            if told is not None:
                self._told.append((pattern.agent, seq))
            self._seq, self._hash = seq, total

    def flush(self):
        names = ("seq", "id", *ENTRY, "previous", "hash", "seal")
        self._database.executemany(_insert("entries", names), self._entries)
        self._database.executemany(_insert("contents", ("seq", "content")), self._contents)
        self._database.executemany(_insert("stream", ("agent", "seq")), self._told)
        self._entries, self._contents, self._told = [], [], []


_text = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode


def _insert(table, names):
    return f"INSERT INTO {table} ({', '.join(names)}) VALUES ({', '.join('?' * len(names))})"


def _milliseconds(text):
    return millis(datetime.fromisoformat(text))


@lru_cache(maxsize=10_000)
def _day(number):
    return from_milliseconds(number * DAY).strftime("%Y-%m-%dT")


def _instant(at):
    day, rest = divmod(at, DAY)
    seconds, milliseconds = divmod(rest, 1000)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    return f"{_day(day)}{hour:02d}:{minute:02d}:{second:02d}.{milliseconds:03d}Z"
