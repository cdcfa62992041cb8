"""In which places of a gate somebody's word counts: in their own right, or for one who lent them theirs. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from approvals.decision import Decision, Reviewer, Tally, Verdict, tally
from approvals.refusals import ExcludedLender, NotYourRole, OwnProposal, PlaceTaken

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.gate import Gate
    from approvals.proposal import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """The roles of the gate in which a word may count, sorted, and for whom; None for oneself."""

    roles: tuple[str, ...]
    stands_in_for: str | None = None


def places(gate: "Gate", reviewer: Reviewer, counted: "Iterable[Decision]" = ()) -> tuple[Place, ...]:
    """Where an approval of the person may count beside those that `counted` already; their own right comes first.

    One place is never used twice: not by the two of a delegation, and not by two delegates of one person. Whom the
    gate excludes can neither lend their place nor borrow one.
    """
    agreed = [each for each in counted if each.verdict is Verdict.approve]
    stood_in_for = {each.stands_in_for for each in agreed}
    if reviewer.user in stood_in_for:
        return ()
    used = stood_in_for | {each.reviewer for each in agreed}
    own = gate.seats_of(reviewer)
    found = [Place(roles=tuple(sorted(own)))] if own else []
    for lent in () if reviewer.user in gate.excluded else reviewer.lent:
        roles = gate.covered(lent.roles)
        if roles and lent.by not in gate.excluded and lent.by not in used:
            found.append(Place(roles=tuple(sorted(roles)), stands_in_for=lent.by))
    return tuple(found)


def require_place(gate: "Gate", reviewer: Reviewer) -> None:
    """Raises what stands against any approval or edit by the person under this gate."""
    if places(gate, reviewer):
        return
    if reviewer.user in gate.excluded:
        raise OwnProposal
    for lent in reviewer.lent:
        if lent.by in gate.excluded and gate.covered(lent.roles):
            raise ExcludedLender(lent.by)
    raise NotYourRole(gate.roles)


def place_to_refuse(gate: "Gate", reviewer: Reviewer) -> Place:
    """In which place the person says no: whoever might approve may, and the excluded always."""
    if gate.may_refuse(reviewer):
        return Place(roles=tuple(sorted(gate.seats_of(reviewer))))
    require_place(gate, reviewer)
    return places(gate, reviewer)[0]


def approval(proposal: "Proposal", reviewer: Reviewer, now: datetime) -> Decision | None:
    """The person's approval in the first place in which it brings the proposal further, else in their first.

    None where no place of the gate is theirs. Raises PlaceTaken where each that would be is used already.
    """
    standing = proposal.standing_decisions
    made = [
        Decision(
            reviewer=reviewer.user,
            verdict=Verdict.approve,
            revision=proposal.revision,
            round=proposal.round,
            at=now,
            roles=place.roles,
            stands_in_for=place.stands_in_for,
        )
        for place in places(proposal.gate, reviewer, standing)
    ]
    if not made:
        if places(proposal.gate, reviewer):
            raise PlaceTaken
        return None
    before = tally(standing, proposal.gate, proposal.editors)
    helping = [each for each in made if _nearer(before, tally((*standing, each), proposal.gate, proposal.editors))]
    return (helping or made)[0]


def _nearer(before: Tally, after: Tally) -> bool:
    return _left(after) < _left(before)


def _left(count: Tally) -> int:
    return sum(number for _, number in count.missing) + count.second_person
