"""The key `fatigue` of a role: what it takes for tired, and what of that would do nothing."""

from typing import TYPE_CHECKING

from approvals.fatigue import FatigueTerms
from policy.file.faults import UnplacedFault

if TYPE_CHECKING:
    from collections.abc import Iterator

    from policy.file.rulebook import FatigueEntry, Rulebook


def of(entry: "FatigueEntry") -> FatigueTerms:
    """The terms as they are written."""
    return FatigueTerms(
        within=entry.within,
        decisions=entry.decisions,
        rushed=entry.rushed,
        somebody_else=entry.first == "somebody_else",
    )


def faults(book: "Rulebook") -> "Iterator[UnplacedFault]":
    """What keeps the program from starting, role by role."""
    for name, role in book.roles.items():
        if role.fatigue is None:
            continue
        path = ("roles", name, "fatigue")
        if role.fatigue.decisions is None and role.fatigue.rushed is None:
            message = "does not say from when on somebody is tired"
            yield UnplacedFault(path=path, message=message, remedy="Write decisions: 20, or rushed: 3, or both.")
        if role.fatigue.first is not None and len(role.members) < 2:
            message = "names nobody who could come first: the role has not two members"
            yield UnplacedFault(path=(*path, "first"), message=message, remedy="Add a member, or leave it out.")
