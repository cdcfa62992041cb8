"""SQL read far enough to say which statements it holds, and which tables each would change.

No parser of any one database: only what PostgreSQL, MySQL, SQLite and SQL Server read alike is understood. Where they
would not agree on what is text, comment or code (a backslash before a quote, `#`, a comment in a comment, code for one
of them in a comment), nothing is guessed. What changes something is looked for anywhere in a statement, for not every
database wants a semicolon before the next: rather one too many is named than one too few. The work grows with the
length of the text alone.
"""

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from bot.slack.words import overview as say

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_SPLIT = re.compile(
    r"""
    (?P<blank>[ \t\n\r\f\v]+)
    |(?P<comment>-{2,}(?=[ \t\n\r\f\v]|\Z)[^\n\r]*+(?=\r?\n|\Z))
    |(?P<remark>/\*(?![!M])(?:[^*/]|\*(?!/)|/(?!\*))*\*/)
    |(?P<text>'(?:[^'\\]|''|\\[^'])*'(?!'))
    |(?P<name>"(?:[^"\\]|"")*"(?!")|`[^`\\]*+`)
    |(?P<dollar>\$(?:[^\W\d]\w*+)?\$)
    |(?P<number>[0-9][\w.]*+)
    |(?P<word>[^\W\d][\w$]*+)
    |(?P<sign>[^\w\s\#\\'"`/-]|-(?!-)|/(?!\*))
    """,
    re.VERBOSE,
)
"""No possessive repetition of a group: Python before 3.11.5 loses matches of it. Each alternative begins otherwise."""
_CHANGES = frozenset(
    [
        "INSERT",
        "UPDATE",
        "DELETE",
        "MERGE",
        "REPLACE",
        "TRUNCATE",
        "DROP",
        "ALTER",
        "CREATE",
        "GRANT",
        "REVOKE",
        "CALL",
        "EXEC",
        "EXECUTE",
        "COPY",
        "RENAME",
    ]
)
_NO_BEGINNING = frozenset(["ON", "FOR", "OR", "KEY", "OF", ".", ",", "GRANT", "REVOKE", "NOT"])
"""Before a word of the above: then it is a part of something else, such as `FOR UPDATE` or `ON DELETE`."""
_OF_A_TRIGGER = frozenset(["BEFORE", "AFTER"])
"""The same where a trigger is made; elsewhere somebody may call a column so."""
_BESIDE = frozenset(
    [
        "ONLY",
        "IGNORE",
        "LOW_PRIORITY",
        "HIGH_PRIORITY",
        "DELAYED",
        "QUICK",
        "TABLE",
        "INTO",
        "FROM",
        "OVERWRITE",
        "OR",
        "ROLLBACK",
        "ABORT",
        "FAIL",
        "REPLACE",
    ]
)
"""Between such a word and the table."""
_PLAIN = frozenset(
    [
        "BEGIN",
        "START",
        "COMMIT",
        "END",
        "ROLLBACK",
        "SAVEPOINT",
        "RELEASE",
        "SET",
        "SHOW",
        "EXPLAIN",
        "ANALYZE",
        "VACUUM",
        "LOCK",
        "COMMENT",
        "USE",
        "PRAGMA",
        "VALUES",
        "DECLARE",
        "REFRESH",
        "REINDEX",
        "NOTIFY",
        "TABLE",
    ]
)
_ADJECTIVES = frozenset(
    [
        "OR",
        "REPLACE",
        "TEMP",
        "TEMPORARY",
        "UNIQUE",
        "GLOBAL",
        "LOCAL",
        "UNLOGGED",
        "MATERIALIZED",
        "RECURSIVE",
        "CONCURRENTLY",
        "IF",
        "NOT",
        "EXISTS",
        "FOREIGN",
        "VIRTUAL",
        "CONSTRAINT",
        "EVENT",
        "CLUSTERED",
        "NONCLUSTERED",
    ]
)
MOST_TOKENS = 60_000
"""Of a text: more than in 256 KiB of what people write."""
_FAR = 4_000
"""Tokens that are looked through for a WHERE: where there is none so far, nothing is said of it."""
_MOST = 50
"""Changes that are named of one statement: each may have to look through all of it."""
_LONGEST = 80
"""Of what is said of one statement, in characters."""


