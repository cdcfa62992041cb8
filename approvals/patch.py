"""What an edit changed, as RFC 6902: the one door to jsonpatch."""

from typing import TYPE_CHECKING

import jsonpatch

from approvals.digest import canonical

if TYPE_CHECKING:
    from collections.abc import Mapping

    from approvals.proposal import JSON


def patch_between(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> "tuple[JSON, ...]":
    """Operations that turn `before` into `after`, checked by applying them; else one that replaces the whole."""
    operations = jsonpatch.make_patch(before, after).patch
    try:
        applied = jsonpatch.apply_patch(before, operations)
    except jsonpatch.JsonPatchException:
        applied = None
    if applied is None or canonical(applied) != canonical(dict(after)):
        return ({"op": "replace", "path": "", "value": dict(after)},)
    return tuple(operations)


def changed_fields(before: "Mapping[str, JSON]", after: "Mapping[str, JSON]") -> tuple[str, ...]:
    """The top-level fields that differ, come or go, sorted."""
    return tuple(
        sorted(
            name
            for name in {*before, *after}
            if name not in before or name not in after or canonical(before[name]) != canonical(after[name])
        )
    )
