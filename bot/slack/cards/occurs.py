"""What occurs in a payload: statements and tables of SQL, recipients, addresses, links, files, lists of objects.

Each is counted over the whole payload, the rarest first, so that one among many is not overlooked. It is a reading aid
that our code makes of the agent's text, and says where it does not understand: no rule and no decision hangs on it.
"""

import json
import re
from collections import Counter
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import lru_cache
from typing import TYPE_CHECKING

from bot.slack.blockkit.text import one_line
from bot.slack.cards import sql
from bot.slack.cards.shapes import FILES
from bot.slack.words import overview as say

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from approvals.digest import JSON

STATEMENTS = ("sql", "query", "statement")
ADDRESSES = ("to", "cc", "bcc")
LISTED = 2
"""Objects from which on a list is told."""
_FILES = frozenset(
    ["file", "files", "path", "paths", "filename", "file_name", "filenames", "attachment", "attachments"]
)
_NAMES, _SIZES = ("filename", "file_name", "name", "path"), ("size", "bytes", "size_bytes")
_MAIL = re.compile(r"(?<![\w.+%-])[\w.+%-]{1,64}@((?:[\w-]{1,63}\.){1,8}[\w-]{2,63})")
_LINK = re.compile(r"\b[a-z][a-z0-9+.-]{1,15}://([^\s/?#\"'<>\\]{1,512})", re.IGNORECASE)
_ID = re.compile(r"(?:^|_)(?:id|ids|number|no|phone|zip|year)$", re.IGNORECASE)
_LONGEST_NAME = 60
_MOST_SUMS = 24
_READ_WHOLE = 10**15
"""A sum from here on is told by its size alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Occurrence:
    """One kind of thing that occurs, and how often each."""

    label: str
    """Visible; it may hold the name of a field."""
    note: str = ""
    """What is said of all of them; ours."""
    things: tuple[tuple[str, str], ...] = ()
    """Visible texts, the rarest first, each with what is said of it, which is ours."""


def occurs(payload: "Mapping[str, JSON]") -> tuple[Occurrence, ...]:
    """What occurs in a payload, in this order: SQL, recipients, addresses, links, files, lists of objects."""
    texts = list(_texts({name: value for name, value in payload.items() if name not in ADDRESSES}))
    found = [*_sql(payload), *_recipients(payload)]
    for label, pattern in ((say.MAIL_ADDRESSES, _MAIL), (say.LINKS, _LINK)):
        found += _counted(label, Counter(_host(each[1]) for text in texts for each in pattern.finditer(text)))
    found += _counted(say.FILES, Counter(_files(payload, named=False)))
    return (*found, *_lists(payload, ""))


def sql_texts(payload: "Mapping[str, JSON]") -> "Iterator[tuple[str, str]]":
    """The fields that hold SQL by their name, with it; a list of statements is one text."""
    for name, value in payload.items():
        if name.lower() in STATEMENTS or name.lower().removesuffix("s") in STATEMENTS:
            if isinstance(value, str) and value.strip():
                yield name, value
            elif isinstance(value, list) and value and all(isinstance(each, str) for each in value):
                yield name, ";\n".join(str(each) for each in value)


@lru_cache(maxsize=4)
def read_sql(text: str) -> list[sql.Statement] | None:
    """The statements of a text, which is asked for several times over."""
    return sql.statements(text)


def _sql(payload: "Mapping[str, JSON]") -> "Iterator[Occurrence]":
    for name, text in sql_texts(payload):
        label = f"{say.STATEMENTS} {_brief(name)}"
        statements = read_sql(text)
        if statements is None:
            yield Occurrence(label=label, note=say.SQL_NOT_UNDERSTOOD)
        else:
            yield from _counted(label, Counter(one_line(each) for of in statements for each in sql.effects(of)))


def _recipients(payload: "Mapping[str, JSON]") -> "Iterator[Occurrence]":
    for name in ADDRESSES:
        value = payload.get(name)
        people = value if isinstance(value, list) else [value]
        known = [text for each in people for text in (_address(each),) if text]
        if known:
            domains = Counter(_host(each.rpartition("@")[2].rstrip("> ")) for each in known if "@" in each)
            yield from _counted(say.recipients(name), domains or Counter(map(_brief, known)), f"{len(known):,}")


def _address(value: "JSON") -> str:
    if isinstance(value, dict):
        value = next((value[key] for key in ("email", "address", "mail") if isinstance(value.get(key), str)), "")
    return value.strip() if isinstance(value, str) else ""


def _files(value: "JSON | Mapping[str, JSON]", *, named: bool) -> "Iterator[str]":
    """Names of files, with their sizes where the payload gives them; `named` says that a key calls these files."""
    if isinstance(value, dict):
        names = [value[key] for key in _NAMES if isinstance(value.get(key), str)] if named else []
        sizes = [value[key] for key in _SIZES if isinstance(value.get(key), (int, float))]
        yield from (_brief(str(name)) + (f" ({json.dumps(sizes[0])} bytes)" if sizes else "") for name in names[:1])
        for key, member in value.items():
            if not (names and key in _NAMES):
                yield from _files(member, named=key.lower() in _FILES)
    elif isinstance(value, list):
        for member in value:
            yield from _files(member, named=named)
    elif isinstance(value, str) and (_is_file(value) or (named and ("." in value or "/" in value))):
        yield _brief(value)


def _is_file(text: str) -> bool:
    """Whether it is a name with an extension that says what it is."""
    stem, dot, extension = text.rpartition(".")
    return len(text) < _LONGEST_NAME and bool(dot and stem) and " " not in text and extension.lower() in FILES


def _lists(value: "JSON | Mapping[str, JSON]", path: str) -> "Iterator[Occurrence]":
    """Lists of objects: how many, with which keys, and the sums of what is a number in all of them."""
    if isinstance(value, dict):
        for key, member in value.items():
            yield from _lists(member, f"{path}.{key}" if path else key)
    elif isinstance(value, list):
        objects = [each for each in value if isinstance(each, dict)]
        if len(objects) >= LISTED and len(objects) == len(value):
            yield _columns(path, objects)
        else:
            for each in value:
                yield from _lists(each, path)


def _columns(path: str, objects: "Sequence[Mapping[str, JSON]]") -> Occurrence:
    counts = Counter(key for each in objects for key in each)
    keys = sorted(counts, key=counts.__getitem__)
    things = []
    for number, key in enumerate(keys):
        said = say.in_some(counts[key]) if counts[key] < len(objects) else ""
        if not said and number < _MOST_SUMS and not _ID.search(key) and all(_is_number(each[key]) for each in objects):
            said = say.in_all(_total(each[key] for each in objects))
        things.append((_brief(key), said))
    return Occurrence(label=_brief(path), note=say.so_many(len(objects), "entry"), things=tuple(things))


def _total(numbers: "Iterable[JSON]") -> str:
    """Exactly, as the decimals that they are written as."""
    total = sum((Fraction(json.dumps(number)) for number in numbers), Fraction(0))
    if total.denominator == 1 and abs(total) < _READ_WHOLE:
        return f"{total.numerator:,}"
    return f"{Decimal(total.numerator) / Decimal(total.denominator):,.15g}"


def _counted(label: str, counts: "Counter[str]", note: str = "") -> "Iterator[Occurrence]":
    if counts:
        rarest = sorted(counts.items(), key=lambda pair: pair[1])
        yield Occurrence(label=label, note=note, things=tuple((thing, say.times(count)) for thing, count in rarest))


def _texts(value: "JSON | Mapping[str, JSON]") -> "Iterator[str]":
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for member in value.values():
            yield from _texts(member)
    elif isinstance(value, list):
        for member in value:
            yield from _texts(member)


def _host(authority: str) -> str:
    """Of what stands between `//` and the path: without a user and a port."""
    return _brief(authority.rpartition("@")[2].lower())


def _brief(text: str) -> str:
    shown = one_line(text[: 2 * _LONGEST_NAME])
    return shown if len(shown) <= _LONGEST_NAME else f"{shown[: _LONGEST_NAME - 1]}…"


def _is_number(value: "JSON") -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool)
