"""Merging of inserts: rows that one transaction adds to several tables go to the server as one statement.

A statement is a round trip, and a submission adds seven rows. What is added is a value here until something is asked,
or changed in another way: that sees all that was added before, as ever.
"""

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from storage.engine.database import Value
    from storage.engine.queries import Query

MERGED = frozenset(
    {
        "approved_values",
        "contents",
        "entries",
        "exclusions",
        "outbox",
        "proposals",
        "revisions",
        "seats",
        "stream",
        "undo_windows",
    }
)
"""Tables whose rows may be added in any order among each other, as long as those of one keep theirs.

What the server refuses when a row is added asks its own table there, or one that is not among these; what it counts and
who it tells comes after the whole statement.
"""
MOST = 200
"""So many values go in one statement at most; the server takes 32,767."""

NUMBERED = "SELECT pg_current_xact_id()::text AS transaction"
"""What is said of what was added to several tables: the number of the transaction."""

_INSERT = re.compile(
    r"INSERT INTO (?P<table>\w+) \((?P<columns>[^)]*)\)\s+VALUES \((?P<values>.*?)\)"
    r"(?:\s+ON CONFLICT \((?P<key>[\w, ]+)\) DO (?:NOTHING|UPDATE SET\s.*))?",
    re.DOTALL,
)
_ASKS = re.compile(r"(--.*\n)*(SELECT|WITH)\b")
_PLACE = re.compile(r"\$(\d+)")


@dataclass(frozen=True, slots=True)
class Insert:
    """What a query adds: one row, whose values are given."""

    head: str
    """All before its values."""
    row: str
    """These, in brackets."""
    tail: str
    """What happens where there is one already."""
    tail_names_values: bool
    """Then each row needs a statement of its own."""
    values: int
    """How many it is given."""
    key: tuple[int, ...]
    """The places of those by which it is known whether there is one; empty if it is added or refused."""


class Additions:
    """Rows to be added, in order."""

    def __init__(self) -> None:
        self._rows: dict[Insert, list[tuple[Value, ...]]] = {}
        self._count = 0
        self.names: list[str] = []
        """Of their queries."""

    def __bool__(self) -> bool:
        return bool(self._rows)

    def takes(self, insert: Insert, values: "tuple[Value, ...]") -> bool:
        """Whether one more goes into the same statement, which changes no row twice and keeps the order in a table."""
        same = self._rows.get(insert, ())
        if self._count + len(values) > MOST or (same and insert.tail_names_values):
            return False
        return not insert.key or all(any(row[n] != values[n] for n in insert.key) for row in same)

    def add(self, name: str, insert: Insert, values: "tuple[Value, ...]") -> None:
        """One more row."""
        self._rows.setdefault(insert, []).append(values)
        self._count += len(values)
        self.names.append(name)

    def statement(self) -> "tuple[str, list[Value]]":
        """The statement that adds them all, with its values."""
        text = _text(tuple((insert, len(rows)) for insert, rows in self._rows.items()))
        return text, [value for rows in self._rows.values() for values in rows for value in values]


@cache
def insert_of(query: "Query") -> Insert | None:
    """What the query adds; None if it does anything else, or its row has to be there at once."""
    found = _INSERT.fullmatch(query.postgresql)
    if found is None or found["table"] not in MERGED or "RETURNING" in query.postgresql:
        return None
    places = dict(zip(found["columns"].replace("\n", " ").split(","), found["values"].split(","), strict=False))
    by_column = {column.strip(): place.strip() for column, place in places.items()}
    key = [by_column[column.strip()] for column in (found["key"] or "").split(",") if column]
    if not all(_PLACE.fullmatch(each) for each in key):
        return None
    start, end = found.start("values") - 1, found.end("values") + 1
    return Insert(
        head=query.postgresql[:start],
        row=query.postgresql[start:end],
        tail=query.postgresql[end:],
        tail_names_values=bool(_PLACE.search(query.postgresql, end)),
        values=max((int(each) for each in _PLACE.findall(found["values"])), default=0),
        key=tuple(int(each[1:]) - 1 for each in key),
    )


@cache
def changes(query: "Query") -> bool:
    """Whether it does more than to ask."""
    return not _ASKS.match(query.postgresql)


@cache
def _text(shape: tuple[tuple[Insert, int], ...]) -> str:
    parts, before = [], 0
    for insert, count in shape:
        rows = ", ".join(_behind(insert.row, before + insert.values * n) for n in range(count))
        parts.append(f"{insert.head}{rows}{_behind(insert.tail, before)}")
        before += insert.values * count
    if len(parts) == 1:
        return parts[0]
    return f"WITH {', '.join(f'added_{n} AS ({part})' for n, part in enumerate(parts))} {NUMBERED}"


def _behind(text: str, before: int) -> str:
    """The same with places behind so many others."""
    return _PLACE.sub(lambda place: f"${int(place[1]) + before}", text)
