"""Decisions: who gave which verdict, how it was given, and how the decisions of a round add up. Pure."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum
from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from approvals.gate import Gate


class Verdict(StrEnum):
    """What a reviewer says of one revision."""

    approve = "approve"
    reject = "reject"


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One reviewer's verdict on one revision."""

    content: ClassVar = frozenset({"reason"})
    reviewer: str
    verdict: Verdict
    revision: int
    round: int
    at: "datetime"
    roles: tuple[str, ...] = ()
    """The roles of the gate in which it may count, sorted."""
    reason: str | None = None
    stands_in_for: str | None = None
    """Whose place it takes, where it does not count in the reviewer's own right."""
    rushed: bool = False
    """Whether it came sooner than the reviewer can have read what there was to read."""
    retracted_at: "datetime | None" = None
    """When the reviewer took it back: from then on it counts for nothing."""
    first_seen_at: "datetime | None" = None
    """When the reviewer first saw it, where that is known."""
    backup: tuple[str, ...] = ()
    """Those of the roles in which it counts only where a place is missing, sorted."""
    seen_words: "int | None" = None
    """How many words the reviewer had before them since they first saw it, where that is known."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """How far the decisions of a round fill a gate."""

    missing: tuple[tuple[str, int], ...]
    """Per role, in the gate's order, how many approvals are still needed; roles that are full are left out."""
    approved_by: tuple[str, ...]
    rejected_by: str | None
    places: int
    """How many approvals the gate asks for in all."""
    second_person: bool = False
    """Whether somebody who did not edit the payload still has to agree."""

    seated: tuple[tuple[str, str], ...] = ()
    """Per place that is taken its role and who sits there, sorted."""

    @property
    def taken(self) -> int:
        """How many of the places are taken."""
        return len(self.seated)

    @property
    def filled(self) -> bool:
        """Whether every place is taken, by more than its editors where that is asked, and nobody rejected."""
        return not self.missing and not self.second_person and self.rejected_by is None


def tally(decisions: "Iterable[Decision]", gate: "Gate", editors: "Collection[str]" = ()) -> Tally:
    """Seat each approving person in at most one place, so that as many places as possible are filled.

    Backups sit only in places that are missing people of their own: those come first.

    `editors` are those who changed the payload; where the gate wants a second person they are not enough, and neither
    is whoever stands in for one of them.

    Any assignment that fills the gate is enough, so this is a bipartite matching (Kuhn's augmenting paths); taking
    people in sorted order makes the answer independent of the order of the decisions.
    """
    made = tuple(decisions)
    agreed = [decision for decision in made if decision.verdict is Verdict.approve]
    seats = [(role, number) for role in gate.roles for number in range(gate.approvals)]
    missing = {role: gate.missing(role) for role in gate.roles}
    people: dict[str, set[tuple[str, int]]] = {decision.reviewer: set() for decision in agreed}
    for decision in agreed:
        people[decision.reviewer] |= {
            (role, number)
            for role, number in seats
            if role in decision.roles and (role not in decision.backup or number < missing[role])
        }
    taken: dict[tuple[str, int], str] = {}

    def seat(person: str, tried: set[tuple[str, int]]) -> bool:
        for place in seats:
            if place not in people[person] or place in tried:
                continue
            tried.add(place)
            if place not in taken or seat(taken[place], tried):
                taken[place] = person
                return True
        return False

    for person in sorted(people):
        seat(person, set())
    open_places = [place for place in seats if place not in taken]
    return Tally(
        missing=tuple(
            (role, count) for role in gate.roles if (count := sum(place[0] == role for place in open_places))
        ),
        places=len(seats),
        seated=tuple(sorted((role, person) for (role, _), person in taken.items())),
        approved_by=tuple(sorted(people)),
        second_person=gate.second_person
        and bool(editors)
        and all({each.reviewer, each.stands_in_for} & set(editors) for each in agreed),
        rejected_by=min((each.reviewer for each in made if each.verdict is Verdict.reject), default=None),
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Attestation:
    """The manner of one verdict."""

    typed: "Sequence[str] | None" = ()
    """In the order of `confirmation.words`; None looks ahead, before there is anything to type."""
    first_seen: "FirstSeen | None" = None
    """None where nobody knows."""
    tired: bool = False
    """Whether the person was asked for one more word, since they decided much in a short time."""

    @property
    def words(self) -> str | None:
        """The words that the person had before them, where somebody noted them."""
        return None if self.first_seen is None else self.first_seen.text

    def marked(self, decision: "Decision") -> "Decision":
        """The decision with when its reviewer first saw it, and whether it came too soon after that."""
        if self.first_seen is None:
            return decision
        seen = self.first_seen
        return replace(decision, rushed=seen.too_soon(decision.at), first_seen_at=seen.at, seen_words=seen.words)


CLICK_ALONE = Attestation()
"""A click alone."""
LOOK_AHEAD = Attestation(typed=None)
"""A look ahead."""


WORDS_A_SECOND = 15
"""Nobody reads faster than this; who reads to understand is four times as slow."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirstSeen:
    """What a person had before them, and since when."""

    at: datetime
    words: int
    """How many there were to read."""
    text: str | None = None
    """These words, or those of the card from which what was read was opened; None where nobody noted them."""

    def too_soon(self, now: datetime) -> bool:
        """Whether less time has passed than the words take. A clock that was set back says nothing."""
        passed = now - self.at
        return timedelta(0) <= passed and passed * WORDS_A_SECOND < timedelta(seconds=self.words)
