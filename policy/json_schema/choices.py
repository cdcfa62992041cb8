"""Choices of a payload's texts: what an operator's schema lists by `enum` or `const`, where nothing else may stand.

A card holds a payload against the evidence, and nobody writes down what the schema alone allows. Only texts of the
payload are looked up, in a bounded number of steps.
"""

from collections.abc import Mapping
from itertools import islice
from typing import TYPE_CHECKING, NamedTuple

from approvals.gate import Choice
from approvals.paths import path_text
from policy.json_schema.references import resolved

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from approvals.digest import JSON

    Part = Mapping[str, JSON]

MOST_CHOICES = 40
"""Of one payload; a gate is kept with its proposal."""
MOST_OFFERED = 40
"""Texts that one schema lists; of one with more nothing is known."""
LONGEST = 80
_MOST_PARTS = 64
"""Schemas that one value may meet."""
_MOST_VALUES = 2_000
_ALL_OF = ("allOf", "anyOf", "oneOf")


def choices(schema: "Part", payload: "Mapping[str, JSON]") -> tuple[Choice, ...]:
    """For each text of the payload that the schema lists, all that it lists there; `schema` is a translated one."""
    found: list[Choice] = []
    ahead: list[_Place] = [_Place((), dict(payload), [schema])]
    for names, value, parts in ahead:  # grows meanwhile
        met = _met(schema, parts)
        if isinstance(value, str):
            offered = tuple(dict.fromkeys(each for part in met for each in _listed(part)))
            if value in offered and len(offered) <= MOST_OFFERED and all(len(each) <= LONGEST for each in offered):
                found.append(Choice(path=path_text(names), offered=offered))
        elif met:
            ahead += islice(_members(names, value, met), _MOST_VALUES - len(ahead))
    return tuple(found[:MOST_CHOICES])


class _Place(NamedTuple):
    names: tuple[str, ...]
    value: "JSON"
    parts: "Sequence[Part]"


def _members(names: tuple[str, ...], value: "JSON", parts: "Sequence[Part]") -> "Iterator[_Place]":
    """The members of an object or a list, each with the schemas that are about it."""
    if isinstance(value, dict):
        tables = [each for part in parts if isinstance(each := part.get("properties"), Mapping)]
        for name, member in value.items():
            yield _Place((*names, name), member, _schemas(table.get(name) for table in tables))
    elif isinstance(value, list):
        about = _schemas(part.get("items") for part in parts)
        for number, member in enumerate(value):
            yield _Place((*names, str(number)), member, about)


def _listed(part: "Part") -> "list[str]":
    listed = part.get("enum")
    return [
        each for each in (*(listed if isinstance(listed, list) else ()), part.get("const")) if isinstance(each, str)
    ]


def _schemas(found: "Iterable[object]") -> "list[Part]":
    return [each for each in found if isinstance(each, Mapping)]


def _met(root: "Part", parts: "Sequence[Part]") -> "list[Part]":
    """These schemas with all that they refer to or are made of."""
    met = list(parts)
    for part in met:  # grows meanwhile
        more: list[object] = [each for word in _ALL_OF if isinstance(listed := part.get(word), list) for each in listed]
        if isinstance(reference := part.get("$ref"), str):
            more.append(resolved(root, reference))
        met += _schemas(more)[: max(_MOST_PARTS - len(met), 0)]
    return met
