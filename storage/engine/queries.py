"""Named queries from `sql/*.sql`: a name, one sentence, and text with `$1` in place of values.

A text runs on SQLite and on PostgreSQL. Where it cannot, `sql/postgresql/` has another by its name, which says why.
"""

import re
from dataclasses import dataclass, replace
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = re.compile(r"^-- name: (?P<name>\w+)\n-- (?P<sentence>.+)\n", re.MULTILINE)
_INDEXED = re.compile(r" INDEXED BY \w+")


@dataclass(frozen=True, slots=True)
class Query:
    """One statement, by name."""

    name: str
    sentence: str
    text: str
    postgresql: str = ""
    """The text for PostgreSQL: the same without the indexes that SQLite is told to take, or another one."""

    def __post_init__(self) -> None:
        if not self.postgresql:
            object.__setattr__(self, "postgresql", _INDEXED.sub("", self.text))


@cache
def queries(file: str) -> "Mapping[str, Query]":
    """The queries of `sql/<file>.sql` by name. ValueError where a second text is one of no query."""
    folder = files("storage").joinpath("sql")
    found = parse_queries(folder.joinpath(f"{file}.sql").read_text(encoding="utf-8"))
    beside = folder.joinpath("postgresql", f"{file}.sql")
    if beside.is_file():
        for name, other in parse_queries(beside.read_text(encoding="utf-8")).items():
            if name not in found or found[name].sentence != other.sentence:
                raise ValueError(f"there is no query {name} in sql/{file}.sql with the sentence of its second text")
            found[name] = replace(found[name], postgresql=other.text)
    return MappingProxyType(found)


def parse_queries(text: str) -> dict[str, Query]:
    """The queries in a file's text; ValueError for one without a sentence, without text, or named twice."""
    heads = list(_HEAD.finditer(text))
    if text.count("-- name:") != len(heads):
        raise ValueError("every query needs a line `-- name: …` and then one sentence")
    found: dict[str, Query] = {}
    for head, following in zip(heads, [*heads[1:], None], strict=True):
        body = text[head.end() : following.start() if following else len(text)].strip()
        if not body or head["name"] in found:
            raise ValueError(f"query {head['name']} is empty or named twice")
        found[head["name"]] = Query(head["name"], head["sentence"], body)
    return found
