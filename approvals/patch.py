"""JSON Patches: what an edit changed, as RFC 6902. The one door to jsonpatch."""

from typing import TYPE_CHECKING

import jsonpatch

from approvals.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.digest import JSON

WRONG = (jsonpatch.JsonPatchException, jsonpatch.JsonPointerException, LookupError, TypeError, ValueError)
"""How the library fails on operations of its own making, depending on its version: no edit may fail for its record."""


def patch_between(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> "tuple[JSON, ...]":
    """Operations that turn `before` into `after`, checked by applying them; else one that replaces the whole."""
    whole: tuple[JSON, ...] = ({"op": "replace", "path": "", "value": dict(after)},)
    try:
        operations = jsonpatch.make_patch(before, after).patch
        applied = jsonpatch.apply_patch(before, operations)
    except WRONG:
        return whole
    return tuple(operations) if canonical(applied) == canonical(dict(after)) else whole


def changed_fields(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> tuple[str, ...]:
    """The top-level fields that differ, come or go, sorted."""
    return tuple(
        sorted(
            name
            for name in {*before, *after}
            if name not in before or name not in after or canonical(before[name]) != canonical(after[name])
        )
    )
