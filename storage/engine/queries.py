"""Named queries from `sql/*.sql`: a name, one sentence, and text with `$1` in place of values."""

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

_HEAD = re.compile(r"^-- name: (?P<name>\w+)\n-- (?P<sentence>.+)\n", re.MULTILINE)


@dataclass(frozen=True, slots=True)
class Query:
    """One statement, by name."""

    name: str
    sentence: str
    text: str


@cache
def queries(file: str) -> "Mapping[str, Query]":
    """The queries of `sql/<file>.sql` by name."""
    return MappingProxyType(parse_queries(files("storage").joinpath("sql", f"{file}.sql").read_text(encoding="utf-8")))


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
