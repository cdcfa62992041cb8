"""Seats: the places of a gate that a person may fill, in their own right or as somebody's delegate. Pure."""

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from approvals.decision import Decision, Tally, Verdict, tally
from approvals.refusals import ExcludedDelegator, NotYourPlace, NotYourRole, OwnProposal, PlaceTaken, RoleFull
from approvals.reviewer import Reviewer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from approvals.gate import Gate
    from approvals.proposal import Proposal


@dataclass(frozen=True, slots=True, kw_only=True)
class Seat:
    """The roles of the gate in which a word may count, sorted, and for whom; None for oneself."""

    roles: tuple[str, ...]
    stands_in_for: str | None = None
    backup: tuple[str, ...] = ()
    """Those of the roles in which it counts only where a place is missing."""


def places(gate: "Gate", reviewer: Reviewer, counted: "Iterable[Decision]" = ()) -> tuple[Seat, ...]:
    """Where an approval of the person may count beside those that `counted` already; their own right comes first.

    One place is never used twice: not by the two of a delegation, not by two delegates of one person, and not by
    whoever handed it over and those who took it. Whom the gate excludes can neither lend their place nor borrow one,
    and what was handed over is not passed on.
    """
    agreed = [each for each in counted if each.verdict is Verdict.approve]
    stood_in_for = {each.stands_in_for for each in agreed}
    if reviewer.user in stood_in_for:
        return ()
    used = stood_in_for | {each.reviewer for each in agreed}
    own = gate.seats_of(reviewer)
    found = [_place(gate, own, reviewer.roles)] if own else []
    if reviewer.user in gate.excluded:
        return tuple(found)
    for giver, roles in gate.handed_to(reviewer.roles).items():
        may = roles if giver not in gate.excluded else roles & gate.self_review
        if may and giver not in {*used, reviewer.user}:
            found.append(_place(gate, may, frozenset(gate.roles), giver))
    for delegated in reviewer.delegated:
        roles = gate.seats_of(Reviewer(user=delegated.by, team=reviewer.team, name=delegated.by, roles=delegated.roles))
        if roles and delegated.by not in gate.excluded and delegated.by not in used:
            found.append(_place(gate, roles, delegated.roles, delegated.by))
    return tuple(found)


def _place(gate: "Gate", seats: frozenset[str], held: frozenset[str], stands_in_for: str | None = None) -> Seat:
    backup = tuple(sorted(gate.backed(held) & seats))
    return Seat(roles=tuple(sorted(seats)), stands_in_for=stands_in_for, backup=backup)


def require_place(gate: "Gate", reviewer: Reviewer) -> None:
    """Raises what stands against any approval or edit by the person under this gate."""
    if places(gate, reviewer):
        return
    if reviewer.user in gate.excluded:
        raise OwnProposal
    for delegated in reviewer.delegated:
        if delegated.by in gate.excluded and gate.covered(delegated.roles):
            raise ExcludedDelegator(delegated.by)
    raise NotYourRole(gate.roles)


def require_own_place(gate: "Gate", reviewer: Reviewer) -> tuple[str, ...]:
    """The roles, sorted, in which the person holds a place in their own right; raises what stands against having one.

    Whoever stands in for others, by whatever way, holds none that they could give away.
    """
    require_place(gate, reviewer)
    own = gate.own_seats(reviewer)
    if not own:
        raise NotYourPlace(gate.roles)
    return tuple(sorted(own))


def place_to_refuse(gate: "Gate", reviewer: Reviewer) -> Seat:
    """In which place the person says no: whoever might approve may, and the excluded always."""
    if gate.may_refuse(reviewer):
        seats = gate.seats_of(reviewer) if reviewer.user in gate.excluded else gate.covered(reviewer.roles)
        return Seat(roles=tuple(sorted(seats)))
    require_place(gate, reviewer)
    return places(gate, reviewer)[0]


def approval(proposal: "Proposal", reviewer: Reviewer, now: datetime) -> Decision | None:
    """The person's approval in the first place in which it brings the proposal further; None where it does in none."""
    return next((each for each in _approvals(proposal, reviewer, now) if _helps(proposal, each)), None)


def require_use(proposal: "Proposal", reviewer: Reviewer) -> None:
    """Raises why an approval of the person, who has a place under this gate, would bring the proposal no further.

    PlaceTaken where each place that would be theirs is used by the other of a delegation; RoleFull where others took
    them.
    """
    made = _approvals(proposal, reviewer, proposal.created_at)
    if not made:
        raise PlaceTaken
    if any(_helps(proposal, each) for each in made):
        return
    roles = {role for each in made for role in each.roles}
    count = tally(proposal.active_decisions, proposal.gate, proposal.editors)
    people = {person for role, person in count.seated if role in roles}
    raise RoleFull(tuple(sorted(roles)), tuple(sorted(people)), count.missing, second_person=count.second_person)


def has_decided(proposal: "Proposal", user: str) -> bool:
    """Whether a word of the person counts already."""
    return any(each.reviewer == user for each in proposal.active_decisions)


def would_help(proposal: "Proposal", reviewer: Reviewer) -> bool:
    """Whether an approval of the person would bring the proposal nearer to its end; a second one by them is none."""
    if has_decided(proposal, reviewer.user):
        return False
    return any(_helps(proposal, each) for each in _approvals(proposal, reviewer, proposal.created_at))


def open_roles(proposal: "Proposal") -> frozenset[str]:
    """The roles asked of which one more approval would bring the proposal nearer to its end; of what waits."""
    if not proposal.active_decisions:
        return frozenset(proposal.gate.asked)  # the first is welcome from any
    return frozenset(
        role
        for role in proposal.gate.asked
        if would_help(proposal, Reviewer(user="", team="", name="", roles=frozenset({role})))
    )


def _approvals(proposal: "Proposal", reviewer: Reviewer, now: datetime) -> list[Decision]:
    """The person's approval in each place in which it may count now."""
    return [
        Decision(
            reviewer=reviewer.user,
            verdict=Verdict.approve,
            revision=proposal.revision,
            round=proposal.round,
            at=now,
            roles=place.roles,
            stands_in_for=place.stands_in_for,
            backup=place.backup,
        )
        for place in places(proposal.gate, reviewer, proposal.active_decisions)
    ]


def _helps(proposal: "Proposal", decision: Decision) -> bool:
    active = proposal.active_decisions
    before = tally(active, proposal.gate, proposal.editors)
    return _nearer(before, tally((*active, decision), proposal.gate, proposal.editors))


def _nearer(before: Tally, after: Tally) -> bool:
    return _left(after) < _left(before)


def _left(count: Tally) -> int:
    return sum(number for _, number in count.missing) + count.second_person