class Token(NamedTuple):
    """A piece of a statement; blanks and comments are none."""

    kind: str
    """text, name, dollar, number, word or sign."""
    text: str
    start: int
    word: str
    """What it says as a key word or sign, in capitals; else empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """One statement of a text."""

    start: int
    end: int
    tokens: tuple[Token, ...]


def statements(text: str) -> list[Statement] | None:
    """The statements, in order; None where it cannot be told where they end, or where there is too much to look at."""
    found: list[Statement] = []
    tokens: list[Token] = []
    left = MOST_TOKENS
    try:
        for token in _tokens(text):
            if token.word != ";":
                tokens.append(token)
                left -= 1
                if not left:
                    return None
            elif tokens:
                found.append(_statement(tokens, token.start + 1))
                tokens = []
    except _AmbiguousText:
        return None
    return [*found, _statement(tokens, len(text))] if tokens else found


def effects(statement: Statement) -> list[str]:
    """What it does, such as `UPDATE orders`: all that changes something, else what it reads."""
    return [_short(each) for each in _effects(statement.tokens)]


class _AmbiguousText(Exception):
    """The databases would not agree, or no one of them would take it."""


def _tokens(text: str) -> "Iterator[Token]":
    at = 0
    while at < len(text):
        found = _SPLIT.match(text, at)
        if found is None:
            raise _AmbiguousText
        kind, start, at = str(found.lastgroup), at, found.end()
        if kind == "dollar":
            closing = text.find(found.group(), at)
            if closing < 0:
                raise _AmbiguousText
            at = closing + len(found.group())
        if kind not in ("blank", "comment", "remark"):
            said = text[start:at]
            yield Token(kind, said, start, said.upper() if kind in ("word", "sign") else "")


def _statement(tokens: "Sequence[Token]", end: int) -> Statement:
    return Statement(start=tokens[0].start, end=end, tokens=tuple(tokens))


def _effects(tokens: "Sequence[Token]") -> "Iterator[str]":
    first = next((token.word for token in tokens if token.word != "("), "")
    found = (
        said for place, token in enumerate(tokens) if token.word in _CHANGES for said in _change(tokens, place, first)
    )
    changes = list(islice(found, _MOST))
    yield from changes
    if len(changes) == _MOST:
        yield say.MORE_THAN_IS_LOOKED_AT
    reads = first in ("SELECT", "WITH")
    if reads and (made := [f"SELECT INTO {name}" for name in _after(tokens, "INTO")]) and not changes:
        yield from made
    elif reads and not changes:
        yield f"SELECT {', '.join(dict.fromkeys(_after(tokens, 'FROM', 'JOIN')))}".strip()
    elif first in _PLAIN:
        yield first
    elif not changes and first != "DO":
        yield say.not_understood(first or tokens[0].text)
    if first == "DO" or any(token.kind == "dollar" for token in tokens):
        yield say.CODE_NOT_LOOKED_INTO


def _change(tokens: "Sequence[Token]", place: int, first: str) -> "Iterator[str]":
    """What the word at this place changes; nothing where it is a part of something else."""
    verb = tokens[place].word
    before = tokens[place - 1].word if place else ""
    after = tokens[place + 1].word if place + 1 < len(tokens) else ""
    if not _is_part(verb, before, after, first) and (first not in ("GRANT", "REVOKE") or not place):
        yield from _said(tokens, place, first)


def _is_part(verb: str, before: str, after: str, first: str) -> bool:
    """Whether the word belongs to something else: a function, a lock, what a MERGE does where it finds something."""
    calls = verb in ("REPLACE", "TRUNCATE") and after == "("
    inside = before in ("THEN", "DO") and after in ("SET", "(", "VALUES", "", "WHEN")
    trigger = first == "CREATE" and before in _OF_A_TRIGGER
    return before in _NO_BEGINNING or trigger or calls or (inside and verb in ("UPDATE", "INSERT", "DELETE"))


def _said(tokens: "Sequence[Token]", place: int, first: str) -> "Iterator[str]":
    verb = tokens[place].word
    match verb:
        case "INSERT" | "REPLACE" | "MERGE" | "TRUNCATE" | "COPY":
            for name in _names(tokens, place + 1, _BESIDE):
                yield f"{verb} {'INTO ' if verb in ('INSERT', 'REPLACE', 'MERGE') else ''}{name}"
        case "UPDATE" | "DELETE":
            all_of_it = "" if _has_where(tokens, place) else say.WITHOUT_WHERE
            for name in _names(tokens, place + 1, _BESIDE):
                yield f"{verb} {'FROM ' if verb == 'DELETE' else ''}{name}{all_of_it}"
        case "CREATE" | "DROP" | "ALTER" if first != "ALTER" or not place:
            yield from _definition(tokens, place)
        case "GRANT" | "REVOKE" | "RENAME":
            yield " ".join(token.text for token in tokens[place : place + _LONGEST])
        case "CALL" | "EXEC" | "EXECUTE":
            yield f"{verb} {_name(tokens, place + 1)[0] or say.A_NAME_NOT_UNDERSTOOD}"


def _definition(tokens: "Sequence[Token]", place: int) -> "Iterator[str]":
    """CREATE, DROP and ALTER: of what kind of thing, and its name."""
    verb, at = tokens[place].word, place + 1
    while at < len(tokens) and tokens[at].word in _ADJECTIVES:
        at += 1
    kind = tokens[at].word if at < len(tokens) else ""
    belongs = next(_after(tokens[at : at + _FAR], "ON"), "") if kind in ("INDEX", "TRIGGER", "POLICY", "RULE") else ""
    drops = " DROP" if verb == "ALTER" and any(token.word == "DROP" for token in tokens[at : at + _FAR]) else ""
    for name in _names(tokens, at + 1, _ADJECTIVES):
        yield f"{verb} {kind} {name}{f' ON {belongs}' if belongs else ''}{drops}"


def _has_where(tokens: "Sequence[Token]", place: int) -> bool:
    """Whether the statement that begins there has a condition of its own."""
    depth = 0
    for token in tokens[place + 1 : place + 1 + _FAR]:
        depth += {"(": 1, ")": -1}.get(token.word, 0)
        if depth < 0 or (depth == 0 and token.word in ("DELETE", "INSERT", "SELECT")):
            return False
        if depth == 0 and token.word == "WHERE":
            return True
    return len(tokens) > place + 1 + _FAR


def _names(tokens: "Sequence[Token]", at: int, beside: frozenset[str]) -> "Iterator[str]":
    """The name after what may stand beside it, and those after commas."""
    while at < len(tokens) and tokens[at].word in beside:
        at += 1
    name, at = _name(tokens, at)
    yield name or say.A_NAME_NOT_UNDERSTOOD
    while name and at < len(tokens) and tokens[at].word == ",":
        name, at = _name(tokens, at + 1)
        yield name or say.A_NAME_NOT_UNDERSTOOD


def _name(tokens: "Sequence[Token]", at: int) -> tuple[str, int]:
    """A name as it is written, with the schema before it, and where it ends; empty where there is none."""
    parts: list[str] = []
    while at < len(tokens):
        bracketed = tokens[at].word == "[" and at + 2 < len(tokens) and tokens[at + 2].word == "]"
        piece = "".join(token.text for token in tokens[at : at + 3]) if bracketed else tokens[at].text
        if not bracketed and tokens[at].kind not in ("word", "name"):
            break
        parts.append(piece)
        at += 3 if bracketed else 1
        if at >= len(tokens) or tokens[at].word != ".":
            break
        at += 1
    return ".".join(parts), at


def _after(tokens: "Sequence[Token]", *words: str) -> "Iterator[str]":
    for place, token in enumerate(tokens):
        if token.word in words and (name := _name(tokens, place + 1)[0]):
            yield name


def _short(said: str) -> str:
    return said if len(said) <= _LONGEST else f"{said[: _LONGEST - 1]}…"
