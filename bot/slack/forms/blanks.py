"""Blank inputs: declared fields that a payload does not have yet, those of an object that is null, and a new row's.

Only as many as leave a form readable; beyond that one input takes the names with their values.
"""

from typing import TYPE_CHECKING

from approvals.paths import is_redacted, path_text
from bot.slack.forms.field_types import FieldType
from bot.slack.forms.places import DEEPEST, Place, can_be_label

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from approvals.digest import JSON
    from approvals.proposal import Proposal
    from bot.slack.forms.constraints import Constraints, NewNames, Schemas
    from bot.slack.forms.places import Path

MOST_BLANKS = 12
"""Blank inputs of one object or of one row."""


def absent_names(proposal: "Proposal", new: "NewNames") -> "NewNames":
    """Those of the new names of a payload that a reviewer may bring in."""
    have, edit = proposal.action.payload, proposal.gate.edit

    def may_come(name: str) -> bool:
        return name not in have and (edit is None or name in edit) and not _redacted(proposal, name)

    if edit is not None and new.any:
        more = tuple(name for name in edit if may_come(name) and name not in new.all)
        new = new._replace(any=False, named=(*new.named, *more), all=(*new.all, *more))
    return new._replace(
        named=tuple(filter(may_come, new.named)),
        all=tuple(filter(may_come, new.all)),
        agents=new.agents and any(may_come(name) and name not in new.named for name in new.all),
    )


def blank_fields(new: "NewNames") -> "list[Place]":
    """A blank for each name that the payload may get, if they are not too many."""
    return _blanks((), new.all)


def may_grow(table: "Sequence[JSON]", constraints: "Constraints") -> bool:
    """Whether a row may come, if need be for one that goes."""
    count, most = len(table), constraints.max_items
    return most is None or not (count > most or constraints.min_items == most == count)


def blank_row(path: "Path", table: "JSON", schemas: "Schemas") -> "list[Place]":
    """A blank for each column that a new row may have, if they are not too many; none where no row may come."""
    assert isinstance(table, list)
    if not may_grow(table, schemas.constraints()):
        return []
    last = table[-1]
    names = schemas.entries().new_names().all or (tuple(last) if isinstance(last, dict) else ())
    return _blanks((*path, len(table)), names)


def blank_members(proposal: "Proposal", place: Place, schemas: "Schemas") -> "list[Place]":
    """In place of null the blanks of the object that may stand there; none where that is not what may."""
    if place.value is not None or place.control or len(place.path) >= DEEPEST:
        return []
    here = schemas.at(place.path)
    names = here.new_names().all if here.constraints().types == {"null", "object"} else ()
    return [] if any(_redacted(proposal, *place.path, name) for name in names) else _blanks(place.path, names)


def with_blanks(proposal: "Proposal", places: "Iterable[Place]", schemas: "Schemas") -> "list[Place]":
    """The places of what may be changed with the blanks of objects that are null, and of each table's new row."""
    found: list[Place] = []
    for place in places:
        if place.control is FieldType.new_rows:
            found += blank_row(place.path, place.value, schemas.at(place.path))
        found += blank_members(proposal, place, schemas) or [place]
    return found


def _blanks(path: "Path", names: "tuple[str, ...]") -> "list[Place]":
    if len(names) > MOST_BLANKS or not all(can_be_label(path, name) for name in names):
        return []
    return [Place((*path, name), None, blank=True) for name in names]


def _redacted(proposal: "Proposal", *steps: str | int) -> bool:
    return is_redacted(path_text(map(str, steps)), proposal.gate.redact)
